"""The fail points at which a test may kill or stop a command."""

import os
import signal

import pytest

from cli.errors import UserError
from ingest import failpoints


@pytest.fixture(autouse=True)
def killed(monkeypatch):
    """What was sent to this process; nothing has been passed yet."""
    sent = []
    monkeypatch.setattr(os, "kill", lambda pid, with_signal: sent.append((pid, with_signal)))
    failpoints._passed.clear()
    failpoints._wanted.cache_clear()
    yield sent
    failpoints._wanted.cache_clear()


def pass_all(times: int) -> None:
    for _ in range(times):
        for name in failpoints.FAILPOINTS:
            failpoints.failpoint(name)


def test_nothing_happens_unless_asked_for(monkeypatch, killed):
    monkeypatch.delenv("INGEST_FAILPOINT", raising=False)
    pass_all(2)
    assert killed == []


@pytest.mark.parametrize(
    ("fault", "moment", "sent"),
    [
        ("land.rows_written", 1, signal.SIGKILL),
        ("land.rows_written#1", 1, signal.SIGKILL),
        ("produce.messages_sent#3=stop", 3, signal.SIGSTOP),
        ("produce.messages_sent#12", 12, signal.SIGKILL),
    ],
)
def test_it_hits_the_fail_point_that_is_named_once_and_at_its_moment(
    monkeypatch, killed, fault, moment, sent
):
    monkeypatch.setenv("INGEST_FAILPOINT", fault)
    pass_all(moment - 1)
    assert killed == []
    pass_all(3)
    assert killed == [(os.getpid(), sent)]


@pytest.mark.parametrize(
    "fault", ["land", "land.nothing", "=stop", "land.done=kill", "land.done#", "land.done#2#3"]
)
def test_what_names_no_fail_point_is_an_error(monkeypatch, fault):
    monkeypatch.setenv("INGEST_FAILPOINT", fault)
    with pytest.raises(UserError, match=r"^INGEST_FAILPOINT names no fail point: ") as refused:
        failpoints.failpoint("land.started")
    assert repr(fault) in str(refused.value)
    assert ", ".join(failpoints.FAILPOINTS) in str(refused.value)


def test_a_fail_point_that_is_not_listed_is_a_defect():
    with pytest.raises(KeyError, match=r"land\.nothing"):
        failpoints.failpoint("land.nothing")
