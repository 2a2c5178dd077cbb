"""produce: byte for byte, each record once, checked with clients that are not its own."""

import gzip
import json
from collections import Counter
from datetime import datetime, timezone
from hashlib import sha256

import pytest
from kafka.partitioner.default import murmur2

from tests.support.independent import committed, landed, slices, topic_id


def landed_files(pipeline) -> list[dict]:
    """The rows of the Parquet files that the table's partitions name."""
    partitions = pipeline.query("show partitions {raw}")
    return landed(pipeline, [f"/data/raw/{pipeline.name}/{name}" for (name,) in partitions])


def test_bytes_arrive_untouched(pipeline, sample):
    pipeline.ingest("run", sample)
    expected = slices(sample)

    messages = committed(pipeline)
    assert [m.value() for m in messages] == expected
    for position, message in enumerate(messages):
        assert message.key() == json.loads(message.value())["user_exam_id"].encode()
        assert dict(message.headers()) == {
            "source_file": b"sample.json",
            "source_sha256": sha256(sample.read_bytes()).hexdigest().encode(),
            "source_position": str(position).encode(),
            "source_records": str(len(expected)).encode(),
        }

    rows = sorted(landed_files(pipeline), key=lambda row: row["offset"])
    assert [row["value"] for row in rows] == expected
    assert [row["source_position"] for row in rows] == list(range(len(expected)))
    assert {row["source_records"] for row in rows} == {len(expected)}
    assert [(row["key"], row["offset"]) for row in rows] == [
        (m.key(), m.offset()) for m in messages
    ]


def test_a_second_run_changes_nothing(pipeline, sample):
    pipeline.ingest("run", sample)
    before = len(committed(pipeline)), pipeline.query("select count(*) from {raw}")
    again = pipeline.ingest("run", sample)
    assert "already published" in again.stderr
    assert "nothing new" in again.stderr
    assert (len(committed(pipeline)), pipeline.query("select count(*) from {raw}")) == before
    assert len(pipeline.query("show partitions {raw}")) == 1


def test_the_same_content_is_one_file_whatever_its_name_and_packing(pipeline, sample, tmp_path):
    packed = tmp_path / "other-name.json.gz"
    packed.write_bytes(gzip.compress(sample.read_bytes()))
    pipeline.ingest("produce", packed)
    (file,) = json.loads(pipeline.ingest("status", "--json").stdout)["published"]
    at = datetime.fromisoformat(file["at"].replace("Z", "+00:00"))
    said = pipeline.ingest("produce", sample).stderr
    when = f"already published on {at:%F %T} UTC"
    assert f"{when} as other-name.json.gz (1,000 records); nothing sent\n" in said
    assert [m.value() for m in committed(pipeline)] == slices(sample)


@pytest.mark.parametrize("resume", [[], ["--again"]], ids=["resumed", "resumed with --again"])
def test_again_delivers_once_more_and_verify_expects_it(pipeline, sample, resume):
    pipeline.ingest("run", sample)
    killed = pipeline.ingest(
        "produce", "--again", sample, check=False,
        TRANSACTION_BYTES="300000", INGEST_FAILPOINT="produce.transaction_committed#2",
    )  # fmt: skip
    assert killed.returncode == -9
    pipeline.ingest("land")
    records, sent = len(slices(sample)), len(committed(pipeline))
    assert records < sent < 2 * records
    partly = pipeline.ingest("verify", "--json", check=False)
    assert partly.returncode == 1
    assert "not yet fully published" in partly.stderr
    assert f"{sent - records:,} of {records:,} records" in partly.stderr
    verdict = json.loads(partly.stdout)[0]
    assert (verdict["expected"], verdict["landed"]) == (sent, sent)
    assert (verdict["missing"], verdict["surplus"]) == (0, 0)
    pipeline.ingest("produce", *resume, sample)
    late = pipeline.ingest("verify", "--json", check=False)
    assert late.returncode == 1
    assert json.loads(late.stdout)[0]["missing"] == 2 * records - sent
    assert "run land" in late.stderr
    pipeline.ingest("land")
    verdict = json.loads(pipeline.ingest("verify", "--json").stdout)[0]
    assert (verdict["expected"], verdict["landed"]) == (2 * records, 2 * records)
    assert set(Counter(m.value() for m in committed(pipeline)).values()) >= {2}


