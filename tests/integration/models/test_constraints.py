"""Delta holds each constraint of the models' YAML, and refuses a row that breaks one."""

from collections.abc import Callable

import pytest
from pyhive.exc import OperationalError

from tests.support.models_yaml import APPENDED, VIEWS, models

MARTS = models("models/marts")
# By check: a mart that has it, and the columns that it compares. Each of them may be too high, and
# too low, but for a sum that may be less than the number before it.
RESULTS = ["correct", "incorrect", "missed_some", "unanswered"]
PAIRS = ["right_then_right", "wrong_then_right", "right_then_wrong", "wrong_then_wrong"]
ATTEMPTS = ["attempts", "sessions", "retakes"]
COMPARED = {
    "exam_results_attempts_are_sessions_and_retakes": ("exam_results", ATTEMPTS),
    "exam_results_questions_have_one_result_each": ("exam_results", RESULTS),
    "exam_name_results_attempts_are_sessions_and_retakes": ("exam_name_results", ATTEMPTS),
    "exam_name_results_questions_have_one_result_each": ("exam_name_results", RESULTS),
    "question_results_have_one_result_each": ("question_results", ["scored", *RESULTS, "other"]),
    "each_question_compared_is_in_one_group": ("fct_retakes", ["questions_compared", *PAIRS]),
    "each_retake_of_a_question_is_in_one_group": ("question_retakes", ["retakes", *PAIRS]),
    "an_attempt_is_a_retake_or_the_first_of_its_session": ("retake_inference", ATTEMPTS),
    "sessions_and_retakes_are_all_attempts": ("retake_totals", ATTEMPTS),
    "gains_losses_and_equal_scores_are_all_scored_retakes": (
        "retake_totals",
        ["scored_retakes", "gains", "losses", "equal_scores"],
    ),
}


def broken() -> list[tuple[str, str, str]]:
    """Each check with a mart and a change that breaks it."""
    changes = []
    for check, (mart, columns) in COMPARED.items():
        changes += [(check, mart, f"{column} = {column} + 1000000") for column in columns]
        fewer = ["questions_scored"] if columns == RESULTS else columns
        changes += [(check, mart, f"{column} = {column} - 1000000") for column in fewer]
        if mart in ("exam_results", "exam_name_results") and columns == ATTEMPTS:
            changes += [(check, mart, f"{column} = null") for column in ("sessions", "retakes")]
    return changes


def properties(built, table: str, of: str) -> dict[str, str]:
    """The properties of a table whose name contains a text, in lower or upper case."""
    rows = built.query(f"show tblproperties {{analytics}}.{table}")
    return {name: value for name, value in rows if of.lower() in name.lower()}


def constraints(built, mart: str) -> dict[str, str]:
    """The expressions of a table's constraints, by name."""
    start = "delta.constraints."
    return {name.removeprefix(start): sql for name, sql in properties(built, mart, start).items()}


def refused(write: Callable[[], object]) -> str:
    with pytest.raises(OperationalError) as error:
        write()
    return str(error.value)


def test_each_constraint_is_one_of_the_table(built):
    for name, model in MARTS.items():
        wanted = {each["name"]: each["expression"] for each in model.get("constraints", [])}
        required = [c["name"] for c in model["columns"] if c.get("constraints")]
        wanted["no_nulls"] = " and ".join(f"`{column}` is not null" for column in required)
        assert constraints(built, name) == wanted


def test_replaced_files_are_kept_for_a_week(built):
    """Delta's default, so that no reader loses a file; its log, of which nobody reads old parts."""
    for name in MARTS:
        kept = properties(built, name, "retention")
        assert kept == {"delta.logRetentionDuration": "interval 7 days"}, name


def test_delta_has_statistics_of_the_column_that_readers_of_new_rows_compare(built):
    """Without them they open each file. Those of 32 columns, the default, slow down writing."""
    compared = dict.fromkeys(APPENDED, "load_id") | {"population_changes": "invocation_id"}
    for name in models().keys() - VIEWS:
        wanted = {"delta.dataSkippingNumIndexedCols": "0"}
        if name in compared:
            wanted = {"delta.dataSkippingStatsColumns": compared[name]}
        assert properties(built, name, "dataSkipping") == wanted, name


RESPONSES = MARTS["fct_question_responses"]["columns"]
REQUIRED = [column["name"] for column in RESPONSES if column.get("constraints")]


@pytest.mark.parametrize("column", REQUIRED)
def test_a_null_is_refused(built, column):
    update = f"update {{analytics}}.fct_question_responses set {column} = null"
    assert "constraint no_nulls " in refused(lambda: built.query(update))


@pytest.mark.parametrize(("check", "mart", "change"), broken())
def test_a_row_that_breaks_a_constraint_is_refused(built, check, mart, change):
    written = refused(lambda: built.query(f"update {{analytics}}.{mart} set {change}"))
    assert f"constraint {check} " in written


def test_every_check_is_broken_here():
    checks = {each["name"] for model in MARTS.values() for each in model.get("constraints", [])}
    assert checks == COMPARED.keys()


def test_a_table_with_a_wrong_row_does_not_replace_the_one_before(built):
    rows = "select * from {analytics}.limits"
    before = sorted(built.query(rows))
    arguments = ("run", "--select", "limits", "--vars", "{min_distractor_share: 'null'}")
    done = built.dbt(*arguments, check=False)
    assert done.returncode == 1
    assert "CHECK constraint no_nulls " in done.stdout
    assert sorted(built.query(rows)) == before
