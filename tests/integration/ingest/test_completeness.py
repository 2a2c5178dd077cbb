"""What Kafka hides, has deleted or may delete is said, and does not stop a topic for ever."""

import json
import re

from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.support import topics


def send(pipeline, count: int) -> None:
    producer = Producer({"bootstrap.servers": pipeline.sandbox.broker})
    for n in range(count):
        producer.produce(pipeline.name, b"{}", key=str(n))
    assert producer.flush(30) == 0


def state(pipeline) -> dict:
    return json.loads(pipeline.ingest("status", "--json").stdout)


def test_messages_behind_an_open_transaction_are_not_said_to_have_landed(pipeline, tmp_path):
    topics.create(pipeline.sandbox, pipeline.name, partitions=2)
    other = Producer(
        {
            "bootstrap.servers": pipeline.sandbox.broker,
            "transactional.id": "other",
            "transaction.timeout.ms": 600_000,  # by default a minute, which may be too short
        }
    )
    other.init_transactions(30)
    other.begin_transaction()
    for partition in (0, 1):
        other.produce(pipeline.name, b"{}", partition=partition)
    other.flush(30)
    path = tmp_path / "one.json"
    path.write_text('[{"a": 1}]')
    for said in ("published 1 record", "already published"):
        done = pipeline.ingest("produce", path, SERVICE_TIMEOUT_SECONDS="3")
        assert said in done.stderr
        assert f"warning: readers do not see all of topic {pipeline.name} yet" in done.stderr
    landed = pipeline.ingest("land").stderr
    assert f"transaction on topic {pipeline.name} is open and hides 4 offsets: run" in landed
    now = state(pipeline)
    assert (now["lag"], now["hidden"], now["rows"]) == (4, 4, 0)
    done = pipeline.ingest("verify", check=False)
    assert done.returncode == 1
    assert "transaction is open and hides 4 offsets, wait until it ends" in done.stderr
    other.commit_transaction(30)
    assert "is open" not in pipeline.ingest("land").stderr
    now = state(pipeline)
    assert (now["lag"], now["hidden"], now["rows"]) == (0, 0, 3)
    assert pipeline.ingest("verify").returncode == 0


def test_messages_that_were_deleted_before_they_landed_are_skipped_on_request(pipeline):
    topics.create(pipeline.sandbox, pipeline.name)
    admin = AdminClient({"bootstrap.servers": pipeline.sandbox.broker})

    def delete(until: int) -> None:
        partition = TopicPartition(pipeline.name, 0, until)
        next(iter(admin.delete_records([partition]).values())).result(30)

    send(pipeline, 7)
    delete(3)
    heads = re.findall(r"^partition 0 offset (\d+)", pipeline.ingest("peek").stdout, re.MULTILINE)
    assert heads == ["3", "4", "5", "6"]
    refused = pipeline.ingest("land", check=False)
    assert refused.returncode == 1
    assert "offsets 0 to 2 of topic" in refused.stderr
    said = pipeline.ingest("land", "--skip-deleted").stderr
    assert "3 offsets of topic" in said
    assert (state(pipeline)["rows"], state(pipeline)["skipped"]) == (4, 3)
    send(pipeline, 2)
    delete(9)  # all
    assert pipeline.ingest("land", check=False).returncode == 1
    pipeline.ingest("land", "--skip-deleted")
    send(pipeline, 1)
    pipeline.ingest("land")
    now = state(pipeline)
    assert [(load["rows"], load["start"]["0"], load["end"]["0"]) for load in now["recent"]] == [
        (1, 9, 10),
        (0, 9, 9),
        (4, 3, 7),
    ]
    assert (now["rows"], now["skipped"], now["lag"]) == (5, 5, 0)
    assert pipeline.query("select count(*) from {raw}") == [(5,)]


def test_a_compacted_topic_is_said_to_be_one(pipeline):
    topics.create(pipeline.sandbox, pipeline.name, **{"cleanup.policy": "compact"})
    send(pipeline, 2)
    assert f"topic {pipeline.name} is compacted" in pipeline.ingest("land").stderr
    assert state(pipeline)["is_compacted"] is True
    assert "everything that Kafka still has has landed" in pipeline.ingest("status").stdout


def test_a_topic_beside_one_of_the_same_name_in_metrics_is_refused_in_one_line(pipeline, sample):
    topics.create(pipeline.sandbox, f"{pipeline.name}_x")
    done = pipeline.ingest("produce", sample, check=False, KAFKA_TOPIC=f"{pipeline.name}.x")
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: Kafka refuses topic {pipeline.name}.x beside topic")
    assert done.stderr.count("\n") == 1
