"""ingest on real services, checked with clients that are not its own."""

import gzip
import json
from collections import Counter
from hashlib import sha256

import pytest
from kafka import TopicPartition

from tests.support.independent import committed, landed, slices


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
            "source": b"sample.json",
            "source_sha256": sha256(sample.read_bytes()).hexdigest().encode(),
            "record": str(position).encode(),
            "records": str(len(expected)).encode(),
        }

    rows = sorted(landed_files(pipeline), key=lambda row: row["offset"])
    assert [row["value"] for row in rows] == expected
    assert [row["record"] for row in rows] == list(range(len(expected)))
    assert {row["records"] for row in rows} == {len(expected)}
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
    assert "already published" in pipeline.ingest("produce", sample).stderr
    assert [m.value() for m in committed(pipeline)] == slices(sample)


def test_again_delivers_once_more_and_verify_expects_it(pipeline, sample):
    pipeline.ingest("run", sample)
    pipeline.ingest("produce", "--again", sample)
    late = pipeline.ingest("verify", "--json", check=False)
    assert late.returncode == 1
    records = len(slices(sample))
    assert json.loads(late.stdout)[0]["missing"] == records
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
    assert "1 of 4 lines are not JSON" in done.stderr
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
        (gzip.compress(b'[{"a": "b"}]')[:-9], "cut off"),
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


def test_an_interrupted_file_goes_on_where_it_stopped(pipeline, sample, tmp_path):
    killed = pipeline.ingest(
        "produce", sample, check=False,
        TRANSACTION_BYTES="300000", INGEST_FAULT="produce: messages sent #3",
    )  # fmt: skip
    assert killed.returncode == -9
    records = slices(sample)
    part = [m.value() for m in committed(pipeline)]
    assert 0 < len(part) < len(records)
    assert part == records[: len(part)]
    assert f"going on after record {len(part):,}" in pipeline.ingest("run", sample).stderr
    assert [m.value() for m in committed(pipeline)] == records


def test_of_two_landers_one_wins_and_the_other_says_so(pipeline, sample):
    pipeline.ingest("produce", sample)
    slow = pipeline.start("ingest", "land", INGEST_FAULT="stop land: rows counted")
    slow.wait_until_stopped()
    pipeline.ingest("land")
    slow.proceed()
    assert slow.wait() == 1
    assert "another lander committed" in slow.stderr
    pipeline.ingest("land")
    rows = landed_files(pipeline)
    assert sorted(row["offset"] for row in rows) == [m.offset() for m in committed(pipeline)]


def test_the_catalogue_is_rebuilt_from_hdfs(pipeline, sample):
    pipeline.ingest("run", sample)
    before = pipeline.query("select count(*), sum(offset) from {raw}")
    pipeline.query("drop table {raw}")
    pipeline.ingest("land")
    assert pipeline.query("select count(*), sum(offset) from {raw}") == before


def test_verify_names_what_is_missing_and_what_is_surplus(pipeline, sample):
    pipeline.ingest("run", sample)
    pipeline.query("insert into {raw} partition (load_id = 9) "
                   "select * except (load_id) from {raw} where record < 3")  # fmt: skip
    done = pipeline.ingest("verify", "--json", check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)[0]["surplus"] == 3
    pipeline.query("alter table {raw} drop partition (load_id = 9)")
    pipeline.query("alter table {raw} drop partition (load_id = 1)")
    done = pipeline.ingest("verify", "--json", check=False)
    assert json.loads(done.stdout)[0]["missing"] == len(slices(sample))


def test_a_topic_that_was_recreated_is_refused(pipeline, sample):
    pipeline.ingest("run", sample)
    with pipeline.sandbox.kafka() as client:
        client.delete_topics([pipeline.name])
        client.create_topics({pipeline.name: {"num_partitions": 1, "replication_factor": 1}})
    done = pipeline.ingest("land", check=False)
    assert done.returncode == 1
    assert "was deleted and created again" in done.stderr


def test_offsets_that_kafka_deleted_before_they_landed_are_an_error(pipeline, sample):
    pipeline.ingest("produce", sample)
    with pipeline.sandbox.kafka() as client:
        client.delete_records({TopicPartition(pipeline.name, 0): 100})
    done = pipeline.ingest("land", check=False)
    assert done.returncode == 1
    assert "offsets 0 to 99" in done.stderr


def test_peek_and_status_show_what_is_there(pipeline, sample):
    pipeline.ingest("run", sample)
    records = slices(sample)
    shown = pipeline.ingest("peek", "-n", "3").stdout
    for record in records[-3:]:
        assert record.decode() in shown
    assert records[-4].decode() not in shown
    now = json.loads(pipeline.ingest("status", "--json").stdout)
    assert (now["lag"], now["rows"], now["loads"]) == (0, len(records), 1)
    assert [p["source"] for p in now["published"]] == ["sample.json"]
    assert f"{len(records):,} rows in 1 load" in pipeline.ingest("status").stdout


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
            assert "another producer publishes" in producer.stderr
    pipeline.ingest("run", sample)
    assert [m.value() for m in committed(pipeline)] == slices(sample)
