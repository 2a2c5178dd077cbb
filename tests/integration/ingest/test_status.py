"""status: figures before the first load, after one and two; by partition; uncommitted rows."""

import json
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest

from ingest import __version__
from ingest.load_store import Load
from tests.support.independent import committed, load_folders, topic_id


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def figures(history, moment: int, key: str):
    return json.loads(history.moments[moment].status_json.stdout)[key]


# How far the table goes at each of the moments: not at all, to where the topic ended at the second
# one, and to where it ended at the third, which is where it stays.
@pytest.mark.parametrize(("moment", "until"), [(0, None), (1, 1), (2, 2), (3, 2)])
def test_lag_is_what_has_not_landed_in_each_partition(history, moment, until):
    ends = history.moments[moment].ends
    landed = dict.fromkeys(ends, 0) if until is None else history.moments[until].ends
    expected = [
        {
            "partition": p,
            "begin": 0,
            "end": ends[p],
            "hidden": 0,
            "landed": landed[p],
            "lag": ends[p] - landed[p],
        }
        for p in (0, 1)
    ]
    assert all(ends.values())
    assert figures(history, moment, "partitions") == expected
    lag = sum(p["lag"] for p in expected)
    assert figures(history, moment, "lag") == lag
    assert (lag == 0) == (moment in (1, 2))
    said = words(history.moments[moment].status.stdout)
    assert ["topic", f"{history.pipeline.name}:", "lag", f"{lag:,}"] in said
    for p in expected:
        assert [f"{n:,}" for n in p.values()] in said
    assert (f"{lag:,} offsets to land" in history.moments[moment].status.stdout) == (lag > 0)


def test_each_load_is_what_was_on_the_topic_between_two_moments(history):
    messages = committed(history.pipeline)
    recent = figures(history, 3, "recent")
    assert [load["load_id"] for load in recent] == [2, 1], "the newest first"
    assert figures(history, 1, "recent") == recent[1:]
    assert figures(history, 0, "recent") == []
    starts = [dict.fromkeys(history.moments[1].ends, 0), history.moments[1].ends]
    total = 0
    for load, start, moment, (begun, done) in zip(
        reversed(recent), starts, history.moments[1:3], history.landed, strict=True
    ):
        inside = [
            m for m in messages
            if start[m.partition()] <= m.offset() < moment.ends[m.partition()]
        ]  # fmt: skip
        total += len(inside)
        assert load["start"] == {str(p): offset for p, offset in start.items()}
        assert load["end"] == {str(p): offset for p, offset in moment.ends.items()}
        assert (load["rows"], load["total_rows"]) == (len(inside), total)
        assert (load["topic"], load["topic_id"]) == (
            history.pipeline.name,
            topic_id(history.pipeline),
        )
        assert load["version"] == __version__
        assert begun <= at(load["landed_at"]) <= done
        newest = max(m.timestamp()[1] for m in inside)
        assert at(load["newest_message_at"]).timestamp() == pytest.approx(newest / 1000, abs=1e-3)
        said = words(history.moments[3].status.stdout)
        offsets = [f"{p}:{start[p]}-{moment.ends[p]}" for p in (0, 1)]
        when = f"{at(load['landed_at']):%F %T}".split()
        assert [str(load["load_id"]), f"{len(inside):,}", *offsets, *when] in said


@pytest.mark.parametrize(
    ("moment", "rows", "loads"), [(0, 0, 0), (1, 50, 1), (2, 137, 2), (3, 137, 2)]
)
def test_the_table_as_a_whole(history, moment, rows, loads):
    assert figures(history, moment, "rows") == rows
    assert figures(history, moment, "loads") == loads
    recent = figures(history, moment, "recent")
    newest = recent[0] if recent else {"landed_at": None, "newest_message_at": None}
    assert figures(history, moment, "newest_landed_at") == newest["landed_at"]
    assert figures(history, moment, "newest_message_at") == newest["newest_message_at"]
    assert figures(history, moment, "raw_table") == f"raw.{history.pipeline.name}"
    assert figures(history, moment, "raw_path") == history.pipeline.raw_path
    assert figures(history, moment, "topic") == history.pipeline.name
    assert figures(history, moment, "uncommitted") == []
    age = figures(history, moment, "newest_message_age_seconds")
    if not recent:
        assert age is None
        return
    begun = history.landed[loads - 1][0]
    assert 0 < age < (datetime.now(timezone.utc) - begun).total_seconds() + 60


def test_files_and_bytes_are_those_that_hdfs_lists(history):
    fs = history.pipeline.sandbox.hdfs
    files = [f for folder in load_folders(history.pipeline) for f in fs.ls(folder, detail=True)]
    assert {f["name"].rsplit("/", 1)[-1] for f in files} >= {"_offsets.json"}
    size = sum(f["size"] for f in files)
    assert (figures(history, 3, "files"), figures(history, 3, "bytes")) == (len(files), size)
    assert (
        f"table raw.{history.pipeline.name}: 137 rows in 2 loads, {size / 1e6:,.1f} MB in "
        f"{len(files)} files at {history.pipeline.raw_path}"
    ) in history.moments[3].status.stdout


