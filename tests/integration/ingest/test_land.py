"""land: every column as it came, each load once, from where the table ends; else one clear line."""

import json
import sys
from datetime import datetime, timedelta, timezone

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
from confluent_kafka import Producer
from kafka import TopicPartition

from cli.errors import UserError
from ingest import kafka, messages
from ingest.kafka import Topic
from ingest.messages import read_committed
from ingest.settings import Settings
from sample.generator import write_sample
from tests.support import topics
from tests.support.independent import committed, landed, load_folders, read

SENT_AT = 1_700_000_000_123  # 2023-11-14 22:13:20 UTC


def landed_files(pipeline) -> list[dict]:
    """The rows of the Parquet files that the table's partitions name."""
    partitions = pipeline.query("show partitions {raw}")
    return landed(pipeline, [f"/data/raw/{pipeline.name}/{name}" for (name,) in partitions])


def refused(pipeline, *says: str) -> None:
    done = pipeline.ingest("land", check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert all(words in done.stderr for words in says), done.stderr


def in_utc(time: datetime) -> datetime:
    """Spark writes instants in UTC, and pyarrow does not say so."""
    return time.replace(tzinfo=timezone.utc)


def small(folder, number: int):
    """A file of ten attempts, each number another ten."""
    path = folder / f"{number}.json"
    write_sample(path, 10, seed=number)
    return path


SOURCE = ("source_file", "source_sha256", "source_position", "source_records")
FOREIGN = [  # headers, and what the columns of SOURCE become of them
    ([("source_file", b"first"), ("source_file", b"last")], ("last", None, None, None)),
    (
        [
            *zip(SOURCE, [b"a", b"b", b"1", b"2"], strict=True),
            *zip(SOURCE, [b"c", b"d", b"3", b"4"], strict=True),
        ],
        ("c", "d", 3, 4),
    ),
    ([("source_position", b"1"), ("source_position", b"x"), ("other", b"y")],
     (None, None, None, None)),
    ([("source_records", b"9223372036854775807"), ("source_position", b"9223372036854775808")],
     (None, None, None, 2**63 - 1)),
    ([("source_file", b"a"), ("source_file", None)], (None, None, None, None)),
    ([("Source", b"a")], (None, None, None, None)),
    ([], (None, None, None, None)),
]  # fmt: skip


def test_each_column_is_what_came_with_the_message(pipeline):
    topics.create(pipeline.sandbox, pipeline.name, partitions=2)
    producer = Producer({"bootstrap.servers": pipeline.sandbox.broker})
    for number, (headers, _) in enumerate(FOREIGN):
        producer.produce(
            pipeline.name, key=b"k%d" % number if number % 2 else None,
            value=None if number == 3 else b"\xff\x00%d" % number, partition=number % 2,
            headers=headers, timestamp=SENT_AT + number * 1000,
        )  # fmt: skip
    assert producer.flush(30) == 0
    begun = datetime.now(timezone.utc)
    assert "landed 7 messages as " in pipeline.ingest("land").stderr
    done = datetime.now(timezone.utc)
    rows = {(row["partition"], row["offset"]): row for row in landed(pipeline)}
    messages = committed(pipeline)
    assert len(rows) == len(messages) == len(FOREIGN)
    (landed_at,) = {in_utc(row["landed_at"]) for row in rows.values()}
    assert begun <= landed_at <= done
    for message in messages:
        row = rows[message.partition(), message.offset()]
        assert (row["topic"], row["key"], row["value"]) == (
            pipeline.name, message.key(), message.value(),
        )  # fmt: skip
        assert in_utc(row["timestamp"]) == datetime.fromtimestamp(
            message.timestamp()[1] / 1000, timezone.utc
        )
        headers = [(h["key"], h["value"]) for h in row["headers"] or []]
        assert headers == (message.headers() or [])
        number = (message.timestamp()[1] - SENT_AT) // 1000
        about = tuple(row[name] for name in SOURCE)
        assert about == FOREIGN[number][1], headers
    # As a client of Thrift sees them, whatever time zone the machine and the server are in.
    shown = "select date_format(min(timestamp), 'yyyy-MM-dd HH:mm:ss.SSS'), min(load_id) from {raw}"
    assert pipeline.query(shown) == [("2023-11-14 22:13:20.123", 1)]


TYPES = {
    "key": "binary", "value": "binary", "topic": "string", "partition": "int", "offset": "bigint",
    "timestamp": "timestamp", "headers": "array<struct<key:string,value:binary>>",
    "source_file": "string", "source_sha256": "string", "source_position": "bigint",
    "source_records": "bigint", "landed_at": "timestamp", "load_id": "bigint",
}  # fmt: skip


def test_the_table_is_one_that_any_reader_of_parquet_understands(history):
    described = history.pipeline.query("describe table extended {raw}")
    columns = {name: kind for name, kind, _ in described if name in TYPES}
    assert columns == TYPES
    about = {name: value for name, value, _ in described}
    assert (about["Type"], about["Provider"].lower()) == ("EXTERNAL", "parquet")
    assert about["Location"].endswith(history.pipeline.raw_path)
    fs = history.pipeline.sandbox.hdfs
    folders = load_folders(history.pipeline)
    assert [folder.rsplit("/", 1)[-1] for folder in folders] == ["load_id=1", "load_id=2"]
    for folder in folders:
        files = [n for n in fs.ls(folder, detail=False) if n.endswith(".parquet")]
        assert len(files) == 2, "a small load is one file a partition of the topic"
        for file in files:
            footer = pq.ParquetFile(pa.BufferReader(read(fs, file))).metadata
            assert footer.num_row_groups == 1
            assert footer.row_group(0).column(1).compression == "ZSTD"
            assert fs.info(file)["replication"] == 1


def test_a_large_load_is_written_in_tasks_of_25_000_offsets(pipeline, tmp_path):
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps([{"n": n} for n in range(60_000)]))
    pipeline.ingest("run", path)
    (folder,) = load_folders(pipeline)
    names = pipeline.sandbox.hdfs.ls(folder, detail=False)
    assert sum(name.endswith(".parquet") for name in names) == 3
    assert pipeline.query(
        "select count(*), sum(cast(get_json_object(cast(value as string), '$.n') as int)) "
        "from {raw}"
    ) == [(60_000, sum(range(60_000)))]


