"""`python -m services up|down|status|install|clean`: the local services."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.console import info, main, out, print_json
from ingest.settings import load_settings
from services.settings import StackSettings
from services.stack import Stack

app = typer.Typer(
    help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


def stack() -> Stack:
    """The stack that the environment describes."""
    return Stack(load_settings(StackSettings))


@app.command()
def up() -> None:
    """Start the services and wait until each is ready; does nothing if all are ready."""
    wanted = stack()
    wanted.local_dir.create()
    with wanted.local_dir.alone():
        wanted.up()


@app.command()
def down() -> None:
    """Stop the services; their data stays."""
    running = stack()
    with running.local_dir.alone():
        running.down()
    info("all services are stopped; their data stays")


@app.command()
def install() -> None:
    """Download the services' jars; does nothing if all are there."""
    stack().install()


@app.command()
def clean() -> None:
    """Stop the services and delete their data, logs, settings and start caches."""
    running = stack()
    with running.local_dir.alone():
        running.clean()


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Show each service: its state, ports and log; exit status 1 unless all are ready."""
    rows = list(stack().state())
    if as_json:
        print_json(rows)
    else:
        out.print(_table(rows))
    raise typer.Exit(any(row["ready"] != "yes" for row in rows))


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("service", "state", "ready", "pid", "since", "ports", "log"):
        table.add_column(column, overflow="fold")
    for row in rows:
        since = datetime.fromtimestamp(row["since"]).strftime("%F %T") if row["since"] else ""
        table.add_row(
            row["service"],
            row["state"],
            row["ready"],
            str(row["pid"] or ""),
            since,
            " ".join(str(port) for port in row["ports"].values()),
            str(row["log"]),
        )
    return table


if __name__ == "__main__":
    main(app)
