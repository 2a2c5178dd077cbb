"""Send messages to Kafka in transactions, with librdkafka: all of a transaction, or none."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from confluent_kafka import KafkaError, KafkaException, Producer
from tenacity import Retrying, retry_if_exception, stop_after_delay

from ingest import kafka_auth
from ingest.failpoints import failpoint
from ingest.settings import settings

Headers = list[tuple[str, str | bytes | None]]
BATCH_BYTES = 1_000_000  # below a topic's default limit, 1,048,588
LARGEST_MESSAGE = 1_000_000_000  # librdkafka's maximum; produce checks the topic's own limit
WAIT = 0.5  # seconds that a call blocks; after each call, time-outs and Ctrl-C take effect


class Send(Protocol):
    """A function that sends a message in a transaction."""

    def __call__(
        self, topic: str, value: bytes, key: bytes | None, headers: Headers | None = None
    ) -> None:
        """Queue a message; wait while the queue is full."""


def transactional_producer(transactional_id: str, limit: int = BATCH_BYTES) -> Producer:
    """A producer that has fenced all others of this id and aborted their open transaction.

    Args:
        transactional_id: the id.
        limit: the topic's `max.message.bytes`, which holds for a batch of messages, too.

    Raises:
        KafkaException: Kafka does not answer in time, or refuses a request.
    """
    producer = Producer(
        {
            **kafka_auth.for_librdkafka(),
            "transactional.id": transactional_id,
            "acks": "all",
            "compression.type": "lz4",
            "partitioner": "murmur2_random",  # the partitioner of the other Kafka clients
            "batch.size": min(BATCH_BYTES, limit),
            "linger.ms": 5,
            "message.max.bytes": LARGEST_MESSAGE,
        }
    )
    # Each call makes librdkafka look for the coordinator at once, instead of every 500 ms.
    _retry(producer.init_transactions, wait=0.05)
    return producer


@contextmanager
def transaction(producer: Producer) -> Iterator[Send]:
    """A transaction: yields a function that sends a message in it, and commits on exit.

    An error aborts the transaction: at once if Kafka answers, otherwise when the next producer of
    the same id starts.

    Raises:
        KafkaException: the transaction failed and is aborted. After a time-out of the commit, it
            may be committed.
    """

    def send(topic: str, value: bytes, key: bytes | None, headers: Headers | None = None) -> None:
        while True:
            try:
                return producer.produce(topic, value, key, headers=headers)
            except BufferError:  # the queue is full
                _served(producer.poll, 0.005)

    producer.begin_transaction()
    try:
        failpoint("transaction.begun")
        try:
            yield send
            _flush(producer)
        except KafkaException as error:
            if error.args[0].code() in (KafkaError._STATE, KafkaError._FATAL):
                # The transaction had failed before, so sending was refused: commit raises why.
                _retry(producer.commit_transaction)
            raise
        failpoint("transaction.acknowledged")
        _retry(producer.commit_transaction)
    except BaseException as error:
        try:
            producer.abort_transaction(2)
        except KafkaException as refused:
            # While the broker fences this producer, the commit fails with an unknown error.
            if isinstance(error, KafkaException) and is_fenced(refused):
                raise refused from error
        raise


def is_fenced(error: KafkaException) -> bool:
    """Whether another producer of the same transactional id has taken over."""
    return error.args[0].code() in (
        KafkaError._FENCED,
        KafkaError.PRODUCER_FENCED,
        KafkaError.INVALID_PRODUCER_EPOCH,
    )


def _flush(producer: Producer) -> None:
    until = time.monotonic() + 2 * settings().service_timeout_seconds
    while _served(producer.flush, WAIT):
        if time.monotonic() > until:
            raise KafkaException(
                KafkaError(KafkaError._TIMED_OUT, "the messages are not confirmed")
            )


def _served(call: Callable[[float], int], wait: float) -> int:
    # A fatal error is raised while librdkafka's events are served. If a log line follows it, Python
    # raises a SystemError instead, because the logger was called with an exception set.
    try:
        return call(wait)
    except SystemError as error:
        if isinstance(error.__cause__, KafkaException):
            raise error.__cause__ from None
        raise


def _retry(call: Callable[[float], None], wait: float = WAIT) -> None:
    # librdkafka resumes each of these calls if it is repeated after a time-out.
    Retrying(
        retry=retry_if_exception(lambda e: isinstance(e, KafkaException) and e.args[0].retriable()),
        stop=stop_after_delay(2 * settings().service_timeout_seconds),
        reraise=True,
    )(call, wait)
