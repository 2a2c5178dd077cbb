"""What `ingest status` prints: the overview, at 80 columns and without colour, and the tables."""

from datetime import datetime, timezone

import msgspec
import pytest
from rich.console import Console

from cli.console import out
from ingest.ledger import Publication
from ingest.status import Partition, Status
from ingest.status_view import overview, print_status
from ingest.verify import Verdict, verdict_table
from tests.support.example_status import NOW
from tests.unit.ingest.conftest import printed

AT = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)


def state(records=5, published=5, end=6, landed=6) -> Status:
    file = Publication("file.json", "00", 9, records, 1, published, AT, "id")
    return Status(
        topic="assess",
        is_deleted=False,
        is_another_topic=False,
        is_compacted=False,
        partitions=[Partition(0, 0, end, 0, landed, end - landed)] if end else [],
        lag=end - landed,
        hidden=0,
        skipped=0,
        published=[file] if records else [],
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


STATUS = """
topic t: lag 203
partition  begin    end  hidden  landed  lag
        0      1  9,080      20   8,900  200
        1      2  3,400       0   3,397    3

2 files published
file                records  deliveries  published (UTC)
[b]one.json           1,234           3  2026-01-02 13:04:05
two.json     1,999 of 4,321           1  2026-01-03 13:04:05

table r.t: 7,000 rows in 17 loads, 23.5 MB in 19 files at /data/raw/t
load   rows              offsets         landed (UTC)
  17  5,000  0:11-8900 1:12-3397  2026-01-02 06:04:05
  16      2               0:5-11  2026-01-02 05:04:05
"""
UNCOMMITTED = """
uncommitted
for load   MB    last change (UTC)
      17  1.5  2026-01-02 07:04:05  leftover: ingest clean removes it
      18  2.6  2026-01-02 08:04:05  a running land may be writing it
"""


@pytest.mark.parametrize("uncommitted", [NOW.uncommitted, []], ids=["uncommitted", "none"])
def test_status(capsys, wide, uncommitted):
    now = msgspec.structs.replace(NOW, uncommitted=uncommitted)
    out.print(overview(now))
    drawn = printed(capsys)
    assert any("2 files" in line for line in drawn)
    assert any("5,555 records" in line for line in drawn)  # 1,234 and 4,321
    print_status(now)
    assert printed(capsys) == drawn + (STATUS + (UNCOMMITTED if uncommitted else "")).splitlines()


def test_a_long_name_is_folded_not_cut(capsys, monkeypatch):
    monkeypatch.setattr(out, "_width", 60)
    name = "".join(map(str, range(30)))
    out.print(verdict_table([Verdict(name, "a", 7, 7, 7, 7, 0, 0, 0)]))
    assert "".join(line.split()[0] for line in printed(capsys)[1:]) == name
    file = msgspec.structs.replace(NOW.published[0], source=name)
    print_status(msgspec.structs.replace(NOW, published=[file], uncommitted=[]))
    lines = printed(capsys)
    first = next(n for n, line in enumerate(lines) if line.startswith("file ")) + 1
    last = lines.index("", first)
    assert "".join(line.split()[0] for line in lines[first:last]) == name
