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
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from random import Random

import pytest

from cli import ROOT
from sample import exams, people
from sample import generator as sample
from tests.support import retakes
from tests.support.oracle import Oracle

# Of 250 records with seed 0. It changes with each deliberate change of what is generated, and must
# not change with the version of Python.
PINNED = "18ae3768d13dc73641e0ebddefe94be2b4362b31edb2f1794fa3e43d65ee4963"


@lru_cache(maxsize=4)  # they are large
def delivered(attempts, seed=0):
    return list(sample.records(attempts, seed))


@lru_cache(maxsize=4)  # they are large
def distinct(attempts, seed=0):
    return [json.loads(raw) for raw in dict.fromkeys(delivered(attempts, seed))]


def parsed(attempts, seed=0):
    return [json.loads(raw) for raw in delivered(attempts, seed)]


def is_test(record):
    return record["base_exam_id"] == "example-id"


def graded(attempts, seed=0):
    """Return the distinct attempts that are not test rows."""
    return [record for record in distinct(attempts, seed) if not is_test(record)]


def questions(records):
    return [question for record in records for question in record["sequences"]["questions"]]


def started(record):
    return datetime.strptime(record["started_at"], "%Y-%m-%dT%H:%M:%S.%f%z")


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


# Retakes


def taken(records):
    """Each attempt by its times in microseconds, as the models see it: the person is not known."""
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    return [
        retakes.Taken(
            record["base_exam_id"],
            record["keen_id"],
            (started(record) - epoch) // timedelta(microseconds=1),
            int(Decimal(record["keen_created_at"]) * 1_000_000),
        )
        for record in records
    ]


def followed(records, window=60):
    """By keen_id, the attempt that the attempt follows, and the seconds between."""
    inferred = retakes.exams(taken(records), window).values()
    return {after: link for exam in inferred for after, link in exam.links.items()}


def retake_figures(records):
    """Counts that the reference dataset has been described by, of attempts delivered once each."""
    known = {record["keen_id"]: record for record in records}
    score = {
        record["keen_id"]: Fraction(counts["correct"], counts["total"])
        for record in records
        if (counts := record["sequences"].get("counts"))
    }
    links = followed(records)
    before = {after: earlier for after, (earlier, _) in links.items()}
    again = set(before.values())
    gains = [score[after] - score[b] for after, b in before.items() if b in score]
    moves = Counter()
    for after, earlier in before.items():
        if earlier not in score:  # a test attempt, whose questions have no result
            continue
        was, now = (
            {q["id"]: q.get("user_result") == "correct" for q in reversed(questions([known[k]]))}
            for k in (earlier, after)
        )
        moves.update((was[question], now[question]) for question in was.keys() & now.keys())
    lengths = Counter()
    for last in known.keys() - again:
        length, attempt = 1, last
        while attempt in before:
            length, attempt = length + 1, before[attempt]
        lengths[length] += 1
    return {
        "attempts": len(records),
        "gaps": [len(followed(records, window)) for window in (30, 60, 120, 300)],
        "all right": [sum(s == 1 for s in score.values()), sum(score.get(k) == 1 for k in again)],
        "others": [sum(s < 1 for s in score.values()), sum(score.get(k, 1) < 1 for k in again)],
        "gain": statistics.mean(gains),
        "up, down, equal": [
            sum(gain > 0 for gain in gains),
            sum(gain < 0 for gain in gains),
            sum(gain == 0 for gain in gains),
        ],
        "lengths": [lengths[length] for length in range(1, max(lengths) + 1)],
        "means": [
            statistics.mean(score.values()),
            statistics.mean(s for k, s in score.items() if k not in before),
            statistics.mean(s for k, s in score.items() if k not in again),
        ],
        "moves": [moves[True, True], moves[False, True], moves[False, False], moves[True, False]],
    }


REFERENCE = {
    "attempts": 3242,
    "gaps": [1057, 1345, 1458, 1507],
    "all right": [827, 38],
    "others": [2410, 1306],
    "gain": 0.180,
    "up, down, equal": [854, 96, 394],
    "lengths": [1184, 382, 172, 84, 46, 13, 6, 2, 4, 4],
    "means": [0.626, 0.569, 0.697],
    "moves": [2827, 1294, 1428, 274],
}


def test_retakes_of_the_reference_are_counted_as_here():
    path = os.environ.get("ASSESSMENTS_FILE")
    if not path:
        pytest.skip("ASSESSMENTS_FILE does not name the reference dataset, which is not ours")
    records = json.loads(Path(path).read_bytes())
    figures = retake_figures([*{record["keen_id"]: record for record in records}.values()])
    assert round(float(figures.pop("gain")), 3) == REFERENCE["gain"]
    assert [round(float(mean), 3) for mean in figures.pop("means")] == REFERENCE["means"]
    assert figures == {k: v for k, v in REFERENCE.items() if k not in ("gain", "means")}


