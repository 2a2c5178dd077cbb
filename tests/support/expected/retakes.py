"""The rows of the marts of retakes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction
from statistics import mean, median

from tests.support import verdicts
from tests.support.expected.attempts import bins, dim_exams, fct_attempts, grouped
from tests.support.expected.dataset import Dataset, Row, once
from tests.support.expected.intermediate import int_retake_inference, int_retakes
from tests.support.expected.values import interval, share
from tests.support.oracle import first_by_id, questions_of

OF_ATTEMPT = (
    "keen_id", "follows_keen_id", "base_exam_id", "exam_name", "is_test", "session_id",
    "attempt_in_session", "started_at", "score", "seconds_since_followed",
)  # fmt: skip
TRANSITIONS = {
    "right_then_right": (True, True),
    "wrong_then_right": (False, True),
    "right_then_wrong": (True, False),
    "wrong_then_wrong": (False, False),
}


@once
def retake_inference(data: Dataset) -> Iterable[Row]:
    exams = {row["base_exam_id"]: row for row in dim_exams(data)}
    attempts = grouped(fct_attempts(data), "base_exam_id")
    for row in int_retake_inference(data):
        exam = row["base_exam_id"]
        found = Counter(a["session_id"] for a in attempts[exam,] if a["session_id"])
        yield {
            **row,
            **{column: exams[exam][column] for column in ("exam_name", "is_test")},
            "retakes": row["links"] if row["is_inferred"] else None,
            "sessions": len(found) or None,
            "sessions_of_several": sum(n > 1 for n in found.values()) if found else None,
        }


@once
def fct_retaken_questions(data: Dataset) -> Iterable[Row]:
    for retake in int_retakes(data):
        before, after = (right(data, retake[column]) for column in ("follows_keen_id", "keen_id"))
        for question in before.keys() & after.keys():
            yield {
                **{column: retake[column] for column in OF_ATTEMPT[:3]},
                "question_id": question,
                "was_correct": before[question],
                "is_correct": after[question],
            }


def right(data: Dataset, keen_id: str) -> dict[str, bool]:
    """By question with a result: whether the attempt answers correctly."""
    return {
        question["id"]: question["user_result"] == "correct"
        for question in first_by_id(questions_of(data.attempt(keen_id)))
        if question.get("user_result") is not None
    }


def compared(data: Dataset, *columns: str) -> dict[tuple, Counter]:
    """Of rows of fct_retaken_questions, by columns: how often it was (right before, right then)."""
    found = defaultdict(Counter)
    for row in fct_retaken_questions(data):
        key = tuple(row[column] for column in columns)
        found[key][row["was_correct"], row["is_correct"]] += 1
    return found


def transitions(counts: Counter) -> Row:
    return {name: counts[pair] for name, pair in TRANSITIONS.items()}


@once
def fct_retakes(data: Dataset) -> Iterable[Row]:
    attempts = {row["keen_id"]: row for row in fct_attempts(data)}
    questions = compared(data, "keen_id")
    for retake in int_retakes(data):
        attempt, before = attempts[retake["keen_id"]], attempts[retake["follows_keen_id"]]
        scores = attempt["score"], before["score"]
        counts = questions.get((retake["keen_id"],), Counter())
        yield {
            **{column: attempt[column] for column in OF_ATTEMPT},
            "score_before": before["score"],
            "gain": None if None in scores else scores[0] - scores[1],
            "questions_compared": counts.total(),
            **transitions(counts),
        }


@once
def question_retakes(data: Dataset) -> Iterable[Row]:
    exams = {row["base_exam_id"]: row for row in dim_exams(data)}
    for (exam, question), counts in compared(data, "base_exam_id", "question_id").items():
        corrected, lost = counts[False, True], counts[True, False]
        wrong = corrected + counts[False, False]
        right = lost + counts[True, True]
        low, high = interval(corrected, wrong)
        yield {
            "base_exam_id": exam,
            "question_id": question,
            **{column: exams[exam][column] for column in ("exam_name", "is_test")},
            "retakes": counts.total(),
            **transitions(counts),
            "wrong_before": wrong,
            "corrected_share": share(corrected, wrong),
            "corrected_share_low": low,
            "corrected_share_high": high,
            "right_before": right,
            "lost_share": share(lost, right),
            "verdict": verdicts.on_retakes(low, high),
        }


@once
def retakes_by_gap(data: Dataset) -> Iterable[Row]:
    for number in range(12):
        rows = [
            row
            for row in fct_retakes(data)
            if 5 * number <= row["seconds_since_followed"] < 5 * number + 5
            or (number == 11 and row["seconds_since_followed"] == 60)
        ]
        yield {
            "bin": number + 1,
            "from_seconds": 5.0 * number,
            "to_seconds": 5.0 * number + 5,
            "retakes": len(rows),
            "mean_gain": average(rows, "gain"),
        }


def average(rows: list[Row], column: str) -> float | None:
    """The mean of the values that are there."""
    values = [row[column] for row in rows if row[column] is not None]
    return mean(values) if values else None


@once
def retakes_by_gain(data: Dataset) -> Iterable[Row]:
    words = [
        "lost 60 points or more", "lost 40 to 59", "lost 20 to 39", "lost less than 20",
        "the same score",
        "gained less than 20", "gained 20 to 39", "gained 40 to 59", "gained 60 points or more",
    ]  # fmt: skip
    ends = [-1.0, -0.6, -0.4, -0.2, 0.0, 0.0, 0.2, 0.4, 0.6, 1.0]
    found = Counter()
    for gain in gains(data):
        steps = 1 + min(abs(gain) // Fraction(1, 5), 3)
        found[4 + ((gain > 0) - (gain < 0)) * steps] += 1
    return bins(words, ends, found, "gain", "retakes")


@once
def gains(data: Dataset) -> Iterable[Fraction]:
    """The gains of all retakes that are no test attempts and have both scores."""
    for retake in int_retakes(data):
        before, after = (score(data, retake[column]) for column in ("follows_keen_id", "keen_id"))
        if None not in (before, after) and retake["base_exam_id"] != "example-id":
            yield after - before


def score(data: Dataset, keen_id: str) -> Fraction | None:
    record = data.attempt(keen_id)
    right = (record["sequences"].get("counts") or {}).get("correct")
    questions = len(questions_of(record))
    return Fraction(right, questions) if questions and right is not None else None


@once
def retake_totals(data: Dataset) -> Iterable[Row]:
    attempts = [attempt for attempt in fct_attempts(data) if attempt["session_id"]]
    retaken, found = fct_retakes(data), gains(data)
    real = [row for row in retaken if not row["is_test"]]
    scored = [row for row in real if row["gain"] is not None]
    inferred = [exam for exam in data.exams.values() if exam.is_inferred]
    refused = [exam for exam in data.exams.values() if not exam.is_inferred]
    lengths = Counter(attempt["session_id"] for attempt in attempts)
    first, last = (
        [a for a in attempts if a[f"is_{name}_in_session"] and not a["is_test"]]
        for name in ("first", "last")
    )
    yield {
        "exams": len(inferred),
        "attempts": len(attempts),
        "sessions": len(lengths),
        "sessions_of_several": sum(length > 1 for length in lengths.values()),
        "most_attempts_in_session": max(lengths.values(), default=0),
        "retakes": len(retaken),
        "test_retakes": len(retaken) - len(real),
        "median_seconds_since_followed": (
            median(row["seconds_since_followed"] for row in retaken) if retaken else None
        ),
        "scored_retakes": len(found),
        "mean_score_before": average(scored, "score_before"),
        "mean_score": average(scored, "score"),
        "mean_gain": float(sum(found) / len(found)) if found else None,
        "gains": sum(gain > 0 for gain in found),
        "losses": sum(gain < 0 for gain in found),
        "equal_scores": sum(gain == 0 for gain in found),
        "mean_first_score": average(first, "score"),
        "mean_last_score": average(last, "score"),
        **{column: sum(row[column] for row in real) for column in TRANSITIONS},
        "chance_links": sum(exam.chance_links for exam in inferred),
        "reversed_links": sum(exam.reversed_links for exam in inferred),
        "later_links": sum(exam.later_links for exam in inferred),
        "refused_exams": len(refused),
        "refused_attempts": sum(exam.attempts for exam in refused),
        "refused_links": sum(len(exam.links) for exam in refused),
    }
