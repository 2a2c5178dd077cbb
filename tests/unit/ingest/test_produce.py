"""The transactions that a file's records go in, and what is checked before the first."""

from contextlib import nullcontext
from pathlib import Path

import msgspec
import pytest

from cli.errors import UserError
from ingest import ledger_restore, produce
from ingest.kafka import Topic
from ingest.ledger import Publication
from ingest.produce import _transactions
from ingest.records import RecordFile
from ingest.transactions import LARGEST_MESSAGE
from tests.support.example_status import NOW


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


@pytest.mark.parametrize(("ends", "lost"), [((0, 0), False), ((0, 2), True), ((2, 0), True)])
def test_a_ledger_is_lost_if_any_partition_has_messages(monkeypatch, ends, lost):
    monkeypatch.setattr(produce, "read_ledger", lambda sha256: {})
    monkeypatch.setattr(ledger_restore, "restore_ledger", lambda topic: {"restored": None})
    assert bool(produce._ledger(Topic("t", "id", {}, dict(enumerate(ends))), "")) is lost


@pytest.mark.parametrize(("of", "refused"), [("id", False), ("another", True)])
def test_a_ledger_of_another_topic_of_that_name_is_refused(of, refused):
    ledger = {"b": msgspec.structs.replace(NOW.published[1], topic_id=of)}
    said = "^topic t was deleted and created again since two.json was published"
    with pytest.raises(UserError, match=said) if refused else nullcontext():
        produce._check_topic_id(Topic("t", "id", {}, {}), ledger)


@pytest.mark.parametrize(
    ("not_json", "said"),
    [
        ([1], "1 of 5 lines is not JSON and published unchanged (record 1, counted from 0)"),
        (
            [1, 3],
            "2 of 5 lines are not JSON and published unchanged (records 1, 3, counted from 0)",
        ),
    ],
)
def test_lines_that_are_not_json_are_named(capsys, not_json, said):
    file = RecordFile(Path("a"), "", 0, count=5, not_json=not_json, not_json_count=len(not_json))
    produce._warn_of_lines_not_json(file)
    assert capsys.readouterr().err == f"warning: a: {said}; rejected_messages will say why\n"


def test_other_producers_are_fenced_before_the_ledger_is_read(monkeypatch, tmp_path):
    """Else one of them might publish what this one has read to be missing."""
    path, done = tmp_path / "one.json", []
    path.write_text('[{"a": 1}]')

    def ledger(topic: Topic, sha256: str) -> dict[str, Publication]:
        done.append("read")
        return {sha256: msgspec.structs.replace(NOW.published[0], records=1, published=1)}

    monkeypatch.setattr(produce, "transactional_producer", lambda *_: done.append("fenced"))
    monkeypatch.setattr(produce, "_ledger", ledger)
    monkeypatch.setattr(produce, "describe", lambda name: Topic(name, "id", {}, {}))
    monkeypatch.setattr(produce, "_message_limit", lambda: LARGEST_MESSAGE)
    for name in ("create_topics", "_wait_for_readers"):
        monkeypatch.setattr(produce, name, lambda *_: None)
    produce.produce(path)
    assert done == ["fenced", "read"]


@pytest.mark.parametrize(
    ("configs", "limit"), [({}, LARGEST_MESSAGE), ({"max.message.bytes": "7"}, 7)]
)
def test_a_topic_whose_configuration_is_not_known_takes_the_largest_message(
    monkeypatch, configs, limit
):
    """A user may lack the right to read it; Kafka then refuses what is too large."""
    monkeypatch.setattr(produce, "topic_configs", lambda topic: configs)
    assert produce._message_limit() == limit
