"""A warm dbt build against its own statements, sent by one connection."""

import json
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.context import Context
from bench.measure import Row, timed
from ingest.errors import IngestError
from services.sandbox import dbt_command

FACTOR = 1.3
LOG = ("--log-level-file", "debug", "--log-format-file", "json")


def warm_build(context: Context) -> Iterator[Row]:
    """The whole project on one copy of the dataset, built before."""
    row = Row(
        name="warm-build",
        what=f"a warm `dbt build` of the whole project, {context.dataset.records:,}",
        against="the sum of its statements, sent by one PyHive connection",
        reach=f"at most {FACTOR} times its time",
    )
    server = (context.sandbox.pid("spark"),)
    with context.produced(1) as pipeline:
        pipeline.ingest("land")
        pipeline.dbt("build")
        pipeline.dbt(*LOG, "build")
        statements = sent(Path(pipeline.environment["DBT_LOG_PATH"]) / "dbt.log")
        file = pipeline.folder / "statements.json"
        file.write_text(json.dumps(statements))
        row.notes.append(
            "`dbt build`, tests of data and unit tests included, where nothing is new; the peer "
            f"sends the {len(statements):,} statements of such a build, as dbt's log has them, to "
            "the same schema, one after another, where dbt has four threads. Whole commands; "
            "memory with the Spark server."
        )
        port = context.sandbox.environment["SPARK_THRIFT_PORT"]
        peer = [sys.executable, "-m", "bench.peers.statements", port, str(file)]
        context.pairs(
            row,
            lambda: timed(dbt_command("build"), pipeline.environment, server),
            lambda: timed(peer, context.sandbox.environment, server),
        )
    row.reached = statistics.median(row.ratios) <= FACTOR
    yield row


def sent(log: Path) -> list[str]:
    """The statements of the last dbt command in its log, in the order in which they were sent.

    Raises:
        IngestError: there are none.
    """
    found: list[str] = []
    for line in log.read_text().splitlines():
        event = json.loads(line) if line.startswith("{") else {}
        name = event.get("info", {}).get("name")
        if name == "MainReportVersion":
            found.clear()
        elif name == "SQLQuery":
            found.append(event["data"]["sql"])
    if not found:
        raise IngestError(f"{log} has no statements: does this dbt log them otherwise?")
    return found
