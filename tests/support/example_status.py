"""A status whose figures all differ from each other."""

from datetime import datetime, timezone

from ingest.ledger import Publication
from ingest.load_store import Load, Uncommitted
from ingest.status import Partition, Status

DAY = datetime(2026, 1, 2, 13, 4, 5, tzinfo=timezone.utc)


def load(load_id: int, rows: int, start: dict, end: dict, hour: int) -> Load:
    at = DAY.replace(hour=hour)
    return Load(load_id, "0" * 32, "t", "id", start, end, rows, 7000, at, "1", at, 0)


NOW = Status(
    topic="t",
    is_deleted=False,
    is_compacted=False,
    partitions=[Partition(0, 1, 9080, 20, 8900, 200), Partition(1, 2, 3400, 0, 3397, 3)],
    lag=203,
    hidden=0,
    skipped=0,
    is_another_topic=False,
    published=[
        Publication("[b]one.json", "a", 10, 1234, 3, 1234, DAY, "id"),
        Publication("two.json", "b", 20, 4321, 1, 1999, DAY.replace(day=3), "id"),
    ],
    raw_table="r.t",
    raw_path="/data/raw/t",
    loads=17,
    rows=7000,
    files=19,
    bytes=23_456_789,
    newest_landed_at=DAY,
    newest_message_at=DAY,
    newest_message_age_seconds=1.5,
    recent=[load(17, 5000, {0: 11, 1: 12}, {0: 8900, 1: 3397}, 6), load(16, 2, {0: 5}, {0: 11}, 5)],
    uncommitted=[
        Uncommitted("/s/a", 17, 2, 1_500_000, DAY.replace(hour=7), leftover=True),
        Uncommitted("/s/b", 18, 1, 2_600_000, DAY.replace(hour=8), leftover=False),
    ],
)
