"""Queries of the page of questions, on records in which a wrong condition gives another figure."""

import pytest

from tests.support.expected.trust import repeated_deliveries
from tests.support.figures import FIGURES, OF_LEARNING_GIT, is_test
from tests.support.questions import QUERIES, answer, is_same

ALL = FIGURES | OF_LEARNING_GIT
# Of results, which test attempts have here, and elsewhere have not.
WITHOUT_TEST_ATTEMPTS = {
    "Lowest mean scores by exam name",
    "Mean of the mean scores by exam name",
    "Mean score of the five most taken exams",
    "Most all-correct attempts by exam name",
    "Share of attempts under 70 %",
}


@pytest.mark.parametrize("question", sorted(ALL))
def test_a_query_gives_what_python_computes_of_few_records(few, question):
    oracle = few.data.oracle
    records = {"as_delivered": oracle.delivered, "each_attempt_once": [*oracle.once.values()]}
    for way in QUERIES[question.lower()]:
        rows = records[way]
        if question in WITHOUT_TEST_ATTEMPTS:
            rows = [record for record in rows if not is_test(record)]
        found = answer(few.pipeline, question, way)
        assert is_same(found, ALL[question](rows)), (way, found)


def test_attempts_that_were_delivered_more_than_once(few):
    pipeline = few.pipeline
    question = "Attempts that were delivered more than once"
    repeated = repeated_deliveries(few.data)
    deliveries = sum(row["deliveries"] for row in repeated)
    assert answer(pipeline, question, "as_delivered") == [(deliveries,)]
    assert answer(pipeline, question, "each_attempt_once") == [(len(repeated),)]
