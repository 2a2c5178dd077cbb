"""Each service killed while a command stands at each of its steps."""

import pytest

from ingest.steps import STEPS
from tests.support.commands import again, kill_service, start
from tests.support.journal import Files

pytestmark = [pytest.mark.fault, pytest.mark.disturbs]
LAND = [name for name in STEPS if name.startswith("land: ")]
CASES = [("kafka", step) for step in STEPS]
CASES += [(service, step) for service in ("namenode", "datanode", "spark") for step in LAND]


@pytest.fixture(scope="module")
def files(new_files) -> Files:
    return new_files("services")


@pytest.mark.parametrize(("service", "step"), CASES)
def test_service_killed_at_a_step(files, journal, service, step):
    pipeline, file = files.pipeline, files.new()
    command = ["produce", file] if step.startswith("produce: ") else ["land"]
    if command == ["land"]:
        again(pipeline, "produce", file)
    disturbed = start(pipeline, *command, INGEST_FAULT=f"stop {step}")
    disturbed.wait_until_stopped()
    kill_service(pipeline.sandbox, service)
    disturbed.proceed()
    recovered_by = "itself"
    if disturbed.wait():
        again(pipeline, *command)
        recovered_by = f"{command[0]} again"
    if command[0] == "produce":
        again(pipeline, "land")
    pipeline.sandbox.services("up")
    files.check(journal, {f"SIGKILL to {service} at {step}": recovered_by})