def test_of_two_landers_one_wins_and_the_other_says_so(pipeline, sample):
    pipeline.ingest("produce", sample)
    slow = pipeline.start("ingest", "land", INGEST_FAILPOINT="land.rows_counted=stop")
    slow.wait_until_stopped()
    pipeline.ingest("land")
    slow.proceed()
    assert slow.wait() == 1
    assert "another land committed" in slow.stderr
    assert pipeline.sandbox.hdfs.ls(f"/data/raw/.uncommitted/{pipeline.name}") == []
    pipeline.ingest("land")
    rows = landed_files(pipeline)
    assert sorted(row["offset"] for row in rows) == [m.offset() for m in committed(pipeline)]


def test_files_that_hold_other_rows_than_were_written_are_not_committed(pipeline):
    topics.create(pipeline.sandbox, pipeline.name, partitions=2)
    producer = Producer({"bootstrap.servers": pipeline.sandbox.broker})
    for number in range(10):
        producer.produce(pipeline.name, b"%d" % number, partition=number % 2)
    assert producer.flush(30) == 0
    fs, staging = pipeline.sandbox.hdfs, f"/data/raw/.uncommitted/{pipeline.name}"
    # A copy of a file lies beside both, then in the place of the other.
    for beside, found in ((True, "15 rows (10 distinct offsets)"), (False, "10 rows (5 distinct")):
        slow = pipeline.start("ingest", "land", INGEST_FAILPOINT="land.rows_written=stop")
        slow.wait_until_stopped()
        [folder] = fs.ls(staging, detail=False)
        one, other = (n for n in fs.ls(folder, detail=False) if n.endswith(".parquet"))
        copy = f"{folder}/copy.parquet" if beside else other
        fs.pipe_file(copy, read(fs, one), overwrite=True)
        slow.proceed()
        assert slow.wait() == 1
        assert f"{folder} holds {found}" in slow.stderr
        assert "where 10 were written; nothing was landed" in slow.stderr
        assert load_folders(pipeline) == []


