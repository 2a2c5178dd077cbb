"""Move assessment attempts, as JSON, through Kafka into the raw table on HDFS."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.table import Table

from ingest import __doc__ as purpose
from ingest.console import main, out, say
from ingest.errors import IngestError

if TYPE_CHECKING:
    from ingest.status import Status
    from ingest.verify import Verdict

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
    """Write a synthetic dataset with all that a real one has, its flaws included."""
    from ingest.sample import write_sample

    try:
        written = write_sample(out_file, attempts, seed)
    except OSError as error:
        raise IngestError(f"{out_file} cannot be written: {error.strerror or error}") from None
    say(f"{out_file}: {written:,} records")


@app.command()
def produce(
    file: File,
    again: Annotated[
        bool, typer.Option("--again", help="Publish it once more, though it was before.")
    ] = False,
) -> None:
    """Publish a file's records on the topic, byte for byte, each exactly once.

    A file that was published before is left alone; one that was interrupted goes on.
    """
    from ingest.produce import produce

    produce(file, again)


@app.command()
def land() -> None:
    """Land what is new on the topic as one more load of the raw table, exactly once."""
    from ingest.land import land

    land()


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check that each published file is in the raw table completely and exactly once."""
    from ingest.verify import verify

    verdicts = verify()
    if as_json:
        out.print(msgspec.json.encode(verdicts).decode(), soft_wrap=True)
    else:
        out.print(_verdict_table(verdicts))
    incomplete = [verdict.source for verdict in verdicts if not verdict.complete]
    if incomplete:
        raise IngestError(
            f"{len(incomplete)} of {len(verdicts)} files are not in the raw table exactly as "
            f"published ({', '.join(incomplete[:3])}…): run land for what is missing; surplus rows "
            "mean that somebody wrote to the raw table by other means"
        )


@app.command()
def run(file: File) -> None:
    """Produce a file, land it and verify it."""
    from ingest.produce import produce

    produce(file)
    land()
    verify()


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the topic, the published files and the loads, and what is between them."""
    from ingest.status import status

    now = status()
    if as_json:
        out.print(msgspec.json.encode(now).decode(), soft_wrap=True)
    else:
        _print_status(now)


@app.command()
def clean() -> None:
    """Remove staged rows of landers that died; never what is committed or may still be."""
    from ingest.leftovers import clean

    clean()


@app.command()
def peek(
    count: Annotated[int, typer.Option("-n", min=1, help="How many messages.")] = 10,
) -> None:
    """Print the latest messages on the topic, readable."""
    from ingest.peek import peek

    for message in peek(count):
        headers = {name: value.decode(errors="replace") for name, value in message.headers}
        out.print(
            f"partition {message.partition} offset {message.offset} "
            f"key {(message.key or b'').decode(errors='replace')} "
            f"{headers.get('source_file', '?')}#{headers.get('source_position', '?')}",
            style="bold",
        )
        value = (message.value or b"").decode(errors="replace")
        out.print(value, soft_wrap=True)


def _verdict_table(verdicts: "list[Verdict]") -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    for column in ("expected", "landed", "missing", "surplus"):
        table.add_column(column, justify="right")
    for v in verdicts:
        numbers = (v.expected, v.landed, v.missing, v.surplus)
        table.add_row(v.source, *(f"{n:,}" for n in numbers), style="" if v.complete else "red")
    return table


def _print_status(now: "Status") -> None:
    from ingest.picture import picture

    out.print(picture(now))
    out.print(f"\ntopic {now.topic}: lag {now.lag:,}", style="bold")
    table = Table(box=None, pad_edge=False)
    for column in ("partition", "begin", "end", "landed", "lag"):
        table.add_column(column, justify="right")
    for p in now.partitions:
        table.add_row(str(p.partition), *(f"{n:,}" for n in (p.begin, p.end, p.landed, p.lag)))
    out.print(table)
    out.print(f"\nfiles published: {len(now.published)}", style="bold")
    table = Table(box=None, pad_edge=False)
    for column, justify in {"file": "left", "records": "right", "deliveries": "right"}.items():
        table.add_column(column, justify=justify, overflow="fold")
    table.add_column("published (UTC)")
    for p in now.published:
        records = f"{p.records:,}" if p.complete else f"{p.published:,} of {p.records:,}"
        table.add_row(p.source, records, str(p.deliveries), f"{p.at:%F %T}")
    out.print(table)
    out.print(
        f"\ntable {now.raw_table}: {now.rows:,} rows in {now.loads:,} loads, "
        f"{now.bytes / 1e6:,.1f} MB in {now.files:,} files at {now.raw_path}",
        style="bold",
        soft_wrap=True,
    )
    table = Table(box=None, pad_edge=False)
    for column in ("load", "rows", "offsets", "landed (UTC)"):
        table.add_column(column, justify="right")
    for load in now.recent:
        offsets = " ".join(f"{p}:{load.start[p]}-{end}" for p, end in load.end.items())
        table.add_row(str(load.load_id), f"{load.rows:,}", offsets, f"{load.landed_at:%F %T}")
    out.print(table)
    if not now.staged:
        return
    out.print("\nstaged, not committed", style="bold")
    table = Table(box=None, pad_edge=False)
    for column in ("for load", "MB", "last change (UTC)"):
        table.add_column(column, justify="right")
    table.add_column("")
    for s in now.staged:
        note = "leftover: ingest clean removes it" if s.leftover else "may be being written"
        table.add_row(str(s.load_id), f"{s.bytes / 1e6:,.1f}", f"{s.modified_at:%F %T}", note)
    out.print(table)


if __name__ == "__main__":
    main(app)
