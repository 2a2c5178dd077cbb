"""dbt, and Spark under it, killed at random moments: the marts are those of an undisturbed run."""

import time
from dataclasses import dataclass
from random import Random

import pytest

from cli import ROOT
from tests.support.commands import DEADLINE, ForkedPipeline, again, kill_service

pytestmark = [pytest.mark.fault, pytest.mark.disturbs]


@dataclass
class Undisturbed:
    """A pipeline whose models were built once without a disturbance."""

    pipeline: ForkedPipeline
    seconds: float
    tables: list[str]


@pytest.fixture(scope="module")
def undisturbed(new_files) -> Undisturbed:
    files = new_files("marts")
    for _ in range(2):
        again(files.pipeline, "produce", files.new(200))
        again(files.pipeline, "land")
    schema = files.pipeline.environment["DBT_SCHEMA"]
    for name in (f"{schema}_warm", schema):  # the first build takes longer
        begun = time.monotonic()
        files.pipeline.dbt("run", DBT_SCHEMA=name)
        seconds = time.monotonic() - begun
    tables = [path.stem for path in (ROOT / "models" / "marts").rglob("*.sql")]
    assert tables
    return Undisturbed(files.pipeline, seconds, tables)


@pytest.mark.parametrize(("target", "number"), [("dbt", 0), ("dbt", 1), ("dbt", 2), ("spark", 0),
                                                ("spark", 1), ("namenode", 0)])  # fmt: skip
def test_dbt_after_a_kill(undisturbed, journal, request, target, number):
    random = Random(f"{request.config.getoption('--seed')} dbt {target} {number}")
    pipeline = undisturbed.pipeline
    theirs = pipeline.environment["DBT_SCHEMA"]
    for attempt in range(20):
        schema = f"{theirs}_{target}{number}_{attempt}"
        after = undisturbed.seconds * random.uniform(0.1, 0.8)
        status = disturbed(pipeline, schema, target, after)
        if status is not None:
            break
    else:
        pytest.fail("dbt was always done before the fault")
    pipeline.sandbox.services("up")
    if status:
        pipeline.dbt("run", DBT_SCHEMA=schema)
    lost = pipeline.surplus(theirs, schema, undisturbed.tables).total()
    doubled = pipeline.surplus(schema, theirs, undisturbed.tables).total()
    recovered_by = "dbt run again" if status else "itself"
    journal.record(f"SIGKILL to {target} at a random moment of dbt", lost, doubled, recovered_by)
    assert (lost, doubled) == (0, 0)


def disturbed(pipeline: ForkedPipeline, schema: str, target: str, after: float) -> int | None:
    """The exit status of dbt, during which the target is killed (None: missed)."""
    dbt = pipeline.start("dbt", "run", DBT_SCHEMA=schema)
    dbt.process.join(after)
    if not dbt.process.is_alive():
        assert dbt.process.exitcode == 0, dbt.said()
        return None
    if target == "dbt":
        dbt.process.kill()
    else:
        kill_service(pipeline.sandbox, target)
    was_killed_before_its_end = target == "dbt" or dbt.process.is_alive()
    dbt.process.join(DEADLINE)
    assert dbt.process.exitcode is not None, f"still running after {DEADLINE} s: {dbt.said()}"
    if target == "dbt":
        return dbt.process.exitcode or None
    return dbt.process.exitcode if was_killed_before_its_end else None
