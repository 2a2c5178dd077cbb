"""Queries of the page of questions give what others published, and what plain Python computes."""

import re
from datetime import datetime

import pytest

from tests.support.figures import FIGURES
from tests.support.oracle import Oracle, utc
from tests.support.questions import PUBLISHED, WAYS, questions

QUERIES = questions()


def flat(value: object) -> list:
    """The values of rows, of lists or of a single value; times as in UTC, numbers as floats."""
    if isinstance(value, (list, tuple)):
        return [inner for part in value for inner in flat(part)]
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[ T].*:", value):
        zone = "" if value.endswith("Z") else "Z"
        return [utc(value.replace(" ", "T") + zone)]
    return [value if isinstance(value, (str, datetime)) or value is None else float(value)]


def is_same(found: object, expected: object) -> bool:
    found, expected = flat(found), flat(expected)
    return len(found) == len(expected) and all(
        one == (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other)
        for one, other in zip(found, expected, strict=True)
    )


def answer(pipeline, question: str, way: str) -> list[tuple]:
    query = QUERIES[question.lower()][way]
    return pipeline.query(re.sub(r"\bfrom (\w+)", r"from {analytics}.\1", query))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("published", PUBLISHED, ids=lambda figure: figure["question"])
def test_a_published_figure_is_one_query(reference, run, published, way):
    assert run.path == reference
    if way in published:
        found = answer(run.pipeline, published["question"], way)
        assert is_same(found, published[way]), found


@pytest.mark.parametrize("question", FIGURES)
def test_a_query_gives_what_python_computes(run, question):
    oracle = Oracle.of_file(run.path)
    records = {"as_delivered": oracle.delivered, "each_attempt_once": [*oracle.once.values()]}
    for way in QUERIES[question.lower()]:
        found = answer(run.pipeline, question, way)
        assert is_same(found, FIGURES[question](records[way])), (way, found)
