"""The synthetic dataset has the reference's shape and anomalies, and the same seed its bytes."""

import gzip
import hashlib
import itertools
import json
import os
import re
import statistics
import tracemalloc
from collections import Counter, defaultdict
from datetime import datetime, timezone
from pathlib import Path
from threading import Thread

import pytest

from cli import ROOT
from sample import exams
from sample import generator as sample
from tests.support import retakes
from tests.support.oracle import Oracle
from tests.support.sample_records import (
    delivered,
    distinct,
    graded,
    is_test,
    parsed,
    questions,
    started,
    taken,
)

# Of 250 records with seed 0. It changes with each deliberate change of what is generated, and must
# not change with the version of Python.
PINNED = "18ae3768d13dc73641e0ebddefe94be2b4362b31edb2f1794fa3e43d65ee4963"


# Reproducible


def test_same_seed_same_bytes():
    assert list(sample.records(300, 7)) == list(sample.records(300, 7))


def test_bytes_are_the_same_on_every_python():
    assert hashlib.sha256(b"\n".join(delivered(250))).hexdigest() == PINNED


def test_other_seed_other_records():
    assert not set(delivered(300, 1)) & set(delivered(300, 2))


# Shape


@pytest.mark.parametrize("attempts", [0, 1, 2, 10, 199, 200, 201, 1000])
def test_as_many_records_as_asked_for(attempts):
    assert len(delivered(attempts)) == attempts


def test_keys_and_types():
    for record in distinct(1000):
        assert list(record) == [
            *("keen_timestamp", "max_attempts", "started_at", "base_exam_id", "user_exam_id"),
            *("sequences", "keen_created_at", "certification", "keen_id", "exam_name"),
        ]
        texts = [
            value for key, value in record.items() if key not in ("sequences", "certification")
        ]
        assert all(type(value) is str for value in texts)
        assert record["certification"] in ("false", None)
        keys = ["questions", "attempt", "id"]
        assert list(record["sequences"]) == keys + ["counts"] * (not is_test(record))


@pytest.mark.parametrize("seed", range(3))
def test_identities_of_the_counts(seed):
    for record in graded(1000, seed):
        counts = record["sequences"]["counts"]
        results = [question["user_result"] for question in questions([record])]
        assert 1 <= len(results) <= 10
        assert counts == {
            "total": len(results),
            "correct": results.count("correct"),
            "incorrect": results.count("incorrect"),
            "incomplete": results.count("missed_some"),
            "unanswered": results.count("unanswered"),
            "submitted": len(results) - results.count("unanswered"),
            "all_correct": results.count("correct") == len(results),
        }
        assert type(counts["all_correct"]) is bool
        parts = ("correct", "incorrect", "incomplete", "unanswered")
        assert sum(counts[part] for part in parts) == counts["total"]


@pytest.mark.parametrize("seed", range(3))
def test_result_follows_from_the_options(seed):
    for question in questions(graded(1000, seed)):
        checked = {option["id"] for option in question["options"] if option["checked"]}
        right = {option["id"] for option in question["options"] if option.get("correct")}
        assert right
        if not checked:
            result = "unanswered"
        elif checked - right:
            result = "incorrect"
        else:
            result = "missed_some" if right - checked else "correct"
        assert question["user_result"] == result
        assert question["user_correct"] is (result == "correct")
        assert question["user_incomplete"] is (result == "missed_some")
        assert question["user_submitted"] is (result != "unanswered")
        assert len(right) > 1 or len(checked) < 2, "one right option means one choice"


def test_results_in_plausible_proportions():
    results = Counter(question["user_result"] for question in questions(graded(2500)))
    share = {result: count / results.total() for result, count in results.items()}
    assert 0.5 < share.pop("correct") < 0.75
    assert 0.15 < share.pop("incorrect") < 0.35
    assert 0.05 < share.pop("missed_some") < 0.15
    assert 0.02 < share.pop("unanswered") < 0.06
    assert not share


def test_options_state_what_the_reference_states():
    forms = Counter()
    for question in questions(graded(1000)):
        assert 2 <= len(question["options"]) <= 6
        for option in question["options"]:
            assert ("submitted" in option) is option["checked"]
            assert option.get("submitted", 1) == 1
            forms[option["checked"], "at" in option, option.get("correct")] += 1
    assert not any(checked and not at for checked, at, _ in forms)
    # Ticked and unticked again; checked and wrong; not checked and right.
    for form in [(False, True, None), (True, True, None), (False, False, True)]:
        assert forms[form], form
    # One exam of those taken once states which options are wrong.
    wrong_stated = {
        record["exam_name"]
        for record in graded(1000)
        if any(o.get("correct") is False for q in questions([record]) for o in q["options"])
    }
    assert len(wrong_stated) == 1


