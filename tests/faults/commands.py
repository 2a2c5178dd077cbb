"""Commands of ingest, forked from a process that has imported everything: 2 to 4 s less each."""

import multiprocessing
import os
import signal
import sys
import time
import xmlrpc.client
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from supervisor.xmlrpc import SupervisorTransport

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "ingest.produce", "ingest.land", "ingest.verify", "faults.commands",
        "pyspark.sql.connect.session", "pyspark.sql.connect.catalog",
    ]
)  # fmt: skip
DEADLINE = 180  # seconds
SMALL = {"TRANSACTION_BYTES": "40000", "KAFKA_PARTITIONS": "2"}  # several transactions a file


def _main(arguments: list[str], environment: dict[str, str], output: str) -> None:
    from ingest.__main__ import app
    from ingest.console import main

    os.environ.update(environment)
    descriptor = os.open(output, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.argv = ["ingest", *arguments]
    main(app)


@dataclass
class Command:
    """A command of ingest that runs."""

    process: BaseProcess
    output: Path

    def wait(self) -> int:
        """Its exit status, negative for a signal; whatever happens it ends with no traceback."""
        self.process.join(DEADLINE)
        said = self.output.read_text()
        assert self.process.exitcode is not None, f"still running after {DEADLINE} s: {said}"
        assert "Traceback" not in said, said
        if self.process.exitcode > 0:
            assert said.count("error: ") == 1, said
        return self.process.exitcode

    def said(self) -> str:
        return self.output.read_text()

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


def start(pipeline, *arguments, **environment: str) -> Command:
    """Start a command of ingest on a pipeline."""
    output = pipeline.stack.folder / "log" / f"command-{os.getpid()}-{time.monotonic_ns()}"
    output.touch()  # it may be killed before it can
    process = FORKS.Process(
        target=_main,
        args=(
            [str(a) for a in arguments],
            {**pipeline.stack.environment, **pipeline.environment, **SMALL, **environment},
            str(output),
        ),
    )
    process.start()
    return Command(process, output)


def again(pipeline, *arguments) -> None:
    """Simply run it again: that has to do."""
    command = start(pipeline, *arguments)
    assert command.wait() == 0, command.said()


def supervisor(stack):
    """The interface of the supervisor that the services run under."""
    transport = SupervisorTransport(None, None, f"unix://{stack.folder}/supervisor.sock")
    return xmlrpc.client.ServerProxy("http://localhost", transport).supervisor


def kill_service(stack, service: str) -> None:
    """SIGKILL to a service that runs; its supervisor starts it again."""
    info = supervisor(stack).getProcessInfo(service)
    assert info["pid"], f"{service} does not run: {info['statename']}"
    os.kill(info["pid"], signal.SIGKILL)