@pytest.mark.parametrize("seed", range(3))
def test_people_retake_as_in_the_reference(seed):
    def shares(counts, of=None):
        return [count / (of or sum(counts)) for count in counts]

    ours, theirs = retake_figures(graded(3280, seed)), REFERENCE
    for name, tolerance in (("up, down, equal", 0.07), ("moves", 0.06)):
        assert shares(ours[name]) == pytest.approx(shares(theirs[name]), abs=tolerance), name
    for name, tolerance in (("all right", 0.025), ("others", 0.05)):
        assert ours[name][1] / ours[name][0] == pytest.approx(
            theirs[name][1] / theirs[name][0], abs=tolerance
        ), name
    followed, wanted = (shares(f["gaps"], f["attempts"]) for f in (ours, theirs))
    assert followed == pytest.approx(wanted, abs=0.05)
    assert shares(ours["gaps"][:3], ours["gaps"][3]) == pytest.approx(
        shares(theirs["gaps"][:3], theirs["gaps"][3]), abs=0.05
    )
    assert ours["gain"] == pytest.approx(theirs["gain"], abs=0.02)
    assert ours["means"] == pytest.approx(theirs["means"], abs=0.05)
    assert shares(ours["lengths"])[:6] == pytest.approx(shares(theirs["lengths"])[:6], abs=0.03)
    assert 7 <= len(ours["lengths"]) <= 16


@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_attempts_have_retakes_enough(seed):
    records = graded(1000, seed)
    inferred = retakes.exams(taken(records)).values()
    links = sum(len(exam.links) for exam in inferred)
    assert 0.36 < links / len(records) < 0.46
    assert sum(exam.chance_links for exam in inferred) < 0.01 * links
    assert sum(exam.is_inferred for exam in inferred) > 0.9 * len(inferred)


def test_an_exam_of_the_sample_is_refused():
    """So that everybody sees what that looks like."""
    refused = [e for e in retakes.exams(taken(distinct(1000))).values() if not e.is_inferred]
    assert 1 <= len(refused) <= 5
    assert all(exam.links for exam in refused)


@pytest.mark.parametrize("seed", range(4))
def test_retakes_stand_near_in_the_file_before_or_after(seed):
    records = distinct(1000, seed)
    position = {record["keen_id"]: place for place, record in enumerate(records)}
    steps = [position[after] - position[before] for after, (before, _) in followed(records).items()]
    assert 0.4 < sum(step < 0 for step in steps) / len(steps) < 0.6
    assert sum(abs(step) <= 10 for step in steps) > 0.88 * len(steps)
    assert sum(abs(step) > 2 for step in steps) > 0.4 * len(steps)


def test_no_value_says_whose_an_attempt_is():
    def values(thing):
        if isinstance(thing, dict | list):
            within = thing.values() if isinstance(thing, dict) else thing
            return {value for part in within for value in values(part)}
        return {thing}

    (exam, _), *_ = Counter(record["base_exam_id"] for record in graded(1000)).most_common(1)
    records = [record for record in graded(1000) if record["base_exam_id"] == exam]
    sessions = defaultdict(set)
    for keen_id, (session, _) in retakes.sessions(taken(records)).items():
        sessions[session].add(keen_id)
    of = {record["keen_id"]: values(record) for record in records}
    assert sum(len(session) > 1 for session in sessions.values()) > 20
    for session in sessions.values():
        others = set().union(*(of[keen_id] for keen_id in of.keys() - session))
        for one, other in itertools.combinations(session, 2):
            assert not of[one] & of[other] - others
    for part in (slice(8, 16), slice(16, 24)):
        assert len({keen_id[part] for keen_id in of}) == len(of)


@lru_cache
def known_people():
    """The attempts of each of 1,200 people at one exam."""
    rng = Random(1)
    exam = exams.catalogue(rng)[0][0]
    return [
        [json.loads(raw) for raw in people.attempts_of_a_person(rng, exam, people.FIRST_DAY_MS)]
        for _ in range(1200)
    ]


def test_some_people_return_minutes_hours_or_days_later():
    gaps = [
        started(after).timestamp() - float(before["keen_created_at"])
        for attempts in known_people()
        for before, after in itertools.pairwise(attempts)
    ]
    assert len(gaps) > 600
    assert min(gaps) > 0.9
    assert max(gaps) < 3.1 * 86_400
    at_once = [gap for gap in gaps if gap <= 300]
    assert 17.5 < statistics.median(at_once) < 21.5
    assert 0.05 < 1 - len(at_once) / len(gaps) < 0.11
    for low, high in ((300, 3600), (3600, 86_400), (86_400, 3 * 86_400)):
        assert sum(low < gap < high for gap in gaps) >= 5


