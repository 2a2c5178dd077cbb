"""What small loads cost: landing, status and dbt as their number grows to a thousand."""

import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

from rich.progress import track

from bench.context import Context
from bench.measure import timed
from bench.results import Section, table
from ingest.console import err
from ingest.sample import write_sample
from services.sandbox import dbt_command, ingest_command, new_pipeline

LOADS = (2, 10, 100, 1000)
ATTEMPTS = 3  # in each load


def loads(context: Context) -> Iterator[Section]:
    """Load by load, each of three attempts; measured after the first, tenth, … one."""
    commands = {
        "ingest run, one more load": None,
        "nothing new to land": ingest_command("land"),
        "status": ingest_command("status", "--json"),
        "verify": ingest_command("verify"),
        "dbt run, one new load": dbt_command("run"),
        "dbt run --full-refresh of staging": dbt_command(
            "run", "--full-refresh", "--select", "stg_assess__messages"
        ),
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    with new_pipeline(context.sandbox) as pipeline:
        # Once unmeasured, the first build of all tables included: the server is warm then.
        _fill(pipeline.environment, context.folder, 0, 1)
        for command in filter(None, commands.values()):
            context.sandbox.run(*command, **pipeline.environment)
        done = 1
        for number in LOADS:
            _fill(pipeline.environment, context.folder, done, number - 1)
            pipeline.dbt("run")  # so that one load is new to it
            for name, command in commands.items():
                if command is None:
                    one = _files(context.folder, number - 1, number)[0]
                    run = timed(ingest_command("run", one), pipeline.environment)
                else:
                    run = timed(command, pipeline.environment)
                found[name].append(run.seconds)
            done = number
    lines = [[name, *(f"{s:.1f} s" for s in taken)] for name, taken in found.items()]
    head = ["after so many loads", *(f"{n:,}" for n in LOADS)]
    text = (
        f"Each load holds {ATTEMPTS} attempts. Whole commands, the start of Python included; "
        "measured once each.\n\n" + "\n".join(table(head, lines))
    )
    yield Section("A thousand small loads", text, found)


def _files(folder: Path, first: int, end: int) -> list[Path]:
    paths = [folder / f"load-{number}.json" for number in range(first, end)]
    for number, path in enumerate(paths, first):
        write_sample(path, ATTEMPTS, seed=number)
    return paths


def _fill(environment: dict[str, str], folder: Path, first: int, end: int) -> None:
    """Produce and land a file after the other, in one process of its own."""
    files = _files(folder, first, end)
    process = multiprocessing.get_context("spawn").Process(
        target=_produce_and_land, args=(environment, files)
    )
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError("a load failed")


def _produce_and_land(environment: dict[str, str], files: list[Path]) -> None:
    os.environ.update(environment)
    from ingest.land import land
    from ingest.produce import produce

    for file in track(files, "landing small loads", console=err):
        produce(file)
        land()
