"""What other programs put into a message: headers without a value, timestamps of any size.

And what a lost ledger is restored from.
"""

from contextlib import nullcontext
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from confluent_kafka import KafkaException

from cli.errors import UserError
from ingest import ledger, ledger_restore
from ingest.kafka import Topic
from ingest.ledger import Publication
from ingest.messages import header_texts, sent_at
from ingest.produce import _check_record_count
from ingest.records import RecordFile


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


def message(record: object, records: object, source="other", value=b"{}", at=0) -> SimpleNamespace:
    texts = {"source_file": source, "source_sha256": source}
    numbers = {"source_position": record, "source_records": records}
    headers = [(name, str(text).encode()) for name, text in {**texts, **numbers}.items()]
    return SimpleNamespace(headers=headers, value=value, timestamp=at)


@pytest.fixture
def restored(monkeypatch):
    """What is restored from messages."""

    def restore(*sent: SimpleNamespace) -> list[Publication]:
        monkeypatch.setattr(ledger_restore, "read_committed", lambda topic, begin: sent)
        return list(ledger_restore._from_headers(Topic("t", "id", {}, {})).values())

    return restore


def test_a_ledger_is_restored_beside_a_message_without_a_value(restored):
    [a] = restored(message(0, 2, "a", at=1), message(1, 2, "a", None, 2), message(0, 2, "a", at=3))
    assert (a.source, a.bytes, a.deliveries, a.published) == ("a", 2, 2, 1)
    assert (a.at, a.topic_id) == (sent_at(3), "id")


def test_files_are_restored_in_the_order_of_their_last_messages(restored):
    assert [p.source for p in restored(*(message(n, 9, s) for n, s in enumerate("abcab")))] == [
        "c", "a", "b",
    ]  # fmt: skip


def test_a_ledger_is_not_restored_from_headers_that_no_file_has(restored):
    wrong = [(5, 5), (-1, 5), (0, 0), (0, -1), (0, 10**30), ("x", 5), (0, "9" * 5000)]
    found = restored(*(message(*numbers) for numbers in wrong), message(1, 2, "ours"))
    assert [(p.source, p.records) for p in found] == [("ours", 2)]


@pytest.mark.parametrize("records", [1, 9])
@pytest.mark.parametrize("first", [True, False])
def test_a_file_has_as_many_records_as_most_of_its_messages_say(restored, records, first):
    ours, foreign = [message(n, 3, "a") for n in (0, 1, 2, 0)], [message(0, records, "a")]
    [a] = restored(*(foreign + ours if first else ours + foreign))
    assert (a.records, a.deliveries, a.published, a.bytes) == (3, 2, 1, 6)


@pytest.mark.parametrize("first", [True, False])
def test_of_two_numbers_of_records_the_one_that_is_complete_counts(restored, first):
    ours, foreign = message(0, 1, "a"), message(0, 9, "a")
    [a] = restored(*([foreign, ours] if first else [ours, foreign]))
    assert (a.records, a.deliveries, a.published) == (1, 1, 1)


def test_an_entry_with_another_number_of_records_is_refused(restored):
    """Most messages that name the file are another program's."""
    [a] = restored(message(0, 9, "a"), message(1, 9, "a"))
    with pytest.raises(UserError, match=r"^a.json has 1 record, but the ledger says 9: "):
        _check_record_count(RecordFile(Path("a.json"), "a", 2, count=1), a)
    _check_record_count(RecordFile(Path("a.json"), "a", 2, count=9), a)


@pytest.mark.parametrize(
    ("begin", "from_files", "loads", "refused"),
    [
        ((0, 0), True, [1], False),
        ((0, 0), False, [], False),
        ((5, 0), False, [], False),  # messages of other programs, that never landed
        ((5, 0), True, [], True),
        ((0, 5), False, [1], True),
        ((5, 5), True, [1], True),
    ],
)
def test_a_ledger_is_not_restored_where_a_file_may_have_been_deleted(
    monkeypatch, begin, from_files, loads, refused
):
    sent, messages = [], [message(0, 1)] if from_files else []
    topic = Topic("t", "id", dict(enumerate(begin)), {0: 9, 1: 9})
    for name, answer in {
        "transactional_producer": None, "read_ledger": {}, "read_committed": messages,
        "committed_ids": loads, "transaction": nullcontext(lambda *entry: sent.append(entry)),
    }.items():  # fmt: skip
        monkeypatch.setattr(ledger_restore, name, lambda *_, answer=answer: answer)
    if refused:
        with pytest.raises(UserError, match="is lost, and so are the first messages of topic t: "):
            ledger_restore.restore_ledger(topic)
    else:
        assert list(ledger_restore.restore_ledger(topic)) == ["other"] * from_files
    assert len(sent) == (from_files and not refused)


def test_a_ledger_that_another_producer_has_restored_meanwhile_is_taken(monkeypatch):
    fenced, theirs = [], {"a": "their entry"}
    monkeypatch.setattr(ledger_restore, "transactional_producer", fenced.append)
    monkeypatch.setattr(ledger_restore, "read_ledger", lambda: theirs if fenced else {})
    monkeypatch.setattr(ledger_restore, "read_committed", lambda topic, begin: [])
    assert ledger_restore.restore_ledger(Topic("t", "id", {0: 0}, {0: 9})) == theirs
    assert fenced == ["ingest-t-ledger"]


@pytest.mark.parametrize("value", [b"x", None, b"{}"])
def test_what_is_no_entry_in_the_ledger_is_said(monkeypatch, value):
    sent = [SimpleNamespace(value=value, offset=7)]
    monkeypatch.setattr(ledger, "describe", lambda name: Topic(name, "id", {}, {}))
    monkeypatch.setattr(ledger, "read_committed", lambda topic, begin: sent)
    with pytest.raises(UserError, match=r"^assess.sources holds at offset 7 something that ing"):
        ledger.read_ledger()


@pytest.mark.parametrize(
    ("key", "ends", "found"),
    [(b"ours", True, 2), (b"ours", False, None), (b"other", False, 1), (None, False, 1)],
)
def test_an_entry_that_a_transaction_hides_is_waited_for(monkeypatch, key, ends, found):
    """Otherwise the file would be published twice."""
    entry = msgspec.json.encode(Publication("a", "ours", 1, 1, 1, 1, sent_at(0), "id"))
    topics = [Topic("t", "id", {0: 0}, {0: 1}, {0: 1}), Topic("t", "id", {0: 0}, {0: 2}, {0: 0})]
    read = []

    def read_committed(topic, begin):
        read.append(topic.end[0])
        return [SimpleNamespace(value=entry)]

    monkeypatch.setattr(ledger, "describe", lambda name: topics.pop(0))
    monkeypatch.setattr(ledger, "read_hidden", lambda topic: [SimpleNamespace(key=key)])
    monkeypatch.setattr(ledger, "wait_until_visible", lambda topic: ends)
    monkeypatch.setattr(ledger, "read_committed", read_committed)
    if found is None:
        with pytest.raises(KafkaException, match="hides how much of the file is published"):
            ledger.read_ledger("ours")
    else:
        assert list(ledger.read_ledger("ours")) == ["ours"]
    assert read == ([] if found is None else [found])
