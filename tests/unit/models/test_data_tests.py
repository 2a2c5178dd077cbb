"""The models' YAML: each grain is unique and not null, each key is that of another table."""

import re

import pytest

from tests.support.models_yaml import APPENDED, VIEWS, WARN, models, unit_tests

MODELS = models()
STAGING = "stg_assess__messages"
# Messages that were rejected may lack it, and the raw table says what its place is.
NULLABLE = {STAGING, "rejected_messages"}
# Tests that check a row only once, when its load is new. Tests that only warn read all rows, so
# that the warning appears again in the next build.
ONCE = {"unique_combination_of_columns", "relationships", "accepted_values"}
# Rejected messages have no exam; the others have the exams of the tables that they are made of.
WITHOUT_TEST_OF_EXAM = {
    *("dim_exams", "rejected_messages", "repeated_deliveries", "question_retakes"),
    *("population_attempts", "question_sums", "option_sums"),
}
WITHOUT_TEST_OF_ATTEMPT = {"fct_attempts", "rejected_messages", "population_changes"}
DELIVERIES = "fct_deliveries"  # a copy of rows of staging, where all loads are tested


# Columns of marts that may be null, though no expected row of their unit tests has a null there.
COUNTS = {"correct", "incorrect", "missed_some", "unanswered", "submitted", "is_all_correct"}
OF_MESSAGES = {"attempt_number", "certification", "keen_created_at", "max_attempts", "sequence_id"}
OF_MESSAGES |= {"question_set_id", "questions_presented", "questions_scored", "score", "start_hour"}
NULLABLE_COLUMNS = {
    "fct_attempts": {
        *COUNTS, *OF_MESSAGES, "topic", "partition", "offset", "seconds_since_followed",
    },
    "fct_deliveries": {
        *COUNTS, *OF_MESSAGES, "landed_at", "options_presented", "published_at", "source_file",
        "source_position",
    },
    "fct_question_responses": {
        "is_first_presentation", "is_incomplete", "is_submitted", "options_chosen",
        "options_presented",
    },
    "fct_option_choices": {"is_chosen", "is_first_presentation"},
    "fct_retakes": {"score"},
    "source_files": {"first_landed_at", "source_records"},
}  # fmt: skip


def reads_new_loads_only(model: str, test: str, arguments: dict) -> bool:
    """Of tables of facts each test that can; of staging the one that compares rows of one load."""
    is_of_one_load = "load_id" in arguments.get("combination_of_columns", [])
    return model in APPENDED and test in ONCE and (model != STAGING or is_of_one_load)


def data_tests_of(model: dict) -> list[tuple[str, dict]]:
    """Name and arguments of each test, those of a column with its name."""
    found = []
    for holder in [model, *model["columns"]]:
        column = {} if holder is model else {"column": holder["name"]}
        for test in holder.get("data_tests", []):
            name, settings = (test, {}) if isinstance(test, str) else next(iter(test.items()))
            arguments = {**settings.get("arguments", {}), **column}
            config = {"severity": "warn"} if settings.get("name") in WARN else None
            if reads_new_loads_only(model["name"], name, arguments):
                config = {"where": "untested_loads"}
            said = f"{name} of {model['name']}: severity, limit, where?"
            assert settings.get("config") == config, said
            # A message that landed twice has one place, so only a test of all loads finds it.
            if name.startswith("unique") and settings.get("config") and model["name"] != DELIVERIES:
                key = arguments["combination_of_columns"]
                assert {"load_id", "keen_id"} & set(key), said
            found.append((name, arguments))
    return found


def grain(model: dict) -> list[str]:
    """The columns that the description says to name a row; none if it has one row only."""
    if model["description"].startswith("One row for"):
        return []
    [found] = re.findall(r"^One [A-Za-z ,]+: \(?([a-z0-9_, ]+)\)?\.", model["description"].strip())
    return found.split(", ")


@pytest.mark.parametrize("name", MODELS)
def test_the_grain_is_unique(name):
    unique = [
        [arguments["column"]]
        if test == "unique"
        else [*arguments["combination_of_columns"], *filter(None, [arguments.get("number")])]
        for test, arguments in data_tests_of(MODELS[name])
        if test in ("unique", "unique_combination_of_columns")
    ]
    assert grain(MODELS[name]) in [*unique, []]


@pytest.mark.parametrize("name", MODELS)
def test_each_test_of_a_view_and_no_other_reads_the_newest_load(name):
    """The tables that are made of a view are tested with the loads before."""
    newest = f"ref('{STAGING}')" if name in VIEWS else None
    for test, arguments in data_tests_of(MODELS[name]):
        assert arguments.get("newest_load_of") == newest, test


