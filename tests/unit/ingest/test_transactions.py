"""Errors of librdkafka that its Python package hides."""

import pytest
from confluent_kafka import KafkaError, KafkaException

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
