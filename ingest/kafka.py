"""The client of Kafka: topics and their offsets."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from traceback import walk_tb
from typing import Any

from confluent_kafka import KafkaException
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)
from kafka.protocol.consumer import IsolationLevel, OffsetSpec
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    wait_fixed,
)

from cli.console import mute
from cli.errors import UserError
from ingest import kafka_auth
from ingest.settings import settings

mute("kafka")

COMPACTED = (
    "is compacted: Kafka deletes a message when a newer one has the same key, so messages that "
    "never landed may be missing"
)
BOOTSTRAP_MS = 2000  # after this time without a connection, kafka_auth looks for the reason


class TopicMissingError(UserError):
    """The topic does not exist."""


@dataclass(frozen=True)
class Topic:
    """The state of a topic at the time of the request.

    Attributes:
        name: the topic's name.
        id: Kafka's id of the topic (a UUID); a topic that is created again gets a new one.
        begin: by partition, the first offset that Kafka still has.
        end: by partition, the first offset that readers of committed messages do not get (the last
            stable offset): the end, or the first message of an open transaction.
        hidden: by partition, how many offsets after `end` an open transaction hides.
    """

    name: str
    id: str
    begin: dict[int, int]
    end: dict[int, int]
    hidden: dict[int, int] = field(default_factory=dict)


def connection() -> dict[str, Any]:
    """The keyword arguments with which every kafka-python client of this process connects.

    Raises:
        UserError: a setting of the login is missing, or a file that one names cannot be read.
    """
    timeout_ms = settings().service_timeout_seconds * 1000
    return {
        "bootstrap_servers": settings().kafka_bootstrap_servers.split(","),
        "client_id": "ingest",
        "bootstrap_timeout_ms": timeout_ms,
        "request_timeout_ms": timeout_ms,
        "reconnect_backoff_max_ms": 500,
        **kafka_auth.for_python(),
    }


@contextmanager
def errors_as_user_errors() -> Iterator[None]:
    """Turn every error of the clients of Kafka into a UserError; errors of ours stay as they are.

    kafka-python also raises errors that are no KafkaError: a RuntimeError if it finds no active
    controller, errors of struct, ssl and sockets if an answer or a certificate cannot be read.

    Raises:
        UserError: a request to Kafka failed.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        is_known = isinstance(error, (KafkaError, KafkaException))
        if not is_known and not _passed_kafka(error):
            raise
        said = str(error) if is_known else repr(error)
        raise UserError(
            f"Kafka at {settings().kafka_bootstrap_servers} failed ({said}): is it up (make "
            "status)? Then run the command again"
        ) from error


def _passed_kafka(error: Exception) -> bool:
    frames = (frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__))
    return any(name.partition(".")[0] == "kafka" for name in frames)


@contextmanager
def admin() -> Iterator[KafkaAdminClient]:
    """An admin client, closed at the end.

    Raises:
        UserError: Kafka cannot be reached, or refuses a request.
    """
    with errors_as_user_errors():
        client = _connect()
        try:
            yield client
        finally:
            client.close()


def _connect() -> KafkaAdminClient:
    # Every command connects here first, so only this connection looks for the reason of a refusal.
    def connect() -> KafkaAdminClient:
        try:
            return KafkaAdminClient(**{**connection(), "bootstrap_timeout_ms": BOOTSTRAP_MS})
        except KafkaError as error:
            refused = kafka_auth.refusal()
            if refused:
                raise refused from error
            raise

    return Retrying(
        retry=retry_if_exception_type(KafkaTimeoutError),
        stop=stop_after_delay(settings().service_timeout_seconds),
        reraise=True,
    )(connect)


def create_topics() -> None:
    """Create the topic and its ledger, unless they exist.

    Raises:
        UserError: Kafka cannot be reached, or refuses a request.
    """
    replicas = {"replication_factor": settings().kafka_replication_factor}
    wanted = {
        settings().kafka_topic: {"num_partitions": settings().kafka_partitions, **replicas},
        settings().sources_topic: {
            "num_partitions": 1,
            "configs": {"cleanup.policy": "compact"},
            **replicas,
        },
    }
    with admin() as client:
        existing = set(client.list_topics())
        missing = {name: topic for name, topic in wanted.items() if name not in existing}
        _check_names(missing, existing)
        if missing:
            try:
                client.create_topics(missing, wait_for_metadata=True)
            except TopicAlreadyExistsError:  # another process is creating it
                client.wait_for_topics(list(missing))


