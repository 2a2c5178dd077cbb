"""produce: publish a file's records on the topic, byte for byte, each exactly once."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import msgspec
from confluent_kafka import KafkaException, Producer

from cli.console import info, plural, progress, visible, warning
from cli.errors import UserError
from ingest.failpoints import failpoint
from ingest.kafka import Topic, create_topics, describe, topic_configs, wait_until_visible
from ingest.ledger import Publication, read_ledger
from ingest.plausibility import check_plausible
from ingest.records import RecordFile, message_key, open_records
from ingest.settings import settings
from ingest.transactions import (
    LARGEST_MESSAGE,
    Headers,
    is_fenced,
    transaction,
    transactional_producer,
)

# Room for the rest of a message besides its value and key: headers, framing of record and batch.
ENVELOPE_BYTES = 1024


def produce(path: Path, again: bool = False) -> Publication | None:
    """Publish a file. Send nothing if it was published before, unless `again`.

    `produce` sends the records in transactions of about TRANSACTION_BYTES. Each transaction also
    updates the file's entry in the ledger. So an interrupted file resumes after its last committed
    transaction, and readers of committed messages see no record twice.

    Returns:
        The file's entry in the ledger; None for a file without records.

    Raises:
        UserError: the file cannot be published; committed records stay on the topic.
    """
    failpoint("produce.started")
    with open_records(path) as file:
        check_plausible(file)
        failpoint("produce.file_read")
        create_topics()
        failpoint("produce.topics_created")
        if not file.count:
            warning(f"{path} holds no records: nothing to publish")
            return None
        _warn_of_lines_not_json(file)
        limit = _message_limit()
        _check_sizes(file, limit)
        topic = describe(settings().kafka_topic)
        try:
            # One transactional id per file: a second producer of the same file fences the first.
            producer = transactional_producer(f"ingest-{topic.name}-{file.sha256}", limit)
            failpoint("produce.producer_registered")
            # From now on no other producer can write this file's entry in the ledger.
            ledger = _ledger(topic, file.sha256)
            before = ledger.get(file.sha256)
            _check_topic_id(topic, ledger)
            _check_record_count(file, before)
            failpoint("produce.ledger_read")
            if before and before.fully_published and not again:
                info(
                    f"{path}: already published on {before.at:%F %T} UTC as {before.source} "
                    f"({plural(before.records, 'record')}); nothing sent"
                )
                _wait_for_readers(topic)
                return before
            published = _publish(producer, file, topic.id, before)
            _wait_for_readers(topic)
            failpoint("produce.done")
            return published
        except KafkaException as error:
            if is_fenced(error):
                raise UserError(
                    f"another producer of {path} took over; this one stopped, nothing is lost or "
                    "doubled"
                ) from error
            raise UserError(
                f"Kafka at {settings().kafka_bootstrap_servers} failed while {path} was published "
                f"({error.args[0].str()}); committed records stay: run the command again to resume"
            ) from error


def _ledger(topic: Topic, sha256: str) -> dict[str, Publication]:
    ledger = read_ledger(sha256)
    if not ledger and any(topic.end.values()):
        # Imported here, because it imports the HDFS client, which takes 0.2 s.
        from ingest.ledger_restore import restore_ledger

        return restore_ledger(topic)
    return ledger


def _message_limit() -> int:
    """How many bytes a message on the topic may have, and a batch of messages."""
    return int(topic_configs(settings().kafka_topic).get("max.message.bytes", LARGEST_MESSAGE))


def _warn_of_lines_not_json(file: RecordFile) -> None:
    if file.not_json_count:
        verb, noun = ("is", "record") if file.not_json_count == 1 else ("are", "records")
        warning(
            f"{file.path}: {file.not_json_count:,} of {plural(file.count, 'line')} {verb} not JSON "
            f"and published unchanged ({noun} {', '.join(map(str, file.not_json))}, counted from "
            "0); rejected_messages will say why"
        )


def _check_sizes(file: RecordFile, limit: int) -> None:
    position, size = _largest_message(file, limit)
    if size + ENVELOPE_BYTES > limit:
        raise UserError(
            f"{file.path}: record {position} (counted from 0) has {size:,} bytes with its key, "
            f"more than a message on topic {settings().kafka_topic} may have ({limit:,}): raise "
            "the topic's max.message.bytes; nothing was sent"
        )


def _largest_message(file: RecordFile, limit: int) -> tuple[int, int]:
    """(position, bytes) of the largest record with its key; (0, 0) if none can be too large."""
    # A key is a part of its record. So only such records may be too large with it, and only their
    # keys are read, because parsing takes time.
    half = (limit - ENVELOPE_BYTES) // 2
    if file.largest <= half:
        return 0, 0
    messages = (
        (position, len(record) + len(message_key(record) or b""))
        for position, record in enumerate(file.records())
        if len(record) > half
    )
    return max(messages, key=lambda message: message[1])


def _wait_for_readers(topic: Topic) -> None:
    # A `land` that starts right after this command must find the messages.
    if not wait_until_visible(topic):
        warning(
            f"readers do not see all of topic {topic.name} yet: another producer's transaction is "
            "open; when it ends (or Kafka ends it, after a minute), land lands what is missing"
        )


def _check_topic_id(topic: Topic, ledger: dict[str, Publication]) -> None:
    earlier = [p.source for p in ledger.values() if p.topic_id != topic.id]
    if earlier:
        raise UserError(
            f"topic {topic.name} was deleted and created again since {earlier[0]} was published on "
            "it: messages that had not landed are lost, and new messages could not land; "
            "nothing was sent. Publish all files under another name (KAFKA_TOPIC)"
        )


def _check_record_count(file: RecordFile, before: Publication | None) -> None:
    if before and before.records != file.count:
        raise UserError(
            f"{file.path} has {plural(file.count, 'record')}, but the ledger says "
            f"{before.records:,}: it was restored from messages of another program that named "
            "this file; nothing was sent. Publish all files under another name (KAFKA_TOPIC)"
        )


def _publish(
    producer: Producer, file: RecordFile, topic_id: str, before: Publication | None
) -> Publication:
    topic = settings().kafka_topic
    resumed = before is not None and not before.fully_published
    done = before.published if before and resumed else 0
    deliveries = 1 if before is None else before.deliveries + (not resumed)
    if resumed:
        info(f"{file.path}: resuming after {done:,} of {plural(file.count, 'record')}")
    # A file name may be any bytes, but the ledger and the marts need text.
    source, sha256 = os.fsencode(file.path.name).decode(errors="replace"), file.sha256
    common: Headers = [
        ("source_file", source.encode()),
        ("source_sha256", sha256.encode()),
        ("source_records", str(file.count).encode()),
    ]
    transactions = _transactions(file.records(done))
    with progress() as bar, ThreadPoolExecutor(1) as worker:
        task = bar.add_task(f"producing {visible(source)}", total=file.count, completed=done)
        upcoming = worker.submit(next, transactions, None)
        while messages := upcoming.result():
            with transaction(producer) as send:
                for position, (value, key) in enumerate(messages, done):
                    send(topic, value, key, [*common, ("source_position", str(position).encode())])
                # While librdkafka sends these messages, Python prepares the next transaction.
                upcoming = worker.submit(next, transactions, None)
                done += len(messages)
                failpoint("produce.messages_sent")
                entry = Publication(
                    source=source,
                    sha256=sha256,
                    bytes=file.size,
                    records=file.count,
                    deliveries=deliveries,
                    published=done,
                    at=datetime.now(timezone.utc),
                    topic_id=topic_id,
                )
                send(settings().sources_topic, msgspec.json.encode(entry), sha256.encode())
                failpoint("produce.ledger_entry_sent")
            failpoint("produce.transaction_committed")
            bar.update(task, completed=done)
    info(
        f"{file.path}: published {plural(file.count, 'record')} ({plural(file.size, 'byte')}) on "
        f"topic {topic}"
    )
    return entry


def _transactions(records: Iterator[memoryview]) -> Iterator[list[tuple[bytes, bytes | None]]]:
    """The (value, key) pairs of the messages, one list per transaction."""
    messages, size = [], 0
    for record in records:
        messages.append((bytes(record), message_key(record)))
        size += len(record)
        if size >= settings().transaction_bytes:
            yield messages
            messages, size = [], 0
    if messages:
        yield messages
