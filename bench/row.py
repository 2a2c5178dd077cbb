"""A row: what it says, what it should reach, and how it is measured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.context import Context
from bench.results import Result

Target = tuple[str, Callable[[Result], bool]]  # in words, and whether it is reached


def times_as_fast(factor: float) -> Target:
    """Ours is at least `factor` times as fast as the peer."""
    return f"at least {factor:g} times as fast", lambda result: result.ratio <= 1 / factor


def times_the_time(factor: float) -> Target:
    """Ours takes at most `factor` times the peer's time."""
    return f"at most {factor:g} times its time", lambda result: result.ratio <= factor


@dataclass(frozen=True)
class Row:
    """What RESULTS.md says of a row, its figures aside."""

    name: str
    what: str  # with {records}, {copy_records} and {megabytes} of the result
    peer: str = ""  # what ours is compared with
    target: Target | None = None
    as_speed: bool = False  # print ratios as "times as fast", not as "times its time"
    note: str = ""  # how it was measured
    section: Callable[[Result, Path], list[str]] | None = None  # instead of a line of the table


@dataclass(frozen=True)
class Measurement:
    """Rows that are measured together."""

    rows: tuple[Row, ...]
    measure: Callable[[Context], Iterator[Result]]  # of one row the last result counts
    copies: int = 30  # of the dataset, where the user gives none: 98,400 reference records
    runs: int = 3  # where the user gives none
    is_long: bool = False  # measured only when named
    programs: tuple[str, ...] = ()  # needed beside the project's packages


def table(head: list[str], lines: list[list[str]]) -> list[str]:
    """A table in Markdown."""
    rows = [head, ["---"] * len(head), *lines]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