def test_json_lines_go_as_they_are(pipeline, tmp_path):
    lines = [b'{"user_exam_id": "u1"}', b"not json", b'  {"a":\t"\xc3\xa9"} ', b"[1]"]
    path = tmp_path / "lines.jsonl"
    path.write_bytes(lines[0] + b"\r\n\r\n" + b"\n".join(lines[1:]))
    done = pipeline.ingest("run", path)
    assert "1 of 4 lines is not JSON" in done.stderr
    assert "(record 1, counted from 0)" in done.stderr
    messages = committed(pipeline)
    assert [m.value() for m in messages] == lines
    assert [m.key() for m in messages] == [b"u1", None, None, None]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b'[{"a": 1}, ', "at byte 11"),
        (b'[{"a": 1},]', "byte 10"),
        (b"plain text\n", "neither a JSON array nor JSON Lines"),
        ("[{}]".encode("utf-16"), "UTF-16"),
        (gzip.compress(b'[{"a": "b"}]', mtime=0)[:-9], "cut off"),
        (None, "No such file"),
    ],
)
def test_bad_input_is_refused_with_one_line_and_nothing_is_sent(pipeline, tmp_path, content, says):
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_bytes(content)
    done = pipeline.ingest("produce", path, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ")
    assert str(path) in done.stderr
    assert says in done.stderr
    topics = pipeline.ingest("status", "--json")
    assert json.loads(topics.stdout)["lag"] == 0


def test_an_interrupted_file_goes_on_where_it_stopped(pipeline, sample):
    killed = pipeline.ingest(
        "produce", sample, check=False,
        TRANSACTION_BYTES="300000", INGEST_FAILPOINT="produce.messages_sent#3",
    )  # fmt: skip
    assert killed.returncode == -9
    records = slices(sample)
    part = [m.value() for m in committed(pipeline)]
    assert 0 < len(part) < len(records)
    assert part == records[: len(part)]
    resumed = f"resuming after {len(part):,} of {len(records):,} records"
    assert resumed in pipeline.ingest("run", sample).stderr
    assert [m.value() for m in committed(pipeline)] == records


@pytest.mark.parametrize(
    "head_start",  # seconds
    [0, 0.2, *(pytest.param(s, marks=pytest.mark.repetition) for s in (0.05, 0.1, 0.3, 0.4))],
)
def test_two_producers_of_one_file_publish_it_once(pipeline, sample, head_start):
    one = pipeline.start("ingest", "produce", sample)
    one.process.join(head_start)
    other = pipeline.start("ingest", "produce", sample)
    for producer in (one, other):
        if producer.wait():
            assert f"another producer of {sample} took over" in producer.stderr
    pipeline.ingest("run", sample)
    assert [m.value() for m in committed(pipeline)] == slices(sample)


def test_the_ledger_says_how_far_each_transaction_got(pipeline, tmp_path):
    path = tmp_path / "numbers.json.gz"
    content = json.dumps([{"n": n} for n in range(100, 105)]).encode()  # of 10 bytes each
    path.write_bytes(gzip.compress(content))
    begun = datetime.now(timezone.utc)
    done = pipeline.ingest("produce", path, TRANSACTION_BYTES="20")
    size = f"{len(content):,} bytes"
    assert done.stderr == f"{path}: published 5 records ({size}) on topic {pipeline.name}\n"
    pipeline.ingest("produce", "--again", path, TRANSACTION_BYTES="31")
    entries = [json.loads(m.value()) for m in committed(pipeline, f"{pipeline.name}.sources")]
    assert [(e["deliveries"], e["published"]) for e in entries] == [
        (1, 2), (1, 4), (1, 5), (2, 4), (2, 5),
    ]  # fmt: skip
    for entry in entries:
        about = {k: entry[k] for k in ("source", "sha256", "bytes", "records", "topic_id")}
        assert about == {
            "source": path.name, "sha256": sha256(content).hexdigest(), "bytes": len(content),
            "records": 5, "topic_id": topic_id(pipeline),
        }  # fmt: skip
        at = datetime.fromisoformat(entry["at"].replace("Z", "+00:00"))
        assert begun < at < datetime.now(timezone.utc)
    # Each transaction ends with a marker, which takes an offset.
    offsets = [m.offset() for m in committed(pipeline)]
    assert offsets == [0, 1, 3, 4, 6, 8, 9, 10, 11, 13]


def test_each_key_is_in_the_partition_that_any_client_of_kafka_expects(history):
    messages = committed(history.pipeline)
    assert {m.partition() for m in messages} == {0, 1}
    for message in messages:
        assert message.partition() == (murmur2(message.key()) & 0x7FFFFFFF) % 2


def test_a_file_is_published_though_another_transaction_is_open(pipeline, tmp_path):
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text('[{"a": 1}]')
    other.write_text('[{"a": 2}]')
    slow = pipeline.start(
        "ingest", "produce", one, INGEST_FAILPOINT="transaction.acknowledged=stop"
    )
    slow.wait_until_stopped()
    done = pipeline.ingest("produce", other, SERVICE_TIMEOUT_SECONDS="3")
    assert f"warning: readers do not see all of topic {pipeline.name} yet" in done.stderr
    # The transaction also hides that it was published.
    done = pipeline.ingest("produce", other, check=False, SERVICE_TIMEOUT_SECONDS="3")
    assert done.returncode == 1
    assert "open transaction hides how much of the file is published" in done.stderr
    # The same file on another topic is another matter.
    pipeline.ingest("produce", one, KAFKA_TOPIC=f"{pipeline.name}_2")
    assert "nothing new" in pipeline.ingest("land").stderr
    slow.proceed()
    assert slow.wait() == 0, slow.said()
    assert "already published" in pipeline.ingest("produce", other).stderr
    pipeline.ingest("land")
    assert sorted(pipeline.query("select cast(value as string) from {raw}")) == [
        ('{"a": 1}',),
        ('{"a": 2}',),
    ]


def test_more_replicas_than_brokers_are_refused_in_one_line(pipeline, sample):
    done = pipeline.ingest("produce", sample, check=False, KAFKA_REPLICATION_FACTOR="2")
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: Kafka at {pipeline.sandbox.broker} failed (")
    assert done.stderr.count("\n") == 1
    with pipeline.sandbox.kafka() as client:
        assert not {pipeline.name, f"{pipeline.name}.sources"} & set(client.list_topics())


def test_topics_have_the_partitions_that_were_asked_for(pipeline, tmp_path):
    path = tmp_path / "one.json"
    path.write_text('[{"a": 1}]')
    pipeline.ingest("produce", path, KAFKA_PARTITIONS="3")
    with pipeline.sandbox.kafka() as client:
        found = client.describe_topics([pipeline.name, f"{pipeline.name}.sources"])
    assert {topic["name"]: len(topic["partitions"]) for topic in found} == {
        pipeline.name: 3,
        f"{pipeline.name}.sources": 1,
    }
