"""Every error of Kafka's clients is one line; an error of ours keeps its traceback."""

import socket
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from kafka import KafkaAdminClient
from kafka.admin import OffsetSpec
from kafka.errors import KafkaTimeoutError, NotControllerError
from kafka.protocol.consumer import IsolationLevel

from cli.errors import UserError
from ingest import kafka, kafka_auth, messages

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
            list(messages.read_committed(topic, {0: 0}))


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


def test_what_is_committed_between_two_requests_is_not_hidden(address, monkeypatch):
    """Each request for the latest offset finds one more message."""

    class Client:
        latest = 5

        def describe_topics(self, names):
            topic = {"error_code": 0, "topic_id": "0" * 32, "partitions": [{"partition_index": 0}]}
            return [topic for _ in names]

        def list_partition_offsets(self, wanted, isolation_level):
            [(partition, spec)] = wanted.items()
            self.latest += 1
            return {
                partition: SimpleNamespace(offset=0 if spec == OffsetSpec.EARLIEST else self.latest)
            }

        def close(self) -> None: ...

    monkeypatch.setattr(kafka, "_connect", Client)
    topic = kafka.describe("t")
    assert (topic.begin, topic.hidden) == ({0: 0}, {0: 0})
    assert topic.end[0] == 8  # the first request is for the earliest offset


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


class SlowConsumer:
    """A poll takes 0.6 s of its own clock; every second one gives a message, if there is one."""

    def __init__(self, messages: int) -> None:
        self.messages, self.read, self.polls = messages, 0, 0

    def assign(self, partitions) -> None: ...

    def seek(self, partition, offset) -> None: ...

    def close(self) -> None: ...

    def poll(self, timeout_ms: int) -> dict:
        self.polls += 1
        assert self.polls < 60, "it waits for ever"
        if self.polls % 2 or self.read == self.messages:
            return {}
        self.read += 1
        return {"t-0": [SimpleNamespace(partition=0, offset=self.read - 1)]}

    def position(self, partition) -> int:
        return self.read


@pytest.mark.parametrize("count", [0, 3, 9])
def test_messages_are_waited_for_as_long_as_some_come(address, monkeypatch, count):
    consumer = SlowConsumer(count)
    monkeypatch.setattr(messages, "KafkaConsumer", lambda **options: consumer)
    monkeypatch.setattr(messages, "time", SimpleNamespace(monotonic=lambda: consumer.polls * 0.6))
    found = messages.read_committed(kafka.Topic("t", "", {0: 0}, {0: 9}), {0: 0})
    if count == 9:
        assert [message.offset for message in found] == list(range(9))
    else:
        with pytest.raises(UserError, match="no more messages come"):
            list(found)


def test_messages_that_came_after_the_topic_was_described_are_not_read(address, monkeypatch):
    class Ahead(SlowConsumer):
        def poll(self, timeout_ms: int) -> dict:
            self.read = 3
            return {"t-0": [SimpleNamespace(partition=0, offset=n) for n in range(3)]}

    monkeypatch.setattr(messages, "KafkaConsumer", lambda **options: Ahead(3))
    found = messages.read_committed(kafka.Topic("t", "", {0: 0}, {0: 2}), {0: 0})
    assert [message.offset for message in found] == [0, 1]


def test_a_client_tries_as_long_as_the_setting_says(address):
    told = kafka.connection()
    assert told["bootstrap_timeout_ms"] == told["request_timeout_ms"] == 1000
    assert told["reconnect_backoff_max_ms"] < 1000


@pytest.mark.parametrize(
    ("ends", "visible"), [((5, 4), True), ((3, 4), False), ((5, 3), False), ((6, 9), True)]
)
def test_messages_are_visible_when_each_partition_shows_them(address, monkeypatch, ends, visible):
    def offsets(client, partitions, isolation_level=IsolationLevel.READ_COMMITTED):
        uncommitted = isolation_level == IsolationLevel.READ_UNCOMMITTED
        return dict(enumerate((5, 4) if uncommitted else ends))

    monkeypatch.setattr(kafka, "_connect", lambda: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(kafka, "_offsets", offsets)
    monkeypatch.setattr(kafka, "settings", lambda: SimpleNamespace(service_timeout_seconds=0.1))
    assert kafka.wait_until_visible(kafka.Topic("t", "", {}, {0: 0, 1: 0})) is visible


def test_a_kafka_that_does_not_answer_is_given_up(address, monkeypatch):
    begun = time.monotonic()

    def connect(**options):
        assert time.monotonic() - begun < 5, "it is tried for ever"
        time.sleep(0.1)
        raise KafkaTimeoutError

    monkeypatch.setattr(kafka, "KafkaAdminClient", connect)
    monkeypatch.setattr(kafka_auth, "refusal", lambda: None)
    with pytest.raises(KafkaTimeoutError):
        kafka._connect()
