"""A stack of its own for the tests: real services on free ports, data in a temporary folder."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from pyhive import hive

from services.beside import new_environment, running_environment

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).parent / "dbt"


def pytest_addoption(parser):
    parser.addoption(
        "--stack", help="LOCAL_DIR of a running stack to test on, instead of a new one"
    )


@dataclass
class Stack:
    """The services of one LOCAL_DIR."""

    environment: dict[str, str]

    @property
    def folder(self) -> Path:
        return Path(self.environment["LOCAL_DIR"])

    def port(self, name: str) -> int:
        return int(self.environment[name])

    def run(self, *command: str, check: bool = True, timeout: float = 600, **environment: str):
        """Run a command with this stack's settings; its output as text."""
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, **self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        if check and done.returncode:
            pytest.fail(
                f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}\n"
                f"{done.stderr}\nlogs of the services: {self.folder / 'log'}"
            )
        return done

    def services(self, *arguments: str, **options):
        return self.run(sys.executable, "-m", "services", *arguments, **options)

    def pids(self) -> dict[str, int]:
        """The process of each service, from supervisor."""
        listed = self.services("status", "--json", check=False).stdout
        return {row["service"]: row["pid"] for row in json.loads(listed)}


def new_stack(folder: Path) -> Stack:
    return Stack({**new_environment(folder), "SPARK_MEMORY": "3g", "COLUMNS": "200"})


@contextmanager
def running_stack(folder: Path, **environment: str) -> Iterator[Stack]:
    """The services of a new stack, up until the end; started with further variables set."""
    stack = new_stack(folder)
    try:
        stack.services("up", **environment)
        yield stack
    finally:
        stack.services("down")


@pytest.fixture(scope="session")
def stack(request, tmp_path_factory) -> Iterator[Stack]:
    """One stack for all tests that do not stop services; `--stack .local` uses a running one."""
    running = request.config.getoption("--stack")
    if running:
        yield Stack(running_environment(Path(running)))
        return
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@dataclass
class Pipeline:
    """Topic, raw table and schema of one test, on a stack that it shares with others."""

    stack: Stack
    name: str
    environment: dict[str, str] = field(init=False)

    def __post_init__(self):
        self.environment = {
            "KAFKA_TOPIC": self.name,
            "RAW_TABLE": f"raw_{self.name}.assess",
            "DBT_SCHEMA": f"analytics_{self.name}",
            "DBT_PROFILES_DIR": str(ROOT),
            "DBT_TARGET_PATH": str(self.stack.folder / "dbt" / self.name),
            "DBT_LOG_PATH": str(self.stack.folder / "dbt" / self.name),
            "SITE_DIR": str(self.site),
        }

    @property
    def site(self) -> Path:
        """The folder of the pages."""
        return self.stack.folder / "site" / self.name

    def ingest(self, *arguments, check: bool = True, **environment: str):
        return self.stack.run(
            sys.executable, "-m", "ingest", *arguments,
            check=check, **{**self.environment, **environment},
        )  # fmt: skip

    def dbt(self, *arguments, check: bool = True, **environment: str):
        return self.stack.run(
            DBT, "--no-use-colors", *arguments,
            check=check, **{**self.environment, **environment},
        )  # fmt: skip

    def start_dbt(self, *arguments, **environment: str) -> subprocess.Popen:
        """A dbt that runs on, to be killed; what it says is lost."""
        settings = {**self.stack.environment, **self.environment, **environment}
        return subprocess.Popen(
            [DBT, *arguments], cwd=ROOT, env={**os.environ, **settings},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def make_run(self, path: Path) -> str:
        """`make run DATA=path`; what it printed."""
        done = self.stack.run(
            "make", "run", f"DATA={path}", f"VENV={sys.prefix}", **self.environment
        )
        return done.stdout

    def query(self, sql: str) -> list[tuple]:
        """Rows of a statement; {raw} and {analytics} stand for the raw table and the schema."""
        connection = hive.connect("localhost", port=self.stack.port("SPARK_THRIFT_PORT"))
        try:
            cursor = connection.cursor()
            cursor.execute(
                sql.format(
                    raw=self.environment["RAW_TABLE"], analytics=self.environment["DBT_SCHEMA"]
                )
            )
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def surplus(self, schema: str, other: str, tables: list[str]) -> Counter[str]:
        """By table: how many rows stand more often in it in one schema than in the other."""
        counts = " union all ".join(
            f"select '{table}', count(*) from "
            f"(select * from {schema}.{table} except all select * from {other}.{table})"
            for table in tables
        )
        return Counter({table: count for table, count in self.query(counts) if count})


@pytest.fixture
def pipeline(stack, request) -> Pipeline:
    """A pipeline of the test's own."""
    name = request.node.name.split("[")[0].removeprefix("test_")[:40]
    return Pipeline(stack, f"{name}_{uuid4().hex[:6]}")


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
    from ingest.sample import write_sample

    path = tmp_path_factory.mktemp("sample") / "sample.json"
    write_sample(path)
    return path


@pytest.fixture(scope="session")
def built(stack, sample) -> Pipeline:
    """A pipeline with the sample landed and built, for tests that leave it as it is."""
    pipeline = Pipeline(stack, f"built_{uuid4().hex[:6]}")
    pipeline.ingest("run", sample)
    pipeline.dbt("run")
    return pipeline


@pytest.fixture(scope="session")
def load_by_load(stack, tmp_path_factory):
    """A pipeline that was filled and built load by load (load_by_load.py)."""
    from load_by_load import LoadByLoad

    return LoadByLoad(stack, tmp_path_factory.mktemp("planted"))


@dataclass(frozen=True)
class Run:
    """A pipeline after `make run` with a file, and what that printed."""

    pipeline: Pipeline
    path: Path
    printed: str


@pytest.fixture(scope="session")
def run(request, stack) -> Run:
    """A run with the reference dataset, or else the sample, for tests that leave it as it is."""
    path = request.getfixturevalue("reference" if "ASSESSMENTS_FILE" in os.environ else "sample")
    pipeline = Pipeline(stack, f"run_{uuid4().hex[:6]}")
    return Run(pipeline, path, pipeline.make_run(path))