@pytest.mark.parametrize("name", sorted(MODELS.keys() - NULLABLE))
def test_the_grain_is_not_null(name):
    columns = {
        column["name"]
        for column in MODELS[name]["columns"]
        if {"type": "not_null"} in column.get("constraints", [])
    }
    if name.startswith(("stg_", "int_")):  # without a contract, so without constraints
        assert not columns
        [tested] = [a["columns"] for test, a in data_tests_of(MODELS[name]) if test == "no_nulls"]
        columns = set(tested)
    assert columns and set(grain(MODELS[name])) <= columns


def test_keys_of_other_tables_and_known_values_are_tested():
    """Wherever a mart has such a column."""
    for name, model in MODELS.items():
        tests = data_tests_of(model)
        columns = {column["name"] for column in model["columns"]}
        is_mart = not name.startswith(("stg_", "int_"))
        if is_mart and "base_exam_id" in columns and name not in WITHOUT_TEST_OF_EXAM:
            to_exams = {"to": "ref('dim_exams')", "field": "base_exam_id", "column": "base_exam_id"}
            assert ("relationships", to_exams) in tests, name
        if is_mart and "keen_id" in columns and name not in WITHOUT_TEST_OF_ATTEMPT:
            to_attempts = {"to": "ref('fct_attempts')", "field": "keen_id", "column": "keen_id"}
            assert ("relationships", to_attempts) in tests, name
        results = {"values": ["correct", "incorrect", "missed_some", "unanswered"]}
        if name == "fct_question_responses":  # whose results all others have
            assert ("no_new_values", {**results, "column": "result"}) in tests
        if "disposition" in columns and not name.startswith("int_"):
            values = ["accepted", "duplicate", "rejected"]
            if name == "fct_deliveries":
                values.remove("rejected")
            assert ("accepted_values", {"values": values, "column": "disposition"}) in tests, name


def test_what_no_other_test_here_asks_for_is_tested():
    place = ["topic", "partition", "offset", "published_at"]
    verdicts = ["mostly stays wrong", "mostly gets corrected", "not known"]
    for name, test, arguments in (
        (
            "stg_assess__messages",
            "unique_combination_of_columns",
            {"combination_of_columns": place},
        ),
        ("int_retakes", "unique", {"column": "follows_keen_id"}),
        ("fct_retakes", "unique", {"column": "follows_keen_id"}),
        (
            "fct_attempts",
            "relationships",
            {"column": "start_hour", "field": "start_hour", "to": HOURS},
        ),
        ("answers", "accepted_values", whole("question_number", range(1, 9))),
        ("attempts_by_hour", "accepted_values", whole("start_hour", range(24))),
        ("question_retakes", "accepted_values", {"column": "verdict", "values": verdicts}),
        ("load_reconciliation", "expression_is_true", {"expression": "is_reconciled or is_late"}),
        ("load_reconciliation", "expression_is_true", {"expression": "not is_late"}),
        ("source_files", "expression_is_true", {"expression": "is_complete"}),
    ):
        assert (test, arguments) in data_tests_of(MODELS[name]), (name, test)
    for name, columns in NO_NULLS.items():
        [tested] = [a["columns"] for test, a in data_tests_of(MODELS[name]) if test == "no_nulls"]
        assert tested == columns.split(), name


# Of models without a contract; the columns that are never null.
NO_NULLS = {
    "stg_assess__messages": "load_id disposition",
    "int_deliveries": "topic partition offset keen_id disposition load_id",
    "int_questions": "keen_id question_position question_id",
    "int_options": "keen_id question_position option_position option_id",
    "int_exam_events": "base_exam_id keen_id is_start happened_at is_after_an_end "
    "is_end_after_a_start",
    "int_retakes": "keen_id follows_keen_id base_exam_id session_id attempt_in_session "
    "seconds_since_followed",
    "int_retake_inference": "base_exam_id attempts links reversed_links later_links chance_links "
    "chance_links_high is_inferred",
}
HOURS = "ref('attempts_by_hour')"


def whole(column: str, numbers: range) -> dict:
    return {"column": column, "values": list(numbers), "quote": False}


def expected_rows(name: str) -> list[dict]:
    """Of the unit tests of a mart, the rows that they expect, where they are not given as SQL."""
    listed = [test["expect"]["rows"] for test in unit_tests(name)]
    return [row for rows in listed if isinstance(rows, list) for row in rows]


@pytest.mark.parametrize("name", sorted(n for n in MODELS if not n.startswith(("stg_", "int_"))))
def test_what_is_never_null_must_not_be_null(name):
    rows = expected_rows(name) or [dict.fromkeys(WITHOUT_ROWS[name], 1)]
    columns = set().union(*rows)
    never_null = {name for name in columns if all(row.get(name, "") is not None for row in rows)}
    constrained = {c["name"] for c in MODELS[name]["columns"] if c.get("constraints")}
    assert constrained & (columns - never_null) == set()  # such a row would refuse the table
    assert never_null - constrained == NULLABLE_COLUMNS.get(name, set())


WITHOUT_ROWS = {
    "rejected_messages": ["load_id", "rejection_reason"],
    "repeated_deliveries": ["keen_id"],
}
