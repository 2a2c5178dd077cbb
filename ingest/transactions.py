"""Messages onto Kafka in transactions, by librdkafka: all of one are there or none."""

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
BATCH_BYTES = 1_000_000  # below what a broker takes by default in one batch, 1,048,588
LARGEST_MESSAGE = 1_000_000_000  # librdkafka's own limit; the topic's is asked before
WAIT = 0.5  # seconds between two looks at the time, and at Ctrl-C


class Send(Protocol):
    """Sends a message in a transaction."""

    def __call__(
        self, topic: str, value: bytes, key: bytes | None, headers: Headers | None = None
    ) -> None:
        """Queue it; waits while the queue is full."""


def transactional_producer(transactional_id: str) -> Producer:
    """A producer that has shut out any other one of this id, and aborted what that left open.

    Raises:
        KafkaException: Kafka does not answer in time, or refuses.
    """
    producer = Producer(
        {
            **kafka_auth.for_librdkafka(),
            "transactional.id": transactional_id,
            "acks": "all",
            "compression.type": "lz4",
            "partitioner": "murmur2_random",  # that of all other Kafka clients
            "batch.size": BATCH_BYTES,
            "linger.ms": 5,
            "message.max.bytes": LARGEST_MESSAGE,
        }
    )
    # Each call makes librdkafka look for the coordinator at once; by itself it does every 500 ms.
    _insist(producer.init_transactions, wait=0.05)
    return producer


@contextmanager
def transaction(producer: Producer) -> Iterator[Send]:
    """A transaction: yields a function to send a message in it, and commits on exit.

    After an error it is aborted: at once where Kafka answers, else by the next producer of the
    same id.

    Raises:
        KafkaException: it is aborted; after a time-out of the commit it may be committed.
    """

    def send(topic: str, value: bytes, key: bytes | None, headers: Headers | None = None) -> None:
        while True:
            try:
                return producer.produce(topic, value, key, headers=headers)
            except BufferError:  # the queue is full
                producer.poll(0.005)

    producer.begin_transaction()
    try:
        failpoint("transaction.begun")
        try:
            yield send
            _flush(producer)
        except KafkaException as error:
            if error.args[0].code() in (KafkaError._STATE, KafkaError._FATAL):
                # Sending was refused because the transaction has failed: the commit says why.
                _insist(producer.commit_transaction)
            raise
        failpoint("transaction.acknowledged")
        _insist(producer.commit_transaction)
    except BaseException as error:
        try:
            producer.abort_transaction(2)
        except KafkaException as refused:
            # A commit that comes while the broker shuts this producer out meets an unknown error.
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
    while producer.flush(WAIT):
        if time.monotonic() > until:
            raise KafkaException(
                KafkaError(KafkaError._TIMED_OUT, "the messages are not confirmed")
            )


def _insist(call: Callable[[float], None], wait: float = WAIT) -> None:
    # Each of these may be called again after a time-out, and goes on where it was.
    Retrying(
        retry=retry_if_exception(lambda e: isinstance(e, KafkaException) and e.args[0].retriable()),
        stop=stop_after_delay(2 * settings().service_timeout_seconds),
        reraise=True,
    )(call, wait)
