"""People of the sample retake exams as those of the reference dataset do."""

import itertools
import json
import os
import statistics
from collections import Counter, defaultdict
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from random import Random

import pytest

from sample import exams, people
from tests.support import retakes
from tests.support.sample_records import distinct, graded, questions, started, taken


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
