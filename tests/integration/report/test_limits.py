"""The verdicts on both sides of every limit, and at it: on marts that are written by hand."""

from contextlib import contextmanager
from uuid import uuid4

from report.frames import statement

# Presented, difficulty, discrimination: verdict.
QUESTIONS = {
    (29, 0.95, 0.5): "too few attempts",
    (30, 0.95, 0.5): "too easy",
    (30, 0.91, 0.1): "too easy",
    (30, 0.9, 0.5): "sound",
    (30, 0.9, 0.19): "does not separate",
    (30, 0.5, 0.2): "sound",
    (30, 0.5, 0.19): "does not separate",
    (30, 0.5, None): "does not separate",
    (30, 0.5, -0.5): "does not separate",
    (30, 0.3, 0.5): "sound",
    (30, 0.29, 0.5): "too hard",
    (30, 0.29, 0.1): "too hard",
}
# Presented, right, chosen by all, by the weakest and by the strongest third: verdict.
OPTIONS = {
    (29, True, 0.5, 0.2, 0.6): "too few attempts",
    (30, None, 0.5, 0.2, 0.6): "not known to be right",
    (30, True, 0.5, 0.2, 0.6): "right",
    (30, True, 0.01, 0.0, 0.1): "right",
    (30, True, 0.5, 0.4, 0.4): "right, but the strong do not see it",
    (30, True, 0.5, 0.6, 0.2): "right, but the strong do not see it",
    (30, False, 0.5, 0.2, 0.6): "misleads the strong",
    (30, False, 0.04, 0.0, 0.1): "misleads the strong",
    (30, False, 0.05, 0.1, 0.1): "distracts the weak",
    (30, False, 0.5, 0.6, 0.2): "distracts the weak",
    (30, False, 0.049, 0.1, 0.1): "distracts hardly anybody",
}
# Attempts, KR-20, why there is none: verdict.
SETS = {
    (500, None, "All attempts have the same score."): "All attempts have the same score.",
    (2, None, "There is one question only."): "There is one question only.",
    (29, 0.9, None): "too few attempts",
    (30, 0.7, None): "reliable",
    (30, 0.69, None): "less reliable",
    (30, -0.2, None): "less reliable",
}


def literal(value: object) -> str:
    if isinstance(value, float):
        return f"{value}D"
    return "null" if value is None else repr(value)


def rows(table: str, columns: str, values: list[tuple]) -> str:
    lines = ", ".join(f"({', '.join(map(literal, row))})" for row in values)
    return f"create view {table} as select * from values {lines} as t ({columns})"


@contextmanager
def marts(sandbox, **views: tuple[str, list[tuple]]):
    """A schema with the views, each with its columns and rows."""
    schema = f"limits_{uuid4().hex[:6]}"
    sandbox.query(f"create database {schema}")
    for name, (columns, values) in views.items():
        sandbox.query(rows(f"{schema}.{name}", columns, values))
    yield schema
    sandbox.query(f"drop database {schema} cascade")


ONE_SET = (
    "base_exam_id, question_set_id, exam_name, first_attempt_at",
    [("exam", "set", "Exam", "2024-03-04")],
)


def verdicts(sandbox, schema: str, name: str, columns: str) -> dict[tuple, str]:
    found = sandbox.query(f"select {columns}, verdict from ({statement(name, schema)})")
    assert len({row[:-1] for row in found}) == len(found)
    return {row[:-1]: row[-1] for row in found}


def test_a_question_is_judged_at_its_limits(sandbox):
    columns = (
        "base_exam_id, question_set_id, question_id, question_number, correct, difficulty_low,"
        " difficulty_high, unanswered_rate, reason, presented, difficulty, discrimination"
    )
    values = [("exam", "set", "q", 1, 1, 0.1, 0.9, 0.0, "", *row) for row in QUESTIONS]
    with marts(sandbox, exam_reliability=ONE_SET, item_analysis=(columns, values)) as schema:
        asked = "presented, difficulty, discrimination"
        assert verdicts(sandbox, schema, "questions", asked) == QUESTIONS


def test_an_option_is_judged_at_its_limits(sandbox):
    columns = (
        "base_exam_id, question_set_id, question_number, option_number, chosen,"
        " presented, is_correct, chosen_share, lower_chosen_share, upper_chosen_share"
    )
    values = [("exam", "set", 1, 1, 1, *row) for row in OPTIONS]
    with marts(sandbox, exam_reliability=ONE_SET, distractor_analysis=(columns, values)) as schema:
        asked = "presented, is_correct, chosen_share, lower_chosen_share, upper_chosen_share"
        assert verdicts(sandbox, schema, "options", asked) == OPTIONS


def test_an_exam_is_judged_at_its_limits(sandbox):
    columns = (
        "base_exam_id, exam_name, first_attempt_at, distinct_questions, attempts_left_out,"
        " mean_score, stddev_score, standard_error_of_measurement, question_set_id,"
        " scored_attempts, kr20, reason"
    )
    values = [
        ("exam", "Exam", "2024-03-04", 5, 0, 2.0, 1.0, 0.5, f"set-{number}", *row)
        for number, row in enumerate(SETS)
    ]
    with marts(sandbox, exam_reliability=(columns, values)) as schema:
        found = verdicts(sandbox, schema, "reliability", "scored_attempts, kr20")
        assert found == {row[:2]: verdict for row, verdict in SETS.items()}
