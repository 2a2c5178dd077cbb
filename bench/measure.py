"""Time a command, and watch the memory of its processes."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

from cli import ROOT
from cli.errors import UserError

SAMPLE_SECONDS = 0.1  # costs a hundredth of a core


class Run(NamedTuple):
    """A measured run: seconds, and anonymous memory at peak in bytes (0: not watched)."""

    seconds: float
    memory: int = 0


@dataclass
class Peak:
    value: int = 0


@contextmanager
def peak(reading: Callable[[], int]) -> Iterator[Peak]:
    """The highest of readings that are taken ten times a second; re-raises a reading's error."""
    highest, done = Peak(), threading.Event()

    def watch() -> None:
        while True:
            highest.value = max(highest.value, reading())
            if done.wait(SAMPLE_SECONDS):
                return

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield highest
        finally:
            done.set()
        watching.result()


def memory(command: int | None, servers: Sequence[int] = ()) -> int:
    """The current anonymous memory (RssAnon) of processes, in bytes, in sum.

    The children of `command` count. The children of a server do not, because a process that a
    server has just forked looks as large as the server for a moment.
    """
    processes: list[psutil.Process] = []
    total = 0
    with suppress(psutil.NoSuchProcess):
        processes += [psutil.Process(pid) for pid in servers]
        if command:
            processes.append(psutil.Process(command))
            processes += processes[-1].children(recursive=True)
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            info = process.memory_info()
            total += info.rss - info.shared  # the kernel's RssAnon
    return total


def timed(
    command: Sequence[str],
    environment: Mapping[str, str],
    servers: Sequence[int] = (),
    folder: Path = ROOT,
) -> Run:
    """Run a command in a folder to its end; the memory of `servers` counts, too.

    Raises:
        UserError: the command failed; the message contains the end of its output.
    """
    variables = {**os.environ, **environment}
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        with peak(lambda: memory(process.pid, servers)) as highest:
            status = process.wait()
            elapsed = time.perf_counter() - started
        if status:
            output.seek(0)
            text = output.read().decode(errors="replace")[-3000:]
            raise UserError(f"{' '.join(command)}: exit status {status}\n{text}")
    return Run(round(elapsed, 3), highest.value)
