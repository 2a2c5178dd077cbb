"""A pipeline with a history: two partitions, three files, two loads, and something yet to land."""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from sample.generator import write_sample
from tests.support.commands import SMALL, ForkedPipeline
from tests.support.independent import ends


@dataclass
class Moment:
    """What the commands said at a moment, and where the topic ended then."""

    status: CompletedProcess
    status_json: CompletedProcess
    ends: dict[int, int]


@dataclass
class History:
    """What was done: `one` twice, `two` once, landed in two loads; `three` by half, not landed.

    Attributes:
        moments: before the first load, after it, after the second, and at the end.
        landed: by load, between which times it was landed.
    """

    pipeline: ForkedPipeline
    one: Path
    two: Path
    three: Path
    moments: list[Moment] = field(default_factory=list)
    landed: list[tuple[datetime, datetime]] = field(default_factory=list)
    verified: CompletedProcess | None = None
    verified_json: CompletedProcess | None = None

    def ingest(self, *arguments, check: bool = True, **environment) -> CompletedProcess:
        return self.pipeline.ingest(*arguments, check=check, **SMALL, **environment)

    def look(self) -> None:
        status, status_json = self.ingest("status"), self.ingest("status", "--json")
        self.moments.append(Moment(status, status_json, ends(self.pipeline)))

    def land(self) -> None:
        begun = datetime.now(timezone.utc)
        self.ingest("land")
        self.landed.append((begun, datetime.now(timezone.utc)))


@pytest.fixture(scope="package")
def history(sandbox, tmp_path_factory) -> History:
    folder = tmp_path_factory.mktemp("history")
    files = [folder / name for name in ("one.json", "two.jsonl.gz", "three.json")]
    for seed, (file, attempts) in enumerate(zip(files, (50, 37, 60), strict=True)):
        write_sample(file, attempts, seed)
    now = History(ForkedPipeline.new(sandbox, "history"), *files)
    now.ingest("produce", now.one)
    now.look()
    now.land()
    now.look()
    now.ingest("produce", now.two)
    now.ingest("produce", "--again", now.one)
    now.land()
    now.look()
    killed = now.ingest(
        "produce", now.three, check=False, INGEST_FAILPOINT="produce.transaction_committed#2"
    )
    assert killed.returncode == -9
    now.look()
    now.verified = now.ingest("verify", check=False)
    now.verified_json = now.ingest("verify", "--json", check=False)
    return now
