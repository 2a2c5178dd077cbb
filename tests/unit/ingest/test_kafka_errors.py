"""Every error of Kafka's clients is one line; an error of ours keeps its traceback."""

import socket
import threading
from contextlib import contextmanager

import pytest
from kafka import KafkaAdminClient
from kafka.errors import NotControllerError

from cli.errors import UserError
from ingest import kafka, kafka_auth

HTTP = b"HTTP/1.1 400 Bad Request\r\n\r\n"


@contextmanager
def server(answer: bytes):
    """A TCP server that gives each request this answer, and then closes the connection."""
    with socket.create_server(("localhost", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                with client:
                    try:
                        client.recv(65536)
                        client.sendall(answer)
                    except OSError:
                        pass

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def address(environment):
    environment.setattr(kafka_auth, "REFUSAL_SECONDS", 0.5)
    environment.setenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:1")
    environment.setenv("SERVICE_TIMEOUT_SECONDS", "1")
    return environment


def test_a_server_that_is_no_kafka_is_one_line(address):
    with server(HTTP) as port:
        address.setenv("KAFKA_BOOTSTRAP_SERVERS", f"localhost:{port}")
        with pytest.raises(UserError, match=rf"^Kafka at localhost:{port} failed \(.+\): is it up"):
            kafka.describe("t")
        topic = kafka.Topic("t", "", {0: 0}, {0: 1})
        with pytest.raises(UserError, match=rf"^Kafka at localhost:{port} failed \(.+\): is it up"):
            list(kafka.read_committed(topic, {0: 0}))


def test_a_certificate_that_is_none_is_one_line(address, tmp_path):
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text("not a certificate")
    address.setenv("KAFKA_SECURITY_PROTOCOL", "SSL")
    address.setenv("KAFKA_CA_FILE", str(ca_file))
    with pytest.raises(UserError, match=r"^Kafka at localhost:1 failed \(.+\): is it up"):
        kafka.describe("t")


class Manager:
    """Answers as a broker that is not the controller, each time that it is asked."""

    async def send(self, request, node_id):
        return None


def test_no_active_controller_is_one_line(address, monkeypatch):
    """The client's own code raises its RuntimeError; only the broker's answers are ours."""
    client = object.__new__(KafkaAdminClient)
    client._controller_id, client._manager = 1, Manager()

    async def refreshed():
        return 1

    client._refresh_controller_id = refreshed

    def create_topics(*_, **__):
        client._send_request_to_controller(None, get_errors_fn=lambda _: [NotControllerError]).send(
            None
        )

    client.list_topics, client.create_topics, client.close = list, create_topics, lambda: None
    monkeypatch.setattr(kafka, "_connect", lambda: client)
    said = (
        r"^Kafka at localhost:1 failed \(RuntimeError\('Failed to find active controller id!'\)\)"
    )
    with pytest.raises(UserError, match=said):
        kafka.create_topics()


@pytest.mark.parametrize("error", [ValueError("of ours"), UserError("of ours")])
def test_an_error_of_ours_stays_as_it_is(address, monkeypatch, error):
    class Client:
        def close(self) -> None: ...

    monkeypatch.setattr(kafka, "_connect", Client)
    with pytest.raises(type(error), match=r"^of ours$"), kafka.admin():
        raise error


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (3, r"^no topic t on localhost:1: produce a file first$"),
        (29, r"^Kafka at localhost:1 failed \(.*TopicAuthorizationFailed.*\): is it up"),
        (5, r"^Kafka at localhost:1 failed \(.*LeaderNotAvailable.*\): is it up"),
    ],
)
def test_only_a_topic_that_is_not_there_is_called_missing(address, monkeypatch, code, says):
    class Client:
        def close(self) -> None: ...

        def describe_topics(self, names: list[str]) -> list[dict]:
            return [{"error_code": code, "partitions": []}]

    monkeypatch.setattr(kafka, "_connect", Client)
    with pytest.raises(UserError, match=says):
        kafka.describe("t")
