"""Errors of librdkafka that its Python package hides, and how long a transaction is tried."""

import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError, KafkaException

from ingest import transactions
from ingest.transactions import is_fenced, transaction

FENCED = KafkaException(KafkaError(KafkaError._FENCED, fatal=True))


class Fenced:
    """A producer that another one fences; a line is logged while its error is set."""

    def __init__(self, at: str, cause: Exception | None = FENCED):
        self.at = at
        self.cause = cause
        self.aborted = False

    def begin_transaction(self):
        pass

    def produce(self, *arguments, **options):
        if self.at == "poll":
            raise BufferError

    def _raise(self, at: str) -> int:
        if self.at == at:
            raise SystemError("returned a result with an exception set") from self.cause
        return 0

    def poll(self, wait):
        return self._raise("poll")

    def flush(self, wait):
        return self._raise("flush")

    def abort_transaction(self, wait):
        self.aborted = True


@pytest.mark.parametrize("at", ["poll", "flush"])
def test_a_fatal_error_is_itself_though_a_line_was_logged_after_it(at):
    producer = Fenced(at)
    with pytest.raises(KafkaException) as raised, transaction(producer) as send:
        send("topic", b"value", None)
    assert is_fenced(raised.value)
    assert producer.aborted


def test_another_error_of_the_interpreter_stays_what_it_is():
    producer = Fenced("flush", cause=None)
    with pytest.raises(SystemError, match="exception set"), transaction(producer) as send:
        send("topic", b"value", None)


def test_a_transaction_that_is_interrupted_is_aborted():
    producer = Fenced("never")
    with pytest.raises(KeyboardInterrupt), transaction(producer):
        raise KeyboardInterrupt
    assert producer.aborted


def test_no_call_of_librdkafka_blocks_for_long(monkeypatch):
    """Ctrl-C takes effect when a call returns."""
    calls = ("init_transactions", "poll", "flush", "commit_transaction", "abort_transaction")
    waits = {}

    def noting(call: str) -> Callable[[float], int]:
        def note(wait: float = -1) -> int:
            waits[call] = wait
            return 0

        return note

    def produce(*_, **__):
        if "poll" not in waits:
            raise BufferError

    producer = SimpleNamespace(
        begin_transaction=list, produce=produce, **{call: noting(call) for call in calls}
    )
    monkeypatch.setattr(transactions, "Producer", lambda _: producer)
    transactions.transactional_producer("id")
    with transaction(producer) as send:
        send("topic", b"value", None)
    with pytest.raises(KeyboardInterrupt), transaction(producer):
        raise KeyboardInterrupt
    assert waits.keys() == set(calls)
    assert all(0 < wait <= 2 for wait in waits.values()), waits


def test_kafka_ends_the_transaction_of_a_dead_producer_after_a_minute(monkeypatch):
    told = {}

    class Producer:
        def __init__(self, options: dict[str, object]):
            told.update(options)

        def init_transactions(self, wait: float) -> None:
            pass

    monkeypatch.setattr(transactions, "Producer", Producer)
    transactions.transactional_producer("id")
    assert told.get("transaction.timeout.ms", 60_000) == 60_000  # librdkafka's default
    assert told["acks"] == "all"
    # A certificate of another host is refused, as by default.
    assert told.keys().isdisjoint(
        {"ssl.endpoint.identification.algorithm", "enable.ssl.certificate.verification"}
    )


class Slow(Fenced):
    """A producer of which some messages are never confirmed, or whose commit fails each time."""

    def __init__(self, unconfirmed: int, error: KafkaException | None = None):
        super().__init__(at="never")
        self.unconfirmed, self.error, self.calls = unconfirmed, error, 0

    def flush(self, wait):
        return self._called() if self.unconfirmed else 0

    def commit_transaction(self, wait):
        self._called()
        raise self.error

    def _called(self) -> int:
        self.calls += 1
        assert self.calls < 100, "it is tried for ever"
        time.sleep(0.01)
        return self.unconfirmed


@pytest.mark.parametrize(
    ("producer", "says", "repeated"),
    [
        (Slow(1), "the messages are not confirmed", True),
        (Slow(0, KafkaException(KafkaError(7, "passes", retriable=True))), "passes", True),
        (Slow(0, KafkaException(KafkaError(7, "stays"))), "stays", False),
    ],
)
def test_a_transaction_is_not_tried_for_ever(monkeypatch, producer, says, repeated):
    brief = SimpleNamespace(service_timeout_seconds=0.4)
    monkeypatch.setattr(transactions, "settings", lambda: brief)
    with pytest.raises(KafkaException, match=says), transaction(producer):
        pass
    assert (producer.calls > 1, producer.aborted) == (repeated, True)


class Overtaken(Fenced):
    """A producer that another one takes over from; each call raises its own error."""

    def __init__(self, errors: dict[str, int]):
        super().__init__(at="never")
        self.errors = errors

    def _raise(self, at):
        if at in self.errors:
            raise KafkaException(KafkaError(self.errors[at]))
        return 0

    def commit_transaction(self, wait):
        self._raise("commit")

    def abort_transaction(self, wait):
        self._raise("abort")


@pytest.mark.parametrize(
    "code", [KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH]
)
@pytest.mark.parametrize(
    ("before", "at"),
    [
        ({}, "flush"),
        ({}, "commit"),
        ({"flush": KafkaError._STATE}, "commit"),
        ({"flush": KafkaError._FATAL}, "commit"),
        ({"commit": KafkaError._FAIL}, "abort"),
    ],
)
def test_a_producer_that_was_overtaken_is_told_so(code, before, at):
    producer = Overtaken({**before, at: code})
    with pytest.raises(KafkaException) as raised, transaction(producer):
        pass
    assert is_fenced(raised.value)


def test_messages_wait_for_room_in_the_queue_and_none_is_lost():
    producer, sent, is_full = Overtaken({}), [], iter([True, True])

    def produce(topic, value, key, headers):
        if next(is_full, False):
            raise BufferError
        sent.append(value)

    producer.produce = produce
    with transaction(producer) as send:
        for value in (b"1", b"2", b"3"):
            send("topic", value, None)
    assert sent == [b"1", b"2", b"3"]
