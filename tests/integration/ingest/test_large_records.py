"""A record of 50 MB arrives untouched; one that is larger than the topic takes is refused."""

import random
from base64 import b64encode

import msgspec
import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

from sample.generator import write_sample
from tests.support import topics
from tests.support.independent import committed, landed, slices
from tests.support.planted import LONG_TEXT
from tests.support.waiting import wait_until


def with_a_record_of(size: int, folder):
    """A file of four attempts, the second of which has a hundred questions with very long ids."""
    path = folder / "large.json"
    write_sample(path, 4)
    records = msgspec.json.decode(path.read_bytes())
    drawn = random.Random(0)  # hardly to be compressed: Kafka counts compressed bytes
    records[1]["sequences"]["questions"] = [
        {"id": b64encode(drawn.randbytes(size // 100 * 3 // 4)).decode(), "options": []}
        for _ in range(100)
    ]
    del records[1]["sequences"]["counts"]  # of the questions that were there
    path.write_bytes(msgspec.json.encode(records))
    return path


def size_with_key(path) -> int:
    """The bytes of the second record, and of its key."""
    record = slices(path)[1]
    return len(record) + len(msgspec.json.decode(record)["user_exam_id"])


def test_a_record_of_50_mb_arrives_untouched(pipeline, tmp_path):
    path = with_a_record_of(50_000_000, tmp_path)
    pipeline.ingest("run", path)
    assert [m.value() for m in committed(pipeline)] == slices(path)
    assert [row["value"] for row in landed(pipeline)] == slices(path)
    assert pipeline.ingest("peek", "-n", "3").stdout.count(slices(path)[1].decode()) == 1


def test_a_record_of_20_mb_is_accepted_but_no_text_of_more_than_20_million(pipeline, tmp_path):
    path = with_a_record_of(20_000_000, tmp_path)
    records = msgspec.json.decode(path.read_bytes())
    records[2]["exam_name"] = "n" * 20_000_001
    records[3]["exam_name"] = "n" * 20_000_000
    path.write_bytes(msgspec.json.encode(records))
    pipeline.ingest("run", path)
    pipeline.dbt("run", "--select", "stg_assess__messages")
    assert pipeline.query(
        "select disposition, rejection_reason, size(questions), length(questions[99].id) "
        "from {analytics}.stg_assess__messages where source_position in (1, 2) "
        "order by source_position"
    ) == [("accepted", None, 100, 200_000), ("rejected", LONG_TEXT, None, None)]
    assert pipeline.query(
        "select disposition, length(exam_name) from {analytics}.stg_assess__messages "
        "where source_position = 3"
    ) == [("accepted", 20_000_000)]


@pytest.mark.parametrize("limit", [1_048_588, 100_000], ids=["Kafka's default", "small"])
def test_many_records_are_published_whatever_a_batch_may_have(pipeline, tmp_path, limit):
    topics.create(pipeline.sandbox, pipeline.name, **{"max.message.bytes": str(limit)})
    drawn, path = random.Random(0), tmp_path / "many.jsonl"
    lines = [b'{"a":"%s"}' % b64encode(drawn.randbytes(7500)) for _ in range(300)]
    path.write_bytes(b"\n".join(lines))
    pipeline.ingest("produce", path)
    assert [m.value() for m in committed(pipeline)] == lines


@pytest.mark.parametrize(
    ("limit", "size"), [(None, 68_000_000), (100_000, 200_000)], ids=["broker", "topic"]
)
def test_a_record_that_is_too_large_is_refused(pipeline, tmp_path, limit, size):
    path = with_a_record_of(size, tmp_path)
    if limit:
        topics.create(pipeline.sandbox, pipeline.name, **{"max.message.bytes": str(limit)})
    done = pipeline.ingest("produce", path, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert (
        f"record 1 (counted from 0) has {size_with_key(path):,} bytes with its key, more than a "
        f"message on topic {pipeline.name} may have ({limit or 1 << 26:,})"
    ) in done.stderr
    assert committed(pipeline) == []
    if not limit:
        return
    # What the line says to do.
    raised = ConfigEntry("max.message.bytes", "300000", incremental_operation=AlterConfigOpType.SET)
    change = ConfigResource("topic", pipeline.name, incremental_configs=[raised])
    admin = AdminClient({"bootstrap.servers": pipeline.sandbox.broker})
    admin.incremental_alter_configs([change])[change].result()

    def is_raised() -> bool:
        asked = ConfigResource("topic", pipeline.name)
        return admin.describe_configs([asked])[asked].result()[raised.name].value == raised.value

    wait_until(is_raised)
    pipeline.ingest("run", path)
    assert [m.value() for m in committed(pipeline)] == slices(path)


def test_a_record_may_be_just_as_large_as_leaves_room_for_headers(pipeline, tmp_path):
    topics.create(pipeline.sandbox, pipeline.name, **{"max.message.bytes": "100000"})
    name = "n" * 200  # a header
    drawn = random.Random(0)  # hardly to be compressed
    text = b64encode(drawn.randbytes(100_000))
    fits, beyond = tmp_path / f"{name}.jsonl", tmp_path / "beyond.jsonl"
    fits.write_bytes(b'{"a":"' + text[: 98_976 - 8] + b'"}')
    beyond.write_bytes(b'{"a":"' + text[: 98_977 - 8] + b'"}')
    done = pipeline.ingest("produce", beyond, check=False)
    assert done.returncode == 1
    assert (
        "record 0 (counted from 0) has 98,977 bytes with its key, more than a message"
        in done.stderr
    )
    pipeline.ingest("produce", fits)
    assert [m.value() for m in committed(pipeline)] == [fits.read_bytes()]


def test_a_long_key_counts(pipeline, tmp_path):
    topics.create(pipeline.sandbox, pipeline.name, **{"max.message.bytes": "100000"})
    text = b64encode(random.Random(0).randbytes(60_000)).decode()
    start = '{"user_exam_id":"' + text[: (98_976 - 19) // 2]
    fits, beyond = tmp_path / "fits.jsonl", tmp_path / "beyond.jsonl"
    fits.write_text(f'{{"user_exam_id":""}}\n{start}"}}')
    beyond.write_text(f'{{"user_exam_id":""}}\n{start}+"}}')
    done = pipeline.ingest("produce", beyond, check=False)
    assert done.returncode == 1
    assert (
        "record 1 (counted from 0) has 98,977 bytes with its key, more than a message"
        in done.stderr
    )
    assert committed(pipeline) == []
    pipeline.ingest("produce", fits)
    assert [len(m.key()) + len(m.value()) for m in committed(pipeline)][1] == 98_975
