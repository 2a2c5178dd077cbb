"""What is said about completeness: open transactions, compacted topics, deleted messages."""

from contextlib import contextmanager

import msgspec
import pytest
from kafka.errors import TopicAlreadyExistsError

from cli.console import out
from cli.errors import UserError
from ingest import kafka, land, status, verify
from ingest.kafka import Topic, TopicMissingError, create_topics, topic_configs
from ingest.load_store import Load
from ingest.status_view import print_status
from tests.support.example_status import NOW, load
from tests.unit.ingest.conftest import printed


def topic(begin=(0, 0), end=10, hidden=(0, 0)) -> Topic:
    return Topic("t", "id", dict(enumerate(begin)), {0: end, 1: 4}, dict(enumerate(hidden)))


def landed(end: int, skipped: int = 0) -> Load:
    newest = load(1, 9, {0: 0, 1: 0}, {0: end, 1: 4}, 6)
    return msgspec.structs.replace(newest, total_skipped=skipped)


@pytest.mark.parametrize(
    ("newest", "begin", "skip", "start", "skipped"),
    [
        (None, 0, False, 0, 0),
        (None, 0, True, 0, 0),
        (None, 7, True, 7, 7),
        (landed(3), 3, False, 3, 0),
        (landed(3), 2, True, 3, 0),
        (landed(3), 7, True, 7, 4),
        (landed(3), 10, True, 10, 7),  # all of them are deleted
    ],
)
def test_a_load_begins_where_the_last_one_ended_or_after_what_is_deleted(
    newest, begin, skip, start, skipped
):
    found = land._first_offsets(topic((begin, 0)), newest, skip)
    assert found == ({0: start, 1: 4 if newest else 0}, skipped)


def test_a_partition_that_was_added_is_landed_from_its_beginning():
    newest = load(1, 9, {0: 0}, {0: 3}, 6)
    assert land._first_offsets(topic(), newest, skip_deleted=False) == ({0: 3, 1: 0}, 0)


def test_what_is_skipped_is_counted_in_all_partitions():
    assert land._first_offsets(topic((7, 2)), None, skip_deleted=True) == ({0: 7, 1: 2}, 9)


@pytest.mark.parametrize(("newest", "first"), [(None, 0), (landed(3), 3)])
def test_deleted_messages_are_only_skipped_on_request(newest, first):
    with pytest.raises(
        UserError, match=rf"^offsets {first} to 6 of topic t, partition 0, are del"
    ) as e:
        land._first_offsets(topic((7, 0)), newest, skip_deleted=False)
    assert "run land --skip-deleted once" in str(e.value)


@pytest.mark.parametrize(
    ("hidden", "compacted", "said"),
    [
        ((0, 0), False, []),
        ((1, 0), False, ["transaction on topic t is open and hides 1 offset: run land again"]),
        ((5, 2), False, ["transaction on topic t is open and hides 7 offsets: run land again"]),
        ((0, 0), True, ["warning: topic t is compacted: Kafka deletes a message"]),
        ((0, 5), True, ["hides 5 offsets", "is compacted"]),
    ],
)
def test_land_says_what_it_cannot_see(monkeypatch, capsys, hidden, compacted, said):
    monkeypatch.setattr(land, "is_compacted", lambda name: compacted)
    land._warn_of_unseen_messages(topic(hidden=hidden))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(said)
    for line, part in zip(lines, said, strict=True):
        assert line.startswith("warning: ")
        assert part in line


def test_the_lag_goes_to_the_end_of_the_topic_and_not_to_an_open_transaction():
    found = status._partitions(topic((2, 0), 10, (3, 1)), {0: 10})
    assert [msgspec.to_builtins(p) for p in found] == [
        {"partition": 0, "begin": 2, "end": 10, "hidden": 3, "landed": 10, "lag": 3},
        {"partition": 1, "begin": 0, "end": 4, "hidden": 1, "landed": 0, "lag": 5},
    ]


