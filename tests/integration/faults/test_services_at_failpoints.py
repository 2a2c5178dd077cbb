"""Each service killed while a command stands at each of its fail points."""

import pytest

from ingest.failpoints import FAILPOINTS
from tests.support.commands import again, kill_service, start
from tests.support.journal import Files

pytestmark = [pytest.mark.fault, pytest.mark.disturbs]
LAND = [name for name in FAILPOINTS if name.startswith("land.")]
CASES = [("kafka", name) for name in FAILPOINTS]
CASES += [(service, name) for service in ("namenode", "datanode", "spark") for name in LAND]


@pytest.fixture(scope="module")
def files(new_files) -> Files:
    return new_files("services")


@pytest.mark.parametrize(("service", "failpoint"), CASES)
def test_service_killed_at_a_failpoint(files, journal, service, failpoint):
    pipeline, file = files.pipeline, files.new()
    command = ["land"] if failpoint in LAND else ["produce", file]
    if command == ["land"]:
        again(pipeline, "produce", file)
    disturbed = start(pipeline, *command, INGEST_FAILPOINT=f"{failpoint}=stop")
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
    files.check(journal, {f"SIGKILL to {service} at {failpoint}": recovered_by})
