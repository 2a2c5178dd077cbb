"""Produce and land killed at each of their steps, then simply run again."""

import signal

import pytest

from ingest.steps import STEPS
from tests.support.commands import again, start
from tests.support.journal import Files

PRODUCE = [name for name in STEPS if name.startswith("produce: ")]
LAND = [name for name in STEPS if name.startswith("land: ")]
# Passed once a transaction: of several, the second one is hit.
REPEATED = PRODUCE[PRODUCE.index("produce: transaction begun") : PRODUCE.index("produce: done")]


def killed(pipeline, *arguments, step: str) -> None:
    command = start(pipeline, *arguments, INGEST_FAULT=step)
    assert command.wait() == -signal.SIGKILL, f"the fault did not fire: {command.said()}"


@pytest.fixture(scope="module")
def files(new_files) -> Files:
    """One pipeline for all: each fault meets what the ones before it left behind."""
    return new_files("steps")


# Two at once: what a killed producer left is landed by a killed lander.
@pytest.mark.parametrize(
    ("produce", "land"), list(zip(PRODUCE, LAND, strict=True)), ids=lambda name: name.split(": ")[1]
)
def test_killed_at_a_step(files, journal, produce, land):
    file = files.new()
    killed(
        files.pipeline, "produce", file, step=f"{produce} #2" if produce in REPEATED else produce
    )
    again(files.pipeline, "produce", file)
    killed(files.pipeline, "land", step=land)
    again(files.pipeline, "land")
    files.check(
        journal,
        {f"SIGKILL at {produce}": "produce again", f"SIGKILL at {land}": "land again"},
    )
