"""One more load on a long history, against the same on a short one."""

import shlex
from collections.abc import Iterator
from functools import partial
from itertools import count

from bench.context import BUILD, Context, new_pipeline
from bench.measure import Run, timed
from bench.results import Result
from bench.row import Measurement, Row, times_the_time
from services.pipeline import Pipeline, ingest_command

ROW = Row(
    name="one-more-load",
    what="one more load of {copy_records:,} (run + build) on a history of {records:,}",
    peer="the same on a history of {copy_records:,}",
    target=times_the_time(1.5),
    would_take="Data tests that read new rows only, as those of `make run`.",
    note="`ingest run` and `dbt build` without unit tests, both as whole commands. All data tests "
    "read all rows, which `make run` avoids. Both histories grow by one load with each pair, of a "
    "copy of its own, after an unmeasured pair: the first load on tables runs statements that no "
    "JVM has compiled. Memory: with the Spark server.",
)


def measure(context: Context) -> Iterator[Result]:
    """Measure producing, landing, verifying and building one more copy of the dataset."""
    later = count(context.copies)

    def load(pipeline: Pipeline, copies: int = 1) -> Run:
        file = context.file(copies, first=next(later) if copies == 1 else 0)
        commands = f"{shlex.join(ingest_command('run', file))} && {shlex.join(BUILD)}"
        run = timed(["bash", "-c", commands], pipeline.environment, context.spark)
        file.unlink()
        return run

    with new_pipeline(context.sandbox) as long, new_pipeline(context.sandbox) as short:
        load(long, context.copies)
        load(short)
        for history in (long, short):  # unmeasured
            load(history)
        yield context.pairs(ROW.name, partial(load, long), partial(load, short))


ONE_MORE_LOAD = Measurement((ROW,), measure, copies=100, is_long=True)