@pytest.mark.parametrize(
    ("changes", "said", "following"),
    [
        ({}, [], "next: python -m ingest land"),
        ({"lag": 0}, [], "everything published has landed"),
        (
            {"is_deleted": True, "partitions": [], "lag": 0},
            ["the topic was deleted: its messages that had not landed are lost"],
            "next: publish all files under another name (KAFKA_TOPIC)",
        ),
        (
            {"is_another_topic": True},
            ["the topic was deleted and created again, so land refuses its messages"],
            "next: publish all files under another name (KAFKA_TOPIC)",
        ),
        (
            {"hidden": 203},
            ["another producer's transaction is open and hides 203 offsets"],
            "next: python -m ingest land, when the open transaction ends",
        ),
        (
            {"hidden": 1},
            ["another producer's transaction is open and hides 1 offset"],
            "next: python -m ingest land",
        ),
        (
            {"lag": 0, "skipped": 1234},
            ["1,234 offsets never landed, because Kafka had deleted them"],
            "everything that Kafka still has has landed",
        ),
        (
            {"lag": 0, "is_compacted": True},
            ["the topic is compacted: Kafka deletes a message when a newer one has the same key"],
            "everything that Kafka still has has landed",
        ),
    ],
)
def test_status_says_why_messages_may_be_missing(capsys, monkeypatch, changes, said, following):
    monkeypatch.setattr(out, "_width", 110)  # Rich reads COLUMNS once, and xdist sets it
    whole = [msgspec.structs.replace(NOW.published[0])]
    print_status(msgspec.structs.replace(NOW, published=whole, uncommitted=[], **changes))
    lines = printed(capsys)
    assert following in lines
    partitions = len(changes.get("partitions", NOW.partitions))
    limits = lines[lines.index(f"topic t: lag {changes.get('lag', 203):,}") + 2 + partitions :]
    limits = limits[: limits.index("")]
    assert len(limits) == len(said)
    assert all(map(str.startswith, limits, said))
    assert any("a transaction is open" in line for line in lines[:5]) is ("hidden" in changes)


@pytest.mark.parametrize(
    ("hidden", "skipped", "compacted", "said"),
    [
        ((0, 0), 0, False, ""),
        ((5, 2), 0, False, "another producer's transaction is open and hides 7 offsets, wait until "
         "it ends before you run land"),
        ((0, 0), 1, False, "land --skip-deleted skipped 1 offset that Kafka had deleted"),
        ((0, 0), 0, True, "the topic is compacted, Kafka may have deleted messages"),
    ],
)  # fmt: skip
def test_verify_says_why_messages_may_be_missing(monkeypatch, hidden, skipped, compacted, said):
    monkeypatch.setattr(verify, "describe_if_there", lambda name: topic(hidden=hidden))
    monkeypatch.setattr(verify, "newest_load", lambda: landed(3, skipped) if skipped else None)
    monkeypatch.setattr(verify, "is_compacted", lambda name: compacted)
    reason = verify.unreadable()
    assert reason == said
    missing = verify.Verdict("a", "0", 9, 9, 9, 8, 1, 0, 0)
    with pytest.raises(UserError, match="wrote to the raw table by other means") as refused:
        verify.check([missing], reason)
    assert str(refused.value).endswith(f"by other means{said and '; ' + said}")


def test_verify_says_that_the_topic_was_deleted(environment, monkeypatch):
    def describe(name: str):
        raise TopicMissingError(f"no topic {name}")

    monkeypatch.setattr(kafka, "describe", describe)
    monkeypatch.setattr(verify, "newest_load", lambda: landed(3, 1))
    assert verify.unreadable() == (
        "topic assess was deleted, so land cannot land them: publish the files again under a new "
        "KAFKA_TOPIC; land --skip-deleted skipped 1 offset that Kafka had deleted"
    )


@pytest.mark.parametrize(
    ("topic_id", "end", "said"),
    [
        ("id", 9, ""),  # of 10 offsets
        ("id", 10, "every offset of the topic has landed, so rows were deleted from the raw table "
         "if land finds nothing new: publish the files again under a new KAFKA_TOPIC"),
        ("other", 3, "topic t was deleted and created again, so land cannot land them: publish the "
         "files again under a new KAFKA_TOPIC"),
    ],
)  # fmt: skip
def test_verify_says_if_land_cannot_land_what_is_missing(monkeypatch, topic_id, end, said):
    newest = msgspec.structs.replace(landed(end), topic_id=topic_id)
    monkeypatch.setattr(verify, "describe_if_there", lambda name: topic())
    monkeypatch.setattr(verify, "newest_load", lambda: newest)
    monkeypatch.setattr(verify, "is_compacted", lambda name: False)
    assert verify.unreadable() == said


