"""Queries of the page of questions give what others published, and what plain Python computes."""

import pytest

from tests.support.figures import FIGURES
from tests.support.independent import slices
from tests.support.oracle import Oracle
from tests.support.questions import PUBLISHED, QUERIES, WAYS, answer, is_same


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("published", PUBLISHED, ids=lambda figure: figure["question"])
def test_a_published_figure_is_one_query(reference, run, published, way):
    assert run.path == reference
    if way in published:
        found = answer(run.pipeline, published["question"], way)
        assert is_same(found, published[way]), found


@pytest.mark.parametrize("question", FIGURES)
def test_a_query_gives_what_python_computes(run, question):
    oracle = Oracle([record.decode() for record in slices(run.path)])
    records = {"as_delivered": oracle.delivered, "each_attempt_once": [*oracle.once.values()]}
    for way in QUERIES[question.lower()]:
        found = answer(run.pipeline, question, way)
        assert is_same(found, FIGURES[question](records[way])), (way, found)
