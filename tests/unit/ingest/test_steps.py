"""The steps at which a test may kill or stop a command."""

import os
import signal

import pytest

from ingest import steps
from ingest.errors import IngestError


@pytest.fixture(autouse=True)
def killed(monkeypatch):
    """What was sent to this process; nothing has been passed yet."""
    sent = []
    monkeypatch.setattr(os, "kill", lambda pid, with_signal: sent.append((pid, with_signal)))
    steps._passed.clear()
    steps._fault.cache_clear()
    yield sent
    steps._fault.cache_clear()


def pass_all(times: int) -> None:
    for _ in range(times):
        for name in steps.STEPS:
            steps.step(name)


def test_nothing_happens_unless_asked_for(monkeypatch, killed):
    monkeypatch.delenv("INGEST_FAULT", raising=False)
    pass_all(2)
    assert killed == []


@pytest.mark.parametrize(
    ("fault", "moment", "sent"),
    [
        ("land: rows staged", 1, signal.SIGKILL),
        ("land: rows staged #1", 1, signal.SIGKILL),
        ("stop produce: messages sent #3", 3, signal.SIGSTOP),
        ("produce: messages sent #12", 12, signal.SIGKILL),
    ],
)
def test_it_hits_the_step_that_is_named_once_and_at_its_moment(
    monkeypatch, killed, fault, moment, sent
):
    monkeypatch.setenv("INGEST_FAULT", fault)
    pass_all(moment - 1)
    assert killed == []
    pass_all(3)
    assert killed == [(os.getpid(), sent)]


@pytest.mark.parametrize("fault", ["land", "land: nothing", "stop", "stop land", "land: done#2"])
def test_what_names_no_step_is_an_error(monkeypatch, fault):
    monkeypatch.setenv("INGEST_FAULT", fault)
    with pytest.raises(IngestError, match=f"^INGEST_FAULT names no step: '{fault}'; ") as refused:
        steps.step("land: started")
    assert ", ".join(steps.STEPS) in str(refused.value)


def test_a_step_that_is_not_listed_is_a_defect():
    with pytest.raises(KeyError, match="land: nothing"):
        steps.step("land: nothing")
