"""The ledger: the compacted topic that records the published files, and how much of each."""

from datetime import datetime

import msgspec
from confluent_kafka import KafkaError, KafkaException

from cli.errors import UserError
from ingest.kafka import describe, wait_until_visible
from ingest.messages import read_committed, read_hidden
from ingest.settings import settings


class Publication(msgspec.Struct, frozen=True):
    """The ledger's entry for one file; the key of its message is the `sha256`.

    Attributes:
        source: the file's name.
        sha256: of the file's unpacked content, in hexadecimal.
        bytes: the size of that content; in a restored ledger, of its records only.
        records: how many records the file has.
        deliveries: how often the file was published; an unfinished last time counts.
        published: how many records of the last publication are on the topic, from the first one on.
        at: when the last of these records was sent, UTC.
        topic_id: Kafka's id of the topic that holds the records.
    """

    source: str
    sha256: str
    bytes: int
    records: int
    deliveries: int
    published: int
    at: datetime
    topic_id: str

    @property
    def fully_published(self) -> bool:
        """Whether all records of the last publication are on the topic."""
        return self.published == self.records

    @property
    def messages(self) -> int:
        """How many messages on the topic come from this file."""
        return (self.deliveries - 1) * self.records + self.published


def read_ledger(sha256: str | None = None) -> dict[str, Publication]:
    """The published files by `sha256`, in the order of their first entries in the ledger.

    Args:
        sha256: a file of which no entry may be missing. Wait while an open transaction of another
            file hides one; all producers of this file must be fenced.

    Raises:
        KafkaException: that transaction is still open after SERVICE_TIMEOUT_SECONDS.
        TopicMissingError: the ledger does not exist: nothing was published, or it was deleted.
        UserError: Kafka cannot be reached, or the ledger holds a message that is no entry.
    """
    topic = describe(settings().sources_topic)
    if sha256 and any(message.key == sha256.encode() for message in read_hidden(topic)):
        if not wait_until_visible(topic):
            raise KafkaException(
                KafkaError(
                    KafkaError._TIMED_OUT,
                    "another producer's open transaction hides how much of the file is published",
                )
            )
        topic = describe(topic.name)
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
