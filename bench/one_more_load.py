"""One more load on a long history, against the same on a short one."""

import statistics
from collections.abc import Iterator
from itertools import count

from bench.context import Context
from bench.measure import Row, Run, timed_in_turn
from services.sandbox import Pipeline, dbt_command, ingest_command, new_pipeline

FACTOR = 1.5
LONG, SHORT = 100, 1  # copies of the dataset


def one_more_load(context: Context) -> Iterator[Row]:
    """produce, land, verify and build one more copy of the dataset."""
    records = context.dataset.records
    row = Row(
        name="one-more-load",
        what=f"one more load of {records:,} (run + build) on a history of {LONG * records:,}",
        against=f"the same on a history of {SHORT * records:,}",
        reach=f"at most {FACTOR} times its time",
        notes=[
            "`ingest run` and `dbt build` without unit tests, as `make run` does, both as whole "
            "commands. Both histories grow by one load with each pair, of a copy of its own. "
            "Memory: with the Spark server."
        ],
    )
    server = (context.sandbox.pid("spark"),)
    copies = count(LONG)
    with new_pipeline(context.sandbox) as long, new_pipeline(context.sandbox) as short:
        for pipeline, size in ((long, LONG), (short, SHORT)):
            _load(context, pipeline, 0, size, ())
        context.pairs(
            row,
            lambda: _load(context, long, next(copies), 1, server),
            lambda: _load(context, short, next(copies), 1, server),
            context.few,
        )
    row.reached = statistics.median(row.ratios) <= FACTOR
    yield row


def _load(
    context: Context, pipeline: Pipeline, first: int, copies: int, server: tuple[int, ...]
) -> Run:
    file = context.file(copies, first)
    commands = [
        ingest_command("run", file),
        dbt_command("build", "--exclude-resource-type", "unit_test"),
    ]
    run = timed_in_turn(commands, pipeline.environment, server)
    file.unlink()
    return run
