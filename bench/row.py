"""A row of RESULTS.md: its text, its target, and its measurement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.context import Context
from bench.results import Result

Target = tuple[str, Callable[[Result], bool]]  # its words, and whether a result reaches it


def times_as_fast(factor: float) -> Target:
    """The target that ours is at least `factor` times as fast as the peer."""
    return f"at least {factor:.2g} times as fast", lambda result: result.ratio <= 1 / factor


def times_the_time(factor: float) -> Target:
    """The target that ours takes at most `factor` times the peer's time."""
    return f"at most {factor:.2g} times its time", lambda result: result.ratio <= factor


@dataclass(frozen=True)
class Row:
    """The text of a row in RESULTS.md, without its figures."""

    name: str
    what: str  # with {records}, {copy_records} and {megabytes} of the result
    peer: str = ""  # what ours is compared with
    target: Target | None = None
    as_speed: bool = False  # print ratios as "times as fast", not as "times its time"
    note: str = ""  # how it was measured
    would_take: str = ""  # what reaching a missed target would take
    section: Callable[[Result, Path], list[str]] | None = None  # instead of a line of the table


@dataclass(frozen=True)
class Measurement:
    """Rows that are measured together."""

    rows: tuple[Row, ...]
    measure: Callable[[Context], Iterator[Result]]  # the last result of each row counts
    copies: int = 30  # of the dataset, if the user gives none: 98,400 reference records
    runs: int = 3  # if the user gives none
    is_long: bool = False  # measured only when named
    programs: tuple[str, ...] = ()  # needed besides the project's packages


def table(head: list[str], lines: list[list[str]]) -> list[str]:
    """A table in Markdown."""
    rows = [head, ["---"] * len(head), *lines]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
