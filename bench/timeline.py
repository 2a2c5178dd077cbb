"""What a command spends its time on: the processes it starts, and the steps that dbt prints."""

import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import psutil

from ingest.errors import IngestError
from services.sandbox import ROOT

POLL_SECONDS = 0.05
# 12 of 104 OK created sql table model analytics.dim_exams ............ [OK in 1.20s]
NODE = re.compile(
    r"\d+ of \d+ \w+ (?:created sql \w+ model \w+\.)?(?P<what>\S+) \.*\s*"
    r"\[.* in (?P<seconds>[\d.]+)s\]"
)
PROGRAM = re.compile(r"(?:-m |/)(services|ingest|dbt|report)((?: [\w:+-]+)*)")


@dataclass(frozen=True)
class Step:
    """A part of the time, in seconds since the command began.

    Attributes:
        kind: "command", "output" (a line, and how long it took) or "dbt".
    """

    kind: str
    what: str
    start: float
    end: float


def timeline(command: list[str], environment: dict[str, str]) -> list[Step]:
    """Run a command; its processes, its lines of output, and the nodes that dbt ran, in order.

    Raises:
        IngestError: it failed; with the end of what it printed.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[tuple[float, str]] = []

    def read() -> None:
        for line in process.stdout or ():
            lines.append((time.perf_counter() - began, line.rstrip()))

    reader = threading.Thread(target=read)
    reader.start()
    seen: dict[int, list] = {}
    while process.poll() is None:
        now = time.perf_counter() - began
        for child in _children(process.pid):
            if name := program(child):
                entry = seen.setdefault(child.pid, [name, now, now])
                entry[2] = now
        time.sleep(POLL_SECONDS)
    total = time.perf_counter() - began
    reader.join()
    if process.returncode:
        text = "\n".join(line for _, line in lines[-30:])
        raise IngestError(f"{' '.join(command)}: exit status {process.returncode}\n{text}")
    commands = [Step("command", name, start, end) for name, start, end in seen.values()]
    return [Step("command", " ".join(command[:2]), 0, total), *commands, *_steps(lines)]


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def program(process: psutil.Process) -> str | None:
    """services, ingest, dbt or report with their words; None for what is none of them."""
    try:
        line = " ".join(process.cmdline())
        parent = " ".join(process.parent().cmdline()) if process.parent() else ""
    except psutil.Error:
        return None
    found = PROGRAM.search(line)
    if not found or PROGRAM.search(parent) or "make" in line.split()[0]:
        return None
    return (found[1] + found[2]).replace(" --no-use-colors", "").replace(" --quiet", "")


def _steps(lines: list[tuple[float, str]]) -> list[Step]:
    steps = []
    for at, line in lines:
        if node := NODE.search(line):
            steps.append(Step("dbt", node["what"], at - float(node["seconds"]), at))
        elif line and not re.match(r"\d\d:\d\d:\d\d", line):
            steps.append(Step("output", line[:100], at, at))
    return steps


def chart(steps: list[Step], title: str, path: Path, nodes: int = 30) -> None:
    """Write a Gantt chart of the commands and of dbt's longest nodes, as SVG."""
    longest = sorted((s for s in steps if s.kind == "dbt"), key=lambda s: s.start - s.end)[:nodes]
    shown = [s for s in steps if s.kind == "command"]
    shown += sorted(longest, key=lambda s: s.start)
    values = [{"kind": s.kind, "what": s.what, "start": s.start, "end": s.end} for s in shown]
    alt.Chart(alt.Data(values=values), title=title, width=700).mark_bar().encode(
        x=alt.X("start:Q", title="seconds"),
        x2="end:Q",
        y=alt.Y("what:N", sort=None, title=None, axis=alt.Axis(labelLimit=420)),
        color=alt.Color("kind:N", title=None),
    ).save(path)
