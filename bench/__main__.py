"""Measure side by side: `python -m bench [ROW …]`; without rows, all but `scale` and `loads`."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bench.answers import answers
from bench.context import COPIES, Context
from bench.data import load_dataset
from bench.land import land
from bench.loads import loads
from bench.measure import Row
from bench.models import models
from bench.one_more_load import one_more_load
from bench.produce import check_tools, produce, produce_clients, produce_memory
from bench.results import FOLDER, HEAD, Results, Section
from bench.scale import FACTORS, scale
from bench.startup import make_run, make_up
from bench.warm_build import warm_build
from ingest.console import main, say
from ingest.console import out as terminal
from ingest.errors import IngestError
from ingest.settings import load_settings
from services.sandbox import Sandbox
from services.settings import StackSettings
from services.stack import Stack

MEASUREMENTS: dict[str, Callable[[Context], Iterator[Row | Section]]] = {
    "produce": produce,
    "produce-memory": produce_memory,
    "produce-clients": produce_clients,
    "land": land,
    "models": models,
    "answers": answers,
    "one-more-load": one_more_load,
    "warm-build": warm_build,
    "make-up": make_up,
    "make-run": make_run,
    "scale": scale,
    "loads": loads,
}
LONG: tuple[str, ...] = ("scale", "loads")
# Variables that may lead to services of the user's: nothing is measured on those.
ADDRESSES = (
    "KAFKA_BOOTSTRAP_SERVERS",
    "KAFKA_SECURITY_PROTOCOL",
    "WEBHDFS_URL",
    "SPARK_REMOTE",
    "SPARK_CONNECT_AUTHENTICATE_TOKEN",
    "SPARK_THRIFT_HOST",
    "DBT_TARGET",
)
# Variables that would change our side of a pair only.
TUNING = ("KAFKA_PARTITIONS", "TRANSACTION_BYTES", "DBT_THREADS")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(help=__doc__)
def bench(
    rows: Annotated[list[str] | None, typer.Argument(help=", ".join(MEASUREMENTS))] = None,
    runs: Annotated[int, typer.Option(min=1, help="How many pairs; of long ones at most 3.")] = 5,
    copies: Annotated[
        int, typer.Option(min=1, help="Of the dataset, in most measurements.")
    ] = COPIES,
    stack: Annotated[
        Path | None, typer.Option(help="LOCAL_DIR of services that run, instead of new ones.")
    ] = None,
    largest: Annotated[
        int, typer.Option(help=f"Copies in the largest step of `scale`: one of {FACTORS}.")
    ] = FACTORS[-1],
    out: Annotated[Path, typer.Option(help="Folder of RESULTS.md.")] = FOLDER,
) -> None:
    """Measure."""
    wanted = rows or [name for name in MEASUREMENTS if name not in LONG]
    if unknown := [name for name in wanted if name not in MEASUREMENTS]:
        raise IngestError(f"no row {', '.join(unknown)}: there are {', '.join(MEASUREMENTS)}")
    if largest not in FACTORS:
        raise IngestError(f"--largest: one of {FACTORS}")
    if {"produce", "produce-memory"} & set(wanted):
        check_tools()
    for name in (*ADDRESSES, *TUNING):
        os.environ.pop(name, None)
    folder = load_settings(StackSettings).directory / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    dataset = load_dataset(folder)
    results = Results(out, dataset.name)
    with services(folder, stack) as found:
        files = found.folder / "bench"
        files.mkdir(exist_ok=True)
        context = Context(found, dataset, files, out, copies, runs, largest)
        try:
            for name in wanted:
                say(f"measuring {name}")
                found_so_far: list[Row | Section] = []
                for item in MEASUREMENTS[name](context):
                    found_so_far.append(item)
                    results.add(name, found_so_far)  # at once: what comes next may fail
        finally:
            shutil.rmtree(files, ignore_errors=True)
    grid = Table(*HEAD, box=None, pad_edge=False)
    for line in results.lines(wanted):
        grid.add_row(*line)
    terminal.print(grid)
    say(f"written: {out / 'RESULTS.md'}")


@contextmanager
def services(folder: Path, stack: Path | None) -> Iterator[Sandbox]:
    """The services in `stack`, or new ones, which are stopped and deleted afterwards."""
    if stack:
        yield Sandbox.running_in(stack)
        return
    services = Stack(Sandbox.new(folder / "stack").settings)
    if services.supervisor():
        raise IngestError(f"another benchmark uses {folder / 'stack'}: wait for its end")
    try:
        services.up()
        yield Sandbox(services.settings.environment())
    finally:
        services.down()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(app)
