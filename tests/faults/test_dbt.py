"""dbt, and Spark under it, killed at random moments: the marts are those of an undisturbed run."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from conftest import ROOT, Pipeline

from faults.commands import again, kill_service

pytestmark = pytest.mark.long


@dataclass
class Undisturbed:
    """A pipeline whose models were built once without a disturbance."""

    pipeline: Pipeline
    seconds: float
    tables: list[str]


@pytest.fixture(scope="module")
def undisturbed(new_files) -> Undisturbed:
    files = new_files("marts")
    for _ in range(2):
        again(files.pipeline, "produce", files.new(200))
        again(files.pipeline, "land")
    begun = time.monotonic()
    files.pipeline.dbt("run")
    seconds = time.monotonic() - begun
    tables = [path.stem for path in (ROOT / "models" / "marts").rglob("*.sql")]
    assert tables
    return Undisturbed(files.pipeline, seconds, tables)


@pytest.mark.parametrize(("target", "number"), [("dbt", 0), ("dbt", 1), ("dbt", 2), ("spark", 0),
                                                ("spark", 1), ("namenode", 0)])  # fmt: skip
def test_dbt_after_a_kill(undisturbed, journal, request, target, number):
    random = Random(f"{request.config.getoption('--seed')} dbt {target} {number}")
    pipeline = undisturbed.pipeline
    schema = f"{pipeline.environment['DBT_SCHEMA']}_{target}{number}"
    environment = {
        **os.environ, **pipeline.stack.environment, **pipeline.environment, "DBT_SCHEMA": schema,
    }  # fmt: skip
    dbt = subprocess.Popen(
        [Path(sys.executable).parent / "dbt", "run"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    with pytest.raises(subprocess.TimeoutExpired):
        dbt.wait(undisturbed.seconds * random.uniform(0.1, 0.8))
    if target == "dbt":
        os.killpg(dbt.pid, signal.SIGKILL)
    else:
        kill_service(pipeline.stack, target)
    status = dbt.wait(300)
    pipeline.stack.services("up")
    if status:
        pipeline.dbt("run", DBT_SCHEMA=schema)
    lost = doubled = 0
    for table in undisturbed.tables:
        ours, theirs = f"{schema}.{table}", f"{{analytics}}.{table}"
        lost += rows(pipeline, theirs, ours)
        doubled += rows(pipeline, ours, theirs)
    recovered_by = "dbt run again" if status else "itself"
    journal.record(f"SIGKILL to {target} at a random moment of dbt", lost, doubled, recovered_by)
    assert (lost, doubled) == (0, 0)


def rows(pipeline, these: str, but_not_those: str) -> int:
    """How many rows of one table the other lacks."""
    ((found,),) = pipeline.query(
        f"select count(*) from (select * from {these} except all select * from {but_not_those})"
    )
    return found
