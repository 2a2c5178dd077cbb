"""A topic, a ledger or a table that is gone: the same command mends it, or one line says it."""

import json
from functools import lru_cache

from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.support import topics
from tests.support.commands import again, start
from tests.support.independent import committed
from tests.support.journal import Files


@lru_cache  # it must live until it has answered
def admin(port: int) -> AdminClient:
    return AdminClient({"bootstrap.servers": f"localhost:{port}"})


def refused(pipeline, *arguments, says: str) -> None:
    command = start(pipeline, *arguments)
    assert command.wait() == 1, command.said()
    assert says in command.said()


def test_the_ledger_is_restored_from_the_messages(new_files, journal):
    files = new_files("ledger")
    pipeline = files.pipeline
    one, two = files.new(), files.new()
    again(pipeline, "produce", one)
    again(pipeline, "land")
    again(pipeline, "produce", "--again", one)
    files.published.append(one)
    # The last file is there by half.
    half = start(pipeline, "produce", two, INGEST_FAILPOINT="produce.transaction_committed#2")
    assert half.wait() < 0
    for topic in (pipeline.name, f"{pipeline.name}.sources"):
        topics.wait_until_marked(pipeline.sandbox, topic)
    before = ledger(pipeline)
    topics.delete(pipeline.sandbox, f"{pipeline.name}.sources")

    third = start(pipeline, "produce", files.new())
    assert third.wait() == 0
    assert "was lost: restored" in third.said()
    after = ledger(pipeline)
    assert [entry["source"] for entry in after] == ["0.json", "1.json", "3.json"]
    for old, new in zip(before, after, strict=False):
        # The size of a file is not known, and the time is that of its last message.
        assert {**old, "bytes": 0, "at": ""} == {**new, "bytes": 0, "at": ""}
    again(pipeline, "produce", one)
    again(pipeline, "produce", two)
    again(pipeline, "land")
    again(pipeline, "verify")
    files.check(journal, {"ledger topic deleted": "produce again"})


def ledger(pipeline) -> list[dict]:
    messages = committed(pipeline, f"{pipeline.name}.sources")
    return list({m.key(): json.loads(m.value()) for m in messages}.values())


def test_a_ledger_that_cannot_be_restored_is_said(new_files):
    files = new_files("unknown")
    pipeline = files.pipeline
    again(pipeline, "produce", files.new())
    again(pipeline, "land")
    topics.delete(pipeline.sandbox, f"{pipeline.name}.sources")
    expire(pipeline, 10)
    before = len(committed(pipeline))
    refused(pipeline, "produce", files.new(), says="Publish under another name")
    assert len(committed(pipeline)) == before


def expire(pipeline, offset: int) -> None:
    """Delete the first messages of each partition, as retention does."""
    partitions = [TopicPartition(pipeline.name, p, offset) for p in (0, 1)]
    for done in admin(pipeline.sandbox.port("KAFKA_PORT")).delete_records(partitions).values():
        done.result()


def test_landed_messages_may_expire(new_files, journal):
    files = new_files("expired")
    pipeline = files.pipeline
    again(pipeline, "produce", files.new())
    again(pipeline, "land")
    rows = pipeline.query("select count(*) from {raw}")
    expire(pipeline, 10)
    file = files.new()
    again(pipeline, "produce", file)
    again(pipeline, "land")
    again(pipeline, "verify")
    assert rows == [(40,)]
    assert pipeline.query("select count(distinct partition, offset), count(*) from {raw}") == [
        (80, 80)
    ]
    journal.record("landed messages deleted by retention", 0, 0, "nothing to do")


def test_a_topic_that_was_deleted_is_said_before_anything_is_sent(new_files, journal, tmp_path):
    files = new_files("gone")
    pipeline = files.pipeline
    again(pipeline, "produce", files.new())
    again(pipeline, "land")
    lost = files.new()
    again(pipeline, "produce", lost)
    topics.delete(pipeline.sandbox, pipeline.name)
    refused(pipeline, "land", says="no topic")
    state = json.loads(pipeline.ingest("status", "--json").stdout)
    assert (state["is_deleted"], state["is_another_topic"], state["rows"]) == (True, False, 40)
    said = pipeline.ingest("status").stdout
    assert "the topic was deleted: its messages that had not landed are lost" in said
    assert "next: publish all files under another name (KAFKA_TOPIC)" in said
    refused(pipeline, "produce", lost, says="was deleted and created again")
    refused(pipeline, "produce", files.new(), says="was deleted and created again")
    refused(pipeline, "land", says="was deleted and created again")
    assert committed(pipeline) == []
    state = json.loads(pipeline.ingest("status", "--json").stdout)
    assert (state["is_another_topic"], state["rows"], state["lag"]) == (True, 40, 0)
    said = pipeline.ingest("status").stdout
    assert "the topic was deleted and created again" in said
    assert "next: publish all files under another name (KAFKA_TOPIC)" in said
    # The way on that each of these lines names.
    renamed = type(pipeline)(pipeline.sandbox, f"{pipeline.name}_2")
    for file in files.published:
        again(renamed, "produce", file)
    again(renamed, "land")
    again(renamed, "verify")
    moved = Files(tmp_path, renamed)
    moved.published = files.published
    moved.check(journal, {"topic deleted before all had landed": "another KAFKA_TOPIC"})


def test_foreign_messages_are_no_lost_ledger(new_files):
    files = new_files("foreign")
    pipeline = files.pipeline
    topics.create(pipeline.sandbox, pipeline.name, partitions=2)
    producer = Producer({"bootstrap.servers": f"localhost:{pipeline.sandbox.port('KAFKA_PORT')}"})
    for value in (b'{"a": 1}', b"not json", None):
        producer.produce(
            pipeline.name, value, headers={"source_sha256": b"\xff", "source_position": b"x"}
        )
    producer.flush()
    again(pipeline, "produce", files.new())
    again(pipeline, "land")
    again(pipeline, "verify")
    assert pipeline.query("select count(*) from {raw}") == [(43,)]


def test_a_table_that_was_dropped_is_made_again(new_files, journal):
    files = new_files("dropped")
    pipeline = files.pipeline
    again(pipeline, "produce", files.new())
    again(pipeline, "land")
    pipeline.query("drop table {raw}")
    refused(pipeline, "verify", says="run land")
    again(pipeline, "land")
    again(pipeline, "verify")
    files.check(journal, {"raw table dropped from the catalogue": "land again"})
