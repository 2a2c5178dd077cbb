"""The marts, compared row by row with an independent computation (oracle.py)."""

import re
from collections import defaultdict

import pytest

from tests.support.load_by_load import landed
from tests.support.oracle import Oracle
from tests.support.planted import dispositions


@pytest.fixture(scope="module", params=["run", "load_by_load"])
def marts(request):
    """A pipeline with marts, and what must be in them."""
    made = request.getfixturevalue(request.param)
    if request.param == "run":
        return made.pipeline, Oracle.of_file(made.path)
    rows = dispositions(landed(made.pipeline), made.messages)
    readable = [row.value.decode() for row, (kind, _) in rows.items() if kind != "rejected"]
    return made.pipeline, Oracle(readable)


def test_fct_attempts(marts):
    pipeline, oracle = marts
    rows = pipeline.query(
        """
        select keen_id, user_exam_id, base_exam_id, exam_name,
            date_format(started_at, 'yyyy-MM-dd HH:mm:ss.SSSSSS'), duration_seconds, start_hour,
            questions, correct, incorrect, incomplete, unanswered, score, is_test, deliveries
        from {analytics}.fct_attempts
        """
    )
    assert len(rows) == len(oracle.once)
    assert {row[0]: row[1:] for row in rows} == oracle.attempts()


def test_fct_question_responses(marts):
    pipeline, oracle = marts
    rows = pipeline.query(
        "select keen_id, question_id, result, options, options_checked "
        "from {analytics}.fct_question_responses"
    )
    assert len(rows) == len(set(rows))
    assert set(rows) == oracle.responses()


def test_fct_option_choices(marts):
    pipeline, oracle = marts
    rows = pipeline.query(
        "select keen_id, question_id, option_id, is_checked, "
        "date_format(changed_at, 'yyyy-MM-dd HH:mm:ss.SSSSSS') from {analytics}.fct_option_choices"
    )
    assert len(rows) == len(set(rows))
    assert set(rows) == oracle.choices()


def question_sets(pipeline) -> dict[str, tuple[str, ...]]:
    """The ids of the questions of each question_set_id."""
    rows = pipeline.query(
        "select question_set_id, question_id from {analytics}.item_analysis order by question_id"
    )
    sets = defaultdict(set)
    for question_set, question in rows:
        sets[question_set].add(question)
    return {question_set: tuple(sorted(questions)) for question_set, questions in sets.items()}


def by_key(pipeline, columns: int, sql: str) -> dict[tuple, tuple]:
    """Rows by their first columns, the second of which is a question_set_id."""
    rows, sets = pipeline.query(sql), question_sets(pipeline)
    found = {(row[0], sets[row[1]], *row[2:columns]): row[columns:] for row in rows}
    assert len(found) == len(rows)
    return found


def assert_equal(found: dict[tuple, tuple], expected: dict[tuple, tuple]) -> None:
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        assert [v is None for v in found[key]] == [v is None for v in row], key
        numbers = [v for v in row if v is not None]
        assert [v for v in found[key] if v is not None] == pytest.approx(
            numbers, rel=1e-9, abs=1e-9
        ), key


def test_item_analysis(marts):
    pipeline, oracle = marts
    found = by_key(
        pipeline, 3,
        """
        select base_exam_id, question_set_id, question_id, correct, incorrect, missed_some, omitted,
            difficulty, difficulty_low, difficulty_high,
            answered_difficulty, answered_difficulty_low, answered_difficulty_high, discrimination
        from {analytics}.item_analysis
        """,
    )  # fmt: skip
    assert_equal(found, oracle.items())
    reasons = "discrimination is null or answered_difficulty is null"
    assert not pipeline.query(
        f"select * from {{analytics}}.item_analysis where ({reasons}) != (reason is not null)"
    )


def test_exam_reliability(marts):
    pipeline, oracle = marts
    found = by_key(
        pipeline, 2,
        """
        select base_exam_id, question_set_id, attempts, mean_score, stddev_score, kr20,
            standard_error_of_measurement
        from {analytics}.exam_reliability where attempts > 0
        """,
    )  # fmt: skip
    assert_equal(found, oracle.reliability())
    assert not pipeline.query(
        "select * from {analytics}.exam_reliability where (kr20 is null) != (reason is not null)"
    )


def test_distractor_analysis(marts):
    pipeline, oracle = marts
    found = by_key(
        pipeline, 4,
        """
        select base_exam_id, question_set_id, question_id, option_id, presented, chosen,
            lower_presented, lower_chosen, upper_presented, upper_chosen
        from {analytics}.distractor_analysis
        """,
    )  # fmt: skip
    assert found == oracle.distractors()


def test_the_eight_answers(marts):
    pipeline, oracle = marts
    rows = pipeline.query(
        "select answer_as_delivered, answer from {analytics}.answers order by question_number"
    )
    assert rows == oracle.answers(topic=pipeline.name)


def test_the_eight_answers_are_printed(run):
    oracle = Oracle.of_file(run.path)
    words = re.sub(r"[\s│┃]+", " ", run.printed)
    assert "The eight answers" in run.printed
    for as_delivered, answer in oracle.answers(topic=run.pipeline.name):
        assert as_delivered[:20] in words
        assert answer[:20] in words


def test_loads_are_reconciled(run):
    oracle = Oracle.of_file(run.path)
    rows = run.pipeline.query(
        "select messages, accepted, duplicates, rejected, is_reconciled "
        "from {analytics}.load_reconciliation"
    )
    delivered, once = len(oracle.delivered), len(oracle.once)
    assert rows == [(delivered, once, delivered - once, 0, True)]


def test_a_second_run_changes_no_count(run):
    counts = "select * from {analytics}.load_reconciliation"
    before = run.pipeline.query(counts)
    again = run.pipeline.make_run(run.path)
    assert run.pipeline.query(counts) == before
    table = run.printed.index("The eight answers")
    assert again[again.index("The eight answers") :] == run.printed[table:]
