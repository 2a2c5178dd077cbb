"""Print the eight answers; with `site`, also write the pages."""

import os
from collections.abc import Callable

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.console import main, out, visible
from ingest.spark import session
from report.documentation import generated, generating
from report.frames import Frames, fetch
from report.site import site_folder, write_site

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def answers(context: typer.Context) -> None:
    """Print the eight answers."""
    if context.invoked_subcommand is None:
        print_answers()


@app.command()
def site() -> None:
    """Write the pages, of which dbt generates one; print the answers, and where to look next."""
    with generating() as documentation:
        write_pages(documentation)


def write_pages(documentation: Callable[[], str] = generated) -> None:
    """Write the pages, with dbt's documentation; print the eight answers, and where to look next.

    Raises:
        UserError: the marts cannot be read, or a page cannot be written.
    """
    frames = _read()
    write_site(frames, documentation)
    _print_answers(frames)
    print_where_next()


def print_answers() -> None:
    """Print the eight answers."""
    _print_answers(_read("answers"))


def _read(*names: str) -> Frames:
    with session("reading the marts") as spark:
        return fetch(spark, _schema(), *names)


def _schema() -> str:
    return os.environ.get("DBT_SCHEMA") or "analytics"


def _print_answers(frames: Frames) -> None:
    rows = Table.grid(padding=(0, 1))
    rows.add_column(justify="right", style="bold")
    rows.add_column(overflow="fold")
    for row in frames["answers"].itertuples():
        answer = Text(visible(row.answer), style="green")
        if row.answer_as_delivered != row.answer:
            delivered = visible(row.answer_as_delivered)
            answer.append(f"   as delivered: {delivered}", style="default")
        if row.answer_inferred:
            inferred = visible(row.answer_inferred)
            answer.append(f"   inferred about people: {inferred}", style="default")
        rows.add_row(str(row.question_number), Text(visible(row.question), style="bold"))
        rows.add_row("", Padding(answer, (0, 0, 0, 2)))
    out.print()
    out.print("The eight answers, each attempt counted once", style="bold underline")
    out.print(rows)


def print_where_next() -> None:
    """Print where the pages and the tables are."""
    port = os.environ.get("SPARK_THRIFT_PORT") or "10000"
    places = {
        site_folder() / "report.html": "what the data says, for everyone",
        site_folder() / "docs/index.html": "every table and column, for analysts",
        f"jdbc:hive2://localhost:{port}/{_schema()}": "the tables, for SQL",
        "python -m ingest status": "the state of topic, files and loads",
    }
    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True)
    # The last column, so that nothing stands between the lines of a long path.
    rows.add_column(overflow="fold", style="cyan")
    for place, what in places.items():
        rows.add_row(what, Text(str(place)))
    out.print()
    out.print("Where to look next", style="bold underline")
    out.print(rows)


if __name__ == "__main__":
    main(app)
