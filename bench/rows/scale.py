"""The whole job on 1, 10, 100, … copies of the dataset: time, memory and disk by stage."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import altair as alt
import pandas as pd
import psutil

from bench.context import BUILD, Context, new_pipeline
from bench.measure import memory, peak, timed
from bench.results import Result, Stage
from bench.row import Measurement, Row, table
from cli.console import info
from services.pipeline import Pipeline, ingest_command

HEAD = ["records", "stage", "seconds", "records a second", "times as long as for a tenth"]
HEAD += ["Spark's CPU, s", "command, MB", "Spark server, MB", "disk, MB"]
ONE_MORE, LONG_HISTORY, TARGET_SECONDS = "one more copy: dbt build", 3_280_000, 60


def measure(context: Context) -> Iterator[Result]:
    """Measure the whole job once for each size; yield the result so far after each size."""
    result = context.result(ROW.name)
    # All pipelines are removed at the end. HDFS frees the disk of a deleted one later, which would
    # disturb the next measurement.
    with ExitStack() as stack:
        warming = stack.enter_context(new_pipeline(context.sandbox))
        warming.ingest("run", context.file(1))
        timed(BUILD, warming.environment)
        for copies in (10**power for power in range(len(str(context.copies)))):
            pipeline = stack.enter_context(new_pipeline(context.sandbox))
            file = context.file(copies)
            for stage in _job(context, pipeline, file, copies * context.dataset.records):
                info(f"{stage.records:,} records: {stage.name} {stage.seconds:.1f} s")
                result.stages.append(stage)
            file.unlink()
            yield result


def _job(context: Context, pipeline: Pipeline, file: Path, records: int) -> Iterator[Stage]:
    (spark,), folder = context.spark, context.sandbox.folder
    free = shutil.disk_usage(folder).free
    for name, command in {
        "produce": ingest_command("produce", file),
        "land": ingest_command("land"),
        "verify": ingest_command("verify"),
        "dbt build": BUILD,
        "one more copy: ingest run": ingest_command("run", context.file(1, first=context.copies)),
        ONE_MORE: BUILD,
    }.items():
        before = sum(psutil.Process(spark).cpu_times()[:2])  # user, system
        with (
            peak(lambda: memory(None, (spark,))) as server,
            peak(lambda: free - shutil.disk_usage(folder).free) as disk,
        ):
            seconds, anonymous = timed(command, pipeline.environment)
        cpu = sum(psutil.Process(spark).cpu_times()[:2]) - before
        yield Stage(records, name, seconds, round(cpu, 2), anonymous, server.value, disk.value)


def section(result: Result, folder: Path) -> list[str]:
    """The section of RESULTS.md; writes its chart into `folder`."""
    seconds = {(stage.name, stage.records): stage.seconds for stage in result.stages}
    lines = []
    for stage in result.stages:
        rate, tenth = stage.records / stage.seconds, seconds.get((stage.name, stage.records // 10))
        line = [f"{stage.records:,}", stage.name, f"{stage.seconds:.1f}", f"{rate:,.0f}"]
        line += [f"{stage.seconds / tenth:.1f}" if tenth else "", f"{stage.spark_cpu_seconds:.1f}"]
        lines.append(line + [f"{size / 1e6:,.0f}" for size in stage[4:]])
    _chart(result.stages, folder / "scale.svg")
    image = "![The job, stage by stage](scale.svg)"
    rows = table(HEAD, lines)
    return ["", f"## {ROW.what}", "", ROW.note, "", *rows, "", *_target(seconds), image]


def _target(seconds: dict[tuple[str, int], float]) -> list[str]:
    taken = seconds.get((ONE_MORE, LONG_HISTORY))
    if taken is None:
        return []
    verdict = "**reached**" if taken <= TARGET_SECONDS else f"**missed**. {ROW.would_take}"
    what = f"`dbt build` of one more load on {LONG_HISTORY:,} records"
    return [f"Target: {what} in {TARGET_SECONDS} s; it takes {taken:.0f} s: {verdict}", ""]


def _chart(stages: list[Stage], path: Path) -> None:
    values = [{"stage": s.name, "records": s.records, "seconds": s.seconds} for s in stages]
    log = alt.Scale(type="log")
    alt.Chart(pd.DataFrame(values), width=640, height=480).mark_line(point=True).encode(
        x=alt.X("records:Q", scale=log, title="records (log)"),
        y=alt.Y("seconds:Q", scale=log, title="seconds (log)"),
        color=alt.Color("stage:N", title=None, sort=[stage.name for stage in stages]),
    ).save(path)


ROW = Row(
    name="scale",
    what="As data grows",
    note="Each size once, one after another, on a server that has built one copy before; each "
    "stage as a whole command. Ten times as long as for a tenth of the records is a straight line; "
    "less shows a fixed cost. Memory: "
    "anonymous, at peak; of the server the most so far, since a JVM gives little back. Disk: by "
    "how much the free space shrank at most since the job began, with the copy of the file that "
    "`produce` reads and Spark's scratch.",
    would_take="`dbt build` would have to skip rows that an earlier run tested, as `make run` "
    "does, and no model could read all attempts ([measured](TUNING.md#growth-2026-11)).",
    section=section,
)
SCALE = Measurement((ROW,), measure, copies=1000, runs=1, is_long=True)
