"""The exams of the sample: how often each is taken, its questions, and its options."""

import itertools
import statistics
from collections import Counter, defaultdict

import pytest

from tests.support.sample_records import distinct, graded, parsed, questions, started


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
