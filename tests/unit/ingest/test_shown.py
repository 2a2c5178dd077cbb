"""What `status` and `verify` print of figures that all differ from each other."""

from datetime import datetime, timezone

import msgspec
import pytest

from cli.console import out
from cli.errors import UserError
from ingest.ledger import Publication
from ingest.load_store import Load, Uncommitted
from ingest.status import Partition, Status
from ingest.status_view import overview, print_status
from ingest.verify import Verdict, check, verdict_table

DAY = datetime(2026, 1, 2, 13, 4, 5, tzinfo=timezone.utc)


def load(load_id: int, rows: int, start: dict, end: dict, hour: int) -> Load:
    at = DAY.replace(hour=hour)
    return Load(load_id, "0" * 32, "t", "id", start, end, rows, 7000, at, "1", at)


NOW = Status(
    topic="t",
    is_compacted=False,
    partitions=[Partition(0, 1, 9080, 20, 8900, 200), Partition(1, 2, 3400, 0, 3397, 3)],
    lag=203,
    hidden=0,
    skipped=0,
    is_another_topic=False,
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
    uncommitted=[
        Uncommitted("/s/a", 17, 2, 1_500_000, DAY.replace(hour=7), leftover=True),
        Uncommitted("/s/b", 18, 1, 2_600_000, DAY.replace(hour=8), leftover=False),
    ],
)


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
VERIFIED = """
file         expected  landed  missing  surplus
[b]one.json     1,234   1,240        5       11
two.json            7       7        0        0
"""


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setattr(out, "_width", 110)


def printed(capsys) -> list[str]:
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("uncommitted", [NOW.uncommitted, []], ids=["uncommitted", "none"])
def test_status(capsys, uncommitted):
    now = msgspec.structs.replace(NOW, uncommitted=uncommitted)
    out.print(overview(now))
    drawn = printed(capsys)
    assert any("2 files" in line for line in drawn)
    assert any("5,555 records" in line for line in drawn)  # 1,234 and 4,321
    print_status(now)
    assert printed(capsys) == drawn + (STATUS + (UNCOMMITTED if uncommitted else "")).splitlines()


def test_verify(capsys):
    one = Verdict("[b]one.json", "a", 600, 600, expected=1234, landed=1240, missing=5, surplus=11)
    table = verdict_table([one, Verdict("two.json", "b", 7, 7, 7, 7, 0, 0)])
    out.print(table)
    assert printed(capsys) == VERIFIED.splitlines()[1:]
    assert [row.style for row in table.rows] == ["red", ""]


def test_a_long_name_is_folded_not_cut(capsys, monkeypatch):
    monkeypatch.setattr(out, "_width", 60)
    name = "".join(map(str, range(30)))
    out.print(verdict_table([Verdict(name, "a", 7, 7, 7, 7, 0, 0)]))
    assert "".join(line.split()[0] for line in printed(capsys)[1:]) == name
    file = msgspec.structs.replace(NOW.published[0], source=name)
    print_status(msgspec.structs.replace(NOW, published=[file], uncommitted=[]))
    lines = printed(capsys)
    first = next(n for n, line in enumerate(lines) if line.startswith("file ")) + 1
    last = lines.index("", first)
    assert "".join(line.split()[0] for line in lines[first:last]) == name


LANDED = "{} of 3 files did not land exactly as published ({}): run land for what is missing; "
LANDED += "surplus rows mean that somebody wrote to the raw table by other means"


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        ([(9, 0, 0), (9, 0, 0), (9, 0, 0)], None),
        ([(9, 1, 0), (9, 0, 0), (9, 0, 1)], LANDED.format(2, "0.json, 2.json")),
        (
            [(9, 0, 0), (4, 0, 0), (9, 0, 0)],
            "not yet fully published (1.json: 4 of 9 records): run produce for each",
        ),
        ([(9, 0, 0), (4, 0, 0), (0, 7, 0)], LANDED.format(1, "2.json")),
    ],
    ids=["all well", "missing and surplus", "partly published", "both"],
)
def test_verify_fails_unless_all_is_published_and_landed(verdicts, says):
    found = [
        Verdict(f"{n}.json", "0", 9, published, 9, 9, missing, surplus)
        for n, (published, missing, surplus) in enumerate(verdicts)
    ]
    if says is None:
        check(found)
        return
    with pytest.raises(UserError) as refused:
        check(found)
    assert str(refused.value) == says


def test_of_many_files_the_first_are_named():
    found = [Verdict(f"{n}.json", "0", 9, 9, 9, 8, 1, 0) for n in range(5)]
    with pytest.raises(
        UserError, match=r"^5 of 5 files .* \(0.json, 1.json, 2.json and 2 more\): "
    ):
        check(found)


@pytest.mark.parametrize(
    ("records", "deliveries", "published", "complete", "messages"),
    [(10, 1, 10, True, 10), (10, 1, 9, False, 9), (10, 3, 10, True, 30), (10, 3, 4, False, 24),
     (10, 2, 0, False, 10)],
)  # fmt: skip
def test_what_the_ledger_says_of_a_file(records, deliveries, published, complete, messages):
    file = Publication("a", "0", 5, records, deliveries, published, DAY)
    assert (file.fully_published, file.messages) == (complete, messages)
