"""The transactions that a file's records go in."""

import pytest

from ingest.produce import _transactions


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (1, [["11"], ["2222"], ["33"], ["4"]]),
        (2, [["11"], ["2222"], ["33"], ["4"]]),
        (3, [["11", "2222"], ["33", "4"]]),
        (6, [["11", "2222"], ["33", "4"]]),
        (7, [["11", "2222", "33"], ["4"]]),
        (8, [["11", "2222", "33"], ["4"]]),
        (9, [["11", "2222", "33", "4"]]),
        (10, [["11", "2222", "33", "4"]]),
    ],
)
def test_a_transaction_closes_when_it_holds_as_much_as_it_may(monkeypatch, limit, expected):
    monkeypatch.setenv("TRANSACTION_BYTES", str(limit))
    records = (memoryview(record) for record in (b"11", b"2222", b"33", b"4"))
    assert [[value.decode() for value, _ in some] for some in _transactions(records)] == expected


def test_each_message_has_its_own_key():
    records = (memoryview(r) for r in (b'{"user_exam_id": "a"}', b"{}", b'{"user_exam_id": "b"}'))
    assert [[key for _, key in some] for some in _transactions(records)] == [[b"a", None, b"b"]]


def test_without_records_there_is_none():
    assert list(_transactions(iter(()))) == []