def _check_names(missing: Iterable[str], existing: Iterable[str]) -> None:
    # Kafka's own error is long, and does not name the other topic.
    for name in missing:
        for other in sorted(existing):
            if name.replace(".", "_") == other.replace(".", "_"):
                raise UserError(
                    f"Kafka refuses topic {name} beside topic {other}, because in the names of its "
                    "metrics . is _: set KAFKA_TOPIC to another name; nothing was sent"
                )


def describe(name: str) -> Topic:
    """The topic's id and offsets.

    Raises:
        TopicMissingError: there is no such topic.
        UserError: Kafka cannot be reached, or refuses a request.
    """
    with admin() as client:
        try:
            described = client.describe_topics([name])[0]
            if described["error_code"]:
                raise for_code(described["error_code"])
            partitions = [
                TopicPartition(name, p["partition_index"]) for p in described["partitions"]
            ]
            begin = _offsets(client, partitions, OffsetSpec.EARLIEST)
            # First, so that what is committed between both requests does not count as hidden.
            last = _offsets(client, partitions, isolation_level=IsolationLevel.READ_UNCOMMITTED)
            end = _offsets(client, partitions)
        except UnknownTopicOrPartitionError as error:
            raise TopicMissingError(
                f"no topic {name} on {settings().kafka_bootstrap_servers}: produce a file first"
            ) from error
    return Topic(
        name=name,
        id=str(uuid.UUID(str(described["topic_id"]))),
        begin=begin,
        end=end,
        hidden={p: max(0, last[p] - end[p]) for p in end},
    )


def describe_if_there(name: str) -> Topic | None:
    """The topic's id and offsets; None if there is no such topic.

    Raises:
        UserError: Kafka cannot be reached, or refuses a request.
    """
    try:
        return describe(name)
    except TopicMissingError:
        return None


def _offsets(
    client: KafkaAdminClient,
    partitions: list[TopicPartition],
    spec: OffsetSpec = OffsetSpec.LATEST,
    isolation_level: IsolationLevel = IsolationLevel.READ_COMMITTED,
) -> dict[int, int]:
    found = client.list_partition_offsets(
        dict.fromkeys(partitions, spec), isolation_level=isolation_level
    )
    return {partition.partition: found[partition].offset for partition in sorted(found)}


def wait_until_visible(topic: Topic) -> bool:
    """Wait until readers of committed messages see every message that is on the topic now.

    Kafka confirms a commit before it marks the commit in each partition. A message also stays
    hidden while a transaction that began before it is open.

    Returns:
        True when readers see all messages; False if another producer's transaction is still open
        after SERVICE_TIMEOUT_SECONDS.

    Raises:
        UserError: Kafka cannot be reached, or refuses a request.
    """
    partitions = [TopicPartition(topic.name, p) for p in topic.end]
    with admin() as client:
        now = _offsets(client, partitions, isolation_level=IsolationLevel.READ_UNCOMMITTED)
        try:
            Retrying(
                retry=retry_if_result(lambda end: any(end[p] < now[p] for p in now)),
                wait=wait_fixed(0.05),
                stop=stop_after_delay(settings().service_timeout_seconds),
            )(lambda: _offsets(client, partitions))
        except RetryError:
            return False
    return True


def topic_configs(name: str) -> dict[str, str]:
    """The topic's configuration; empty if this user may not read it.

    Raises:
        UserError: Kafka cannot be reached, or refuses a request.
    """
    with admin() as client:
        resource = ConfigResource(ConfigResourceType.TOPIC, name)
        found = client.describe_configs([resource], config_filter="all")
        return {key: c["value"] for key, c in found.get("topic", {}).get(name, {}).items()}


def is_compacted(name: str) -> bool:
    """Whether Kafka deletes a message of the topic once a newer message has the same key.

    Raises:
        UserError: Kafka cannot be reached, or refuses a request.
    """
    return "compact" in topic_configs(name).get("cleanup.policy", "")