def test_files_published(history):
    half = figures(history, 3, "published")[2]["published"]
    assert 0 < half < 60
    assert half == sum(
        dict(m.headers())["source_file"] == b"three.json" for m in committed(history.pipeline)
    )
    keys = ("source", "records", "deliveries", "published")
    expected = [("two.jsonl.gz", 37, 1, 37), ("one.json", 50, 2, 50), ("three.json", 60, 1, half)]
    published = figures(history, 3, "published")
    # In order of the last publication; `one` was published again after `two`.
    assert sorted(tuple(p[k] for k in keys) for p in published) == sorted(expected)
    said = words(history.moments[3].status.stdout)
    for source, records, deliveries, done in expected:
        (file,) = [p for p in published if p["source"] == source]
        amount = [f"{records}"] if done == records else f"{done} of {records}".split()
        assert [source, *amount, str(deliveries), *f"{at(file['at']):%F %T}".split()] in said
    assert [len(figures(history, m, "published")) for m in range(4)] == [1, 1, 2, 3]
    assert "1 not fully" in history.moments[3].status.stdout
    assert "ingest produce FILE, to publish all of three.json" in history.moments[3].status.stdout


def test_before_anything_was_published(pipeline):
    done = pipeline.ingest("status", "--json")
    now = json.loads(done.stdout)
    assert done.stderr == ""
    assert [now[key] for key in ("partitions", "published", "recent", "uncommitted")] == [[]] * 4
    assert [now[key] for key in ("lag", "loads", "rows", "files", "bytes")] == [0] * 5
    assert "next: python -m ingest run FILE" in pipeline.ingest("status").stdout


def put_loads(pipeline, count: int) -> list[Load]:
    """Folders of committed loads, as `land` leaves them, without the rows."""
    import msgspec

    loads = []
    for n in range(1, count + 1):
        when = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(days=n)
        loads.append(
            Load(n, uuid4().hex, pipeline.name, "id", {0: n * 10}, {0: n * 10 + 10}, 9, n * 9,
                 when, "1", when, 0)
        )  # fmt: skip
        path = f"{pipeline.raw_path}/load_id={n}/_offsets.json"
        pipeline.sandbox.hdfs.pipe_file(path, msgspec.json.encode(loads[-1]))
    return loads


def test_of_many_loads_the_newest_ten_are_listed_and_staged_rows_are_told_apart(pipeline):
    loads = put_loads(pipeline, 12)
    fs, staging = pipeline.sandbox.hdfs, f"/data/raw/.uncommitted/{pipeline.name}"
    old, newest, dead, alive = (
        f"{staging}/load_id={n}-{uuid4().hex}" for n in (9, 12, 12, 13)
    )  # fmt: skip
    for path, size in ((old, 7), (newest, 3), (dead, 5), (alive, 11)):
        fs.pipe_file(f"{path}/part-0.parquet", b"x" * size)
    fs.pipe_file(f"{alive}/part-1.parquet", b"x")
    for foreign in ("something-else", "load_id=3-backup"):
        fs.pipe_file(f"{staging}/{foreign}/a", b"x")
    fs.pipe_file(f"{pipeline.raw_path}/load_id=x/_offsets.json", b"x")

    now = json.loads(pipeline.ingest("status", "--json").stdout)
    assert (now["loads"], now["rows"]) == (12, 108)
    assert [load["load_id"] for load in now["recent"]] == list(range(12, 2, -1))
    assert at(now["newest_landed_at"]) == loads[-1].landed_at
    shown_rows = {
        s["path"]: (s["load_id"], s["files"], s["bytes"], s["leftover"]) for s in now["uncommitted"]
    }
    assert shown_rows == {
        old: (9, 1, 7, True), newest: (12, 1, 3, True), dead: (12, 1, 5, True),
        alive: (13, 2, 12, False),
    }  # fmt: skip
    assert [s["load_id"] for s in now["uncommitted"]] == [9, 12, 12, 13]
    for row in now["uncommitted"]:
        age = datetime.now(timezone.utc) - at(row["modified_at"])
        assert timedelta(minutes=-1) < age < timedelta(minutes=5)
    shown = pipeline.ingest("status").stdout
    assert shown.count("leftover: ingest clean removes it") == 3
    assert shown.count("a running land may be writing it") == 1

    said = pipeline.ingest("clean").stderr
    for path, size in ((old, 7), (newest, 3), (dead, 5)):
        assert f"removed {path} (1 file, {size} bytes)\n" in said
    assert f"kept {alive}: " in said
    assert said.count("\n") == 4
    left = {name.rsplit("/", 1)[-1] for name in fs.ls(staging, detail=False)}
    assert left == {alive.rsplit("/", 1)[-1], "something-else", "load_id=3-backup"}
    assert len(load_folders(pipeline)) == 13
    said = pipeline.ingest("clean").stderr
    assert said.startswith(f"no leftovers of topic {pipeline.name}\nkept {alive}: ")
