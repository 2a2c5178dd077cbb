"""The rows of the marts of test theory: populations, question sets, reliability, limits.

The statistics here and in items.py are those of scipy and pingouin.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from hashlib import sha256

import pandas as pd

from tests.support import verdicts
from tests.support.expected.attempts import exam_names, fct_attempts, grouped
from tests.support.expected.dataset import Dataset, Row, once


@once
def fct_scored_responses(data: Dataset) -> Iterable[Row]:
    for (exam, question_set), results in data.scored.items():
        for keen_id, row in results.iterrows():
            positions = data.positions(keen_id)
            for question, result in row.items():
                yield {
                    "keen_id": keen_id,
                    "question_id": question,
                    "question_position": positions[question],
                    "base_exam_id": exam,
                    "question_set_id": question_set,
                    "exam_name": data.attempt(keen_id)["exam_name"],
                    "result": result,
                    "item_score": int(result == "correct"),
                    "total_score": int((row == "correct").sum()),
                    "distinct_questions": len(results.columns),
                    "load_id": data.accepted[keen_id]["load_id"],
                }


def preferred(data: Dataset, exam: str) -> dict[str, bool]:
    """The populations of an exam, and whether each is the one to read."""
    if data.exams[exam].is_inferred:
        return {"first_attempts": True, "all_attempts": False}
    return {"all_attempts": True}


def thirds(results: pd.DataFrame) -> tuple[list[str], list[str], list[str]]:
    """The attempts by score, and of these the lower and the upper third."""
    scores = (results == "correct").sum(axis=1)
    ranked = sorted(results.index, key=lambda k: (scores[k], sha256(k.encode()).hexdigest()))
    third = len(ranked) // 3
    return ranked, ranked[:third], ranked[len(ranked) - third :]


@once
def population_attempts(data: Dataset) -> Iterable[Row]:
    scores, third = {}, {}
    for population, scored in data.populations.items():
        for results in scored.values():
            for name, ids in zip(("middle", "lower", "upper"), thirds(results), strict=True):
                third |= {(population, keen_id): name for keen_id in ids}
            scores |= (results == "correct").sum(axis=1).to_dict()
    for attempt in fct_attempts(data):
        keen_id = attempt["keen_id"]
        for population, is_preferred in preferred(data, attempt["base_exam_id"]).items():
            is_in = population == "all_attempts" or attempt["is_first_in_session"]
            if is_in and not attempt["is_test"]:
                yield {
                    "population": population,
                    **{c: attempt[c] for c in ("keen_id", "base_exam_id", "question_set_id")},
                    "is_preferred": is_preferred,
                    "deliveries": attempt["deliveries"],
                    "total_score": scores.get(keen_id),
                    "third": third.get((population, keen_id)),
                }


@once
def population_changes(data: Dataset) -> Iterable[Row]:
    """Added up over all builds, as question_sums and option_sums are."""
    columns = "population", "keen_id", "deliveries", "total_score", "third"
    for row in population_attempts(data):
        yield {**{column: row[column] for column in columns}, "weight": 1}


@once
def dim_question_sets(data: Dataset) -> Iterable[Row]:
    names = exam_names(data)
    by_name = defaultdict(list)
    groups = grouped(fct_attempts(data), "base_exam_id", "question_set_id")
    for (exam, questions), attempts in groups.items():
        if questions is not None and exam != "example-id":
            starts = sorted(attempt["started_at"] for attempt in attempts)
            by_name[names[exam]].append((starts[0], exam, questions, starts))
    for name, rows in by_name.items():
        sets = Counter()
        for version, (first, exam, questions, starts) in enumerate(sorted(rows), start=1):
            sets[exam] += 1
            yield {
                "base_exam_id": exam,
                "question_set_id": questions,
                "exam_name": name,
                "question_set_number": sets[exam],
                "exam_label": f"{name} · version {version}" if len(rows) > 1 else name,
                "attempts": len(starts),
                "first_attempt_at": first,
                "last_attempt_at": starts[-1],
            }


@once
def exam_reliability(data: Dataset) -> Iterable[Row]:
    columns = "population", "base_exam_id", "question_set_id"
    attempts = Counter(tuple(row[c] for c in columns) for row in population_attempts(data))
    nobody = pd.DataFrame()
    for named in dim_question_sets(data):
        key = named["base_exam_id"], named["question_set_id"]
        k = len(data.scored.get(key, nobody).columns)
        for population, is_preferred in preferred(data, key[0]).items():
            figures = reliability(data.populations[population].get(key, nobody))
            n, kr20 = figures["scored_attempts"], figures["kr20"]
            of = attempts[(population, *key)]
            reason = None if kr20 is not None else why_no_kr20(of, n, k)
            yield {
                **{column: value for column, value in named.items() if column != "attempts"},
                "population": population,
                "is_preferred": is_preferred,
                **figures,
                "attempts_left_out": of - n,
                "distinct_questions": k,
                "verdict": verdicts.on_exam(n, kr20, reason),
                "reason": reason,
            }


def reliability(results: pd.DataFrame) -> Row:
    items = (results == "correct").astype(int)
    scores, kr20, error = items.sum(axis=1), None, None
    deviation = scores.std() if len(scores) > 1 else None
    if len(items.columns) > 1 and scores.nunique() > 1:
        import pingouin  # takes a second, and most tests need none of it

        kr20 = pingouin.cronbach_alpha(items)[0]
        error = deviation * max(1 - kr20, 0) ** 0.5
    return {
        "scored_attempts": len(scores),
        "mean_total_score": scores.mean() if len(scores) else None,
        "stddev_total_score": deviation,
        "kr20": kr20,
        "standard_error_of_measurement": error,
    }


def why_no_kr20(attempts: int, scored: int, questions: int) -> str:
    if not attempts:
        return "No attempt at these questions is the first of its session."
    if scored == 0:
        return "No attempt has a result for each of its questions."
    if scored == 1:
        return "There is one attempt only."
    if questions == 1:
        return "There is one question only."
    return "All attempts have the same score."


@once
def limits(_: Dataset) -> Iterable[Row]:
    """Without what they mean and where they come from: the unit test has that."""
    limits = {
        "min_attempts": 30.0,
        "max_difficulty": 0.9,
        "min_difficulty": 0.3,
        "min_discrimination": 0.2,
        "min_distractor_share": 0.05,
        "min_kr20": 0.7,
        "low_score": 0.7,
        "retake_window_seconds": 60.0,
        "max_chance_share": 0.05,
    }
    return ({"limit_name": name, "value": value} for name, value in limits.items())
