"""The ledger: the compacted topic that says which files were published, and how far."""

from datetime import datetime

import msgspec

from ingest.kafka import describe, read_committed
from ingest.settings import settings


class Publication(msgspec.Struct, frozen=True):
    """What the ledger says of one file; its key is the sha256 of the file's content.

    Attributes:
        source: the file's name.
        records: how many the file has.
        deliveries: how often it was published, the last one included even if not yet whole.
        published: how many records of the last delivery are on the topic: the first ones.
        at: when the last of them was committed.
    """

    source: str
    sha256: str
    bytes: int
    records: int
    deliveries: int
    published: int
    at: datetime

    @property
    def complete(self) -> bool:
        """Whether the last delivery is on the topic as a whole."""
        return self.published == self.records

    @property
    def messages(self) -> int:
        """How many messages on the topic come from this file."""
        return (self.deliveries - 1) * self.records + self.published


def read_ledger() -> dict[str, Publication]:
    """Every file that was published, by the sha256 of its content, in order of publication."""
    topic = describe(settings().sources_topic)
    found: dict[str, Publication] = {}
    for message in read_committed(topic, topic.begin):
        found[message.key.decode()] = msgspec.json.decode(message.value, type=Publication)
    return found
