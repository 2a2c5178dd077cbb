"""The page of questions that others asked: one query of one mart for each way of counting."""

import re

import pytest
import yaml

from cli import ROOT
from tests.support.figures import FIGURES, OF_LEARNING_GIT
from tests.support.questions import PUBLISHED, WAYS, questions

QUERIES = [
    (question, way, sql) for question, ways in questions().items() for way, sql in ways.items()
]


@pytest.mark.parametrize(("question", "way", "sql"), QUERIES)
def test_a_query_reads_one_mart(question, way, sql):
    [mart] = re.findall(r"\b(?:from|join) (\w+)", sql)
    assert [*ROOT.glob(f"models/marts/**/{mart}.sql")]


def test_each_question_has_a_query_for_each_way_and_a_figure():
    assert len(QUERIES) == len(WAYS) * len(questions())
    figures = {*FIGURES, *OF_LEARNING_GIT, "Attempts that were delivered more than once"}
    assert {figure.lower() for figure in figures} == questions().keys()
    assert {figure["question"].lower() for figure in PUBLISHED} <= questions().keys()


def test_the_exposures_name_the_marts():
    exposures = yaml.safe_load((ROOT / "models/marts/_exposures.yml").read_text())["exposures"]
    named = {exposure["name"]: set(exposure["depends_on"]) for exposure in exposures}
    read = {mart for _, _, sql in QUERIES for mart in re.findall(r"\bfrom (\w+)", sql)}
    assert named["questions"] == {f"ref('{mart}')" for mart in read}
    assert named["the_eight_answers"] == {"ref('answers')"}


def test_the_answers_expected_of_the_reference_dataset_are_those_that_were_published():
    published = {figure["question"]: [figure.get(way) for way in WAYS] for figure in PUBLISHED}
    attempts, again, tests, hours, most, once = (
        published[question]
        for question in (
            "assessments", "attempts that were delivered more than once", "test records",
            "starts by hour", "ten most taken exams by name", "exams taken once",
        )
    )  # fmt: skip
    (learning_git, rows), (_, took) = (exams[0] for exams in most)
    extremes = [f"'once each: {'; '.join(names)}. Most: {learning_git}'" for names in once]
    popular = [f"{by_hour.index(max(by_hour))}, {max(by_hour)}" for by_hour in hours]
    expected = (
        f"(1, '{attempts[0]}', '{attempts[1]}')",
        f"(2, '{attempts[1] - again[1]}', '{attempts[1]}')",
        f"(3, '{again[1]} ids, in {again[0]} rows', 'nobody by id')",
        "(4, topic, topic)",
        f"(5, '{took} ids ({rows} rows)', '{took} ids ({took} attempts)')",
        f"( 6, {extremes[0]}, {extremes[1]}, )",
        f"(7, '{tests[0]} rows, example-id', '{tests[1]}')",
        f"(8, '{popular[0]} rows', '{popular[1]}')",
    )
    macro = " ".join((ROOT / "macros/expected_answers.sql").read_text().split())
    reference = macro[macro.index("'reference'") : macro.index("'sample'")]
    assert [row for row in expected if row not in reference] == []