@pytest.mark.parametrize(
    ("found", "published", "recent", "said"),
    [
        (topic(), ["id"], ["id"], (False, False)),
        (topic(), [], [], (False, False)),
        (topic(), ["old"], [], (False, True)),  # nothing had landed
        (topic(), [], ["old"], (False, True)),
        (None, [], [], (False, False)),  # nothing was published yet
        (None, ["old"], [], (True, False)),
        (None, [], ["old"], (True, False)),
    ],
)
def test_status_knows_a_topic_that_was_deleted(monkeypatch, found, published, recent, said):
    entries = [msgspec.structs.replace(NOW.published[0], topic_id=of) for of in published]
    loads = [msgspec.structs.replace(landed(3), topic_id=of) for of in recent]
    for name, answer in {
        "committed_ids": [1] * len(loads), "read_load": (loads or [None])[0],
        "list_uncommitted": [], "describe_if_there": found, "_published": entries, "_content": {},
        "is_compacted": False,
    }.items():  # fmt: skip
        monkeypatch.setattr(status, name, lambda *_, answer=answer: answer)
    now = status.status()
    assert (now.is_deleted, now.is_another_topic) == said


class FakeAdmin:
    """Kafka as it answers to requests that are only made of and about names."""

    def __init__(self, topics=(), configs=None) -> None:
        self.topics, self.configs, self.created = topics, configs, None

    def list_topics(self):
        return list(self.topics)

    def create_topics(self, topics, **options):
        self.created = list(topics)

    def describe_configs(self, resources, config_filter):
        return {"topic": {resource.name: self.configs for resource in resources}}


@pytest.fixture
def fake(monkeypatch):
    """Puts a fake Kafka in the place of a real one."""

    def put(**answers) -> FakeAdmin:
        client = FakeAdmin(**answers)

        @contextmanager
        def admin():
            yield client

        monkeypatch.setattr(kafka, "admin", admin)
        return client

    return put


@pytest.mark.parametrize(
    ("name", "existing", "refused"),
    [
        ("co.ll", "co_ll", "topic co.ll beside topic co_ll"),
        ("co_ll", "co.ll", "topic co_ll beside topic co.ll"),
        ("a", "a_sources", "topic a.sources beside topic a_sources"),
    ],
)
def test_a_topic_that_kafka_would_refuse_beside_another_is_refused_first(
    fake, environment, name, existing, refused
):
    environment.setenv("KAFKA_TOPIC", name)
    client = fake(topics=["b", existing])
    with pytest.raises(UserError, match=rf"^Kafka refuses {refused}, .* KAFKA_TOPIC to another"):
        create_topics()
    assert client.created is None


def test_topics_that_another_process_is_creating_are_waited_for(fake, environment, monkeypatch):
    environment.setenv("KAFKA_TOPIC", "t")
    client, waited = fake(topics=["t.sources"]), []

    def create(topics, **_):
        raise TopicAlreadyExistsError(list(topics))

    monkeypatch.setattr(client, "create_topics", create)
    monkeypatch.setattr(client, "wait_for_topics", waited.extend, raising=False)
    create_topics()
    assert waited == ["t"]


def test_topics_that_do_not_collide_are_created(fake, environment):
    environment.setenv("KAFKA_TOPIC", "co.ll")
    client = fake(topics=["coll", "co-ll", "co.ll.sources"])
    create_topics()
    assert client.created == ["co.ll"]
    client = fake(topics=["co.ll", "co.ll.sources"])
    create_topics()
    assert client.created is None


@pytest.mark.parametrize(
    ("policy", "compacted"),
    [("delete", False), ("compact", True), ("compact,delete", True), (None, False)],
)
def test_a_configuration_that_may_not_be_read_is_not_known(fake, policy, compacted):
    fake(configs={} if policy is None else {"cleanup.policy": {"value": policy}})
    assert topic_configs("t") == ({} if policy is None else {"cleanup.policy": policy})
    assert kafka.is_compacted("t") is compacted
