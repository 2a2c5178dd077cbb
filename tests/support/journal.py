"""What faults cost: an independent count of files, topic, HDFS and table after each."""

from collections import Counter, defaultdict
from itertools import chain

from sample.generator import write_sample
from tests.support.independent import committed, landed, load_folders, slices


class Journal:
    """Each fault that fired, and what an independent count found after the same command again."""

    def __init__(self):
        self.rows = defaultdict(Counter)
        self.recovered = defaultdict(Counter)

    def record(self, fault: str, lost: int, doubled: int, recovered_by: str) -> None:
        self.rows[fault].update(times=1, lost=lost, doubled=doubled)
        self.recovered[fault][recovered_by] += 1


class Files:
    """Small files, each of its own content, and what has to be on the topic because of them."""

    def __init__(self, folder, pipeline):
        self.folder, self.pipeline, self.published = folder, pipeline, []

    def new(self, attempts: int = 40):
        """A file that is going to be published once."""
        path = self.folder / f"{len(self.published)}.json"
        write_sample(path, attempts, seed=len(self.published))
        self.published.append(path)
        return path

    def count(self) -> tuple[int, int]:
        """(lost, doubled) messages, from file to topic, to HDFS, to the catalogue's table.

        Exact sets: each record of each file on the topic, each (partition, offset) with its bytes
        in the files of the committed loads, and each (partition, offset) in the table.
        """
        messages = committed(self.pipeline)
        rows = landed(self.pipeline)
        lost = doubled = 0
        for expected, found in (
            (Counter(chain.from_iterable(map(slices, self.published))),
             Counter(m.value() for m in messages)),
            (Counter((m.partition(), m.offset(), m.key(), m.value()) for m in messages),
             Counter((r["partition"], r["offset"], r["key"], r["value"]) for r in rows)),
            (Counter((m.partition(), m.offset()) for m in messages),
             Counter(self.pipeline.query("select partition, offset from {raw}"))),
        ):  # fmt: skip
            assert expected
            lost += (expected - found).total()
            doubled += (found - expected).total()
        return lost, doubled

    def check(self, journal: Journal, faults: dict[str, str]) -> None:
        """Count, note the faults and what each was recovered by, and fail on any difference."""
        lost, doubled = self.count()
        for fault, recovered_by in faults.items():
            journal.record(fault, lost, doubled, recovered_by)
        where = f"{self.pipeline.name}: topic, {load_folders(self.pipeline)}"
        assert (lost, doubled) == (0, 0), f"after {', '.join(faults)}, {where}"