@pytest.mark.parametrize("attempts", [10, 1000])
def test_ids(attempts):
    records = distinct(attempts)
    for record in records:
        asked = [question["id"] for question in questions([record])]
        offered = [o["id"] for question in questions([record]) for o in question["options"]]
        assert len(set(asked)) == len(asked)
        assert len(set(offered)) == len(offered)
        assert re.fullmatch("[0-9a-f]{24}", record["keen_id"])
        uuids = [record["user_exam_id"], record["sequences"]["id"], *asked, *offered]
        assert all(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", i) for i in uuids)
    for key in ("keen_id", "user_exam_id"):
        assert len({record[key] for record in records}) == len(records)
    assert len({record["sequences"]["id"] for record in records}) == len(records)


def test_times():
    seconds, decimals = [], set()
    for record in distinct(2500):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["started_at"])
        assert re.fullmatch(r"\d{10}\.\d{3,7}", record["keen_created_at"])
        assert record["keen_timestamp"] == record["keen_created_at"]
        decimals.add(len(record["keen_created_at"].partition(".")[2]))
        seconds.append(float(record["keen_created_at"]) - started(record).timestamp())
        finished = datetime.fromtimestamp(float(record["keen_created_at"]) + 0.001, timezone.utc)
        for option in (o for question in questions([record]) for o in question["options"]):
            if "at" in option:
                assert record["started_at"] <= option["at"] <= finished.isoformat()
    assert {4, 5, 6, 7} <= decimals
    assert 1 < min(seconds) < 10
    assert 45 < statistics.median(seconds) < 75
    assert 1000 < max(seconds) < 8 * 3600


def test_starts_are_spread_over_ten_weeks_roughly_in_order():
    starts = [started(record) for record in distinct(1000)]
    assert 65 < (max(starts) - min(starts)).days < 70
    # By days: the order of the hours within one would not be noticed downstream.
    assert max((a - b).days for a, b in itertools.pairwise(starts)) >= 2
    late = [later - earlier for earlier, later in zip(starts, starts[100:], strict=False)]
    assert sum(gap.total_seconds() > 0 for gap in late) > 0.7 * len(late)


# Anomalies


@pytest.mark.parametrize(("attempts", "again"), [(200, 3), (1000, 12), (2500, 30)])
@pytest.mark.parametrize("seed", range(2))
def test_redeliveries_are_byte_identical(attempts, again, seed):
    positions = defaultdict(list)
    by_id = defaultdict(set)
    for position, raw in enumerate(delivered(attempts, seed)):
        positions[raw].append(position)
        by_id[json.loads(raw)["keen_id"]].add(raw)
    assert all(len(versions) == 1 for versions in by_id.values())
    deliveries = Counter(map(len, positions.values()))
    assert set(deliveries) == {1, 2, 3}
    assert attempts - len(positions) == again
    second = [p[1] - p[0] for p in positions.values() if len(p) > 1]
    assert min(second) == 1
    assert max(second) > 50
    assert not any(is_test(json.loads(raw)) for raw, p in positions.items() if len(p) > 1)


@pytest.mark.parametrize(("attempts", "rows"), [(200, 2), (1000, 2), (2500, 4)])
def test_test_rows(attempts, rows):
    tests = [record for record in parsed(attempts) if is_test(record)]
    assert len(tests) == rows
    assert {record["exam_name"] for record in tests} == {"Test Exam, Please Ignore"}
    for record in tests:
        assert "counts" not in record["sequences"]
    for question in questions(tests):
        assert set(question) == {"options", "id"}
        assert not any("submitted" in option for option in question["options"])


@pytest.mark.parametrize("seed", range(4))
def test_null_certifications_and_unanswered_questions(seed):
    for attempts, most in ((200, 0.12), (1000, 0.08)):  # retakes come in runs at one exam
        missing = sum(record["certification"] is None for record in parsed(attempts, seed))
        assert 0.02 * attempts < missing < most * attempts
        assert any(not q["user_submitted"] for q in questions(graded(attempts, seed)))


# A stream


def test_memory_does_not_grow_with_the_number():
    stream = sample.records(3_000, 0)
    for _ in range(1_500):  # until it remembers as many for a re-delivery as it ever does
        next(stream)
    tracemalloc.start()  # what it holds from now on; tracing is slow
    try:
        made = sum(len(next(stream)) for _ in range(750))
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 0.2 * made


def test_the_first_record_does_not_wait_for_the_rest():
    assert json.loads(next(sample.records(10**12, 0)))


# Files


