"""The readiness checks of services that do not answer."""

import socket
import time
from types import SimpleNamespace

import pytest

from services import health
from services.health import CHECKS, NotReadyError
from services.sandbox import port_variables
from services.settings import StackSettings


@pytest.fixture
def silent(monkeypatch):
    """A stack whose ports take connections, and never answer: as of processes that are stopped."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        for name in port_variables():
            monkeypatch.setenv(name, str(server.getsockname()[1]))
        yield StackSettings()


@pytest.mark.parametrize("service", CHECKS)
def test_a_service_that_never_answers_is_not_ready(monkeypatch, silent, service):
    assert health.TIMEOUT <= health.STATEMENT_TIMEOUT == 20  # seconds that `make status` may wait
    for name in ("TIMEOUT", "STATEMENT_TIMEOUT"):
        monkeypatch.setattr(health, name, 0.2)
    before = time.monotonic()
    with pytest.raises(NotReadyError):
        CHECKS[service](silent)
    assert 0.2 <= time.monotonic() - before < 5


def test_the_broker_that_is_asked_is_the_local_one(monkeypatch, silent):
    asked = []

    class Admin:
        def __init__(self, bootstrap_servers: str, **_: int) -> None:
            asked.append(bootstrap_servers)

        def describe_cluster(self) -> None: ...

        def close(self) -> None: ...

    monkeypatch.setattr(health, "KafkaAdminClient", Admin)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "cluster.example:9092")
    health.kafka(StackSettings())
    assert asked == [f"localhost:{silent.kafka_port}"]


def test_spark_is_ready_only_if_both_of_its_ports_answer(monkeypatch, silent):
    ran = []
    thrift = SimpleNamespace(cursor=lambda: SimpleNamespace(execute=ran.append), close=lambda: None)
    monkeypatch.setattr(health, "_thrift", lambda port: thrift)
    monkeypatch.setattr(health, "TIMEOUT", 0.2)
    with pytest.raises(NotReadyError):
        health.spark(silent)
    assert ran == ["select 1"]
