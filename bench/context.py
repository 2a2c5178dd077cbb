"""The context of a measurement: services, data, and the number of repetitions."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.dataset import Dataset
from bench.measure import Run
from bench.results import Environment, Result
from cli.console import info
from cli.errors import UserError
from services.pipeline import Pipeline, dbt_command
from services.sandbox import Sandbox

BUILD = dbt_command("build", "--exclude-resource-type", "unit_test")  # the data tests only


@dataclass(frozen=True)
class Context:
    shared: Callable[[], Sandbox]  # starts the shared services when it is first called
    dataset: Dataset
    environment: Environment
    folder: Path  # for a measurement's own services
    files: Path  # for files of any size; deleted at the end
    copies: int  # of the dataset
    runs: int  # how many runs, or pairs of runs

    @property
    def sandbox(self) -> Sandbox:
        return self.shared()

    @property
    def spark(self) -> tuple[int, ...]:
        """The process ids of the Spark server, whose memory counts."""
        return (self.sandbox.pid("spark"),)

    @property
    def records(self) -> int:
        return self.copies * self.dataset.records

    def file(self, copies: int | None = None, first: int = 0) -> Path:
        """A file of `copies` copies of the dataset, numbered from `first`; written if missing."""
        copies = copies or self.copies
        path = self.files / f"attempts-{first}-{copies}.json"
        return path if path.exists() else self.dataset.write(path, copies, first)

    @contextmanager
    def produced(self) -> Iterator[Pipeline]:
        """A pipeline whose topic holds the file."""
        with new_pipeline(self.sandbox) as pipeline:
            pipeline.ingest("produce", self.file())
            yield pipeline

    def result(self, row: str) -> Result:
        return Result(row=row, environment=self.environment, copies=self.copies)

    def pairs(self, row: str, ours: Callable[[], Run], peer: Callable[[], Run]) -> Result:
        """Measure both in turn; whichever ran first runs second in the next pair."""
        result = self.result(row)
        for pair in range(self.runs):
            sides = [(ours, result.ours), (peer, result.peer)]
            for measure, runs in sides if pair % 2 == 0 else reversed(sides):
                runs.append(measure())
            seconds = f"ours {result.ours[-1].seconds:.2f} s, peer {result.peer[-1].seconds:.2f} s"
            info(f"{row}: {seconds} ({pair + 1} of {self.runs})")
        return result


@contextmanager
def new_pipeline(sandbox: Sandbox) -> Iterator[Pipeline]:
    """A new pipeline, removed at the end."""
    pipeline = Pipeline.new(sandbox, "bench")
    try:
        yield pipeline
    finally:
        pipeline.remove()


@contextmanager
def own_services(folder: Path) -> Iterator[Sandbox]:
    """Services in an empty folder, not started yet; stopped and deleted at the end."""
    sandbox = Sandbox.new(folder)
    if sandbox.supervisor():
        raise UserError(f"another benchmark uses {folder}: wait for its end")
    try:
        yield sandbox
    finally:
        sandbox.services("down")
        shutil.rmtree(folder, ignore_errors=True)
