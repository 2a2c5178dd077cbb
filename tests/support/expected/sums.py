"""The rows of question_sums and option_sums, added up over all builds."""

from collections import defaultdict
from collections.abc import Iterable

from tests.support.added_up import OPTION, QUESTION
from tests.support.expected.attempts import fct_option_choices, fct_question_responses, grouped
from tests.support.expected.dataset import Dataset, Row, once
from tests.support.expected.results import option_figures, question_figures
from tests.support.expected.theory import population_attempts

# The figures of a question or an option that its sums have, too.
FIGURES = (
    *("options", "presented", "correct", "incorrect", "missed_some", "unanswered", "other"),
    *("chosen", "presented_as_delivered", "correct_as_delivered", "incorrect_as_delivered"),
    *("missed_some_as_delivered", "unanswered_as_delivered", "chosen_as_delivered"),
)
# Null of attempts that are not scored.
REST = "rest_sum", "rest_square_sum", "rest_of_correct_sum"
# What a later build cannot take back: it is right for all attempts, which no attempt leaves.
EXTREMES = "options", "always_correct", "ever_correct"


@once
def question_sums(data: Dataset) -> Iterable[Row]:
    for named, rows in in_populations(data, fct_question_responses(data), QUESTION):
        figures = question_figures(rows)
        sums = {name: figures[name] for name in FIGURES if name in figures}
        sums["position_sum"] = sum(row["question_position"] for row in rows)
        scores = [(row["result"] == "correct", row["total_score"]) for row in rows]
        rests = [(right, total - right) for right, total in scores if total is not None]
        sums |= {
            "rest_sum": sum(rest for _, rest in rests),
            "rest_square_sum": sum(rest**2 for _, rest in rests),
            "rest_of_correct_sum": sum(rest for right, rest in rests if right),
        }
        yield shown(named, sums)


@once
def option_sums(data: Dataset) -> Iterable[Row]:
    for named, rows in in_populations(data, fct_option_choices(data), OPTION):
        figures = option_figures(rows)
        sums = {name: figures[name] for name in FIGURES if name in figures}
        sums["always_correct"] = all(row["is_correct"] for row in rows)
        sums["ever_correct"] = any(row["is_correct"] for row in rows)
        sums["position_sum"] = sum(row["option_position"] for row in rows)
        for third in ("lower", "upper"):
            of_third = [row for row in rows if row["third"] == third]
            sums[f"{third}_presented"] = len(of_third)
            sums[f"{third}_chosen"] = sum(row["is_chosen"] is True for row in of_third)
        yield shown(named, sums)


def in_populations(
    data: Dataset, facts: list[Row], columns: tuple[str, ...]
) -> Iterable[tuple[Row, list[Row]]]:
    """By columns: what names a group, and first presentations with attempts of the population."""
    by_attempt = defaultdict(list)
    for fact in facts:
        if fact["is_first_presentation"]:
            by_attempt[fact["keen_id"]].append(fact)
    rows = (
        {**attempt, **fact, "is_scored": attempt["total_score"] is not None}
        for attempt in population_attempts(data)
        for fact in by_attempt[attempt["keen_id"]]
    )
    for key, group in grouped(rows, *columns).items():
        yield dict(zip(columns, key, strict=True)), group


def shown(named: Row, sums: Row) -> Row:
    if not named["is_scored"]:
        sums |= {name: None for name in REST if name in sums}
    if named["population"] != "all_attempts":
        sums |= {name: None for name in EXTREMES if name in sums}
    return {**named, **sums}
