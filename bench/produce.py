"""produce against jq and kcat: how fast, and how much memory for files of any size."""

import shutil
import statistics
import sys
from collections.abc import Iterator

from bench.context import Context
from bench.measure import Row, Run, timed
from ingest.errors import IngestError
from services.sandbox import ingest_command, new_pipeline

KCAT = 'set -o pipefail; jq -c ".[]" "$1" | kcat -P -X acks=all -b "$2" -t "$3"'
KCAT_IN_WORDS = "jq -c '.[]' | kcat -P -X acks=all"
SMALL, LARGE = 1, 100  # copies: the file of the other measurements is in between
FLAT_BYTES = 300e6


def produce(context: Context) -> Iterator[Row]:
    """The same file, by both, onto topics of their own."""
    row = _row("produce", context, context.copies, "at least 5 times as fast")
    row.notes.append(
        "Whole commands, their start included. Ours also makes its topics, hashes the file, sends "
        "in transactions with acks=all and waits until readers see the records; the peer's topic "
        "is there already. Ours sends each record's own bytes with a key and headers, compressed; "
        "jq writes the records anew, and kcat sends them as they are, without either."
    )
    _measure(context, row, context.copies, context.runs)
    row.reached = statistics.median(row.ratios) <= 1 / 5
    yield row


def produce_memory(context: Context) -> Iterator[Row]:
    """A file a thirtieth as large, and one three times as large."""
    for copies, runs in ((SMALL, context.runs), (LARGE, 1)):
        row = _row("produce-memory", context, copies, "anonymous memory under 300 MB")
        _measure(context, row, copies, runs)
        row.reached = max(run.memory for run in row.ours) < FLAT_BYTES
        context.file(copies).unlink()
        yield row


def produce_clients(context: Context) -> Iterator[Row]:
    """Against programs of a few lines, which hold the file in memory and only send."""
    for client in ("kafka-python", "librdkafka"):
        against = f"a plain producer: {client}"
        row = _row("produce-clients", context, context.copies, "for information", against)
        row.notes.append(
            f"{client} with acks=all and compression: no transactions, keys, headers or checks, "
            "and the whole file in memory."
        )
        command = [sys.executable, "-m", "bench.peers.clients", client]
        context.pairs(
            row,
            lambda: _ours(context, context.copies),
            lambda command=command: _peer(context, context.copies, command),
            context.few,
        )
        yield row


def check_tools() -> None:
    """Raises IngestError where jq or kcat is missing."""
    if missing := [tool for tool in ("jq", "kcat") if not shutil.which(tool)]:
        raise IngestError(f"{' and '.join(missing)} not found: apt-get install jq kcat")


def _row(name: str, context: Context, copies: int, reach: str, against: str = KCAT_IN_WORDS) -> Row:
    records, size = context.dataset.records * copies, context.file(copies).stat().st_size
    return Row(
        name=name,
        what=f"produce {records:,} records ({size / 1e6:.0f} MB)",
        against=against,
        reach=reach,
        as_speed=True,
    )


def _measure(context: Context, row: Row, copies: int, runs: int) -> None:
    kcat = ["bash", "-c", KCAT, "bash"]
    if runs > 1:  # once unmeasured: a broker that has just started is slower
        _ours(context, copies)
        _peer(context, copies, kcat)
    context.pairs(row, lambda: _ours(context, copies), lambda: _peer(context, copies, kcat), runs)


def _ours(context: Context, copies: int) -> Run:
    with new_pipeline(context.sandbox) as pipeline:
        return timed(ingest_command("produce", context.file(copies)), pipeline.environment)


def _peer(context: Context, copies: int, command: list[str]) -> Run:
    """Run a command with file, broker and topic; all records must have arrived."""
    file, records = context.file(copies), context.dataset.records * copies
    with context.sandbox.topic() as topic:
        run = timed([*command, str(file), context.sandbox.broker, topic], {})
        if (sent := context.sandbox.messages(topic)) != records:
            raise IngestError(f"{' '.join(command)} sent {sent:,} of {records:,} records")
        return run