@pytest.mark.parametrize("attempts", [0, 1, 2, 10, 300])
def test_every_form_of_file_holds_the_same_records(tmp_path, attempts):
    names = ("a.json", "a.json.gz", "a.jsonl", "a.jsonl.gz")
    for name in names:
        assert sample.write_sample(tmp_path / name, attempts, 3) == attempts
    array, array_gz, lines, lines_gz = ((tmp_path / name).read_bytes() for name in names)
    assert gzip.decompress(array_gz) == array
    assert gzip.decompress(lines_gz) == lines
    expected = list(sample.records(attempts, 3))
    assert lines.splitlines() == expected
    assert json.loads(array) == [json.loads(raw) for raw in expected]
    assert array.count(b"\n") == 1, "one line"
    assert {path.name for path in tmp_path.iterdir()} == set(names), "nothing else is left"


def test_gzipped_bytes_depend_on_neither_time_nor_name(tmp_path):
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        sample.write_sample(tmp_path / name, 20)
    raw = (tmp_path / "a.jsonl.gz").read_bytes()
    assert raw == (tmp_path / "b.jsonl.gz").read_bytes()
    assert raw[3:8] == bytes(5), "no flags (so no name) and no time"


def test_defaults_are_a_thousand_records_of_seed_0(tmp_path):
    assert sample.write_sample(tmp_path / "a.jsonl") == 1000
    assert (tmp_path / "a.jsonl").read_bytes().splitlines() == delivered(1000)


def test_interrupted_run_leaves_what_was_there(tmp_path, monkeypatch):
    out = tmp_path / "a.json"
    out.write_text("before")

    def interrupted(attempts, seed):
        yield b"{}"
        raise KeyboardInterrupt

    monkeypatch.setattr(sample, "records", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sample.write_sample(out)
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]


def test_what_cannot_be_done_is_said_clearly(tmp_path):
    with pytest.raises(ValueError, match="attempts must not be negative: -1"):
        sample.write_sample(tmp_path / "a.json", -1)
    with pytest.raises(ValueError, match="-1"):
        sample.records(-1, 0)  # at once, not at the first record
    with pytest.raises(FileNotFoundError, match=f"no such folder: {tmp_path / 'missing'}"):
        sample.write_sample(tmp_path / "missing" / "a.json")
    assert not list(tmp_path.iterdir())


def test_nothing_is_copied_from_the_reference():
    path = os.environ.get("ASSESSMENTS_FILE")
    if not path:
        pytest.skip("ASSESSMENTS_FILE does not name the reference dataset, which is not ours")

    def identifying(records):
        for record in records:
            yield from (record["exam_name"], record["user_exam_id"], record["keen_id"])
            yield from {record["base_exam_id"]} - {"example-id"}
            yield record["sequences"]["id"]
            for question in questions([record]):
                yield question["id"]
                yield from (option["id"] for option in question["options"])

    theirs = set(identifying(json.loads(Path(path).read_bytes())))
    assert len(theirs) > 1000, "the reference was read"
    assert not theirs & set(identifying(distinct(2500)))
    # Whichever names a seed draws.
    names = {form.format(subject) for form in exams.FORMS for subject in exams.SUBJECTS}
    assert not theirs & names


def test_the_readme_shows_the_answers_of_the_sample(tmp_path):
    readme = " ".join((ROOT / "README.md").read_text().split())
    shown = re.findall(r"\| (\d) \| [^|]+ \| ([^|]+) \| \*\*([^|*]+)\*\* \|", readme)
    answers = Oracle([raw.decode() for raw in delivered(1000)]).answers("assess")
    each, most = answers[5][0].removesuffix(".").split(". Most: ")
    assert len(each.removeprefix("once each: ").split("; ")) == 4
    answers[5] = f"four exams once each; most: {most}", "the same"
    assert [(int(number), *both) for number, *both in shown] == [
        (number, *both) for number, both in enumerate(answers, start=1)
    ]
    inferred = [e for e in retakes.exams(taken(distinct(1000))).values() if e.is_inferred]
    chance = sum(exam.chance_links for exam in inferred)
    assert (
        f"{sum(len(exam.links) for exam in inferred)} attempts follow another attempt at the same "
        "exam within 60 seconds, with nobody else in between, and chance would give about "
        f"{chance:.0f}."
    ) in readme
    sample.write_sample(tmp_path / "sample.json")
    assert f"1,000 records ({(tmp_path / 'sample.json').stat().st_size:,} bytes)" in readme


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    sample.write_sample(pipe, 3)
    reader.join(20)
    assert pipe.is_fifo()
    assert len(json.loads(read[0])) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_link_stays_and_leads_to_the_new_file(tmp_path):
    (tmp_path / "there").mkdir()
    file = tmp_path / "there" / "a.json"
    file.touch()
    (tmp_path / "link.jsonl").symlink_to(file)
    sample.write_sample(tmp_path / "link.jsonl", 3)
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len(file.read_text().splitlines()) == 3
    assert [*file.parent.iterdir()] == [file]
