"""Descriptions agree with what they describe."""

import re
from statistics import NormalDist

import pytest
import yaml

from cli import ROOT
from tests.support.models_yaml import models

MODELS = models()
PROJECT = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
PAGES = [*ROOT.glob("models/**/*.md"), *ROOT.glob("models/**/*.yml")]
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
    for path in PAGES:
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


def test_the_level_of_an_interval_in_words_is_that_of_its_macro():
    """95 % wherever a level is named, and the z of Wilson's bounds to two decimals."""
    text = "".join(path.read_text() for path in PAGES)
    named = re.findall(r"(\d+) %(?= (?:confidence|interval|quantile|probability|Wilson))", text)
    assert len(named) > 5
    assert set(named) == {"95"}
    [z] = re.findall(r"set z = ([\d.]+)", (ROOT / "macros/figures/wilson_bound.sql").read_text())
    assert NormalDist().cdf(float(z)) == pytest.approx(0.975, abs=1e-15)
    assert re.findall(r"\bz = ([\d.]+\d)", text) == [f"{float(z):.2f}"]
    [quantile] = re.findall(r"poisson_quantile\(.+, (.+?)\)", SQL["int_retake_inference"])
    assert quantile == "0.95"


# By what a reader of the overview wants to know: the tables that it names.
WHERE_TO_START = {
    "the eight answers, as delivered and each attempt once": ["answers"],
    "which exam was taken when, for how long, with which score": ["fct_attempts"],
    "which attempts follow another one, and how the score changed": [
        "fct_retakes",
        "fct_retaken_questions",
        "question_retakes",
        "retakes_by_gap",
        "retakes_by_gain",
    ],
    "how far the inference of retakes can be trusted": ["retake_inference"],
    "the attempts as they were delivered": ["fct_deliveries"],
    "which exams exist": ["dim_exams"],
    "how an exam went: attempts, scores, durations": ["exam_results", "exam_name_results"],
    "which questions are missed or left out; which options are chosen": [
        "question_results",
        "option_results",
    ],
    "totals of the dataset, and of its retakes": ["totals", "retake_totals"],
    "how many attempts have which score, or last how long": [
        "attempts_by_score",
        "attempts_by_duration",
    ],
    "when people take exams": ["attempts_by_hour", "attempts_by_day"],
    "which questions are too easy, too hard, or do not separate strong from weak learners": [
        "item_analysis"
    ],
    "who chooses which wrong option": ["distractor_analysis"],
    "how reliable an exam is": ["exam_reliability"],
    "from which attempts the three tables above are computed": [
        "population_attempts",
        "fct_scored_responses",
    ],
    "what each build added to the figures of questions and options": [
        "population_changes",
        "question_sums",
        "option_sums",
    ],
    "the names of an exam's question sets": ["dim_question_sets"],
    "the limits of the verdicts, of low scores and of retakes": ["limits"],
    "single responses and choices": ["fct_question_responses", "fct_option_choices"],
    "whether every file and message is accounted for": ["source_files", "load_reconciliation"],
    "which attempts were delivered more than once; which messages were rejected, and why": [
        "repeated_deliveries",
        "rejected_messages",
        "rejection_reasons",
    ],
}


def test_the_overview_names_the_tables_that_tell_what_a_reader_wants_to_know():
    text = (ROOT / "models/_overview.md").read_text()
    rows = re.findall(r"^\| (.+) \| (.*\[.*) \|$", text, re.MULTILINE)
    assert {wanted: re.findall(r"\[(\w+)\]", links) for wanted, links in rows} == WHERE_TO_START


def test_a_link_to_a_table_leads_to_the_table_that_it_names():
    links = [
        link
        for path in PAGES
        for link in re.findall(r"\[([^\]]+)\]\(#!([^)]*)\)", path.read_text())
    ]
    assert len(links) > len(WHERE_TO_START)
    for name, target in links:
        if name == "page of questions":
            assert target == "/overview/assessments"
        else:
            assert target == f"/model/model.assessments.{name}"
            assert name in MODELS


def test_dbt_tells_nobody_how_it_is_used():
    assert PROJECT["flags"]["send_anonymous_usage_stats"] is False
