"""The whole job on 1, 10, 100 and 1000 copies of the dataset: time, memory and disk by stage."""

import json
import math
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import altair as alt
import psutil

from bench.context import Context
from bench.measure import Peak, memory_watch, timed
from bench.results import Section, table
from ingest.console import say
from ingest.errors import IngestError
from services.sandbox import Pipeline, dbt_command, ingest_command, new_pipeline

FACTORS = (1, 10, 100, 1000)
ROOM = 4  # times the size of the file: Kafka, HDFS and Spark's scratch beside it


@dataclass(frozen=True)
class Stage:
    """A stage of one size.

    Attributes:
        group: "job" for what follows one after another; "dbt" for the nodes of its build.
        client, server: anonymous memory at peak of the command and of the Spark server, in bytes.
        kafka, hdfs: what the disk holds of the topic and of the tables after it, in bytes.
        disk: by how much less of the disk was free at the worst moment than before the job.
        cpu: that the Spark server spent meanwhile, in seconds.
    """

    records: int
    group: str
    name: str
    seconds: float
    client: int = 0
    server: int = 0
    kafka: int = 0
    hdfs: int = 0
    disk: int = 0
    cpu: float = 0


def scale(context: Context) -> Iterator[Section]:
    """Each size through the whole job, once; the server is warm before the first."""
    _room(context)
    stages: list[Stage] = []
    # All are removed at the end: what is deleted frees its disk later, while the next is measured.
    with ExitStack() as pipelines:
        warming = pipelines.enter_context(new_pipeline(context.sandbox))
        for _ in _job(context, warming, context.file(1), context.dataset.records):
            pass
        for factor in FACTORS[: FACTORS.index(context.largest) + 1]:
            file = context.file(factor)
            pipeline = pipelines.enter_context(new_pipeline(context.sandbox))
            stages += _job(context, pipeline, file, context.dataset.records * factor)
            file.unlink()
            yield _section(context, stages)


def _room(context: Context) -> None:
    wanted = ROOM * context.largest * len(context.dataset.body)
    if (free := shutil.disk_usage(context.folder).free) < wanted:
        raise IngestError(
            f"{context.folder} has {free / 1e9:.0f} GB of room, {context.largest} copies want "
            f"{wanted / 1e9:.0f} GB: set LOCAL_DIR to where there is more"
        )


def _job(context: Context, pipeline: Pipeline, file: Path, records: int) -> Iterator[Stage]:
    server, folder = context.sandbox.pid("spark"), context.sandbox.folder
    free = shutil.disk_usage(folder).free
    build = dbt_command("build", "--exclude-resource-type", "unit_test")
    for name, command in {
        "produce": ingest_command("produce", file),
        "land": ingest_command("land"),
        "verify": ingest_command("verify"),
        "dbt build": build,
        "dbt build, nothing new": build,
    }.items():
        before = cpu_seconds(server)
        with (
            memory_watch(servers=(server,)) as memory,
            Peak(lambda: free - shutil.disk_usage(folder).free) as disk,
        ):
            run = timed(command, pipeline.environment)
        kafka, hdfs = held(pipeline)
        say(f"{records:,} records: {name} {run.seconds:.1f} s")
        yield Stage(
            records,
            "job",
            name,
            run.seconds,
            client=run.memory or 0,
            server=memory.peak,
            kafka=kafka,
            hdfs=hdfs,
            disk=disk.peak,
            cpu=cpu_seconds(server) - before,
        )
        if name == "dbt build":
            for node, seconds in _nodes(pipeline):
                yield Stage(records, "dbt", node, seconds)


def cpu_seconds(pid: int) -> float:
    """Of a process since it began, in user and system mode."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def held(pipeline: Pipeline) -> tuple[int, int]:
    """Bytes that its messages take in Kafka, and its tables in HDFS, on the disk."""
    kafka = hdfs = 0
    for file in (pipeline.sandbox.folder / "kafka" / "data").glob(f"{pipeline.name}*-[0-9]*/*"):
        with suppress(FileNotFoundError):  # Kafka deletes snapshots of its own accord
            kafka += file.stat().st_blocks * 512
    for folder in (pipeline.raw_path, f"/warehouse/{pipeline.schema}.db"):
        with suppress(FileNotFoundError):
            hdfs += pipeline.sandbox.hdfs.content_summary(folder)["spaceConsumed"]
    return kafka, hdfs


def _nodes(pipeline: Pipeline) -> Iterator[tuple[str, float]]:
    path = Path(pipeline.environment["DBT_TARGET_PATH"]) / "run_results.json"
    results = json.loads(path.read_text())["results"]
    for result in results:
        kind, _, name, *_ = result["unique_id"].split(".")
        if kind == "model":
            yield name, result["execution_time"]
    tests = [r["execution_time"] for r in results if r["unique_id"].startswith("test.")]
    yield "all tests, in sum", sum(tests)


def _section(context: Context, stages: list[Stage]) -> Section:
    job = [stage for stage in stages if stage.group == "job"]
    lines = [
        [
            f"{s.records:,}",
            s.name,
            f"{s.seconds:.1f}",
            f"{s.records / s.seconds:,.0f}",
            f"{s.cpu:.1f}",
            f"{s.client / 1e6:,.0f}",
            f"{s.server / 1e6:,.0f}",
            f"{s.kafka / 1e6:,.0f}",
            f"{s.hdfs / 1e6:,.0f}",
            f"{s.disk / 1e6:,.0f}",
        ]
        for s in job
    ]
    head = ["records", "stage", "seconds", "records a second", "Spark's CPU, s"]
    head += ["command, MB", "Spark server, MB"]
    head += ["Kafka, MB", "HDFS, MB", "disk at peak, MB"]
    text = [
        "Each size once, one after another, on a server that has built one copy before; each stage "
        "as a whole command. Memory: anonymous, at peak; of the server the most so far, since a "
        "JVM gives little back. Kafka and HDFS: what the topic and the tables take after it, "
        "replaced versions of tables included. Disk at peak: by how much less of the disk was free "
        "than before the job, with the copy of the file that `produce` reads and Spark's scratch. "
        "Nodes of dbt run four at a time, so that their seconds include waiting for each other; "
        "those of the tests are added up.",
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
