"""What every measurement is given: services, files, how often to repeat."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.data import Dataset
from bench.measure import Row, Run
from ingest.console import say
from services.sandbox import Pipeline, Sandbox, new_pipeline

COPIES = 30  # 98,400 records of the reference dataset


@dataclass(frozen=True)
class Context:
    """Services, files, and how often to repeat.

    Attributes:
        folder: for files of any size; emptied afterwards.
        out: for the results.
        copies: of the dataset, in most measurements.
        runs: how many pairs; `few` for measurements that take minutes.
        largest: how many copies of the dataset the largest step of `scale` has.
    """

    sandbox: Sandbox
    dataset: Dataset
    folder: Path
    out: Path
    copies: int
    runs: int
    largest: int

    @property
    def few(self) -> int:
        return min(self.runs, 3)

    @property
    def records(self) -> int:
        return self.copies * self.dataset.records

    def file(self, copies: int | None = None, first: int = 0) -> Path:
        """A file of that many copies of the dataset; made when first asked for."""
        copies = copies or self.copies
        path = self.folder / f"attempts-{first}-{copies}.json"
        return path if path.exists() else self.dataset.write(path, copies, first)

    @contextmanager
    def produced(self, copies: int | None = None) -> Iterator[Pipeline]:
        """A pipeline whose topic holds the file."""
        with new_pipeline(self.sandbox) as pipeline:
            pipeline.ingest("produce", self.file(copies))
            yield pipeline

    def pairs(
        self, row: Row, ours: Callable[[], Run], peer: Callable[[], Run], runs: int | None = None
    ) -> Row:
        """Measure both in turn; whoever was first is second in the next pair."""
        for pair in range(runs or self.runs):
            order = [(ours, row.ours), (peer, row.peer)]
            for measure, into in order if pair % 2 == 0 else reversed(order):
                into.append(measure())
            say(
                f"{row.name}: ours {row.ours[-1].seconds:.2f} s, "
                f"peer {row.peer[-1].seconds:.2f} s ({pair + 1} of {runs or self.runs})"
            )
        return row
