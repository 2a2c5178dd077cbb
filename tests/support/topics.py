"""Topics as the broker knows them: Kafka's controller answers before the broker has changed."""

from confluent_kafka import IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from services.sandbox import Sandbox
from tests.support.waiting import wait_until


def create(sandbox: Sandbox, name: str, partitions: int = 1, **configs: str) -> None:
    """Create a topic, and wait until the broker has it."""
    new = {"num_partitions": partitions, "replication_factor": 1, "configs": configs}
    with sandbox.kafka() as client:
        client.create_topics({name: new}, wait_for_metadata=True)


def delete(sandbox: Sandbox, name: str) -> None:
    """Delete a topic, and wait until the broker has it no more."""
    with sandbox.kafka() as client:
        client.delete_topics([name])
        wait_until(lambda: name not in client.list_topics())


def wait_until_marked(sandbox: Sandbox, name: str) -> None:
    """Wait until each transaction on a topic that was committed is marked as such."""
    admin = AdminClient({"bootstrap.servers": sandbox.broker})
    partitions = admin.list_topics(name, timeout=20).topics[name].partitions

    def ends(level: IsolationLevel) -> list[int]:
        newest = {TopicPartition(name, number): OffsetSpec.latest() for number in partitions}
        found = admin.list_offsets(newest, isolation_level=level)
        return [found[partition].result().offset for partition in newest]

    wait_until(lambda: ends(IsolationLevel.READ_COMMITTED) == ends(IsolationLevel.READ_UNCOMMITTED))
