"""The whole job on 1, 10, 100 and 1000 copies of the dataset: time, memory and disk by stage."""

import json
import math
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import altair as alt

from bench.context import Context
from bench.measure import MemoryWatch, Run, timed
from bench.results import Section, table
from bench.stack import Pipeline, dbt, ingest, new_pipeline
from ingest.console import say
from ingest.errors import IngestError

FACTORS = (1, 10, 100, 1000)
ROOM = 4  # times the size of the file: Kafka, HDFS and Spark's scratch beside it


@dataclass(frozen=True)
class Stage:
    """A stage of one size.

    Attributes:
        group: "job" for what follows one after another; "dbt" for the nodes of its build.
        client, server: anonymous memory at peak of the command and of the Spark server, in bytes.
        kafka, hdfs: what the disk holds more of after it, in bytes.
    """

    records: int
    group: str
    name: str
    seconds: float
    client: int = 0
    server: int = 0
    kafka: int = 0
    hdfs: int = 0


def scale(context: Context) -> Iterator[Section]:
    """Each size through the whole job, once."""
    stages: list[Stage] = []
    for factor in FACTORS[: FACTORS.index(context.largest) + 1]:
        _room(context, factor)
        file = context.file(factor)
        with new_pipeline(context.stack) as pipeline:
            stages += _job(context, pipeline, file, context.dataset.records * factor)
        file.unlink()
        yield _section(context, stages)


def _room(context: Context, factor: int) -> None:
    wanted = ROOM * factor * len(context.dataset.body)
    if (free := shutil.disk_usage(context.folder).free) < wanted:
        raise IngestError(
            f"{context.folder} has {free / 1e9:.0f} GB of room, {factor} copies want "
            f"{wanted / 1e9:.0f} GB: set LOCAL_DIR to where there is more"
        )


def _job(context: Context, pipeline: Pipeline, file: Path, records: int) -> Iterator[Stage]:
    server, folder = context.stack.pid("spark"), context.stack.folder
    build = dbt("build", "--exclude-resource-type", "unit_test")
    kafka, hdfs = used(folder / "kafka"), used(folder / "hdfs")
    for name, command in {
        "produce": ingest("produce", file),
        "land": ingest("land"),
        "verify": ingest("verify"),
        "dbt build": build,
        "dbt build, nothing new": build,
    }.items():
        run, server_peak = timed_apart(command, pipeline.environment, server)
        grown = used(folder / "kafka") - kafka, used(folder / "hdfs") - hdfs
        kafka, hdfs = kafka + grown[0], hdfs + grown[1]
        say(f"{records:,} records: {name} {run.seconds:.1f} s")
        yield Stage(records, "job", name, run.seconds, run.memory or 0, server_peak, *grown)
        if name == "dbt build":
            for node, seconds in _nodes(pipeline):
                yield Stage(records, "dbt", node, seconds)


def timed_apart(command: list[str], environment: dict[str, str], server: int) -> tuple[Run, int]:
    """As timed(), with the memory of the Spark server beside that of the command."""
    with MemoryWatch(servers=(server,)) as watch:
        run = timed(command, environment)
    return run, watch.peak


def _nodes(pipeline: Pipeline) -> Iterator[tuple[str, float]]:
    path = Path(pipeline.environment["DBT_TARGET_PATH"]) / "run_results.json"
    results = json.loads(path.read_text())["results"]
    for result in results:
        kind, _, name, *_ = result["unique_id"].split(".")
        if kind == "model":
            yield name, result["execution_time"]
    tests = [r["execution_time"] for r in results if r["unique_id"].startswith("test.")]
    yield "all tests, in sum", sum(tests)


def used(folder: Path) -> int:
    """Bytes that the files of a folder take on the disk."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(where) / name).stat().st_blocks * 512
            except FileNotFoundError:
                continue
    return total


def _section(context: Context, stages: list[Stage]) -> Section:
    job = [stage for stage in stages if stage.group == "job"]
    lines = [
        [
            f"{s.records:,}",
            s.name,
            f"{s.seconds:.1f}",
            f"{s.records / s.seconds:,.0f}",
            f"{s.client / 1e6:,.0f}",
            f"{s.server / 1e6:,.0f}",
            f"{s.kafka / 1e6:+,.0f}",
            f"{s.hdfs / 1e6:+,.0f}",
        ]
        for s in job
    ]
    head = ["records", "stage", "seconds", "records a second", "command, MB", "Spark server, MB"]
    head += ["Kafka, MB", "HDFS, MB"]
    text = [
        "Each stage as a whole command. Memory: anonymous, at peak. Disk: by how much it grew.",
        "",
        *table(head, lines),
        *_growth(stages),
    ]
    for group, title in (("job", "The job, stage by stage"), ("dbt", "dbt build, node by node")):
        image = f"scale-{group}.svg"
        _chart([s for s in stages if s.group == group], title, context.out / image)
        text += ["", f"![{title}]({image})"]
    return Section("As data grows", "\n".join(text), [asdict(stage) for stage in stages])


def _growth(stages: list[Stage]) -> list[str]:
    sizes = sorted({stage.records for stage in stages})
    seconds = {(s.name, s.records): s.seconds for s in stages}
    lines = []
    for name in dict.fromkeys(stage.name for stage in stages):
        found = [seconds.get((name, size), math.nan) for size in sizes]
        factors = [after / before for before, after in pairwise(found)]
        lines.append([name, *(f"{factor:.1f}" for factor in factors)])
    if len(sizes) == 1:
        return []
    head = [f"{a:,} to {b:,}" for a, b in pairwise(sizes)]
    return [
        "",
        "How many times as long a stage takes for ten times the records (10 is a straight line; "
        "less is what does not depend on them):",
        "",
        *table(["stage", *head], lines),
    ]


def _chart(stages: list[Stage], title: str, path: Path) -> None:
    values = [
        {"stage": s.name, "records": s.records, "seconds": max(s.seconds, 0.01)} for s in stages
    ]
    order = [s.name for s in sorted(stages, key=lambda s: (-s.records, -s.seconds))]
    log = alt.Scale(type="log")
    alt.Chart(alt.Data(values=values), title=title, width=640, height=480).mark_line(
        point=True
    ).encode(
        x=alt.X("records:Q", scale=log, title="records (log)"),
        y=alt.Y("seconds:Q", scale=log, title="seconds (log)"),
        color=alt.Color("stage:N", sort=list(dict.fromkeys(order)), title=None)
        .scale(scheme="tableau20")
        .legend(symbolLimit=40, labelLimit=260),
    ).save(path)
