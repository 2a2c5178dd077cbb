"""What `status` and `verify` print of figures that all differ from each other."""

from datetime import datetime, timezone

import msgspec
import pytest

from ingest import __main__ as commands
from ingest.ledger import Publication
from ingest.leftovers import Staged
from ingest.loads import Load
from ingest.picture import picture
from ingest.status import Partition, Status
from ingest.verify import Verdict

DAY = datetime(2026, 1, 2, 13, 4, 5, tzinfo=timezone.utc)


def load(load_id: int, rows: int, start: dict, end: dict, hour: int) -> Load:
    at = DAY.replace(hour=hour)
    return Load(load_id, "0" * 32, "t", "id", start, end, rows, 7000, at, "1", at)


NOW = Status(
    topic="t",
    partitions=[Partition(0, 1, 9100, 8900, 200), Partition(1, 2, 3400, 3397, 3)],
    lag=203,
    published=[
        Publication("[b]one.json", "a", 10, 1234, 3, 1234, DAY),
        Publication("two.json", "b", 20, 4321, 1, 1999, DAY.replace(day=3)),
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
    staged=[
        Staged("/s/a", 17, 2, 1_500_000, DAY.replace(hour=7), leftover=True),
        Staged("/s/b", 18, 1, 2_600_000, DAY.replace(hour=8), leftover=False),
    ],
)


STATUS = """
topic t: lag 203
partition  begin    end  landed  lag
        0      1  9,100   8,900  200
        1      2  3,400   3,397    3

files published: 2
file                records  deliveries  published (UTC)
[b]one.json           1,234           3  2026-01-02 13:04:05
two.json     1,999 of 4,321           1  2026-01-03 13:04:05

table r.t: 7,000 rows in 17 loads, 23.5 MB in 19 files at /data/raw/t
load   rows              offsets         landed (UTC)
  17  5,000  0:11-8900 1:12-3397  2026-01-02 06:04:05
  16      2               0:5-11  2026-01-02 05:04:05
"""
STAGED = """
staged, not committed
for load   MB    last change (UTC)
      17  1.5  2026-01-02 07:04:05  leftover: ingest clean removes it
      18  2.6  2026-01-02 08:04:05  may be being written
"""
VERIFIED = """
file         expected  landed  missing  surplus
[b]one.json     1,234   1,240        5       11
two.json            7       7        0        0
"""


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")


def printed(capsys) -> list[str]:
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("staged", [NOW.staged, []], ids=["staged", "nothing staged"])
def test_status(capsys, staged):
    now = msgspec.structs.replace(NOW, staged=staged)
    commands.out.print(picture(now))
    drawn = printed(capsys)
    commands._print_status(now)
    assert printed(capsys) == drawn + (STATUS + (STAGED if staged else "")).splitlines()


def test_verify(capsys):
    one = Verdict("[b]one.json", "a", expected=1234, landed=1240, missing=5, surplus=11)
    table = commands._verdict_table([one, Verdict("two.json", "b", 7, 7, 0, 0)])
    commands.out.print(table)
    assert printed(capsys) == VERIFIED.splitlines()[1:]
    assert [row.style for row in table.rows] == ["red", ""]


def test_a_long_name_is_folded_not_cut(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    name = "".join(map(str, range(30)))
    commands.out.print(commands._verdict_table([Verdict(name, "a", 7, 7, 0, 0)]))
    assert "".join(line.split()[0] for line in printed(capsys)[1:]) == name
    file = msgspec.structs.replace(NOW.published[0], source=name)
    commands._print_status(msgspec.structs.replace(NOW, published=[file], staged=[]))
    lines = printed(capsys)
    first = next(n for n, line in enumerate(lines) if line.startswith("file ")) + 1
    last = lines.index("", first)
    assert "".join(line.split()[0] for line in lines[first:last]) == name


@pytest.mark.parametrize(
    ("missing", "surplus", "complete"), [(0, 0, True), (1, 0, False), (0, 1, False), (1, 1, False)]
)
def test_a_file_is_complete_when_nothing_is_missing_or_surplus(missing, surplus, complete):
    assert Verdict("a", "0", 1, 1, missing, surplus).complete is complete


@pytest.mark.parametrize(
    ("records", "deliveries", "published", "complete", "messages"),
    [(10, 1, 10, True, 10), (10, 1, 9, False, 9), (10, 3, 10, True, 30), (10, 3, 4, False, 24),
     (10, 2, 0, False, 10)],
)  # fmt: skip
def test_what_the_ledger_says_of_a_file(records, deliveries, published, complete, messages):
    file = Publication("a", "0", 5, records, deliveries, published, DAY)
    assert (file.complete, file.messages) == (complete, messages)
