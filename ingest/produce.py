"""produce: a file's records, byte for byte, onto the topic, each exactly once."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

import msgspec
from kafka import KafkaProducer
from kafka.errors import (
    IllegalStateError,
    InvalidProducerEpochError,
    KafkaError,
    KafkaTimeoutError,
    ProducerFencedError,
)

from ingest.console import progress, say, warn
from ingest.errors import IngestError
from ingest.kafka import (
    Topic,
    connection,
    create_topics,
    describe,
    largest_message,
    wait_until_visible,
)
from ingest.ledger import Publication, read_ledger
from ingest.records import RecordFile, message_key, open_records
from ingest.restore import restore_ledger
from ingest.settings import settings
from ingest.steps import step

BATCH_BYTES = 1 << 20
# What a message takes besides its value: key, headers, and the framing of record and batch.
ENVELOPE_BYTES = 1024


def produce(path: Path, again: bool = False) -> Publication | None:
    """Publish a file. Sends nothing when it was published before, unless `again`.

    The records go in transactions of TRANSACTION_BYTES, each together with its entry in the ledger:
    an interrupted file goes on where its last transaction was committed, and a reader of
    committed messages sees no record twice.

    Returns:
        What the ledger says of the file now; None for a file without records.

    Raises:
        IngestError: the file cannot be published; what was committed before stays.
    """
    step("produce: started")
    with open_records(path) as file:
        step("produce: file read")
        create_topics()
        step("produce: topics created")
        if not file.count:
            warn(f"{path} holds no records: nothing to publish")
            return None
        _check(file)
        topic = describe(settings().kafka_topic)
        # One producer a file: starting a second one for the same file shuts the first one out.
        producer = KafkaProducer(
            **connection(),
            transactional_id=f"ingest-{settings().kafka_topic}-{file.sha256}",
            acks="all",
            compression_type="lz4",
            batch_size=BATCH_BYTES,
            linger_ms=50,
            max_request_size=64 << 20,
            delivery_timeout_ms=2 * settings().service_timeout_seconds * 1000,
            max_block_ms=settings().service_timeout_seconds * 1000,
        )
        failed: list[BaseException] = []
        try:
            producer.init_transactions()
            step("produce: producer registered")
            # Read only now that no other producer can write to this file's entry.
            ledger = read_ledger() or restore_ledger(topic)
            _check_topic(topic, ledger)
            before = ledger.get(file.sha256)
            step("produce: ledger read")
            if before and before.complete and not again:
                say(
                    f"{path}: already published on {before.at:%F %T} UTC as {before.source} "
                    f"({before.records:,} records); nothing sent"
                )
                _wait_until_visible(topic)
                return before
            published = _publish(producer, file, topic.id, before, failed)
            _wait_until_visible(topic)
            step("produce: done")
            return published
        except KafkaError as error:
            if any(map(_is_fenced, [error, *failed])):
                raise IngestError(
                    f"another producer publishes {path} at the same time and goes on with it; "
                    "this one stopped, nothing is lost or doubled"
                ) from None
            raise IngestError(
                f"Kafka at {settings().kafka_bootstrap_servers} failed while {path} was published "
                f"({error}); what is committed stays: run the command "
                "again and it goes on from there"
            ) from None
        finally:
            _close(producer)


def _check(file: RecordFile) -> None:
    if file.not_json_count:
        warn(
            f"{file.path}: {file.not_json_count:,} of {file.count:,} lines are not JSON and go as "
            f"they are (records {', '.join(map(str, file.not_json))}, counted from 0); "
            "rejected_messages will say why"
        )
    position, size = file.largest
    limit = largest_message(settings().kafka_topic)
    if size + ENVELOPE_BYTES > limit:
        raise IngestError(
            f"{file.path}: record {position} (counted from 0) has {size:,} bytes, more than a "
            f"message on topic {settings().kafka_topic} may have ({limit:,}): raise the topic's "
            "max.message.bytes; nothing was sent"
        )


def _wait_until_visible(topic: Topic) -> None:
    # So that a land right after this one lands what was published.
    if not wait_until_visible(topic):
        warn(
            f"readers do not see all of topic {topic.name} yet: another producer's transaction is "
            "open; when it ends (or Kafka ends it, after a minute), land lands what is missing"
        )


def _check_topic(topic: Topic, ledger: dict[str, Publication]) -> None:
    earlier = [p.source for p in ledger.values() if p.topic_id not in ("", topic.id)]
    if earlier:
        raise IngestError(
            f"topic {topic.name} was deleted and created again since {earlier[0]} was published on "
            "it: what had not landed is gone from Kafka, and what is published now could not land; "
            "nothing was sent. Publish all files under another name (KAFKA_TOPIC, RAW_TABLE)"
        )


def _publish(
    producer: KafkaProducer,
    file: RecordFile,
    topic_id: str,
    before: Publication | None,
    failed: list[BaseException],
) -> Publication:
    # failed: gets the errors of single messages, which kafka-python does not always raise later.
    topic = settings().kafka_topic
    resumed = before is not None and not before.complete
    done = before.published if before and resumed else 0
    deliveries = 1 if before is None else before.deliveries + (not resumed)
    if resumed:
        say(f"{file.path}: going on after record {done:,} of {file.count:,}")
    # A file name may be any bytes; a name in the ledger and the marts is text.
    source, sha256 = os.fsencode(file.path.name).decode(errors="replace"), file.sha256
    common = [("source", source.encode()), ("source_sha256", sha256.encode())]
    records = ("records", str(file.count).encode())
    with progress() as bar:
        task = bar.add_task(f"producing {source}", total=file.count, completed=done)
        for transaction in _transactions(file.records(done)):
            producer.begin_transaction()
            step("produce: transaction begun")
            try:
                for position, record in enumerate(transaction, done):
                    headers = [*common, ("record", str(position).encode()), records]
                    sent = producer.send(topic, record, message_key(record), headers)
                    sent.add_errback(failed.append)
                done += len(transaction)
                step("produce: messages sent")
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
                entry_bytes = msgspec.json.encode(entry)
                sent = producer.send(settings().sources_topic, entry_bytes, sha256.encode())
                sent.add_errback(failed.append)
                step("produce: ledger entry sent")
                _flush(producer, failed)
                step("produce: messages acknowledged")
            except BaseException:
                _abort(producer)
                raise
            _commit(producer)
            step("produce: transaction committed")
            bar.update(task, completed=done)
    say(f"{file.path}: published {file.count:,} records ({file.size:,} bytes) on topic {topic}")
    return entry


def _transactions(records: Iterator[memoryview]) -> Iterator[list[memoryview]]:
    batch, size = [], 0
    for record in records:
        batch.append(record)
        size += len(record)
        if size >= settings().transaction_bytes:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _is_fenced(error: BaseException) -> bool:
    # kafka-python gives the reason as such, or among the arguments of a general error.
    reasons = (error, *error.args)
    return any(isinstance(r, ProducerFencedError | InvalidProducerEpochError) for r in reasons)


def _flush(producer: KafkaProducer, failed: list[BaseException]) -> None:
    # A fenced producer's flush() alone would wait for ever: it sends no more, but fails only the
    # messages on their way.
    until = time.monotonic() + 2 * settings().service_timeout_seconds
    while not failed:
        with suppress(KafkaTimeoutError):
            producer.flush(timeout=1)
            break
        if time.monotonic() > until:
            raise KafkaTimeoutError("the messages are not confirmed")
    if failed:
        raise failed[0]


def _commit(producer: KafkaProducer) -> None:
    # As commit_transaction(), which would wait for ever for a broker that is away. Whether it was
    # committed is then not known here; the ledger tells the next producer.
    result = producer._transaction_manager.begin_commit()
    producer._sender.wakeup()
    if not result.wait(2 * settings().service_timeout_seconds * 1000):
        raise KafkaTimeoutError("the commit is not confirmed")


def _close(producer: KafkaProducer) -> None:
    try:
        producer.close(timeout=2)
    except KafkaError:
        # What a fenced producer still holds is never sent, and close() gives up waiting for it
        # before it stops the sender; nor would the destructor's second try fare better.
        producer._sender.force_close()
        producer._closed = True


def _abort(producer: KafkaProducer) -> None:
    # As abort_transaction(), but not for ever: the next producer of this file aborts it, too.
    with suppress(KafkaError, IllegalStateError):
        result = producer._transaction_manager.begin_abort()
        producer._sender.wakeup()
        result.wait(2000)
