"""Real services, which all tests share, and pipelines on them."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sample.generator import write_sample
from services.sandbox import Sandbox
from tests.conftest import lane
from tests.support.commands import ForkedPipeline
from tests.support.load_by_load import LoadByLoad

# Clients and services live in a time zone of their own: nothing may depend on the machine's.
OF_COMMANDS = {"COLUMNS": "200", "TZ": "Asia/Kolkata"}
# Variables for clients that Hadoop and Spark would read: the services must not.
OF_OTHERS = {"HADOOP_USER_NAME": "nobody", "SPARK_REMOTE": "sc://localhost:1"}


@contextmanager
def flock(path: Path, kind: int) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, kind)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """A test that disturbs has the services for itself, whatever runs in the other lane."""
    if lane(item.nodeid) == "other services" and "run" not in item.fixturenames:
        return (yield)
    folder = item.config.sandbox_folder
    kind = fcntl.LOCK_EX if item.get_closest_marker("disturbs") else fcntl.LOCK_SH
    with (folder / "use.lock").open("a") as use:
        with flock(folder / "queue.lock", fcntl.LOCK_EX):  # so that nobody overtakes
            fcntl.flock(use, kind)
        return (yield)


@pytest.fixture(scope="session")
def sandbox(pytestconfig) -> Sandbox:
    """The services of all tests; `--stack .local` uses running ones."""
    folder = pytestconfig.sandbox_folder
    if not pytestconfig.getoption("--stack"):
        with flock(folder / "start.lock", fcntl.LOCK_EX):
            if not (folder / "environment").exists():
                new = Sandbox.new(folder)
                new.services("up", **OF_COMMANDS, **OF_OTHERS)
    return Sandbox({**Sandbox.running_in(folder).environment, **OF_COMMANDS})


@pytest.fixture
def pipeline(sandbox, request) -> ForkedPipeline:
    """A pipeline of the test's own."""
    name = request.node.name.split("[")[0].removeprefix("test_")[:40]
    return ForkedPipeline.new(sandbox, name)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The reference dataset, where ASSESSMENTS_FILE names it."""
    path = os.environ.get("ASSESSMENTS_FILE")
    if not path:
        pytest.skip("ASSESSMENTS_FILE does not name the reference dataset")
    return Path(path).resolve()


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Path:
    """The project's own sample, as `make run` uses it."""
    path = tmp_path_factory.mktemp("sample") / "sample.json"
    write_sample(path)
    return path


@pytest.fixture(scope="session")
def built(request, sandbox, sample) -> ForkedPipeline:
    """A pipeline with the sample landed and built, for tests that leave it as it is.

    One for all lanes; each has dbt's files in a folder of its own.
    """

    def build() -> str:
        pipeline = ForkedPipeline.new(sandbox, "built")
        pipeline.ingest("run", sample)
        pipeline.dbt("build", "--exclude-resource-type", "test")  # with unit tests, as by hand
        return pipeline.name

    shared = ForkedPipeline(sandbox, made_once(request.config, "built", build))
    target = str(shared.folder / f"target-{os.getpid()}")
    shutil.copytree(shared.environment["DBT_TARGET_PATH"], target)
    return replace(shared, overrides={"DBT_TARGET_PATH": target, "DBT_LOG_PATH": target})


def made_once(config, name: str, make: Callable[[], Any]) -> Any:
    """What `make` returns, which is JSON; of all lanes, the first that needs it makes it."""
    kept = config.sandbox_folder / f"{name}.json"
    with flock(kept.with_suffix(".lock"), fcntl.LOCK_EX):
        if config.getoption("--stack") or not kept.exists():
            kept.write_text(json.dumps(make()))
        return json.loads(kept.read_text())


@pytest.fixture(scope="session")
def load_by_load(pytestconfig, sandbox, tmp_path_factory) -> LoadByLoad:
    """A pipeline that was filled and built load by load (load_by_load.py)."""
    kills = 4 if pytestconfig.getoption("--all") else 2
    return LoadByLoad(sandbox, tmp_path_factory.mktemp("planted"), kills)


@dataclass(frozen=True)
class Run:
    """A pipeline after `make run` with a file, and what that printed."""

    pipeline: ForkedPipeline
    path: Path
    printed: str


@pytest.fixture(scope="session")
def run(request, sandbox) -> Run:
    """A run with the reference dataset, or else the sample, for tests that leave it as it is."""
    known = "reference" if os.environ.get("ASSESSMENTS_FILE") else "sample"
    path = request.getfixturevalue(known)

    def make_run() -> list[str]:
        pipeline = ForkedPipeline.new(sandbox, "run")
        return [pipeline.name, pipeline.make_run(path)]

    name, printed = made_once(request.config, "run", make_run)
    return Run(ForkedPipeline(sandbox, name), path, printed)
