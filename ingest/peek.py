"""peek: the latest committed messages of the topic."""

from typing import Any

from ingest.kafka import describe
from ingest.messages import read_committed
from ingest.settings import settings


def peek(count: int) -> list[Any]:
    """The latest `count` committed messages (kafka-python's ConsumerRecord), oldest first.

    Raises:
        UserError: Kafka cannot be reached, or the topic does not exist.
    """
    topic = describe(settings().kafka_topic)
    back = 2 * count + 8
    while True:
        # Transaction markers also take offsets, so go further back until there are enough messages.
        start = {p: max(topic.begin[p], end - back) for p, end in topic.end.items()}
        messages = sorted(read_committed(topic, start), key=lambda m: (m.timestamp, m.offset))
        if len(messages) >= count or start == topic.begin:
            return messages[-count:]
        back *= 8