def test_a_retake_is_by_the_same_person_who_has_learnt():
    before, after = zip(
        *(
            [record["sequences"]["counts"]["correct"] for record in attempts[:2]]
            for attempts in known_people()
            if len(attempts) > 1
        ),
        strict=True,
    )
    assert statistics.correlation(before, after) > 0.4, "who knew more still does"
    assert statistics.mean(after) > statistics.mean(before) + 0.4


# Exams


@pytest.mark.parametrize("attempts", [200, 500, 1000, 2500])
@pytest.mark.parametrize("seed", range(2))
def test_exactly_four_exams_are_taken_once(attempts, seed):
    for records in (parsed(attempts, seed), distinct(attempts, seed)):
        for key in ("exam_name", "base_exam_id"):
            taken = Counter(record[key] for record in records)
            assert sum(count == 1 for count in taken.values()) == 4


@pytest.mark.parametrize("seed", range(4))
def test_one_exam_and_one_hour_are_clearly_the_most_popular(seed):
    for records in (parsed(1000, seed), distinct(1000, seed)):
        (_, first), (_, second) = Counter(r["exam_name"] for r in records).most_common(2)
        assert 110 <= first <= 130
        assert first > 1.5 * second
        (_, first), (_, second) = Counter(started(r).hour for r in records).most_common(2)
        assert first > 1.2 * second


def test_popularity_stays_when_chance_takes_over():
    names = [record["exam_name"] for record in parsed(3000)]
    early, late = Counter(names[:1000]), Counter(names[1000:])
    assert early.most_common(1)[0][0] == late.most_common(1)[0][0]
    assert 0.1 < late.most_common(1)[0][1] / 2000 < 0.14


def test_about_a_hundred_names_a_few_of_them_with_two_exams():
    ids = defaultdict(set)
    for record in distinct(1000):
        ids[record["exam_name"]].add(record["base_exam_id"])
    assert 95 <= len(ids) <= 105
    assert Counter(map(len, ids.values())) == {1: len(ids) - 4, 2: 4}
    assert any(not name.isascii() for name in ids), "so that UTF-8 is put to the test"


def test_a_few_exams_change_their_questions_once():
    asked = defaultdict(list)
    for record in sorted(graded(1000), key=started):
        asked[record["base_exam_id"]].append(frozenset(q["id"] for q in questions([record])))
    # Runs of equal sets, in order of time: an old set that came back would be a third run.
    runs = {exam: [key for key, _ in itertools.groupby(sets)] for exam, sets in asked.items()}
    assert Counter(map(len, runs.values())) == {1: len(runs) - 3, 2: 3}
    assert not any(a & b for a, b in itertools.combinations(set().union(*runs.values()), 2))


def test_questions_keep_their_options_and_right_ones():
    seen = {}
    orders = defaultdict(set)
    for question in questions(distinct(1000)):
        key = {option["id"]: bool(option.get("correct")) for option in question["options"]}
        assert seen.setdefault(question["id"], key) == key
        orders[question["id"]].add(tuple(key))
    assert max(map(len, orders.values())) > 1, "options are shuffled"


def test_items_differ_and_agree_with_the_rest_of_the_exam():
    answers = defaultdict(list)
    for record in graded(2500):
        scores = [question["user_correct"] for question in questions([record])]
        for question in questions([record]):
            rest = sum(scores) - question["user_correct"]
            answers[question["id"]].append((question["user_correct"], rest))
    often = [pairs for pairs in answers.values() if len(pairs) >= 30]
    difficulties = [statistics.mean(correct for correct, _ in pairs) for pairs in often]
    assert 0.1 < statistics.pstdev(difficulties) < 0.25
    popular = [pairs for pairs in often if len(pairs) > 200]
    assert len(popular) == 5
    for pairs in popular:
        with_it = statistics.mean(rest for correct, rest in pairs if correct)
        without = statistics.mean(rest for correct, rest in pairs if not correct)
        assert with_it > without + 0.2


def test_distractors_do_not_attract_equally():
    chosen = defaultdict(Counter)
    for question in questions(graded(2500)):
        for option in question["options"]:
            if not option.get("correct"):
                chosen[question["id"]][option["id"]] += option["checked"]
    # Chi-square over degrees of freedom: about 1 if chance alone made the differences.
    square = freedom = 0
    for counts in chosen.values():
        expected = counts.total() / len(counts)
        if expected >= 5:
            square += sum((count - expected) ** 2 / expected for count in counts.values())
            freedom += len(counts) - 1
    assert freedom > 30
    assert square / freedom > 2


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