def test_the_catalogue_is_told_of_every_load_that_it_lacks(pipeline, tmp_path):
    for number in range(3):
        pipeline.ingest("produce", small(tmp_path, number))
        pipeline.ingest("land")
    figures = "select load_id, count(*), sum(offset) from {raw} group by load_id order by load_id"
    before = pipeline.query(figures)
    assert [rows[:2] for rows in before] == [(1, 10), (2, 10), (3, 10)]
    pipeline.query("drop table {raw}")
    assert "nothing new" in pipeline.ingest("land").stderr
    assert pipeline.query(figures) == before
    pipeline.query("alter table {raw} drop partition (load_id = 1), partition (load_id = 3)")
    pipeline.ingest("land")
    assert pipeline.query(figures) == before


def test_a_topic_that_was_recreated_is_refused(pipeline, tmp_path):
    pipeline.ingest("run", small(tmp_path, 0))
    topics.delete(pipeline.sandbox, pipeline.name)
    topics.create(pipeline.sandbox, pipeline.name)
    refused(pipeline, "was deleted and created again", "at load 1, now it is ")


def delete_until(pipeline, offset: int) -> None:
    with pipeline.sandbox.kafka() as client:
        client.delete_records({TopicPartition(pipeline.name, 0): offset})


def test_messages_that_are_deleted_while_they_land_are_an_error(pipeline, tmp_path):
    pipeline.ingest("produce", small(tmp_path, 0))
    slow = pipeline.start("ingest", "land", INGEST_FAILPOINT="land.session_opened=stop")
    slow.wait_until_stopped()
    delete_until(pipeline, 4)
    slow.proceed()
    assert slow.wait() == 1
    refused(pipeline, f"offsets 0 to 3 of topic {pipeline.name}, partition 0, are deleted")


def test_messages_that_are_deleted_while_they_are_read_are_an_error(
    pipeline, tmp_path, monkeypatch
):
    pipeline.ingest("produce", small(tmp_path, 0))
    delete_until(pipeline, 4)
    topic = Topic(pipeline.name, "", begin={0: 0}, end={0: 10})
    now = Settings(kafka_bootstrap_servers=pipeline.sandbox.broker)
    for module in (kafka, messages):
        monkeypatch.setattr(module, "settings", lambda: now)
    with pytest.raises(UserError, match="OffsetOutOfRange"):
        list(read_committed(topic, topic.begin))


def test_a_load_is_later_than_the_one_before_whatever_the_clocks_say(pipeline, tmp_path):
    """As if another machine, whose clock is an hour ahead, had landed the first load."""
    pipeline.ingest("run", small(tmp_path, 1))
    fs, path = pipeline.sandbox.hdfs, f"{pipeline.raw_path}/load_id=1/_offsets.json"
    first = json.loads(read(fs, path))
    ahead = datetime.fromisoformat(first["landed_at"].replace("Z", "+00:00")) + timedelta(hours=1)
    content = json.dumps({**first, "landed_at": ahead.isoformat()}).encode()
    fs.pipe_file(path, content, overwrite=True)
    pipeline.ingest("run", small(tmp_path, 2))
    [(second,)] = pipeline.query("select min(landed_at) from {raw} where load_id = 2")
    assert in_utc(second) > ahead


def test_offsets_that_kafka_deleted_before_they_landed_are_an_error(pipeline, tmp_path):
    pipeline.ingest("run", small(tmp_path, 0))
    end = max(m.offset() for m in committed(pipeline)) + 2  # the message, and its transaction
    delete_until(pipeline, end)  # all that has landed, and no more
    pipeline.ingest("run", small(tmp_path, 1))
    assert pipeline.query("select count(*) from {raw}") == [(20,)]
    pipeline.ingest("produce", small(tmp_path, 2))
    end = max(m.offset() for m in committed(pipeline)) - 9  # where the third file begins
    delete_until(pipeline, end + 1)
    refused(pipeline, f"offsets {end} to {end} of topic {pipeline.name}, partition 0, are deleted")
    delete_until(pipeline, end + 4)
    refused(pipeline, f"offsets {end} to {end + 3} of topic {pipeline.name}, partition 0, ")


