"""Move assessment attempts, as JSON, through Kafka into the raw table on HDFS."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import info, main, out, plural, print_json
from cli.errors import UserError
from ingest import __doc__ as purpose

app = typer.Typer(
    help=f"{purpose} Settings are environment variables; see docs/settings.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
File = Annotated[Path, typer.Argument(metavar="FILE", help="A JSON array or JSON Lines; .gz too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.command()
def sample(
    out_file: Annotated[Path, typer.Argument(metavar="OUT", help="Where to write it.")],
    attempts: Annotated[int, typer.Option(min=0, help="How many records.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 0,
) -> None:
    """Write a synthetic dataset with the shape and the flaws of a real one."""
    from sample.generator import write_sample

    try:
        written = write_sample(out_file, attempts, seed)
    except OSError as error:
        raise UserError(f"{out_file} cannot be written: {error.strerror or error}") from error
    info(f"{out_file}: {plural(written, 'record')}")


@app.command()
def produce(
    file: File,
    again: Annotated[
        bool,
        typer.Option("--again", help="Publish the file again, though it was published before."),
    ] = False,
) -> None:
    """Publish a file's records on the topic, byte for byte, each exactly once.

    Sends nothing if the file was published before; resumes after an interruption.
    """
    from ingest.produce import produce

    produce(file, again)


@app.command()
def land(
    skip_deleted: Annotated[
        bool,
        typer.Option("--skip-deleted", help="Skip messages that Kafka deleted before they landed."),
    ] = False,
) -> None:
    """Copy new messages from the topic into the raw table, as one load, each exactly once."""
    from ingest.land import land

    land(skip_deleted)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check that each file is fully published, and that its messages landed exactly once."""
    from ingest.verify import check, unreadable, verdict_table, verify

    verdicts = verify()
    if as_json:
        print_json(verdicts)
    else:
        out.print(verdict_table(verdicts))
    missing = any(verdict.missing for verdict in verdicts)
    check(verdicts, unreadable() if missing else "")


@app.command()
def run(file: File) -> None:
    """Produce a file, land all new messages, and verify all published files."""
    from ingest.land import land
    from ingest.produce import produce

    produce(file)
    land()
    verify()


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the topic, the published files, the loads, and how much has not landed yet."""
    from ingest.status import status
    from ingest.status_view import print_status

    now = status()
    if as_json:
        print_json(now)
    else:
        print_status(now)


@app.command()
def clean() -> None:
    """Delete leftovers: uncommitted rows of a load that another `land` has committed."""
    from ingest.clean import clean

    clean()


@app.command()
def peek(
    count: Annotated[int, typer.Option("-n", min=1, help="How many messages.")] = 10,
) -> None:
    """Print the latest messages on the topic as text."""
    from ingest.messages import header_texts
    from ingest.peek import peek

    for message in peek(count):
        headers = header_texts(message.headers)
        out.print(
            f"partition {message.partition} offset {message.offset} "
            f"key {(message.key or b'').decode(errors='replace')} "
            f"{headers.get('source_file', '?')}#{headers.get('source_position', '?')}",
            style="bold",
            soft_wrap=True,
        )
        value = (message.value or b"").decode(errors="replace")
        out.print(value, soft_wrap=True)


if __name__ == "__main__":
    main(app)
