"""The rows of a model, by the columns that name a row, and how their values are compared."""

import json
from collections.abc import Iterable

import pytest

from tests.support import added_up
from tests.support.expected.dataset import PLACE

SET = "base_exam_id", "question_set_id"
# The columns that name a row of each model; where there is none, its place on the topic does.
KEYS = {
    "stg_assess__messages": PLACE,
    "rejected_messages": PLACE,
    "rejection_reasons": ("rejection_reason",),
    "int_questions": ("keen_id", "question_position"),
    "fct_question_responses": ("keen_id", "question_position"),
    "int_options": ("keen_id", "question_position", "option_position"),
    "fct_option_choices": ("keen_id", "question_position", "option_position"),
    "fct_scored_responses": ("keen_id", "question_id"),
    "int_deliveries": PLACE,
    "fct_deliveries": PLACE,
    "fct_attempts": ("keen_id",),
    "int_exam_events": ("keen_id", "is_start"),
    "int_retake_inference": ("base_exam_id",),
    "retake_inference": ("base_exam_id",),
    "int_retakes": ("keen_id",),
    "fct_retaken_questions": ("keen_id", "question_id"),
    "fct_retakes": ("keen_id",),
    "question_retakes": ("base_exam_id", "question_id"),
    "retakes_by_gap": ("bin",),
    "retakes_by_gain": ("bin",),
    "retake_totals": ("exams",),
    "repeated_deliveries": ("keen_id",),
    "population_attempts": ("population", "keen_id"),
    "population_changes": ("population", "keen_id"),
    "question_sums": added_up.QUESTION,
    "option_sums": added_up.OPTION,
    "dim_question_sets": SET,
    "exam_reliability": ("population", *SET),
    "item_analysis": ("population", *SET, "question_id"),
    "distractor_analysis": ("population", *SET, "question_id", "option_id"),
    "limits": ("limit_name",),
    "dim_exams": ("base_exam_id",),
    "exam_results": ("base_exam_id",),
    "exam_name_results": ("exam_name",),
    "question_results": ("base_exam_id", "question_id"),
    "option_results": ("base_exam_id", "question_id", "option_id"),
    "attempts_by_day": ("started_on",),
    "attempts_by_hour": ("start_hour",),
    "attempts_by_score": ("bin",),
    "attempts_by_duration": ("bin",),
    "totals": ("attempts",),
    "load_reconciliation": ("load_id",),
    "source_files": ("source_sha256",),
    "answers": ("question_number",),
}


def rows_of(pipeline, model: str) -> list[dict]:
    """All columns of all rows."""
    options = (
        "'ignoreNullFields', 'false', 'timestampFormat', 'yyyy-MM-dd\\'T\\'HH:mm:ss.SSSSSSXXX'"
    )
    sql = f"select to_json(struct(*), map({options})) from {added_up.rows('{analytics}', model)}"
    return [json.loads(row) for (row,) in pipeline.query(sql)]


def by_key(model: str, rows: Iterable[dict]) -> dict[tuple, dict]:
    listed = list(rows)
    found = {tuple(row[column] for column in KEYS[model]): row for row in listed}
    assert len(found) == len(listed)
    return found


def same(found: object, expected: object) -> bool:
    if isinstance(expected, float):
        return found is not None and found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    return found == expected
