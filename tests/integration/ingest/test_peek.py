"""peek: the latest messages of all partitions, readable, markers of transactions aside."""

import json
import re

import pytest
from confluent_kafka import Producer

from tests.support import topics
from tests.support.independent import committed

HEAD = re.compile(r"partition (\d+) offset (\d+) key (.*) (\S+)#(\S+)")


def peeked(done) -> list[tuple[int, int, str, str, str, str]]:
    """(partition, offset, key, source, record, value) of each message."""
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    heads = [HEAD.fullmatch(line) for line in lines[::2]]
    assert all(heads), done.stdout
    return [
        (int(h[1]), int(h[2]), h[3], h[4], h[5], value)
        for h, value in zip(heads, lines[1::2], strict=True)
    ]


def expected(messages) -> list[tuple]:
    return [
        (
            m.partition(), m.offset(), m.key().decode(), dict(m.headers())["source_file"].decode(),
            dict(m.headers())["source_position"].decode(), m.value().decode(),
        )
        for m in messages
    ]  # fmt: skip


@pytest.mark.parametrize(("arguments", "count"), [([], 10), (["-n", "1"], 1), (["-n", "200"], 200)])
def test_the_latest_messages_of_all_partitions(history, arguments, count):
    messages = sorted(committed(history.pipeline), key=lambda m: (m.timestamp()[1], m.offset()))
    count = min(count, len(messages))
    # Narrow: what is printed is not broken into lines.
    found = peeked(history.ingest("peek", *arguments, COLUMNS="30"))
    assert len(found) == count
    assert set(found) <= set(expected(messages))
    # Of those that came within the same millisecond any may be the last.
    times = {(m.partition(), m.offset()): m.timestamp()[1] for m in messages}
    assert [times[m[:2]] for m in found] == [m.timestamp()[1] for m in messages[-count:]]


def test_what_was_aborted_and_the_markers_of_transactions_do_not_count(pipeline, tmp_path):
    path = tmp_path / "numbers.json"
    for name in ("a", "b"):
        path.write_text(json.dumps([{"user_exam_id": f"{name}{n}"} for n in range(4)]))
        pipeline.ingest("produce", path, TRANSACTION_BYTES="1")
        aborted = Producer({"bootstrap.servers": pipeline.sandbox.broker, "transactional.id": name})
        aborted.init_transactions(30)
        aborted.begin_transaction()
        for _ in range(100):
            aborted.produce(pipeline.name, b"aborted")
        aborted.flush(30)
        aborted.abort_transaction(30)
    messages = committed(pipeline)
    assert [m.offset() for m in messages] == [0, 2, 4, 6, 109, 111, 113, 115]
    for count in (1, 4, 5, 8, 9):
        assert peeked(pipeline.ingest("peek", "-n", count)) == expected(messages[-count:])


def test_messages_of_others_are_shown_as_far_as_they_can_be(pipeline):
    topics.create(pipeline.sandbox, pipeline.name)
    assert pipeline.ingest("peek").stdout == ""
    producer = Producer({"bootstrap.servers": pipeline.sandbox.broker})
    producer.produce(pipeline.name, b"[b]\xff", key=b"k\xff", headers={"source_file": b"[s]\xff"})
    producer.produce(pipeline.name, None)
    assert producer.flush(30) == 0
    assert peeked(pipeline.ingest("peek")) == [
        (0, 0, "k\ufffd", "[s]\ufffd", "?", "[b]\ufffd"),
        (0, 1, "", "?", "?", ""),
    ]


def test_messages_are_read_however_they_are_compressed(pipeline):
    topics.create(pipeline.sandbox, pipeline.name)
    codecs = ["gzip", "lz4", "snappy", "zstd"]
    for codec in codecs:
        producer = Producer(
            {"bootstrap.servers": pipeline.sandbox.broker, "compression.type": codec}
        )
        producer.produce(pipeline.name, codec * 1000)
        assert producer.flush(30) == 0
    found = peeked(pipeline.ingest("peek", COLUMNS="9999"))
    assert [
        value.rstrip("…")[: len(codec)] for codec, (*_, value) in zip(codecs, found, strict=True)
    ] == codecs


def test_without_a_topic_one_line_says_so(pipeline):
    done = pipeline.ingest("peek", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: no topic {pipeline.name} on localhost:")
