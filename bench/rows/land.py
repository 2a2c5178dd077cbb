"""land against a bare Spark job that does nothing but copy."""

import statistics
import sys
from collections.abc import Iterator

from bench.context import Context
from bench.measure import Run, timed
from bench.results import Result
from bench.row import Measurement, Row
from cli.errors import UserError
from services.pipeline import ingest_command

FACTOR, PROTOCOL_SECONDS = 1.15, 2
UNMEASURED = 4  # pairs, while the server's JVM still compiles


def is_reached(result: Result) -> bool:
    pairs = zip(result.ours, result.peer, strict=True)
    protocol = [ours.seconds - FACTOR * peer.seconds for ours, peer in pairs]
    return statistics.median(protocol) <= PROTOCOL_SECONDS


ROW = Row(
    name="land",
    what="land {records:,} from Kafka to the committed raw table",
    peer="bare Spark: read.format('kafka') … write.parquet, the same server",
    target=(
        f"at most {FACTOR} times its time, plus {PROTOCOL_SECONDS} s for the whole protocol",
        is_reached,
    ),
    note="Whole commands, the start of Python and of the session included, through Spark Connect "
    f"in the same server, after {UNMEASURED} unmeasured pairs; zstd and as many tasks on both "
    "sides. Memory: the command's and the Spark server's.",
)


def measure(context: Context) -> Iterator[Result]:
    """Measure both on the same topic, through the same server."""
    sandbox, settings = context.sandbox, context.sandbox.settings
    token = {"SPARK_CONNECT_AUTHENTICATE_TOKEN": settings.spark_token or ""}

    def check(path: str) -> None:
        rows = sandbox.query(f"select count(*) from parquet.`{path}`")[0][0]
        if rows != context.records:
            raise UserError(f"{path} holds {rows:,} of {context.records:,} records")

    def ours() -> Run:
        pipeline.empty()
        run = timed(ingest_command("land"), pipeline.environment, context.spark)
        check(load)
        return run

    def bare() -> Run:
        path = f"/bench/{pipeline.name}"
        command = [sys.executable, "-m", "bench.peers.land", settings.spark_remote]
        command += [sandbox.broker, pipeline.name, path, str(tasks)]
        run = timed(command, {**sandbox.environment, **token}, context.spark)
        check(path)
        sandbox.hdfs.rm(path, recursive=True)
        return run

    with context.produced() as pipeline:
        load = f"{pipeline.raw_path}/load_id=1"
        ours()
        tasks = len(sandbox.hdfs.glob(f"{load}/*.parquet"))
        for _ in range(UNMEASURED):
            ours()
            bare()
        yield context.pairs(ROW.name, ours, bare)


LAND = Measurement((ROW,), measure, runs=5)
