"""The models' YAML: each grain is unique and not null, each key is that of another table."""

import re

import pytest
import yaml

from services.sandbox import ROOT

MODELS = {
    model["name"]: model
    for path in ROOT.glob("models/**/*.yml")
    for model in yaml.safe_load(path.read_text()).get("models", [])
}
# Messages that were rejected may lack it, and the raw table says what its place is.
NULLABLE = {"stg_assess__messages", "rejected_messages"}
# Their rows never change once they are written, so some of their tests read new loads only.
APPENDED = {
    *("stg_assess__messages", "fct_deliveries", "fct_question_responses", "fct_option_choices"),
    "fct_scored_responses",
}
# They only warn: headers of other programs, or a load that landed since, can be the reason.
WARN = {"each_source_file_is_complete", "each_load_is_staged"}


def data_tests_of(model: dict) -> list[tuple[str, dict]]:
    """Name and arguments of each test, those of a column with its name."""
    found = []
    for holder in [model, *model["columns"]]:
        column = {} if holder is model else {"column": holder["name"]}
        for test in holder.get("data_tests", []):
            name, settings = (test, {}) if isinstance(test, str) else next(iter(test.items()))
            allowed = [{"severity": "warn"}] if settings.get("name") in WARN else [None]
            if model["name"] in APPENDED:
                allowed.append({"where": "untested_loads"})
            said = f"{name} of {model['name']}: severity, limit, where?"
            assert settings.get("config") in allowed, said
            found.append((name, {**settings.get("arguments", {}), **column}))
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
    """Wherever such a column is in a fact, or in an analysis."""
    for name, model in MODELS.items():
        tests = data_tests_of(model)
        columns = {column["name"] for column in model["columns"]}
        if name.startswith("fct_") or ("question_set_id" in columns and name.endswith("analysis")):
            to_exams = {"to": "ref('dim_exams')", "field": "base_exam_id", "column": "base_exam_id"}
            assert ("relationships", to_exams) in tests, name
        if name.startswith("fct_") and name != "fct_attempts":
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
