"""Read the messages of a topic, and what they carry beside their values."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from ingest.kafka import Topic, connection, errors_as_user_errors
from ingest.settings import settings

LATEST = datetime(9999, 1, 1, tzinfo=timezone.utc)  # in any time zone a year that Python knows


def read_committed(topic: Topic, start: dict[int, int]) -> Iterator[Any]:
    """The committed messages (kafka-python's ConsumerRecord) from `start` to the topic's end.

    Args:
        topic: the topic, which is read up to its `end`.
        start: by partition, the first offset to read.

    Raises:
        UserError: Kafka fails, or no message arrives for SERVICE_TIMEOUT_SECONDS.
    """
    return _read(topic, start, "read_committed")


def read_hidden(topic: Topic) -> Iterator[Any]:
    """The messages that an open transaction hides; some may be of transactions that were aborted.

    Raises:
        UserError: Kafka fails, or no message arrives for SERVICE_TIMEOUT_SECONDS.
    """
    last = {p: end + topic.hidden[p] for p, end in topic.end.items()}
    return _read(replace(topic, end=last), topic.end, "read_uncommitted")


def _read(topic: Topic, start: dict[int, int], isolation_level: str) -> Iterator[Any]:
    partitions = {p: TopicPartition(topic.name, p) for p in topic.end if start[p] < topic.end[p]}
    if not partitions:
        return
    with errors_as_user_errors():
        consumer = KafkaConsumer(
            **connection(),
            isolation_level=isolation_level,
            enable_auto_commit=False,
            group_id=None,
            auto_offset_reset="none",  # messages that Kafka has just deleted are an error
        )
        try:
            consumer.assign(list(partitions.values()))
            for p, partition in partitions.items():
                consumer.seek(partition, start[p])
            position = {p: start[p] for p in partitions}
            until = time.monotonic() + settings().service_timeout_seconds
            while any(position[p] < topic.end[p] for p in partitions):
                for batch in consumer.poll(timeout_ms=1000).values():
                    yield from (m for m in batch if m.offset < topic.end[m.partition])
                now = {p: consumer.position(tp) for p, tp in partitions.items()}
                if now != position:
                    position = now
                    until = time.monotonic() + settings().service_timeout_seconds
                elif time.monotonic() > until:
                    raise KafkaTimeoutError("no more messages come")
        finally:
            consumer.close()


def sent_at(milliseconds: int) -> datetime:
    """The time of a message's timestamp, which may be any number: at most the year 9999."""
    latest = int(LATEST.timestamp() * 1000)
    return datetime.fromtimestamp(min(max(milliseconds, 0), latest) / 1000, timezone.utc)


def header_texts(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """A message's headers as text. The last of a name counts; a null is no text."""
    last = {name: value for name, value in headers if value is not None}
    return {name: value.decode(errors="replace") for name, value in last.items()}
