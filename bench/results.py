"""What was measured: on the terminal, in RESULTS.md, and as JSON for programs."""

import os
import platform
import shutil
import statistics
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import confluent_kafka
import msgspec
import psutil

from bench.measure import Row, memory, seconds
from ingest.settings import load_settings
from services.java import find_java
from services.sandbox import ROOT
from services.settings import StackSettings

FOLDER = Path(__file__).parent
HEAD = [
    "what",
    "ours",
    "peer",
    "ratio",
    "spread",
    "pairs",
    "memory at peak",
    "reach",
]
PACKAGES = [
    "pyspark",
    "dbt-core",
    "dbt-spark",
    "confluent-kafka",
    "kafka-python",
    "msgspec",
    "duckdb",
    "PyHive",
]
JARS = {"Kafka": "kafka_2.13", "Hadoop": "hadoop-hdfs", "Delta": "delta-spark_4.1_2.13"}


@dataclass
class Section:
    """What is no line of the table.

    Attributes:
        title: its heading.
        text: Markdown.
        figures: the numbers, for programs.
    """

    title: str
    text: str
    figures: Any = field(default_factory=list)


class Results:
    """The results in a folder; what is measured anew replaces what was measured before.

    Each measurement keeps the machine, data and versions that it was made with: both its sides had
    the same, so that it can stand beside one that was made elsewhere.
    """

    def __init__(self, folder: Path, dataset: str) -> None:
        self.folder = folder
        self.path = folder / "results.json"
        self.commit = commit()  # before results are written, which changes files
        self.environment = {"dataset": dataset, "machine": machine(), "versions": versions()}
        self.entries: dict[str, dict] = {}
        if self.path.exists():
            self.entries = msgspec.json.decode(self.path.read_bytes())

    def add(self, name: str, found: list[Row | Section]) -> None:
        """Keep what a measurement found, of sections of one title the last, and write it all."""
        sections = {item.title: item for item in found if isinstance(item, Section)}
        self.entries[name] = {
            "measured_at": f"{datetime.now(timezone.utc):%F %H:%M} UTC",
            "commit": self.commit,
            "environment": self.environment,
            "rows": [row_figures(row) for row in found if isinstance(row, Row)],
            "sections": [
                {"title": s.title, "text": s.text, "figures": s.figures} for s in sections.values()
            ],
        }
        encoded = msgspec.json.encode(self.entries)
        self.path.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
        (self.folder / "RESULTS.md").write_text(self.markdown())

    def lines(self, names: Iterable[str]) -> list[list[str]]:
        """The table's lines of these measurements."""
        return [row["cells"] for name in names for row in self.entries[name]["rows"]]

    def markdown(self) -> str:
        """RESULTS.md."""
        entries = self.entries.values()
        lines = ["# Measured side by side", "", *self._introduction(), ""]
        rows = [row for entry in entries for row in entry["rows"]]
        if rows:
            lines += [
                *table(HEAD, [row["cells"] for row in rows]),
                "",
                "How each was measured:",
                "",
            ]
            lines += [
                f"- **{row['name']}**: {' '.join(row['notes'])}" for row in rows if row["notes"]
            ]
        for section in (section for entry in entries for section in entry["sections"]):
            lines += ["", f"## {section['title']}", "", section["text"]]
        return "\n".join(lines) + "\n"

    def _introduction(self) -> list[str]:
        return [
            "Written by `make bench`; the single runs are in [results.json](results.json).",
            "",
            *(line for names in self._alike() for line in self._circumstances(names)),
            "",
            "Both sides run in turn in the same call, on the same bytes, ours first in every other "
            "pair. Seconds are medians; the ratio is the median of the pairs' ratios, the spread "
            "its least and greatest. Memory is anonymous resident memory (RssAnon), summed over a "
            "command's processes and sampled ten times a second, at its peak in any run; where "
            "the Spark server counts, it is what that held at most so far, since a JVM gives "
            "little back.",
        ]

    def _alike(self) -> list[list[str]]:
        """The names of the measurements, grouped by the code and all else of which they are."""
        found: dict[bytes, list[str]] = {}
        for name, entry in self.entries.items():
            key = msgspec.json.encode([entry["commit"], entry["environment"]])
            found.setdefault(key, []).append(name)
        return list(found.values())

    def _circumstances(self, names: list[str]) -> list[str]:
        entries = [self.entries[name] for name in names]
        environment = entries[0]["environment"]
        when = sorted({entry["measured_at"] for entry in entries})
        versions = ", ".join(f"{k} {v}" for k, v in environment["versions"].items())
        return [
            f"- **{', '.join(names)}**: {' to '.join(sorted({when[0], when[-1]}))}, of commit "
            f"{entries[0]['commit']}. "
            f"Data: {environment['dataset']}, repeated, each copy with new ids. "
            f"Machine: {environment['machine']}. Versions: {versions}."
        ]


def row_figures(row: Row) -> dict:
    """A row for JSON, its cells in the table included."""
    runs = {
        side: [{"seconds": round(r.seconds, 3), "memory": r.memory} for r in found]
        for side, found in (("ours", row.ours), ("peer", row.peer))
    }
    return {
        "name": row.name,
        "cells": cells(row),
        "reached": row.reached,
        "notes": row.notes,
        **runs,
    }


def cells(row: Row) -> list[str]:
    """One line of the table."""
    verdict = {True: ": **reached**", False: ": **missed**", None: ""}[row.reached]
    ratios = [1 / ratio for ratio in row.ratios] if row.as_speed else row.ratios
    unit = "as fast" if row.as_speed else "its time"
    peaks = [memory(runs) for runs in (row.ours, row.peer)]
    return [
        row.what,
        f"{seconds(row.ours):.2f} s",
        f"{seconds(row.peer):.2f} s: {row.against}" if row.peer else row.against,
        f"{statistics.median(ratios):.2f} times {unit}" if ratios else "",
        f"{min(ratios):.2f} to {max(ratios):.2f}" if len(ratios) > 1 else "",
        str(len(row.ours)),
        " against ".join(f"{peak / 1e6:,.0f} MB" for peak in peaks if peak),
        row.reach + verdict,
    ]


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def machine() -> str:
    """Processor, cores, memory, system."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    gib = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.release()}"
    return f"{os.cpu_count()} cores of {model}, {gib:.0f} GiB, {system}"


def versions() -> dict[str, str]:
    """Of everything that is measured."""
    found = {"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    found["librdkafka"] = confluent_kafka.libversion()[0]
    for name, prefix in JARS.items():
        for jar in load_settings(StackSettings).jars_dir.rglob(f"{prefix}-[0-9]*.jar"):
            found[name] = jar.stem.removeprefix(f"{prefix}-")
    commands = {
        "java": [find_java(), "-version"],
        "jq": ["jq", "--version"],
        "kcat": ["kcat", "-V"],
    }
    for name, command in commands.items():
        if shutil.which(command[0]):
            found[name] = _version(command)
    return found


def _version(command: list[str]) -> str:
    """Of what it prints, the first line that speaks of a version, or the only one."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return next((line for line in lines if "ersion" in line), lines[0]).split(" (")[0]


def commit() -> str:
    """The commit measured; with a + where files were changed since."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
