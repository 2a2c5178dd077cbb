"""The eight answers from the topic, against the recipe that was published with the data."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.context import Context
from bench.measure import Row, Run, memory_watch, timed_in_turn
from ingest.errors import IngestError
from ingest.land import OFFSETS_PER_TASK
from services.sandbox import ROOT, Pipeline, dbt_command, ingest_command

PUBLISHED = "the published recipe: batch read, cache, json.loads in an RDD, eight queries"
FACTOR = 4
EXAM = "Learning Git"
SELECTION = "+answers"
DELIVERED = "select answer_as_delivered from {schema}.answers where question_number = 1"


def answers(context: Context) -> Iterator[Row]:
    """From the topic to the eight answers and Parquet, by both."""
    published = _row(
        context, PUBLISHED, f"at least {FACTOR} times as fast, though everything nested is kept"
    )
    published.notes.append(
        f"Ours: `ingest land`, then `dbt run --select {SELECTION}` from an empty raw table and "
        "schema, on the warm server. Sessions are started before any time is taken, on both "
        "sides: Python with what it imports (ours with the project read), the recipe's with a "
        "Spark of its own that has as much memory; each has run once. As published the recipe "
        "reads a partition in one task, so a topic of one partition on one core; the second line "
        "gives it as many tasks as ours takes; in the third ours is two whole commands. Memory: "
        "ours with the Spark server, the peer's with its own."
    )
    server = context.sandbox.pid("spark")
    with context.produced() as pipeline:
        with ours(context, pipeline, server) as run, recipe(context, pipeline, 1) as peer:
            run(), peer()
            context.pairs(published, run, peer, context.few)
            published.reached = statistics.median(published.ratios) <= 1 / FACTOR
            yield published
            whole = _row(context, "the published recipe, against whole commands", "for information")
            context.pairs(whole, lambda: _commands(context, pipeline, server), peer, context.few)
            yield whole
        tasks = -(-context.sandbox.messages(pipeline.name) // OFFSETS_PER_TASK)
        with ours(context, pipeline, server) as run, recipe(context, pipeline, tasks) as peer:
            run(), peer()
            spread = _row(context, f"the same recipe, read in {tasks} tasks", "for information")
            context.pairs(spread, run, peer, context.few)
            yield spread


def _row(context: Context, against: str, reach: str) -> Row:
    return Row(
        name="answers",
        what=f"the eight answers from the topic, {context.records:,}",
        against=against,
        reach=reach,
        as_speed=True,
    )


def _commands(context: Context, pipeline: Pipeline, server: int) -> Run:
    commands = [ingest_command("land"), dbt_command("run", "--select", SELECTION)]
    run = timed_in_turn(commands, pipeline.environment, (server,))
    _check(context, pipeline)
    return run


def _check(context: Context, pipeline: Pipeline) -> None:
    """Hold the first answer against what was produced; then drop all that was landed and built."""
    answer = pipeline.sandbox.query(DELIVERED.format(schema=pipeline.schema))[0][0]
    if answer != str(context.records):
        raise IngestError(f"ours counted {answer} records")
    pipeline.empty()


@contextmanager
def ours(context: Context, pipeline: Pipeline, server: int) -> Iterator[Callable[[], Run]]:
    """A process that lands and builds each time it is called."""
    command = [sys.executable, "-m", "bench.land_and_run", SELECTION]
    with _process("land_and_run", command, pipeline, (server,)) as once_more:

        def run() -> Run:
            _, run = once_more()
            _check(context, pipeline)
            return run

        yield run


@contextmanager
def recipe(context: Context, pipeline: Pipeline, tasks: int) -> Iterator[Callable[[], Run]]:
    """A session that runs the recipe each time it is called."""
    path = f"/bench/{pipeline.name}"
    command = [sys.executable, "-m", "bench.peers.recipe"]
    command += [context.sandbox.broker, pipeline.name, path, EXAM, str(tasks)]
    with _process("recipe", command, pipeline) as once_more:

        def run() -> Run:
            found, run = once_more()
            if found["records"] != context.records:
                raise IngestError(f"the recipe counted {found['records']:,} records")
            return run

        try:
            yield run
        finally:
            pipeline.sandbox.hdfs.rm(path, recursive=True)


@contextmanager
def _process(
    name: str, command: list[str], pipeline: Pipeline, servers: tuple[int, ...] = ()
) -> Iterator[Callable[[], tuple[dict, Run]]]:
    """A process that says `ready`, and for each line that it is given what one run took."""
    log = pipeline.sandbox.folder / "bench" / f"{name}.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **pipeline.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )

    def line() -> bytes:
        found = process.stdout.readline()
        if not found:
            raise IngestError(f"{name} failed:\n{log.read_text()[-3000:]}")
        return found

    def once_more() -> tuple[dict, Run]:
        with memory_watch(process.pid, servers) as watch:
            process.stdin.write(b"once more\n")
            process.stdin.flush()
            found = json.loads(line())
        return found, Run(found["seconds"], watch.peak)

    try:
        line()
        yield once_more
    finally:
        process.stdin.close()
        process.wait()