def test_where_the_table_ends_is_read_from_the_newest_load_or_is_an_error(pipeline, tmp_path):
    pipeline.ingest("run", small(tmp_path, 0))
    pipeline.ingest("run", small(tmp_path, 1))
    fs, path = pipeline.sandbox.hdfs, f"{pipeline.raw_path}/load_id=2/_offsets.json"
    whole = json.loads(read(fs, path))
    kafka_end = whole["end"]["0"]

    def put(content: bytes) -> None:
        fs.pipe_file(path, content, overwrite=True)

    put(json.dumps({**whole, "end": {"0": kafka_end + 1}}).encode())
    refused(
        pipeline, f"the raw table ends at offset {kafka_end + 1} of topic {pipeline.name}",
        f"partition 0, but Kafka's last committed offset is {kafka_end}: is this the Kafka",
    )  # fmt: skip
    put(b"{}")
    refused(pipeline, f"{path} is unreadable: where the raw table ends is not known")
    put(json.dumps(whole).encode()[:-1])
    refused(pipeline, f"{path} is unreadable: where the raw table ends is not known")
    fs.rm(path)
    refused(pipeline, f"{path} is missing: where the raw table ends is not known")
    # What the runbook says to do.
    first = json.loads(read(fs, f"{pipeline.raw_path}/load_id=1/_offsets.json"))
    [(until,)] = pipeline.query("select max(offset) + 1 from {raw}")
    put(json.dumps({**whole, "start": first["end"], "end": {"0": until}, "attempt": "x"}).encode())
    pipeline.ingest("run", small(tmp_path, 2))
    assert pipeline.query("select count(*), count(distinct offset) from {raw}") == [(30, 30)]


def test_no_room_on_hdfs_is_said_and_nothing_is_landed(pipeline, tmp_path):
    pipeline.ingest("produce", small(tmp_path, 0))
    fs, staging = pipeline.sandbox.hdfs, f"/data/raw/.uncommitted/{pipeline.name}"
    fs.mkdir(staging)

    def quota(size: int) -> None:
        wanted = {"op": "SETQUOTA", "storagespacequota": size, **fs.pars}
        requests.put(fs.url + staging, params=wanted, timeout=20).raise_for_status()

    quota(1)
    refused(pipeline, "HDFS has no room for what Spark at sc://localhost:")
    assert load_folders(pipeline) == []
    quota(-1)
    pipeline.ingest("run", small(tmp_path, 0))


def test_rows_are_counted_in_the_files_where_spark_leaves_its_metrics_out(pipeline, tmp_path):
    """As a busy server does: the client then has no metrics at all."""
    pipeline.ingest("produce", small(tmp_path, 1))
    without_metrics = (
        "import runpy; from pyspark.sql.connect.observation import Observation; "
        "Observation.get = property(lambda self: {}); "
        "runpy.run_module('ingest', run_name='__main__')"
    )
    done = pipeline.sandbox.run(
        sys.executable, "-c", without_metrics, "land", **pipeline.environment
    )
    assert "landed 10 messages" in done.stderr
    status = json.loads(pipeline.ingest("status", "--json").stdout)
    [(newest,)] = pipeline.query("select max(unix_millis(timestamp)) from {raw}")
    shown = datetime.fromisoformat(status["newest_message_at"])
    assert round(shown.timestamp() * 1000) == newest


def test_each_topic_has_a_raw_table_of_its_own(pipeline, tmp_path):
    """Two topics, and none of the names set; dbt reads the table that ingest wrote."""
    first, second = (f"{pipeline.name}.a-b", f"{pipeline.name}.c")
    files = [small(tmp_path, 1), small(tmp_path, 2), small(tmp_path, 3)]
    for file, topic in zip(files, (first, second, first), strict=True):
        done = pipeline.ingest("run", file, KAFKA_TOPIC=topic)
        assert "published" in done.stderr
    source = "select count(*) as n from {{ source('raw', 'assess') }}"
    for topic, records in ((first, 20), (second, 10)):
        shown = pipeline.dbt(
            "--quiet", "show", "--inline", source, "--output", "json", KAFKA_TOPIC=topic
        )
        assert json.loads(shown.stdout)["show"] == [{"n": records}]
    # A table that is another topic's is left as it is.
    taken = pipeline.ingest(
        "land", check=False, KAFKA_TOPIC=second, RAW_TABLE=f"raw.{pipeline.name}_a_b"
    )
    assert taken.returncode == 1
    assert f"lies at hdfs://assessments/data/raw/{first}, not at /data/raw/{second}" in taken.stderr
    assert taken.stderr.count("\n") == 1
