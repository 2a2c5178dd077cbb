"""The eight answers from the topic, against the recipe that was published with the data."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.context import Context
from bench.measure import Row, Run, memory_watch, timed_in_turn
from bench.stack import ROOT, Pipeline, dbt, ingest
from ingest.errors import IngestError
from ingest.land import OFFSETS_PER_TASK

PUBLISHED = "the published recipe: batch read, cache, json.loads in an RDD, eight queries"
FACTOR = 4
EXAM = "Learning Git"


def answers(context: Context) -> Iterator[Row]:
    """From the topic to the eight answers and Parquet, by both."""
    published = _row(
        context, PUBLISHED, f"at least {FACTOR} times as fast, though everything nested is kept"
    )
    published.notes.append(
        "Ours: `ingest land`, then `dbt run --select +answers` into an empty schema, two whole "
        "commands on the warm server. The recipe runs in a session of its own with as much "
        "memory, which is started, and has run it once, before any time is taken. As published it "
        "reads a partition in one task, so a topic of one partition on one core; the second line "
        "gives it as many tasks as ours takes. Memory: ours with the Spark server, the peer's "
        "with its own."
    )
    server = context.stack.pid("spark")
    with context.produced() as pipeline:
        _ours(pipeline, server)
        _measure(context, pipeline, server, published, 1)
        published.reached = statistics.median(published.ratios) <= 1 / FACTOR
        yield published
        tasks = -(-context.stack.messages(pipeline.name) // OFFSETS_PER_TASK)
        spread = _row(context, f"the same recipe, read in {tasks} tasks", "for information")
        _measure(context, pipeline, server, spread, tasks)
        yield spread


def _row(context: Context, against: str, reach: str) -> Row:
    return Row(
        name="answers",
        what=f"the eight answers from the topic, {context.records:,}",
        against=against,
        reach=reach,
        as_speed=True,
    )


def _measure(context: Context, pipeline: Pipeline, server: int, row: Row, tasks: int) -> None:
    with recipe(context, pipeline, tasks) as peer:
        peer()
        context.pairs(row, lambda: _ours(pipeline, server), peer, context.few)


def _ours(pipeline: Pipeline, server: int) -> Run:
    with pipeline.afresh() as environment:
        commands = [ingest("land"), dbt("run", "--select", "+answers")]
        return timed_in_turn(commands, environment, (server,))


@contextmanager
def recipe(context: Context, pipeline: Pipeline, tasks: int) -> Iterator:
    """A session that runs the recipe each time it is called; returns the run."""
    stack = context.stack
    path = f"{pipeline.environment['RAW_PATH']}/recipe"
    command = [sys.executable, "-m", "bench.peers.recipe"]
    command += [stack.broker, pipeline.name, path, EXAM, str(tasks)]
    log = stack.folder / "bench" / "recipe.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **stack.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    answer = process.stdout.readline()

    def run() -> Run:
        with memory_watch(process.pid) as watch:
            process.stdin.write(b"once more\n")
            process.stdin.flush()
            line = process.stdout.readline()
        if not line:
            raise IngestError(f"the recipe failed:\n{log.read_text()[-3000:]}")
        found = json.loads(line)
        if found["records"] != context.records:
            raise IngestError(f"the recipe counted {found['records']:,} records")
        return Run(found["seconds"], watch.peak)

    try:
        if answer.strip() != b"ready":
            raise IngestError(f"the recipe does not start:\n{log.read_text()[-3000:]}")
        yield run
    finally:
        process.stdin.close()
        process.wait()
