"""verify: each file's figures, over several loads, deliveries and partitions; `run` heeds them."""

import json
from hashlib import sha256

from confluent_kafka import Producer

from tests.support.independent import committed


def verdicts(done) -> dict[str, tuple]:
    """By file: expected, landed, missing, surplus."""
    keys = ("expected", "landed", "missing", "surplus")
    return {v["source"]: tuple(v[k] for k in keys) for v in json.loads(done.stdout)}


def test_files_that_were_delivered_again_and_by_half(history):
    half = sum(
        dict(m.headers())["source_file"] == b"three.json" for m in committed(history.pipeline)
    )
    assert verdicts(history.verified_json) == {
        "one.json": (100, 100, 0, 0),
        "two.jsonl.gz": (37, 37, 0, 0),
        "three.json": (half, 0, half, 0),
    }
    assert history.verified_json.returncode == history.verified.returncode == 1
    assert history.verified.stderr == history.verified_json.stderr
    assert history.verified.stderr.startswith(
        "error: 1 of 3 files did not land exactly as published (three.json): run land "
    )
    assert history.verified.stderr.count("\n") == 1
    lines = [line.split() for line in history.verified.stdout.splitlines()]
    assert ["one.json", "100", "100", "0", "0"] in lines
    assert ["three.json", str(half), "0", str(half), "0"] in lines
    (three,) = [v for v in json.loads(history.verified_json.stdout) if v["source"] == "three.json"]
    assert three["sha256"] == sha256(history.three.read_bytes()).hexdigest()


def hash_of(file) -> str:
    return sha256(file.read_bytes()).hexdigest()


def put_rows(pipeline, rows: list[tuple[str | None, int | None]]) -> None:
    """Rows that somebody wrote into the table, as its partition 9: (hash of a file, record)."""
    # Elsewhere: a folder among those of the loads would stop `land`.
    pipeline.query(
        "alter table {raw} add if not exists partition (load_id = 9) "
        f"location '{pipeline.raw_path}_elsewhere'"
    )
    values = ", ".join(
        f"({'null' if of is None else repr(of)}, {'null' if record is None else record}, {offset})"
        for offset, (of, record) in enumerate(rows, 100)
    )
    pipeline.query(
        "insert into {raw} partition (load_id = 9) select null, null, '', 0, offset, null, null, "
        f"'x', of, record, 5, null from values {values} as put(of, record, offset)"
    )


def test_surplus_rows_and_missing_ones_are_counted_and_run_fails_on_them(pipeline, tmp_path):
    a, b = tmp_path / "a.json", tmp_path / "b.json"
    for path in (a, b):
        path.write_text(json.dumps([{path.stem: n} for n in range(5)]))
        pipeline.ingest("produce", path)
    pipeline.ingest("land")
    # Three records once more, two that no file has, one without a position; and what comes from no
    # published file, which is nothing to verify.
    put_rows(
        pipeline,
        [(hash_of(a), record) for record in (0, 1, 2, 5, -1, None)]
        + [(None, record) for record in range(5)]
        + [("0", record) for record in range(5)],
    )
    done = pipeline.ingest("verify", "--json", check=False)
    assert done.returncode == 1
    assert verdicts(done) == {"a.json": (5, 11, 0, 6), "b.json": (5, 5, 0, 0)}
    said = "error: 1 of 2 files did not land exactly as published (a.json): run land "
    assert done.stderr.startswith(said)
    assert "surplus rows mean that somebody wrote to the raw table" in done.stderr

    # `run` of a file that is sound itself verifies all of them.
    ran = pipeline.ingest("run", b, check=False)
    assert ran.returncode == 1
    assert said in ran.stderr
    assert ["a.json", "5", "11", "0", "6"] in [line.split() for line in ran.stdout.splitlines()]

    pipeline.query("alter table {raw} drop partition (load_id = 9)")
    pipeline.sandbox.hdfs.rm(f"{pipeline.raw_path}_elsewhere", recursive=True)
    ran = pipeline.ingest("run", b)
    assert ["b.json", "5", "5", "0", "0"] in [line.split() for line in ran.stdout.splitlines()]

    # Rows that are too many do not make up for those that are missing.
    pipeline.query("alter table {raw} drop partition (load_id = 1)")
    put_rows(pipeline, [(hash_of(b), record) for record in (0, 0, 4, None, -1)])
    assert verdicts(pipeline.ingest("verify", "--json", check=False)) == {
        "a.json": (5, 0, 5, 0),
        "b.json": (5, 5, 3, 3),
    }


def test_of_a_delivery_without_its_end_the_first_records_count_once_more(pipeline, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"a": n} for n in range(5)]))
    pipeline.ingest("produce", path)
    killed = {"TRANSACTION_BYTES": "1", "INGEST_FAILPOINT": "produce.transaction_committed#2"}
    assert pipeline.ingest("produce", "--again", path, check=False, **killed).returncode < 0
    pipeline.ingest("land")
    assert verdicts(pipeline.ingest("verify", "--json", check=False)) == {"a.json": (7, 7, 0, 0)}
    put_rows(pipeline, [(hash_of(path), 4)])  # which was delivered once
    assert verdicts(pipeline.ingest("verify", "--json", check=False)) == {"a.json": (7, 8, 0, 1)}


def test_copies_that_another_producer_sent_are_a_warning(pipeline, tmp_path):
    """Whoever can send to the topic must not be able to stop `make run`."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"a": n} for n in range(5)]))
    pipeline.ingest("produce", path, KAFKA_PARTITIONS="2")
    (first, *_) = committed(pipeline)
    producer = Producer({"bootstrap.servers": pipeline.sandbox.broker})
    # In one of the partitions their offsets are those of records of the file in the other.
    for partition, value in enumerate((first.value(), b"another", first.value())):
        producer.produce(pipeline.name, value, first.key(), partition % 2, headers=first.headers())
    assert producer.flush(30) == 0
    done = pipeline.ingest("run", path)
    assert ["a.json", "5", "8", "0", "0"] in [line.split() for line in done.stdout.splitlines()]
    said = "warning: a.json: another producer sent 3 messages with the headers of this file; "
    assert said in done.stderr
    # Rows that were copied in the table itself are on no topic.
    pipeline.query(
        "insert into {raw} by name select * except (load_id), 9L as load_id from {raw} limit 2"
    )
    found = pipeline.ingest("verify", "--json", check=False)
    assert (found.returncode, verdicts(found)) == (1, {"a.json": (5, 10, 0, 2)})


def test_before_anything_was_published_or_landed(pipeline, sample):
    nothing = pipeline.ingest("verify", check=False)
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert nothing.stderr.startswith(f"error: no topic {pipeline.name}.sources on localhost:")
    assert nothing.stderr.endswith(": produce a file first\n")
    pipeline.ingest("produce", sample)
    late = pipeline.ingest("verify", "--json", check=False)
    assert (late.returncode, late.stdout) == (1, "")
    assert f"there is no table raw.{pipeline.name} in the catalogue: run land" in late.stderr


def test_files_without_records_are_nothing_to_verify(pipeline, tmp_path):
    empty = tmp_path / "empty.json"
    empty.write_text("[]")
    done = pipeline.ingest("produce", empty)
    assert done.stderr == f"warning: {empty} holds no records: nothing to publish\n"
    done = pipeline.ingest("verify", "--json")
    assert (done.stdout, done.stderr) == ("[]\n", "")
