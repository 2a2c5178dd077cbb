"""Two landers and two producers: one stands at a step while the other does the whole work."""

import pytest

from tests.support.commands import again, start
from tests.support.journal import Files

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def files(new_files) -> Files:
    return new_files("two")


@pytest.mark.parametrize(
    "step",
    ["offsets read", "session opened", "rows staged", "rows counted", "offsets written"],
)
def test_a_lander_that_was_overtaken_stops(files, journal, step):
    again(files.pipeline, "produce", files.new())
    slow = start(files.pipeline, "land", INGEST_FAULT=f"stop land: {step}")
    slow.wait_until_stopped()
    again(files.pipeline, "land")
    slow.proceed()
    assert slow.wait() == 1
    assert "another lander committed" in slow.said()
    again(files.pipeline, "land")
    files.check(journal, {"a lander overtaken by another": "land again"})


@pytest.mark.parametrize("step", ["load committed", "database created", "partitions added"])
def test_a_lander_that_committed_first_ends_well(files, journal, step):
    again(files.pipeline, "produce", files.new())
    slow = start(files.pipeline, "land", INGEST_FAULT=f"stop land: {step}")
    slow.wait_until_stopped()
    again(files.pipeline, "produce", files.new())
    again(files.pipeline, "land")
    slow.proceed()
    assert slow.wait() == 0
    files.check(journal, {"a lander that stood still after its commit": "itself"})


@pytest.mark.parametrize(
    "step",
    [
        "producer registered",
        "ledger read",
        "transaction begun #2",
        "messages sent",
        "ledger entry sent #2",
        "messages acknowledged",
        "transaction committed",
    ],
)
def test_a_producer_that_was_overtaken_stops(files, journal, step):
    file = files.new()
    slow = start(files.pipeline, "produce", file, INGEST_FAULT=f"stop produce: {step}")
    slow.wait_until_stopped()
    again(files.pipeline, "produce", file)
    slow.proceed()
    # All was published meanwhile: it sees that, or is told by Kafka that it was shut out.
    assert slow.wait() == 0 or "another producer publishes" in slow.said()
    again(files.pipeline, "produce", file)
    again(files.pipeline, "land")
    files.check(journal, {"a producer overtaken by another": "produce again"})
