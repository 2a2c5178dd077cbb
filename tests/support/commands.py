"""Commands of ours and dbt, forked from a process that has imported all: 2 to 4 s less each."""

import atexit
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import CompletedProcess

from cli import ROOT
from services.pipeline import Pipeline
from services.sandbox import Sandbox
from tests.support import added_up
from tests.support.worst_environment import poison

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "ingest.produce", "ingest.land", "ingest.verify", "tests.support.commands",
        "pyspark.sql.connect.session", "pyspark.sql.connect.catalog",
        "dbt.cli.main", "dbt.adapters.spark", "altair",
    ]
)  # fmt: skip
DEADLINE = 3600  # seconds, for what hangs
SMALL = {"TRANSACTION_BYTES": "40000", "KAFKA_PARTITIONS": "2"}  # several transactions a file


@atexit.register
def _kill_all() -> None:
    """A test that failed may leave a command that stands still: Python would wait for its end."""
    for process in multiprocessing.active_children():
        process.kill()


def _main(
    program: str, arguments: list[str], folder: Path, environment: dict[str, str], output: str
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(f"{output}.{name}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), descriptor)
    sys.argv = [program, *arguments]
    if program == "dbt":
        from dbt.cli.main import cli

        gc.freeze()  # as the other commands do
        cli()
    else:
        from cli.console import main

        main(import_module(f"{program}.__main__").app)


@dataclass
class Command:
    """A command that runs."""

    process: BaseProcess
    output: str

    def wait(self) -> int:
        """Its exit status, negative for a signal; whatever happens it ends with no traceback."""
        self.process.join(DEADLINE)
        said = self.said()
        assert self.process.exitcode is not None, f"still running after {DEADLINE} s: {said}"
        assert "Traceback" not in said, said
        if self.process.exitcode > 0:
            assert said.count("error: ") == 1, said
        return self.process.exitcode

    @property
    def stdout(self) -> str:
        """What it has written to standard output."""
        return self._read("stdout")

    @property
    def stderr(self) -> str:
        """What it has written to standard error."""
        return self._read("stderr")

    def said(self) -> str:
        return self.stdout + self.stderr

    def _read(self, name: str) -> str:
        path = Path(f"{self.output}.{name}")
        return path.read_text() if path.exists() else ""  # it may be killed before it can

    def wait_until_stopped(self) -> None:
        """Wait until it has stopped itself at the step that it was told."""
        until = time.monotonic() + DEADLINE
        while (
            Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "T"
        ):
            assert self.process.is_alive(), f"it did not stop: {self.said()}"
            assert time.monotonic() < until
            time.sleep(0.02)

    def proceed(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)


class ForkedPipeline(Pipeline):
    """A pipeline whose commands are forked."""

    def start(
        self, program: str, *arguments: object, cwd: Path = ROOT, **environment: str
    ) -> Command:
        """Start a command of a program, "ingest", "refresh" or "dbt"."""
        folder = self.sandbox.folder / "commands"
        folder.mkdir(exist_ok=True)
        output = str(folder / f"{os.getpid()}-{time.monotonic_ns()}")
        variables = {**os.environ, **self.environment, **environment}
        process = FORKS.Process(
            target=_main, args=(program, [str(a) for a in arguments], cwd, variables, output)
        )
        process.start()
        return Command(process, output)

    def _run(
        self, program: str, *arguments, check: bool, cwd: Path = ROOT, **environment
    ) -> CompletedProcess:
        command = self.start(program, *arguments, cwd=cwd, **environment)
        command.process.join(DEADLINE)
        done = CompletedProcess(
            [program, *map(str, arguments)], command.process.exitcode,
            command.stdout, command.stderr,
        )  # fmt: skip
        assert done.returncode is not None, f"{done} still runs after {DEADLINE} s"
        assert not check or done.returncode == 0, (
            f"{' '.join(done.args)}: exit status {done.returncode}\n{done.stdout}\n{done.stderr}\n"
            f"logs of the services: {self.sandbox.logs}"
        )
        return done

    def ingest(self, *arguments, check: bool = True, **environment) -> CompletedProcess:
        return self._run("ingest", *arguments, check=check, **environment)

    def dbt(self, *arguments, check: bool = True, **environment) -> CompletedProcess:
        return self._run("dbt", "--no-use-colors", *arguments, check=check, **environment)

    def refresh(self, cwd: Path, *arguments, check: bool = True, **environment) -> CompletedProcess:
        """`python -m refresh` of the project in a folder."""
        return self._run("refresh", *arguments, check=check, cwd=cwd, **environment)

    def make_run(self, path: Path) -> str:
        """`make run DATA=path` among the variables of other programs; what it printed."""
        make = ["make", "run", f"DATA={path}", f"VENV={sys.prefix}"]
        variables = {**self.environment, **poison(self.folder)}
        return self.sandbox.run(*make, **variables).stdout

    def surplus(self, schema: str, other: str, tables: list[str]) -> Counter[str]:
        """By table: how many rows stand more often in it in one schema than in the other."""
        counts = " union all ".join(
            f"select '{table}', count(*) from "
            f"(select * from {added_up.rows(schema, table)} "
            f"except all select * from {added_up.rows(other, table)})"
            for table in tables
        )
        return Counter({table: count for table, count in self.query(counts) if count})


def start(pipeline: ForkedPipeline, *arguments, **environment: str) -> Command:
    """Start a command of ingest whose files are sent in several transactions."""
    return pipeline.start("ingest", *arguments, **{**SMALL, **environment})


def again(pipeline: ForkedPipeline, *arguments) -> None:
    """Simply run it again: that has to do."""
    command = start(pipeline, *arguments)
    assert command.wait() == 0, command.said()


def kill_service(services: Sandbox, service: str) -> int:
    """SIGKILL to a service that runs; its supervisor starts it again. The process that it was."""
    pid = services.pid(service)
    assert pid, f"{service} does not run"
    os.kill(pid, signal.SIGKILL)
    return pid
