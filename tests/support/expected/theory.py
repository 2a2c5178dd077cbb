"""The rows of the marts of test theory: populations, question sets, and what is said of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import pandas as pd

from tests.support import verdicts
from tests.support.expected.attempts import exam_names, fct_attempts, grouped
from tests.support.expected.dataset import Dataset, Row, once
from tests.support.expected.values import set_id
from tests.support.oracle import first_by_id, options_of, questions_of

OF_SET = "base_exam_id", "question_set_id", "exam_name", "question_set_number", "exam_label"
SHARES = "difficulty", "difficulty_low", "difficulty_high"


@once
def fct_scored_responses(data: Dataset) -> Iterable[Row]:
    for (exam, questions), results in data.scored.items():
        question_set = set_id(questions)
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
                    "distinct_questions": len(questions),
                    "load_id": data.accepted[keen_id]["load_id"],
                }


def preferred(data: Dataset, exam: str) -> dict[str, bool]:
    """The populations of an exam, and whether each is the one to read."""
    if data.exams[exam].is_inferred:
        return {"first_attempts": True, "all_attempts": False}
    return {"all_attempts": True}


@once
def population_attempts(data: Dataset) -> Iterable[Row]:
    scores, thirds = {}, {}
    for population, scored in data.populations.items():
        for results in scored.values():
            ranked, lower, upper = data.oracle.thirds(results)
            thirds |= {(population, keen_id): "middle" for keen_id in ranked}
            thirds |= {(population, keen_id): "lower" for keen_id in lower}
            thirds |= {(population, keen_id): "upper" for keen_id in upper}
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
                    "third": thirds.get((population, keen_id)),
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
    lengths = {(exam, set_id(questions)): len(questions) for exam, questions in data.scored}
    figures = {
        (population, exam, set_id(questions)): row
        for population, scored in data.populations.items()
        for (exam, questions), row in data.oracle.reliability(scored).items()
    }
    columns = "population", "base_exam_id", "question_set_id"
    attempts = Counter(tuple(row[c] for c in columns) for row in population_attempts(data))
    for of in dim_question_sets(data):
        questions = of["base_exam_id"], of["question_set_id"]
        k = lengths.get(questions, 0)
        for population, is_preferred in preferred(data, of["base_exam_id"]).items():
            key = population, *questions
            n, mean, deviation, kr20, error = figures.get(key, (0, None, None, None, None))
            reason = None if kr20 is not None else why_no_kr20(attempts[key], n, k)
            yield {
                **{column: value for column, value in of.items() if column != "attempts"},
                "population": population,
                "is_preferred": is_preferred,
                "scored_attempts": n,
                "attempts_left_out": attempts[key] - n,
                "distinct_questions": k,
                "mean_total_score": mean,
                "stddev_total_score": deviation,
                "kr20": kr20,
                "standard_error_of_measurement": error,
                "verdict": verdicts.on_exam(n, kr20, reason),
                "reason": reason,
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


def sets(data: Dataset) -> dict[tuple, Row]:
    """By exam and set: what item_analysis and distractor_analysis say of each, too."""
    return {
        (row["base_exam_id"], row["question_set_id"]): {name: row[name] for name in OF_SET}
        for row in dim_question_sets(data)
    }


def question_numbers(data: Dataset) -> dict[tuple, int]:
    """By exam, ids of its questions, and question: its number, of all scored attempts."""
    numbers = {}
    for (exam, questions), results in data.scored.items():
        positions = Counter()
        for keen_id in results.index:
            positions.update(data.positions(keen_id))
        ranked = sorted((positions[question], question) for question in questions)
        for number, (_, question) in enumerate(ranked, start=1):
            numbers[exam, questions, question] = number
    return numbers


@once
def item_analysis(data: Dataset) -> Iterable[Row]:
    of_sets = sets(data)
    figures = {name: data.oracle.items(scored) for name, scored in data.populations.items()}
    for (exam, questions, question), number in question_numbers(data).items():
        for population, is_preferred in preferred(data, exam).items():
            results = data.populations[population].get((exam, questions))
            row = figures[population].get((exam, questions, question), [0] * 4 + [None] * 7 + [0])
            correct, incorrect, missed_some, unanswered, *shares, discrimination, other = row
            n = 0 if results is None else len(results)
            yield {
                **of_sets[exam, set_id(questions)],
                "population": population,
                "is_preferred": is_preferred,
                "question_id": question,
                "question_number": number,
                "presented": n,
                "answered": n - unanswered,
                "correct": correct,
                "incorrect": incorrect,
                "missed_some": missed_some,
                "unanswered": unanswered,
                "other": other,
                **dict(zip(SHARES, shares[:3], strict=True)),
                **dict(zip((f"answered_{name}" for name in SHARES), shares[3:], strict=True)),
                "unanswered_rate": unanswered / n if n else None,
                "discrimination": discrimination,
                "verdict": verdicts.on_question(n, shares[0], discrimination),
                "reason": why_no_discrimination(results, question, discrimination)
                if n
                else "No figures: no scored attempt of the population presented the question.",
            }


def why_no_discrimination(
    results: pd.DataFrame, question: str, discrimination: float | None
) -> str | None:
    reasons = []
    if set(results[question]) == {"unanswered"}:
        reasons.append("No difficulty of the answered: nobody answered.")
    if discrimination is None:
        right = results[question] == "correct"
        if len(results) == 1:
            why = "there is one attempt only"
        elif not right.any():
            why = "nobody answered correctly"
        elif right.all():
            why = "everybody answered correctly"
        elif len(results.columns) == 1:
            why = "there is no other question"
        else:
            why = "all have the same score in the other questions"
        reasons.append(f"No discrimination: {why}.")
    return " ".join(reasons) or None


@once
def distractor_analysis(data: Dataset) -> Iterable[Row]:
    of_sets, numbers, shown = sets(data), question_numbers(data), options_shown(data)
    ranks = defaultdict(list)
    for key, options in shown.items():
        mean = sum(position for position, _ in options) / len(options)
        ranks[key[:3]].append((mean, key[3]))
    figures = {name: data.oracle.distractors(scored) for name, scored in data.populations.items()}
    for key, options in shown.items():
        exam, questions, question, option = key
        correct = {correct for _, correct in options}
        is_correct = correct.pop() if len(correct) == 1 else None
        order = [ranked for _, ranked in sorted(ranks[key[:3]])]
        for population, is_preferred in preferred(data, exam).items():
            row = figures[population].get(key, (0,) * 6)
            presented, chosen, lower, lower_chosen, upper, upper_chosen = row
            shares = [
                part / whole if whole else None
                for whole, part in zip(row[::2], row[1::2], strict=True)
            ]
            reasons = ["Not known to be correct or not: the attempts disagree."]
            reasons = reasons if is_correct is None else []
            if not presented:
                reasons.append(
                    "No figures: no scored attempt of the population presented the option."
                )
            elif not lower or not upper:
                reasons.append("No thirds: there are too few attempts.")
            yield {
                **of_sets[exam, set_id(questions)],
                "population": population,
                "is_preferred": is_preferred,
                "question_id": question,
                "option_id": option,
                "question_number": numbers[exam, questions, question],
                "option_number": order.index(option) + 1,
                "is_correct": is_correct,
                "presented": presented,
                "chosen": chosen,
                "chosen_share": shares[0],
                "lower_presented": lower,
                "lower_chosen": lower_chosen,
                "lower_chosen_share": shares[1],
                "upper_presented": upper,
                "upper_chosen": upper_chosen,
                "upper_chosen_share": shares[2],
                "verdict": verdicts.on_option(presented, is_correct, *shares),
                "reason": " ".join(reasons) or None,
            }


def options_shown(data: Dataset) -> dict[tuple, list[tuple[int, bool]]]:
    """By exam, ids of its questions, question and option: its places, and if correct there."""
    shown = defaultdict(list)
    for (exam, questions), results in data.scored.items():
        for keen_id in results.index:
            for question in first_by_id(questions_of(data.attempt(keen_id))):
                ids = [option["id"] for option in options_of(question)]
                for option in first_by_id(options_of(question)):
                    shown[exam, questions, question["id"], option["id"]].append(
                        (ids.index(option["id"]) + 1, option.get("correct") is True)
                    )
    return shown


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
