"""Two landers and two producers: one stands at a step while the other does the whole work."""

import pytest

from tests.support.commands import again, start
from tests.support.journal import Files

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def files(new_files) -> Files:
    return new_files("two")


@pytest.mark.parametrize(
    "failpoint",
    ["offsets_read", "session_opened", "rows_written", "rows_counted", "description_written"],
)
def test_a_lander_that_was_overtaken_stops(files, journal, failpoint):
    again(files.pipeline, "produce", files.new())
    slow = start(files.pipeline, "land", INGEST_FAILPOINT=f"land.{failpoint}=stop")
    slow.wait_until_stopped()
    again(files.pipeline, "land")
    slow.proceed()
    assert slow.wait() == 1
    assert "another land committed" in slow.said()
    again(files.pipeline, "land")
    files.check(journal, {"a lander overtaken by another": "land again"})


@pytest.mark.parametrize("failpoint", ["load_committed", "database_created", "partitions_added"])
def test_a_lander_that_committed_first_ends_well(files, journal, failpoint):
    again(files.pipeline, "produce", files.new())
    slow = start(files.pipeline, "land", INGEST_FAILPOINT=f"land.{failpoint}=stop")
    slow.wait_until_stopped()
    again(files.pipeline, "produce", files.new())
    again(files.pipeline, "land")
    slow.proceed()
    assert slow.wait() == 0
    files.check(journal, {"a lander that stood still after its commit": "itself"})


@pytest.mark.parametrize(
    "failpoint",
    [
        "produce.producer_registered",
        "produce.ledger_read",
        "transaction.begun#2",
        "produce.messages_sent",
        "produce.ledger_entry_sent#2",
        "transaction.acknowledged",
        "produce.transaction_committed",
    ],
)
def test_a_producer_that_was_overtaken_stops(files, journal, failpoint):
    file = files.new()
    slow = start(files.pipeline, "produce", file, INGEST_FAILPOINT=f"{failpoint}=stop")
    slow.wait_until_stopped()
    again(files.pipeline, "produce", file)
    slow.proceed()
    # All was published meanwhile: it sees that, or is told by Kafka that it was shut out.
    assert slow.wait() == 0 or f"another producer of {file} took over" in slow.said()
    again(files.pipeline, "produce", file)
    again(files.pipeline, "land")
    files.check(journal, {"a producer overtaken by another": "produce again"})
