"""Time a command, and watch the memory of its processes."""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from ingest.errors import IngestError
from services.sandbox import ROOT

SAMPLE_SECONDS = 0.1  # seldom enough to cost a hundredth of a core


@dataclass(frozen=True)
class Run:
    """One measured run.

    Attributes:
        seconds: from its start to its end.
        memory: anonymous memory at peak, in bytes; None where it was not watched.
    """

    seconds: float
    memory: int | None = None


@dataclass
class Row:
    """One line of the results.

    Attributes:
        as_speed: whether the ratio is told as how many times as fast, or as times its time.
        ours, peer: the runs, in pairs; `peer` is empty where there is none.
        reach: what the ratio of a pair, or ours alone, should be, in words.
        reached: whether it is.
        notes: what a reader should know of how it was measured.
    """

    name: str
    what: str
    against: str
    reach: str
    as_speed: bool = False
    ours: list[Run] = field(default_factory=list)
    peer: list[Run] = field(default_factory=list)
    reached: bool | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Ours to the peer's time, pair by pair."""
        return [o.seconds / p.seconds for o, p in zip(self.ours, self.peer, strict=False)]


def seconds(runs: list[Run]) -> float:
    """The median."""
    return statistics.median(run.seconds for run in runs)


def memory(runs: list[Run]) -> int | None:
    """The highest peak in bytes."""
    return max((run.memory for run in runs if run.memory), default=None)


class Peak:
    """Takes a reading ten times a second; keeps the highest."""

    def __init__(self, reading: Callable[[], int]) -> None:
        self.peak = 0
        self._failure: Exception | None = None
        self._reading = reading
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    def _watch(self) -> None:
        try:
            while True:
                self.peak = max(self.peak, self._reading())
                if self._done.wait(SAMPLE_SECONDS):
                    return
        except Exception as failure:
            self._failure = failure


def memory_watch(command: int | None = None, servers: tuple[int, ...] = ()) -> Peak:
    """Watch the anonymous memory (RssAnon) of processes, in sum.

    Of a command it counts all that it starts, too; of a server itself only, since what a process
    has forked looks as large as itself for a moment.
    """

    def now() -> int:
        pids = list(servers)
        if command:
            pids.append(command)
            with suppress(psutil.NoSuchProcess):
                children = psutil.Process(command).children(recursive=True)
                pids += [child.pid for child in children]
        return sum(map(anonymous, pids))

    return Peak(now)


def anonymous(pid: int) -> int:
    """Anonymous resident memory of a process in bytes; 0 when it is gone."""
    try:
        info = psutil.Process(pid).memory_info()
    except psutil.NoSuchProcess:
        return 0
    return info.rss - info.shared  # the kernel's RssAnon


def timed(command: list[str], environment: dict[str, str], servers: tuple[int, ...] = ()) -> Run:
    """Run a command to its end; the memory of `servers` counts, too.

    Raises:
        IngestError: it failed; with the end of what it printed.
    """
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        with memory_watch(process.pid, servers) as watch:
            status = process.wait()
            elapsed = time.perf_counter() - started
        if status:
            output.seek(0)
            text = output.read().decode(errors="replace")[-3000:]
            raise IngestError(f"{' '.join(command)}: exit status {status}\n{text}")
    return Run(elapsed, watch.peak)


def timed_in_turn(
    commands: list[list[str]], environment: dict[str, str], servers: tuple[int, ...] = ()
) -> Run:
    """Run commands one after another, as one run.

    Raises:
        IngestError: as above.
    """
    steps = [timed(command, environment, servers) for command in commands]
    return Run(sum(step.seconds for step in steps), memory(steps))
