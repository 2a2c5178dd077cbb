"""Restore a lost ledger from the headers of the topic's messages."""

from collections import Counter, defaultdict

import msgspec
from confluent_kafka import KafkaError, KafkaException

from cli.console import info, plural
from cli.errors import UserError
from ingest.kafka import Topic, describe, wait_until_visible
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
        if not wait_until_visible(topic):
            raise KafkaException(
                KafkaError(
                    KafkaError._TIMED_OUT,
                    f"another producer's open transaction hides messages of topic {topic.name}",
                )
            )
        topic = describe(topic.name)
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


def _from_headers(topic: Topic) -> dict[str, Publication]:
    # By file and number of its records, which messages of another program may give otherwise.
    times: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)  # messages per record
    sizes: Counter[tuple[str, int]] = Counter()
    last: dict[tuple[str, int], tuple[str, int]] = {}
    for message in read_committed(topic, topic.begin):
        headers = header_texts(message.headers)
        try:
            sha256, source = headers["source_sha256"], headers["source_file"]
            record, records = int(headers["source_position"]), int(headers["source_records"])
        except (KeyError, ValueError):
            continue  # another program sent this message
        if not 0 <= record < records < 2**63:
            continue  # and this one
        file = sha256, records
        if record not in times[file]:
            sizes[file] += len(message.value or b"")
        times[file][record] += 1
        last.pop(file, None)  # moves the file to the end: the order is that of the last messages
        last[file] = source, message.timestamp
    most: dict[str, int] = {}  # by file: the number of records that most messages give
    for sha256, records in sorted(last, key=lambda f: (times[f].total(), len(times[f]) == f[1])):
        most[sha256] = records
    return {
        file[0]: _publication(topic, *file, times[file], sizes[file], *about)
        for file, about in last.items()
        if file[1] == most[file[0]]
    }


def _publication(
    topic: Topic, sha256: str, records: int, times: Counter[int], size: int, source: str, at: int
) -> Publication:
    # Another producer may have sent copies of single records, so the rarest record counts.
    whole = min(times.values()) if len(times) == records else 0
    begun = next(p for p in range(records) if times[p] <= whole)  # records of one more delivery
    return Publication(
        source=source,
        sha256=sha256,
        bytes=size,
        records=records,
        deliveries=max(whole + (begun > 0), 1),
        published=begun or (records if whole else 0),
        at=sent_at(at),
        topic_id=topic.id,
    )
