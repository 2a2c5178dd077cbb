"""Ten producers at once, while a lander runs again and again."""

import pytest

from tests.support.commands import again, start
from tests.support.journal import Files

PRODUCERS = 10
ROUNDS = [0, *(pytest.param(n, marks=pytest.mark.fault) for n in range(1, 10))]


@pytest.fixture(scope="module")
def files(new_files) -> Files:
    return new_files("ten")


@pytest.mark.parametrize("number", ROUNDS)
def test_ten_producers_at_once_while_a_lander_runs(files, journal, number):
    pipeline = files.pipeline
    # Each stands still somewhere in the middle of its file until that much has landed.
    producers = [
        start(
            pipeline, "produce", files.new(150),
            INGEST_FAILPOINT=f"produce.transaction_committed#{n % 5 + 1}=stop",
        )
        for n in range(PRODUCERS)
    ]  # fmt: skip
    for producer in producers:
        producer.wait_until_stopped()
    again(pipeline, "land")
    for producer in producers:
        producer.proceed()
    while any(producer.process.is_alive() for producer in producers):
        again(pipeline, "land")
    for producer in producers:
        assert producer.wait() == 0, producer.said()
    again(pipeline, "land")
    again(pipeline, "verify")
    files.check(journal, {"ten producers at once while a lander runs": "itself"})
    cut = "select source_file from {raw} group by source_file having count(distinct load_id) > 1"
    assert len(pipeline.query(cut)) == PRODUCERS * (number + 1)
