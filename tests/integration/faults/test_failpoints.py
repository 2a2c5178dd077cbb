"""Produce and land killed at each of their fail points, then simply run again."""

import signal
from itertools import zip_longest

import pytest

from ingest.failpoints import FAILPOINTS
from tests.support.commands import again, start
from tests.support.journal import Files

LAND = [name for name in FAILPOINTS if name.startswith("land.")]
PRODUCE = [name for name in FAILPOINTS if name not in LAND]
# Passed once a transaction: of several, the second one is hit.
REPEATED = PRODUCE[PRODUCE.index("transaction.begun") : PRODUCE.index("produce.done")]


def killed(pipeline, *arguments, failpoint: str) -> None:
    command = start(pipeline, *arguments, INGEST_FAILPOINT=failpoint)
    assert command.wait() == -signal.SIGKILL, f"the fault did not fire: {command.said()}"


@pytest.fixture(scope="module")
def files(new_files) -> Files:
    """One pipeline for all: each fault meets what the ones before it left behind."""
    return new_files("failpoints")


# Two at once: what a killed producer left is landed by a killed lander. Where one command has more
# fail points than the other, the other is not killed.
@pytest.mark.parametrize(
    ("produce", "land"), list(zip_longest(PRODUCE, LAND)), ids=lambda name: name or "none"
)
def test_killed_at_a_failpoint(files, journal, produce, land):
    file = files.new()
    if produce:
        second = f"{produce}#2" if produce in REPEATED else produce
        killed(files.pipeline, "produce", file, failpoint=second)
    again(files.pipeline, "produce", file)
    if land:
        killed(files.pipeline, "land", failpoint=land)
    again(files.pipeline, "land")
    commands = {produce: "produce again", land: "land again"}
    files.check(journal, {f"SIGKILL at {name}": by for name, by in commands.items() if name})
