"""produce against jq and kcat."""

from collections.abc import Iterator

from kafka import KafkaConsumer, TopicPartition

from bench.context import Context, new_pipeline
from bench.measure import Run, timed
from bench.results import Result
from bench.row import Measurement, Row, times_as_fast
from cli.errors import UserError
from services.pipeline import ingest_command

KCAT = 'set -o pipefail; jq -c ".[]" "$1" | kcat -P -X acks=all -b "$2" -t "$3"'

ROW = Row(
    name="produce",
    what="produce {records:,} records ({megabytes:,} MB)",
    peer="jq -c '.[]' | kcat -P -X acks=all",
    target=times_as_fast(4),
    as_speed=True,
    would_take="A compiled program, or no private copy of the file: Python's start takes 0.4 s, "
    "the copy and its check 0.6 s, sending 1.2 s ([measured](TUNING.md#produce-2026-11)).",
    note="Whole commands, their start included, after one unmeasured pair. Ours also makes its "
    "topics, hashes the file, sends in transactions with acks=all and waits until readers see the "
    "records; the peer's topic is there already. Ours sends each record's own bytes with a key and "
    "headers, compressed; jq writes the records anew, and kcat sends them without either.",
)


def measure(context: Context) -> Iterator[Result]:
    """Measure both on the same file, each onto a topic of its own."""

    def ours() -> Run:
        with new_pipeline(context.sandbox) as pipeline:
            return timed(ingest_command("produce", context.file()), pipeline.environment)

    def peer() -> Run:
        with context.sandbox.topic() as topic:
            arguments = [str(context.file()), context.sandbox.broker, topic]
            run = timed(["bash", "-c", KCAT, "bash", *arguments], {})
            if (sent := _messages(context.sandbox.broker, topic)) != context.records:
                raise UserError(f"kcat sent {sent:,} of {context.records:,} records")
            return run

    ours()  # a broker that has just started is slower
    peer()
    result = context.pairs(ROW.name, ours, peer)
    result.bytes = context.file().stat().st_size
    yield result


def _messages(broker: str, topic: str) -> int:
    """The number of messages on a topic with one partition, written without transactions."""
    consumer = KafkaConsumer(bootstrap_servers=broker)
    try:
        return next(iter(consumer.end_offsets([TopicPartition(topic, 0)]).values()))
    finally:
        consumer.close()


PRODUCE = Measurement((ROW,), measure, runs=5, programs=("jq", "kcat"))
