"""Results: numbers only, one JSON file per row."""

import json
import re
import statistics
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.measure import Run


class Stage(NamedTuple):
    """A stage of the job at one size; memory and disk are peaks, in bytes."""

    records: int
    name: str
    seconds: float
    spark_cpu_seconds: float
    command_memory: int
    spark_memory: int
    disk: int


class Environment(msgspec.Struct, frozen=True):
    """Commit, data, machine and versions; `records` are those of one copy of the dataset."""

    commit: str
    dataset: str
    records: int
    machine: str
    versions: dict[str, str]


class Result(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The measured numbers of a row."""

    row: str
    measured_at: str = ""
    environment: Environment
    copies: int  # of the dataset
    bytes: int = 0  # of the file
    ours: list[Run] = []
    peer: list[Run] = []  # in pairs with ours, or empty
    stages: list[Stage] = []  # of the whole job, by size

    @property
    def ratios(self) -> list[float]:
        """Our time divided by the peer's, pair by pair."""
        pairs = zip(self.ours, self.peer, strict=bool(self.peer))
        return [ours.seconds / peer.seconds for ours, peer in pairs]

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios)

    def write(self, folder: Path) -> None:
        """Write `folder`/<row>.json, one line per run or stage."""
        text = json.dumps(msgspec.to_builtins(self), indent=1)
        text = re.sub(r"\n(?: {3,}| {2}(?=[]}]))", " ", text)
        (folder / f"{self.row}.json").write_text(f"{text}\n", encoding="utf-8")


def read_results(folder: Path) -> dict[str, Result]:
    """The results in a folder, by row."""
    files = sorted(folder.glob("*.json"))
    results = [msgspec.json.decode(file.read_bytes(), type=Result) for file in files]
    return {result.row: result for result in results}
