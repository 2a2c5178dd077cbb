"""The rows of the marts of results: of exams, of questions and of options."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean, stdev

from numpy import percentile

from tests.support.expected.attempts import (
    exam_names,
    fct_attempts,
    fct_option_choices,
    fct_question_responses,
    grouped,
)
from tests.support.expected.dataset import Dataset, Row, once
from tests.support.expected.values import interval, share

LOW_SCORE = 0.7
RESULTS = ("correct", "incorrect", "missed_some", "unanswered")


@once
def exam_results(data: Dataset) -> Iterable[Row]:
    names = exam_names(data)
    for row in results_by(data, "base_exam_id"):
        yield {**row, "exam_name": names[row["base_exam_id"]]}


@once
def exam_name_results(data: Dataset) -> Iterable[Row]:
    exams = defaultdict(set)
    for attempt in fct_attempts(data):
        exams[attempt["exam_name"]].add(attempt["base_exam_id"])
    for row in results_by(data, "exam_name"):
        yield {**row, "exams": len(exams[row["exam_name"]] - {"example-id"})}


def results_by(data: Dataset, column: str) -> Iterable[Row]:
    attempts, responses = (
        grouped((row for row in rows if not row["is_test"]), column)
        for rows in (fct_attempts(data), fct_question_responses(data))
    )
    for key, rows in attempts.items():
        yield {column: key[0], **exam_figures(rows, responses.get(key, []))}


@once
def question_results(data: Dataset) -> Iterable[Row]:
    facts = fct_question_responses(data)
    for named, rows in first_presentations(data, facts, "base_exam_id", "question_id"):
        yield {**named, **question_figures(rows)}


@once
def option_results(data: Dataset) -> Iterable[Row]:
    columns = "base_exam_id", "question_id", "option_id"
    for named, rows in first_presentations(data, fct_option_choices(data), *columns):
        yield {**named, **option_figures(rows)}


def first_presentations(
    data: Dataset, facts: list[Row], *columns: str
) -> Iterable[tuple[Row, list[Row]]]:
    """By columns: what names a group, and its facts with the deliveries of their attempts."""
    names = exam_names(data)
    deliveries = {row["keen_id"]: row["deliveries"] for row in fct_attempts(data)}
    rows = (
        {**row, "deliveries": deliveries[row["keen_id"]]}
        for row in facts
        if row["is_first_presentation"] and not row["is_test"]
    )
    for key, group in grouped(rows, *columns).items():
        yield {**dict(zip(columns, key, strict=True)), "exam_name": names[key[0]]}, group


def spread(name: str, values: list[float], least: str, most: str) -> Row:
    """The mean of the values, the quartiles, the least and the greatest."""
    quartiles = percentile(values, [0, 25, 50, 75, 100]).tolist() if values else [None] * 5
    names = (least, "lower_quartile", "median", "upper_quartile", most)
    return {
        f"mean_{name}": fmean(values) if values else None,
        **{f"{prefix}_{name}": q for prefix, q in zip(names, quartiles, strict=True)},
    }


def exam_figures(attempts: list[Row], responses: Iterable[Row]) -> Row:
    """The columns that both marts of exam results have, from attempts and their responses."""
    scores = [a["score"] for a in attempts if a["score"] is not None]
    inferred = all(a["session_id"] is not None for a in attempts)
    first, last = (
        [a["score"] for a in attempts if a[place] and a["score"] is not None]
        for place in ("is_first_in_session", "is_last_in_session")
    )
    with_counts = [a for a in attempts if a["correct"] is not None]
    counts = {result: sum(a[result] for a in with_counts) for result in RESULTS}
    scored = sum(counts.values())
    perfect = sum(a["correct"] == a["questions_presented"] > 0 for a in with_counts)
    low = sum(score < LOW_SCORE for score in scores)
    return {
        "attempts": len(attempts),
        "deliveries": delivered(attempts),
        "sessions": sum(a["session_id"] == a["keen_id"] for a in attempts) if inferred else None,
        "retakes": sum(a["attempt_in_session"] > 1 for a in attempts) if inferred else None,
        "attempts_with_score": len(scores),
        **spread("score", scores, "lowest", "highest"),
        "stddev_score": stdev(scores) if len(scores) > 1 else None,
        "mean_first_score": fmean(first) if inferred and first else None,
        "mean_last_score": fmean(last) if inferred and last else None,
        "all_correct": perfect,
        "all_correct_rate": share(perfect, len(scores)),
        "low_scores": low,
        "low_score_rate": share(low, len(scores)),
        "questions_presented": sum(a["questions_presented"] for a in attempts),
        "questions_scored": scored,
        "answered": scored - counts["unanswered"],
        **counts,
        **{f"{result}_rate": share(count, scored) for result, count in counts.items()},
        **{
            f"attempts_with_{result}": sum(a[result] > 0 for a in with_counts)
            for result in ("missed_some", "unanswered")
        },
        "fewest_questions": min(a["questions_presented"] for a in attempts),
        "most_questions": max(a["questions_presented"] for a in attempts),
        "distinct_questions": len({response["question_id"] for response in responses}),
        "question_sets": len({a["question_set_id"] for a in attempts} - {None}),
        **spread(
            "duration_seconds", [a["duration_seconds"] for a in attempts], "shortest", "longest"
        ),
        "first_attempt_at": min(a["started_at"] for a in attempts),
        "last_attempt_at": max(a["started_at"] for a in attempts),
    }


def question_figures(responses: list[Row]) -> Row:
    """From first presentations of a question, with the deliveries of their attempts."""
    by_result = {result: [r for r in responses if r["result"] == result] for result in RESULTS}
    once = {result: len(rows) for result, rows in by_result.items()}
    correct, scored = once["correct"], sum(r["result"] is not None for r in responses)
    low, high = interval(correct, scored)
    return {
        "question_sets": len({r["question_set_id"] for r in responses}),
        "options": max(r["options_presented"] for r in responses),
        "presented": len(responses),
        "scored": scored,
        "answered": scored - once["unanswered"],
        **once,
        "other": scored - sum(once.values()),
        **{f"{result}_rate": share(count, scored) for result, count in once.items()},
        "correct_rate_low": low,
        "correct_rate_high": high,
        "presented_as_delivered": delivered(responses),
        **{f"{result}_as_delivered": delivered(rows) for result, rows in by_result.items()},
    }


def delivered(rows: list[Row]) -> int:
    return sum(row["deliveries"] for row in rows)


def option_figures(choices: list[Row]) -> Row:
    """From first presentations of an option, with the deliveries of their attempts."""
    correct = {choice["is_correct"] for choice in choices}
    chosen = [choice for choice in choices if choice["is_chosen"]]
    return {
        "is_correct": correct.pop() if len(correct) == 1 else None,
        "presented": len(choices),
        "chosen": len(chosen),
        "chosen_rate": len(chosen) / len(choices),
        "presented_as_delivered": delivered(choices),
        "chosen_as_delivered": delivered(chosen),
    }
