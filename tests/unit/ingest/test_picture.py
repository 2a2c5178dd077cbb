"""The picture that `ingest status` begins with, at 80 columns and without colour."""

from datetime import datetime, timezone

import pytest
from rich.console import Console

from ingest.ledger import Publication
from ingest.picture import picture
from ingest.status import Partition, Status

AT = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)


def state(records=5, published=5, end=6, landed=6) -> Status:
    return Status(
        topic="assess",
        partitions=[Partition(0, 0, end, landed, end - landed)] if end else [],
        lag=end - landed,
        published=[Publication("file.json", "00", 9, records, 1, published, AT)] if records else [],
        raw_table="raw.assess",
        raw_path="/data/raw/assess",
        loads=int(landed > 0),
        rows=min(published, landed),
        files=1,
        bytes=1_500_000,
        newest_landed_at=AT if landed else None,
        newest_message_at=AT if landed else None,
        newest_message_age_seconds=60.0 if landed else None,
        recent=[],
        staged=[],
    )


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (state(), ["1 file ", "5 records", "all landed", "1 load, 1.5 MB", "2026-01-02 03:04"]),
        (state(), ["all that is published has landed"]),
        (state(landed=2), ["4 offsets to land", "next: python -m ingest land"]),
        (state(published=3), ["1 not as a whole", "produce again, for file.json"]),
        (state(0, 0, 0, 0), ["0 files", "0 rows", "next: python -m ingest run FILE"]),
    ],
)
def test_says_what_is_where_and_what_to_do_next(now, says):
    console = Console(width=80, no_color=True)
    with console.capture() as capture:
        console.print(picture(now))
    text = capture.get()
    assert all(words in text for words in says), text
    assert max(map(len, text.splitlines())) <= 80
