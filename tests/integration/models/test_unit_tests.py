"""The unit tests of the models leave no column out, and no two columns could be swapped."""

import json
import re
from collections import defaultdict
from itertools import combinations

import pytest

from cli import ROOT
from tests.support.models_yaml import models, unit_tests

# Each of its unit tests looks at a part of the columns; one of them at all.
IN_PARTS = {"stg_assess__messages"}


@pytest.fixture(scope="module")
def columns() -> dict[str, list[str]]:
    """The columns of each model, as described."""
    return {
        name: [column["name"] for column in model["columns"]] for name, model in models().items()
    }


@pytest.fixture(scope="module")
def expected(sandbox) -> dict[str, dict[str, list[dict]]]:
    """By model and unit test: the expected rows."""
    rows = defaultdict(dict)
    for test in unit_tests():
        wanted = test["expect"]["rows"]
        if test["expect"].get("format") == "sql":
            sql = f"select to_json(struct(*), map('ignoreNullFields', 'false')) from ({wanted})"
            wanted = [json.loads(row) for (row,) in sandbox.query(sql)]
        rows[test["model"]][test["name"]] = wanted
    return rows


def computed(model: str, columns: list[str]) -> set[str]:
    """The columns that the model computes or renames, other than those that it passes on."""
    [path] = ROOT.glob(f"models/**/{model}.sql")
    sql = path.read_text()
    return {column for column in columns if re.search(rf"\bas {column}\b", sql)}


def test_the_first_build_of_a_schema_can_run_each_unit_test():
    """Of an input given as rows, dbt looks up the types in its table: not there yet for `this`."""
    own = [given for test in unit_tests() for given in test["given"] if given["input"] == "this"]
    assert len(own) > 4
    assert {given.get("format") for given in own} == {"sql"}


def test_each_expected_row_has_each_column_that_the_model_computes(columns, expected):
    assert columns.keys() == expected.keys()
    missing = {
        (model, name): lacking
        for model, tests in expected.items()
        for name, rows in tests.items()
        for row in rows
        if model not in IN_PARTS and (lacking := computed(model, columns[model]) - row.keys())
    }
    assert missing == {}


def test_each_model_has_a_unit_test_of_all_its_columns(columns, expected):
    for model, tests in expected.items():
        assert any(
            rows and all(row.keys() == set(columns[model]) for row in rows)
            for rows in tests.values()
        ), model


def test_no_two_columns_are_alike_in_all_expected_rows(columns, expected):
    """A model that swaps them would pass its unit tests otherwise."""
    alike = []
    for model, tests in expected.items():
        rows = [row for rows in tests.values() for row in rows]
        for one, other in combinations(columns[model], 2):
            pairs = [(row[one], row[other]) for row in rows if row.keys() >= {one, other}]
            if all(a == b and isinstance(a, bool) == isinstance(b, bool) for a, b in pairs):
                alike.append((model, one, other))
    assert not alike, "\n".join(map(str, alike))
