"""land against a bare Spark job that does nothing but copy."""

import statistics
import sys
from collections.abc import Iterator
from functools import partial
from uuid import uuid4

from bench.context import Context
from bench.measure import Row, Run, timed
from ingest.errors import IngestError
from services.sandbox import Pipeline, ingest_command

FACTOR, PROTOCOL_SECONDS = 1.15, 2
UNMEASURED = 4


def land(context: Context) -> Iterator[Row]:
    """The same topic, by both, through the same server."""
    row = Row(
        name="land",
        what=f"land {context.records:,} from Kafka to the committed raw table",
        against="bare Spark: read.format('kafka') … write.parquet, the same server",
        reach=f"at most {FACTOR} times its time, plus {PROTOCOL_SECONDS} s for the whole protocol",
        notes=[
            "Whole commands, the start of Python and of the session included, through Spark "
            f"Connect in the same server, after {UNMEASURED} unmeasured pairs; zstd and as many "
            "tasks on both sides. Memory: the command's and the Spark server's."
        ],
    )
    server = (context.sandbox.pid("spark"),)
    with context.produced() as pipeline:
        # Once to know in how many tasks ours lands; then the JVM is still compiling, for both.
        pipeline.ingest("land")
        tasks = len(_files(context, _load(pipeline)))
        pipeline.empty()
        ours = partial(_ours, context, pipeline, server)
        bare = partial(_bare, context, pipeline, tasks, server)
        for _ in range(UNMEASURED):
            ours()
            bare()
        context.pairs(row, ours, bare)
    over = [o.seconds - FACTOR * p.seconds for o, p in zip(row.ours, row.peer, strict=True)]
    row.reached = statistics.median(over) <= PROTOCOL_SECONDS
    yield row


def _ours(context: Context, pipeline: Pipeline, server: tuple[int, ...]) -> Run:
    run = timed(ingest_command("land"), pipeline.environment, server)
    _check(context, _load(pipeline))
    pipeline.empty()
    return run


def _bare(context: Context, pipeline: Pipeline, tasks: int, server: tuple[int, ...]) -> Run:
    sandbox, path = context.sandbox, f"/bench/{uuid4().hex[:8]}"
    settings = sandbox.settings
    token = {"SPARK_CONNECT_AUTHENTICATE_TOKEN": settings.spark_token or ""}
    command = [sys.executable, "-m", "bench.peers.land"]
    command += [settings.spark_remote, sandbox.broker, pipeline.name, path, str(tasks)]
    run = timed(command, {**sandbox.environment, **token}, server)
    _check(context, path)
    sandbox.hdfs.rm(path, recursive=True)
    return run


def _load(pipeline: Pipeline) -> str:
    return f"{pipeline.raw_path}/load_id=1"


def _files(context: Context, path: str) -> list[str]:
    names = context.sandbox.hdfs.ls(path, detail=False)
    return [name for name in names if name.endswith(".parquet")]


def _check(context: Context, path: str) -> None:
    rows = context.sandbox.query(f"select count(*) from parquet.`{path}`")[0][0]
    if rows != context.records:
        raise IngestError(f"{path} holds {rows:,} of {context.records:,} records")
