"""What `ingest verify` prints, and when it fails."""

import pytest

from cli.console import out
from cli.errors import UserError
from ingest.verify import Verdict, check, verdict_table
from tests.unit.ingest.conftest import printed

VERIFIED = """
file         expected  landed  missing  surplus
[b]one.json     1,234   1,240        5       11
two.json            7       7        0        0
"""


def test_verify(capsys, wide):
    one = Verdict("[b]one.json", "a", 600, 600, 1234, 1240, missing=5, surplus=11, copies=0)
    table = verdict_table([one, Verdict("two.json", "b", 7, 7, 7, 7, 0, 0, 0)])
    out.print(table)
    assert printed(capsys) == VERIFIED.splitlines()[1:]
    assert [row.style for row in table.rows] == ["red", ""]


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
        Verdict(f"{n}.json", "0", 9, published, 9, 9, missing, surplus, 0)
        for n, (published, missing, surplus) in enumerate(verdicts)
    ]
    if says is None:
        check(found)
        return
    with pytest.raises(UserError) as refused:
        check(found)
    assert str(refused.value) == says


def test_of_many_files_the_first_are_named():
    found = [Verdict(f"{n}.json", "0", 9, 9, 9, 8, 1, 0, 0) for n in range(5)]
    with pytest.raises(
        UserError, match=r"^5 of 5 files .* \(0.json, 1.json, 2.json and 2 more\): "
    ):
        check(found)
