"""The overview that `ingest status` begins with, at 80 columns and without colour."""

from datetime import datetime, timezone

import pytest
from rich.console import Console

from ingest.ledger import Publication
from ingest.status import Partition, Status
from ingest.status_view import overview

AT = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)


def state(records=5, published=5, end=6, landed=6) -> Status:
    return Status(
        topic="assess",
        is_another_topic=False,
        is_compacted=False,
        partitions=[Partition(0, 0, end, 0, landed, end - landed)] if end else [],
        lag=end - landed,
        hidden=0,
        skipped=0,
        published=[Publication("file.json", "00", 9, records, 1, published, AT)] if records else [],
        raw_table="raw.assess",
        raw_path="/data/raw/assess",
        loads=int(landed > 0),
        rows=min(published, landed) if end else 0,
        files=1,
        bytes=1_500_000,
        newest_landed_at=AT if landed else None,
        newest_message_at=AT if landed else None,
        newest_message_age_seconds=60.0 if landed else None,
        recent=[],
        uncommitted=[],
    )


LANDED = """\
╭─ published ─────────╮   ╭─ topic assess ─────╮   ╭─ table raw.assess ────────╮
│ 1 file              │   │ 1 partition        │   │ 5 rows                    │
│ 5 records           │ ▶ │ all landed         │ ▶ │ 1 load, 1.5 MB            │
│                     │   │                    │   │ newest 2026-01-02 03:04   │
╰─────────────────────╯   ╰────────────────────╯   ╰───────────────────────────╯
everything published has landed
"""
TO_LAND = """\
╭─ published ─────────╮   ╭─ topic assess ─────╮   ╭─ table raw.assess ────────╮
│ 1 file              │   │ 1 partition        │   │ 2 rows                    │
│ 5 records           │ ▶ │ 4 offsets to land  │ ▶ │ 1 load, 1.5 MB            │
│                     │   │                    │   │ newest 2026-01-02 03:04   │
╰─────────────────────╯   ╰────────────────────╯   ╰───────────────────────────╯
next: python -m ingest land
"""
BY_HALF = """\
╭─ published ─────────╮   ╭─ topic assess ─────╮   ╭─ table raw.assess ────────╮
│ 1 file              │   │ 1 partition        │   │ 3 rows                    │
│ 5 records           │ ▶ │ all landed         │ ▶ │ 1 load, 1.5 MB            │
│ 1 not fully         │   │                    │   │ newest 2026-01-02 03:04   │
╰─────────────────────╯   ╰────────────────────╯   ╰───────────────────────────╯
next: python -m ingest produce FILE, to publish all of file.json
"""
NOTHING = """\
╭─ published ─────────╮   ╭─ topic assess ─────╮   ╭─ table raw.assess ────────╮
│ 0 files             │   │ 0 partitions       │   │ 0 rows                    │
│ 0 records           │ ▶ │                    │ ▶ │ 0 loads, 1.5 MB           │
│                     │   │                    │   │                           │
╰─────────────────────╯   ╰────────────────────╯   ╰───────────────────────────╯
next: python -m ingest run FILE
"""
FOREIGN = """\
╭─ published ─────────╮   ╭─ topic assess ─────╮   ╭─ table raw.assess ────────╮
│ 0 files             │   │ 1 partition        │   │ 5 rows                    │
│ 0 records           │ ▶ │ all landed         │ ▶ │ 1 load, 1.5 MB            │
│                     │   │                    │   │ newest 2026-01-02 03:04   │
╰─────────────────────╯   ╰────────────────────╯   ╰───────────────────────────╯
everything published has landed
"""


@pytest.mark.parametrize(
    ("now", "pictured", "yellow"),
    [
        (state(), LANDED, set()),
        (state(landed=2), TO_LAND, {"4 offsets to land", "next: python -m ingest land"}),
        (
            state(published=3), BY_HALF,
            {"1 not fully", "next: python -m ingest produce FILE, to publish all of file.json"},
        ),
        (state(0, 0, 0, 0), NOTHING, {"next: python -m ingest run FILE"}),
        (state(records=0), FOREIGN, set()),
    ],
    ids=["landed", "to land", "by half", "nothing", "messages of others"],
)  # fmt: skip
def test_says_what_is_where_and_what_to_do_next(now, pictured, yellow):
    console = Console(width=80, no_color=True)
    with console.capture() as capture:
        console.print(overview(now))
    assert [line.rstrip() for line in capture.get().splitlines()] == pictured.splitlines()

    # What needs to be done is yellow, the frame of its box too; what is well is green.
    words = {"yellow": set(), "green": set()}
    corners = []
    for segment in console.render(overview(now)):
        color = segment.style and segment.style.color and segment.style.color.name
        if segment.text.startswith("╭"):
            corners.append(color)
        elif color and segment.text.strip(" │╰─╯╮\n"):
            words[color].add(segment.text.strip())
    titles = {"published", "topic assess", "table raw.assess"}
    assert words["yellow"] - titles == yellow
    assert words["green"] - titles == (set() if yellow else {"everything published has landed"})
    wrong = [name for name, said in (("published", "not fully"), ("topic", "to land"))
             if any(said in words for words in yellow)]  # fmt: skip
    assert corners == [
        "yellow" if name in wrong else "green" for name in ("published", "topic", "table")
    ]
