"""status: the offsets of the topic, the published files, the loads, and the lag."""

from datetime import datetime, timezone
from typing import Any

import msgspec

from ingest.hdfs import hdfs
from ingest.kafka import Topic, TopicMissingError, describe_if_there, is_compacted
from ingest.ledger import Publication, read_ledger
from ingest.load_store import Load, Uncommitted, committed_ids, list_uncommitted, read_load
from ingest.settings import settings

RECENT = 10  # the newest loads, listed one by one


class Partition(msgspec.Struct, frozen=True):
    """Offsets of one partition.

    Attributes:
        partition: its number.
        begin: the first offset that Kafka still has.
        end: the first offset that readers of committed messages do not get.
        hidden: how many offsets after `end` an open transaction hides.
        landed: where the raw table ends; 0 if its loads come from an earlier topic of the name.
        lag: offsets that have not landed, the hidden ones included: end + hidden - landed.
    """

    partition: int
    begin: int
    end: int
    hidden: int
    landed: int
    lag: int


class Status(msgspec.Struct, frozen=True):
    """The state of the pipeline between file and raw table.

    Attributes:
        topic: the topic's name.
        is_another_topic: whether the topic was deleted and created again after the newest load.
        is_compacted: whether Kafka deletes messages whose key has a newer message.
        partitions: empty if the topic does not exist.
        lag: offsets that have not landed, in all partitions.
        hidden: how many of them an open transaction hides.
        skipped: offsets that Kafka had deleted before they landed; `land --skip-deleted` began
            after them.
        published: the ledger; empty if it does not exist.
        raw_table: the raw table's name in the catalogue.
        raw_path: its HDFS folder.
        loads: the number of committed loads.
        rows: messages in the raw table.
        files: the number of files in its HDFS folder, the loads' descriptions included.
        bytes: the size of these files.
        newest_landed_at: when the newest load was written, UTC.
        newest_message_at: when the newest message in that load was produced, UTC.
        newest_message_age_seconds: the age of that message.
        recent: the newest loads, newest first.
        uncommitted: loads that a running or failed `land` has not committed.
    """

    topic: str
    is_deleted: bool
    is_another_topic: bool
    is_compacted: bool
    partitions: list[Partition]
    lag: int
    hidden: int
    skipped: int
    published: list[Publication]
    raw_table: str
    raw_path: str
    loads: int
    rows: int
    files: int
    bytes: int
    newest_landed_at: datetime | None
    newest_message_at: datetime | None
    newest_message_age_seconds: float | None
    recent: list[Load]
    uncommitted: list[Uncommitted]


def status() -> Status:
    """The current state, from Kafka and HDFS. Read-only.

    Of the loads, only the newest are read: their files are many on a long history.

    Raises:
        UserError: Kafka or HDFS cannot be reached.
    """
    ids = committed_ids()
    recent = [read_load(load_id) for load_id in reversed(ids[-RECENT:])]
    newest = recent[0] if recent else None
    newest_message_at = newest.newest_message_at if newest else None
    topic = describe_if_there(settings().kafka_topic)
    published = _published()
    topic_ids = {p.topic_id for p in published} | ({newest.topic_id} if newest else set())
    is_deleted = topic is None and bool(topic_ids)
    is_another_topic = topic is not None and bool(topic_ids - {topic.id})
    landed = newest.end if newest and not is_another_topic else {}
    partitions = _partitions(topic, landed) if topic else []
    content = _content()
    return Status(
        topic=settings().kafka_topic,
        is_deleted=is_deleted,
        is_another_topic=is_another_topic,
        is_compacted=bool(topic) and is_compacted(settings().kafka_topic),
        partitions=partitions,
        lag=sum(partition.lag for partition in partitions),
        hidden=sum(partition.hidden for partition in partitions),
        skipped=newest.total_skipped if newest else 0,
        published=published,
        raw_table=settings().raw_table,
        raw_path=settings().raw_table_path,
        loads=len(ids),
        rows=newest.total_rows if newest else 0,
        files=content.get("fileCount", 0),
        bytes=content.get("length", 0),
        newest_landed_at=newest.landed_at if newest else None,
        newest_message_at=newest_message_at,
        newest_message_age_seconds=(
            (datetime.now(timezone.utc) - newest_message_at).total_seconds()
            if newest_message_at
            else None
        ),
        recent=recent,
        uncommitted=list_uncommitted(ids),
    )


def _published() -> list[Publication]:
    try:
        return list(read_ledger().values())
    except TopicMissingError:
        return []


def _partitions(topic: Topic, landed: dict[int, int]) -> list[Partition]:
    return [
        Partition(
            partition=p,
            begin=topic.begin[p],
            end=end,
            hidden=topic.hidden[p],
            landed=landed.get(p, 0),
            lag=end + topic.hidden[p] - landed.get(p, 0),
        )
        for p, end in topic.end.items()
    ]


def _content() -> dict[str, Any]:
    try:
        return hdfs().content_summary(settings().raw_table_path)
    except FileNotFoundError:
        return {}
