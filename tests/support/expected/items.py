"""The rows of item_analysis and distractor_analysis: how questions and options work."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import pandas as pd
from scipy.stats import pearsonr

from tests.support import verdicts
from tests.support.expected.dataset import Dataset, Row, once
from tests.support.expected.theory import dim_question_sets, preferred, thirds
from tests.support.expected.values import interval, share
from tests.support.oracle import first_by_id, options_of, questions_of

OF_SET = "base_exam_id", "question_set_id", "exam_name", "question_set_number", "exam_label"
RESULTS = "correct", "incorrect", "missed_some", "unanswered"  # those that we know
THIRDS = "", "lower_", "upper_"


def sets(data: Dataset) -> dict[tuple, Row]:
    """By exam and set: what both models say of it."""
    return {
        (row["base_exam_id"], row["question_set_id"]): {name: row[name] for name in OF_SET}
        for row in dim_question_sets(data)
    }


def question_numbers(data: Dataset) -> dict[tuple, int]:
    """By exam, question set and question: its number, of all scored attempts."""
    numbers = {}
    for key, results in data.scored.items():
        positions = Counter()
        for keen_id in results.index:
            positions.update(data.positions(keen_id))
        ranked = sorted((positions[question], question) for question in results)
        for number, (_, question) in enumerate(ranked, start=1):
            numbers[(*key, question)] = number
    return numbers


@once
def item_analysis(data: Dataset) -> Iterable[Row]:
    of_sets, numbers = sets(data), question_numbers(data)
    for key, of_all in data.scored.items():
        for population, is_preferred in preferred(data, key[0]).items():
            results = data.populations[population].get(key, of_all[:0])
            right = (results == "correct").astype(int)
            for question in results:
                yield {
                    **of_sets[key],
                    "population": population,
                    "is_preferred": is_preferred,
                    "question_id": question,
                    "question_number": numbers[(*key, question)],
                    **item_figures(Counter(results[question]), question, right),
                }


def item_figures(found: Counter, question: str, right: pd.DataFrame) -> Row:
    """From results in a question, and 1 or 0 for each question of each attempt."""
    counts = {result: found[result] for result in RESULTS}
    n, correct, unanswered = found.total(), found["correct"], found["unanswered"]
    answered = n - unanswered
    item, rest = right[question], right.drop(columns=question).sum(axis=1)
    varies = item.nunique() > 1 and rest.nunique() > 1
    discrimination = pearsonr(item, rest).statistic if varies else None
    low, high = interval(correct, n)
    answered_low, answered_high = interval(correct, answered)
    return {
        "presented": n,
        "answered": answered,
        **counts,
        "other": n - sum(counts.values()),
        "difficulty": share(correct, n),
        "difficulty_low": low,
        "difficulty_high": high,
        "answered_difficulty": share(correct, answered),
        "answered_difficulty_low": answered_low,
        "answered_difficulty_high": answered_high,
        "unanswered_rate": share(unanswered, n),
        "discrimination": discrimination,
        "verdict": verdicts.on_question(n, share(correct, n), discrimination),
        "reason": why_no_figure(n, answered, correct, len(right.columns), discrimination),
    }


def why_no_figure(
    presented: int, answered: int, correct: int, questions: int, discrimination: float | None
) -> str | None:
    if not presented:
        return "No figures: no scored attempt of the population presented the question."
    reasons = [] if answered else ["No difficulty of the answered: nobody answered."]
    if discrimination is None:
        if presented == 1:
            why = "there is one attempt only"
        elif not correct:
            why = "nobody answered correctly"
        elif correct == presented:
            why = "everybody answered correctly"
        elif questions == 1:
            why = "there is no other question"
        else:
            why = "all have the same score in the other questions"
        reasons.append(f"No discrimination: {why}.")
    return " ".join(reasons) or None


@once
def distractor_analysis(data: Dataset) -> Iterable[Row]:
    of_sets, numbers, shown = sets(data), question_numbers(data), options_shown(data)
    ranks = defaultdict(list)
    for (*question, option), places in shown.items():
        mean = sum(position for position, _ in places) / len(places)
        ranks[tuple(question)].append((mean, option))
    chosen = {name: choices(data, scored) for name, scored in data.populations.items()}
    for key, places in shown.items():
        *_, question, option = key
        said = {correct for _, correct in places}
        is_correct = said.pop() if len(said) == 1 else None
        order = [ranked for _, ranked in sorted(ranks[key[:3]])]
        for population, is_preferred in preferred(data, key[0]).items():
            yield {
                **of_sets[key[:2]],
                "population": population,
                "is_preferred": is_preferred,
                "question_id": question,
                "option_id": option,
                "question_number": numbers[key[:3]],
                "option_number": order.index(option) + 1,
                **option_figures(chosen[population][key], is_correct),
            }


def options_shown(data: Dataset) -> dict[tuple, list[tuple[int, bool]]]:
    """By exam, question set, question and option: its places, and if correct there."""
    shown = defaultdict(list)
    for exam, results in data.scored.items():
        for keen_id in results.index:
            for question in first_by_id(questions_of(data.attempt(keen_id))):
                ids = [option["id"] for option in options_of(question)]
                for option in first_by_id(options_of(question)):
                    place = ids.index(option["id"]) + 1, option.get("correct") is True
                    shown[(*exam, question["id"], option["id"])].append(place)
    return shown


def choices(data: Dataset, scored: dict[tuple, pd.DataFrame]) -> dict[tuple, Counter]:
    """By the same key: how often it is presented and chosen, by all and by each outer third."""
    found = defaultdict(Counter)
    for exam, results in scored.items():
        for third, keen_ids in zip(THIRDS, thirds(results), strict=True):
            for keen_id in keen_ids:
                for question in first_by_id(questions_of(data.attempt(keen_id))):
                    for option in first_by_id(options_of(question)):
                        counts = found[(*exam, question["id"], option["id"])]
                        counts[f"{third}presented"] += 1
                        counts[f"{third}chosen"] += option.get("checked") is True
    return found


def option_figures(counts: Counter, is_correct: bool | None) -> Row:
    shares = [share(counts[f"{third}chosen"], counts[f"{third}presented"]) for third in THIRDS]
    reasons = ["Not known to be correct or not: the attempts disagree."]
    reasons = reasons if is_correct is None else []
    if not counts["presented"]:
        reasons.append("No figures: no scored attempt of the population presented the option.")
    elif not counts["lower_presented"] or not counts["upper_presented"]:
        reasons.append("No thirds: there are too few attempts.")
    return {
        "is_correct": is_correct,
        **{
            f"{third}{name}": counts[f"{third}{name}"]
            for third in THIRDS
            for name in ("presented", "chosen")
        },
        **{f"{third}chosen_share": part for third, part in zip(THIRDS, shares, strict=True)},
        "verdict": verdicts.on_option(counts["presented"], is_correct, *shares),
        "reason": " ".join(reasons) or None,
    }
