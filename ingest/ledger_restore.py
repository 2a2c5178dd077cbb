"""Restore a lost ledger from the headers of the topic's messages."""

from collections import Counter
from dataclasses import dataclass, field
from operator import attrgetter

import msgspec
from confluent_kafka import KafkaException

from cli.console import info, plural
from cli.errors import UserError
from ingest.kafka import Topic
from ingest.ledger import Publication, read_ledger
from ingest.load_store import committed_ids
from ingest.messages import header_texts, read_committed, sent_at
from ingest.settings import settings
from ingest.transactions import transaction, transactional_producer


def restore_ledger(topic: Topic) -> dict[str, Publication]:
    """Fill an empty ledger from the headers of the topic's messages, in one transaction.

    Returns:
        The ledger; empty if no message on the topic comes from a file.

    Raises:
        UserError: Kafka has deleted the topic's first messages, Kafka fails, or another producer
            restores the ledger at the same time.
    """
    try:
        producer = transactional_producer(f"ingest-{topic.name}-ledger")
        # Kafka has now fenced every earlier producer of this id, so the ledger does not change.
        found = read_ledger()
        if found:
            return found
        found = _from_headers(topic)
        if any(topic.begin.values()) and (found or committed_ids()):
            raise UserError(
                f"the ledger {settings().sources_topic} is lost, and so are the first messages "
                f"of topic {topic.name}: which files were published is not known; nothing was "
                "sent. Publish under another name (KAFKA_TOPIC)"
            )
        if found:
            with transaction(producer) as send:
                for sha256, entry in found.items():
                    send(settings().sources_topic, msgspec.json.encode(entry), sha256.encode())
            info(
                f"{settings().sources_topic} was lost: restored from the messages of topic "
                f"{topic.name} ({plural(len(found), 'file')})"
            )
        return found
    except KafkaException as error:
        raise UserError(
            f"the ledger {settings().sources_topic} is lost and was not restored "
            f"({error.args[0].str()}); nothing was sent: run the command again"
        ) from error


@dataclass
class _Claim:
    """What messages say that give a file the same number of records.

    Another program may send the file's sha256 with another number.

    Attributes:
        sha256: of the file.
        records: how many records the file has.
        deliveries: by record, how many messages it has.
        bytes: the size of the records, each counted once.
        source: the file's name in the last message.
        timestamp: of the last message.
    """

    sha256: str
    records: int
    deliveries: Counter[int] = field(default_factory=Counter)
    bytes: int = 0
    source: str = ""
    timestamp: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether each record has a message."""
        return len(self.deliveries) == self.records

    @property
    def weight(self) -> tuple[int, bool]:
        """The claim of most messages is believed; of equals, one that is complete."""
        return self.deliveries.total(), self.is_complete


def _from_headers(topic: Topic) -> dict[str, Publication]:
    claims: dict[tuple[str, int], _Claim] = {}  # in the order of their last messages
    for message in read_committed(topic, topic.begin):
        headers = header_texts(message.headers)
        try:
            sha256, source = headers["source_sha256"], headers["source_file"]
            record, records = int(headers["source_position"]), int(headers["source_records"])
        except (KeyError, ValueError):
            continue  # another program sent this message
        if not 0 <= record < records < 2**63:
            continue  # and this one
        claim = claims.pop((sha256, records), None) or _Claim(sha256, records)
        claims[sha256, records] = claim
        if record not in claim.deliveries:
            claim.bytes += len(message.value or b"")
        claim.deliveries[record] += 1
        claim.source, claim.timestamp = source, message.timestamp
    believed: dict[str, _Claim] = {}
    for claim in claims.values():  # of claims of the same weight the later one is believed
        rival = believed.get(claim.sha256, claim)
        believed[claim.sha256] = max(claim, rival, key=attrgetter("weight"))
    return {
        claim.sha256: _publication(topic, claim)
        for claim in claims.values()
        if claim is believed[claim.sha256]
    }


def _publication(topic: Topic, claim: _Claim) -> Publication:
    # Another producer may have sent copies of single records, so the rarest record counts.
    whole = min(claim.deliveries.values()) if claim.is_complete else 0
    # How many records one more delivery, which did not end, has published.
    begun = next(p for p in range(claim.records) if claim.deliveries[p] <= whole)
    return Publication(
        source=claim.source,
        sha256=claim.sha256,
        bytes=claim.bytes,
        records=claim.records,
        deliveries=max(whole + (begun > 0), 1),
        published=begun or (claim.records if whole else 0),
        at=sent_at(claim.timestamp),
        topic_id=topic.id,
    )
