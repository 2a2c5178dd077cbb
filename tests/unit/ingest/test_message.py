"""What other programs put into a message: headers without a value, timestamps of any size."""

from datetime import datetime, timezone
from types import SimpleNamespace

import pytest

from ingest import ledger_restore
from ingest.kafka import header_texts, sent_at


def test_the_last_header_of_a_name_that_has_a_value_counts():
    headers = [("a", b"1"), ("a", b"2"), ("trace", None), ("a", None), ("b", b"\xff"), ("c", b"")]
    assert header_texts(headers) == {"a": "2", "b": "\ufffd", "c": ""}


@pytest.mark.parametrize(
    ("milliseconds", "time"),
    [
        (1_520_157_660_500, datetime(2018, 3, 4, 10, 1, 0, 500_000, timezone.utc)),
        (1_520_157_660_500_000, datetime(9999, 1, 1, tzinfo=timezone.utc)),  # microseconds
        (2**63 - 1, datetime(9999, 1, 1, tzinfo=timezone.utc)),
        (-1, datetime(1970, 1, 1, tzinfo=timezone.utc)),  # Kafka's word for none
    ],
)
def test_each_timestamp_has_a_time(milliseconds, time):
    assert sent_at(milliseconds) == time


def test_a_ledger_is_restored_beside_a_message_without_a_value(monkeypatch):
    names = ("source_file", "source_sha256", "source_records", "source_position")
    sent = [
        SimpleNamespace(
            headers=list(zip(names, (b"a", b"sha", b"2", position), strict=True)),
            value=value, timestamp=0,
        )
        for position, value in ((b"0", b"{}"), (b"1", None))
    ]  # fmt: skip
    monkeypatch.setattr(ledger_restore, "read_committed", lambda topic, begin: sent)
    restored = ledger_restore._from_headers(SimpleNamespace(begin={}, id="id"))
    assert [(p.source, p.bytes, p.published) for p in restored.values()] == [("a", 2, 2)]


def test_a_ledger_is_not_restored_from_headers_that_no_file_has(monkeypatch):
    def message(record: object, records: object, source: str = "other") -> SimpleNamespace:
        texts = {"source_file": source, "source_sha256": source}
        numbers = {"source_position": record, "source_records": records}
        headers = [(name, str(value).encode()) for name, value in {**texts, **numbers}.items()]
        return SimpleNamespace(headers=headers, value=b"{}", timestamp=0)

    wrong = [(5, 5), (-1, 5), (0, 0), (0, -1), (0, 10**30), ("x", 5), (0, "9" * 5000)]
    sent = [message(*numbers) for numbers in wrong] + [message(1, 2, "ours")]
    monkeypatch.setattr(ledger_restore, "read_committed", lambda topic, begin: sent)
    topic = SimpleNamespace(begin={}, id="id")
    assert [(p.source, p.records) for p in ledger_restore._from_headers(topic).values()] == [
        ("ours", 2)
    ]
