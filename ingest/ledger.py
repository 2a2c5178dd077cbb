"""The ledger: the compacted topic that says which files were published, and how far."""

from datetime import datetime

import msgspec

from cli.errors import UserError
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
        topic_id: Kafka's own id of the topic that they are on.
    """

    source: str
    sha256: str
    bytes: int
    records: int
    deliveries: int
    published: int
    at: datetime
    topic_id: str = ""

    @property
    def fully_published(self) -> bool:
        """Whether all records of the last delivery are on the topic."""
        return self.published == self.records

    @property
    def messages(self) -> int:
        """How many messages on the topic come from this file."""
        return (self.deliveries - 1) * self.records + self.published


def read_ledger() -> dict[str, Publication]:
    """Every file that was published, by the sha256 of its content, in order of publication.

    Raises:
        TopicMissingError: nothing was ever published, or the ledger is lost.
        UserError: Kafka cannot be reached, or somebody else wrote to the ledger.
    """
    topic = describe(settings().sources_topic)
    found: dict[str, Publication] = {}
    for message in read_committed(topic, topic.begin):
        try:
            entry = msgspec.json.decode(message.value, type=Publication)
        except (msgspec.DecodeError, TypeError) as error:
            raise UserError(
                f"{topic.name} holds at offset {message.offset} something that ingest did not "
                "write: which files were published is not certain, so nothing was done. Publish "
                "under another name (KAFKA_TOPIC)"
            ) from error
        found[entry.sha256] = entry
    return found
