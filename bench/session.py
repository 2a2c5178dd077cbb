"""A process that is started before the measurement, and then runs on request."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.measure import Run, memory, peak
from cli import ROOT
from cli.errors import UserError

Prepare = Callable[[], Callable[[], Any]]


@contextmanager
def session(
    prepare: Prepare, environment: Mapping[str, str], log: Path, servers: Sequence[int] = ()
) -> Iterator[Callable[[], tuple[Run, Any]]]:
    """A new process that calls `prepare`, and for each run the function that `prepare` returned.

    Yields a function that runs once, and returns the measured run and the function's result.

    Raises:
        UserError: the process failed; the message contains the end of its log.
    """
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(prepare, environment, log, there))
    process.start()
    there.close()

    def ask(question: str) -> tuple[float, Any]:
        try:
            here.send(question)
            return here.recv()
        except (EOFError, ConnectionError) as error:
            raise UserError(
                f"{log.stem} failed:\n{log.read_text(encoding='utf-8')[-3000:]}"
            ) from error

    def run() -> tuple[Run, Any]:
        with peak(lambda: memory(process.pid, servers)) as highest:
            seconds, value = ask("run")
        return Run(round(seconds, 3), highest.value), value

    try:
        ask("ready?")
        yield run
    finally:
        here.close()
        process.join()


def _serve(prepare: Prepare, environment: Mapping[str, str], log: Path, there: Connection) -> None:
    os.chdir(ROOT)
    os.environ.update(environment)
    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    run = prepare()
    there.send((0.0, there.recv()))
    with suppress(EOFError):
        while there.recv():
            started = time.perf_counter()
            value = run()
            there.send((time.perf_counter() - started, value))
