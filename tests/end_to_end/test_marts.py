"""`make run` on real services, its marts compared row by row with an independent computation."""

import re
import sys

import pytest
from conftest import Pipeline
from oracle import Oracle


@pytest.fixture(scope="module", params=["sample", "reference"])
def built(request, stack):
    """A pipeline after `make run DATA=…`, what was printed, and what must be in it."""
    path = request.getfixturevalue(request.param)
    pipeline = Pipeline(stack, f"marts_{request.param}")
    return pipeline, path, Oracle(path), run(pipeline, path)


def run(pipeline, path) -> str:
    done = pipeline.stack.run(
        "make", "run", f"DATA={path}", f"VENV={sys.prefix}", **pipeline.environment
    )
    return done.stdout


def test_fct_attempts(built):
    pipeline, _, oracle, _ = built
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


def test_fct_question_responses(built):
    pipeline, _, oracle, _ = built
    rows = pipeline.query(
        "select keen_id, question_id, result, options, options_checked "
        "from {analytics}.fct_question_responses"
    )
    assert len(rows) == len(set(rows))
    assert set(rows) == oracle.responses()


def test_fct_option_choices(built):
    pipeline, _, oracle, _ = built
    rows = pipeline.query(
        "select keen_id, question_id, option_id, is_checked, "
        "date_format(changed_at, 'yyyy-MM-dd HH:mm:ss.SSSSSS') from {analytics}.fct_option_choices"
    )
    assert len(rows) == len(set(rows))
    assert set(rows) == oracle.choices()


def test_the_eight_answers(built):
    pipeline, _, oracle, _ = built
    rows = pipeline.query(
        "select answer_as_delivered, answer from {analytics}.answers order by question_number"
    )
    assert rows == oracle.answers(topic=pipeline.name)


def test_the_eight_answers_are_printed(built):
    pipeline, _, oracle, printed = built
    words = re.sub(r"[\s│┃]+", " ", printed)
    assert "The eight answers" in printed
    for as_delivered, answer in oracle.answers(topic=pipeline.name):
        assert as_delivered[:20] in words
        assert answer[:20] in words


def test_loads_are_reconciled(built):
    pipeline, _, oracle, _ = built
    rows = pipeline.query(
        "select messages, accepted, duplicates, rejected, is_reconciled "
        "from {analytics}.load_reconciliation"
    )
    delivered, once = len(oracle.delivered), len(oracle.once)
    assert rows == [(delivered, once, delivered - once, 0, True)]


def test_a_second_run_changes_no_count(built):
    pipeline, path, _, printed = built
    counts = "select * from {analytics}.load_reconciliation"
    before = pipeline.query(counts)
    again = run(pipeline, path)
    assert pipeline.query(counts) == before
    table = printed.index("The eight answers")
    assert again[again.index("The eight answers") :] == printed[table:]
