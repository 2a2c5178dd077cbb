"""Descriptions agree with what they describe."""

import re

import pytest
import yaml

from cli import ROOT
from tests.support.models_yaml import models

MODELS = models()
PROJECT = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
SQL = {path.stem: path.read_text() for path in ROOT.glob("models/**/*.sql")}
# How a table is built, in the words of its description.
REFRESHED = {
    "view": ("a view",),
    "table": ("rebuilt ",),
    "incremental": ("each load ", "each new load ", "each build ", "only loads newer than "),
}


def materialized(name: str) -> str:
    """How dbt builds a model: as its SQL says, or else as its folder."""
    said = re.search(r"materialized='(\w+)'", SQL[name])
    return said[1] if said else "table" if not name.startswith(("stg_", "int_")) else "view"


BLOCKS = {
    block
    for path in ROOT.glob("models/**/*.md")
    for block in re.findall(r"{% docs (\w+) %}", path.read_text())
}
# By prefix: the models in which a column has a description of its own, if there is such a block.
# The name of an exam is the latest one in dim_exams and in what reads the name there.
OF_MODELS = {
    "results_": {"exam_results", "exam_name_results"},
    "inference_": {"int_retake_inference", "retake_inference"},
    "latest_": {
        *("dim_exams", "exam_results", "question_results", "option_results", "question_retakes"),
        *("retake_inference", "dim_question_sets", "exam_reliability", "item_analysis"),
        "distractor_analysis",
    },
}


@pytest.mark.parametrize("name", MODELS)
def test_a_shared_description_is_that_of_the_column(name):
    """In a few models that of the column there: results_attempts leaves test attempts out."""
    prefixes = [prefix for prefix, names in OF_MODELS.items() if name in names]
    for column in MODELS[name]["columns"]:
        own = {prefix + column["name"] for prefix in prefixes} & BLOCKS
        for block in re.findall(r"^{{ doc\('(\w+)'\) }}", column["description"]):
            assert {block} == (own or {column["name"]}), column["name"]


@pytest.mark.parametrize("name", MODELS)
def test_a_description_says_how_the_table_is_built(name):
    [said] = re.findall(r"Refresh: (.*)", MODELS[name]["description"])
    assert said.startswith(REFRESHED[materialized(name)])


def test_limits_in_words_are_those_of_the_project():
    """Wherever a description gives the number.

    `retake_window_seconds` (60 s), `max_difficulty`, 0.9, and 5 % (`max_chance_share`).
    """
    found = set()
    for path in [*ROOT.glob("models/**/*.md"), *ROOT.glob("models/**/*.yml")]:
        text = path.read_text().split("unit_tests:")[0]
        for name, value in PROJECT["vars"].items():
            for number in re.findall(rf"\b{name}`?(?:,| \()\s*(\d[\d.]*\d|\d)", text):
                assert float(number) == value, (path.name, name)
                found.add(name)
            for number, unit in re.findall(rf"(\d[\d.]*) ?(%|s|)\s+\(`{name}`\)", text):
                assert float(number) / (100 if unit == "%" else 1) == value, (path.name, name)
                found.add((name, path.stem))
    assert len(found) > 6
    assert {("max_chance_share", "_docs"), ("max_chance_share", "retake_inference")} <= found
    assert ("retake_window_seconds", "retake_inference") in found


def test_dbt_tells_nobody_how_it_is_used():
    assert PROJECT["flags"]["send_anonymous_usage_stats"] is False
