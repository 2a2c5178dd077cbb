"""Commands and services killed at random moments; --seed gives others."""

import os
import signal
import time
from random import Random

import pytest

from services.health import CHECKS
from tests.support.commands import again, kill_service, start
from tests.support.journal import Files

pytestmark = [pytest.mark.fault, pytest.mark.disturbs]
TIMES = {"producer": 35, "lander": 35, "kafka": 20, "namenode": 15, "datanode": 15, "spark": 15}


@pytest.fixture(scope="module")
def files_of(new_files):
    """The files of one pipeline a target."""
    made = {}
    return lambda target: made.setdefault(target, new_files(target))


@pytest.fixture(scope="module")
def seconds(new_files) -> dict[str, float]:
    """How long each command takes when nothing disturbs it and the services are warm."""
    files, taken = new_files("undisturbed"), {}
    for _ in range(2):
        for command in (["produce", files.new()], ["land"]):
            begun = time.monotonic()
            again(files.pipeline, *command)
            taken[command[0]] = time.monotonic() - begun
    return taken


@pytest.mark.parametrize(("target", "number"), [(t, n) for t in TIMES for n in range(TIMES[t])])
def test_killed_at_a_random_moment(files_of, journal, seconds, request, target, number):
    random = Random(f"{request.config.getoption('--seed')} {target} {number}")
    files = files_of(target)
    name = "produce" if target == "producer" else "land"
    if target == "kafka":
        name = random.choice(["produce", "land"])
    for _ in range(20):
        command, status = disturbed(files, name, target, random.uniform(0, seconds[name]))
        if status is not None:
            break
    else:
        pytest.fail("the command was always done before the fault")
    recovered_by = "itself"
    if status:
        again(files.pipeline, *command)
        recovered_by = f"{name} again"
    if name == "produce":
        again(files.pipeline, "land")
    if target in CHECKS:
        files.pipeline.sandbox.services("up")
    files.check(journal, {f"SIGKILL to {target} at a random moment of {name}": recovered_by})


def disturbed(files: Files, name: str, target: str, after: float) -> tuple[list, int | None]:
    """A command during which the target is killed: arguments and exit status (None: missed)."""
    file = files.new()
    if name == "land":
        again(files.pipeline, "produce", file)
    command = ["produce", file] if name == "produce" else ["land"]
    running = start(files.pipeline, *command)
    running.process.join(after)
    if not running.process.is_alive():
        assert running.wait() == 0, running.said()
        return command, None
    if target in ("producer", "lander"):
        os.kill(running.process.pid, signal.SIGKILL)
        return command, running.wait() or None
    kill_service(files.pipeline.sandbox, target)
    return command, running.wait()
