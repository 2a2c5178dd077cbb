"""land: copy new messages from the topic into the raw table, as one load, each exactly once."""

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from uuid import uuid4

from cli.console import info, plural, warning
from cli.errors import UserError
from ingest import __version__, kafka_auth
from ingest.failpoints import failpoint
from ingest.hdfs import hdfs
from ingest.kafka import COMPACTED, Topic, describe, is_compacted
from ingest.load_store import (
    Load,
    commit,
    discard,
    load_path,
    newest_load,
    uncommitted_folder,
    uncommitted_path,
    write_description,
)
from ingest.messages import sent_at
from ingest.raw_table import register, rows
from ingest.settings import settings
from ingest.spark import session, while_hdfs_starts

if TYPE_CHECKING:
    from pyspark.sql import Column, SparkSession

# One Spark task lands about this many offsets, as one file of one row group. A reader uses a task
# per file: a large load occupies every core, and a small one is a single file.
OFFSETS_PER_TASK = 25_000


def land(skip_deleted: bool = False) -> Load | None:
    """Land the messages from the end of the raw table to the current end of the topic.

    `land` writes the rows to a folder of their own, counts them again in the files, and commits
    them by one rename. Before the rename no reader sees the rows, and another `land` starts at the
    same offset.

    Args:
        skip_deleted: skip offsets that Kafka deleted before they landed.

    Returns:
        The committed load, or None if there was nothing new.

    Raises:
        UserError: nothing was committed, or the committed load is not in the catalogue yet.
    """
    failpoint("land.started")
    topic = describe(settings().kafka_topic)
    newest = newest_load()
    start, skipped = _first_offsets(topic, newest, skip_deleted)
    _warn_of_unseen_messages(topic)
    failpoint("land.offsets_read")
    if start == topic.end and not skipped:
        with session("reading the catalogue") as spark:
            while_hdfs_starts(lambda: register(spark))
        info(f"nothing new on topic {topic.name}")
        return None
    # This call waits until HDFS has left safe mode; Spark, which writes the rows, does not wait.
    hdfs().mkdir(uncommitted_folder())
    with session("landing (tasks)") as spark:
        failpoint("land.session_opened")
        load = while_hdfs_starts(lambda: _prepare_load(spark, topic, start, newest, skipped))
        commit(load)
        failpoint("land.load_committed")
        info(f"landed {plural(load.rows, 'message')} as {load_path(load.load_id)}")
        if skipped:
            warning(
                f"Kafka had deleted {plural(skipped, 'offset')} of topic {topic.name} before land "
                "could read what they held; this load begins after them"
            )
        while_hdfs_starts(lambda: register(spark))
    failpoint("land.done")
    return load


def _landed_at(newest: Load | None) -> datetime:
    """Now, or just after the newest load if clocks disagree: dbt finds new loads by this time."""
    now = datetime.now(timezone.utc)
    return max(now, newest.landed_at + timedelta(microseconds=1)) if newest else now


def _prepare_load(
    spark: "SparkSession",
    topic: Topic,
    start: dict[int, int],
    newest: Load | None,
    skipped: int,
) -> Load:
    """Write the next load, ready for the commit; after an error, delete its rows."""
    load_id, writer_id = newest.load_id + 1 if newest else 1, uuid4().hex
    path, landed_at = uncommitted_path(load_id, writer_id), _landed_at(newest)
    try:
        count, newest_message_at = _write_rows(spark, topic, start, path, landed_at)
        failpoint("land.rows_written")
        load = Load(
            load_id=load_id,
            writer_id=writer_id,
            topic=topic.name,
            topic_id=topic.id,
            start=start,
            end=topic.end,
            rows=count,
            total_rows=count + (newest.total_rows if newest else 0),
            landed_at=landed_at,
            version=__version__,
            newest_message_at=newest_message_at,
            total_skipped=skipped + (newest.total_skipped if newest else 0),
        )
        write_description(load)
        failpoint("land.description_written")
        # Count last: nothing writes to the folder after the count. If somebody deletes the folder,
        # the rename fails.
        _check_files(spark, path, count)
        failpoint("land.rows_counted")
    except BaseException:
        discard(load_id, writer_id)
        raise
    return load


def _warn_of_unseen_messages(topic: Topic) -> None:
    """Say what this load cannot contain."""
    hidden = sum(topic.hidden.values())
    if hidden:
        warning(
            f"another producer's transaction on topic {topic.name} is open and hides "
            f"{plural(hidden, 'offset')}: run land again when it has ended"
        )
    if is_compacted(topic.name):
        warning(f"topic {topic.name} {COMPACTED}")


def _first_offsets(
    topic: Topic, newest: Load | None, skip_deleted: bool
) -> tuple[dict[int, int], int]:
    """The first offset to land, by partition; and how many deleted offsets lie before them.

    Raises:
        UserError: the topic does not continue the raw table: it was created again, lacks messages
            that never landed, or ends before the raw table does.
    """
    if newest and newest.topic_id != topic.id:
        raise UserError(
            f"topic {topic.name} was deleted and created again (its id was {newest.topic_id} at "
            f"load {newest.load_id}, now it is {topic.id}): its offsets no longer continue the raw "
            "table; nothing was landed. Publish all files under another name (KAFKA_TOPIC)"
        )
    ended = newest.end if newest else {}
    start = {partition: ended.get(partition, 0) for partition in topic.end}
    skipped = 0
    for partition, offset in start.items():
        begin, end = topic.begin[partition], topic.end[partition]
        if offset < begin and skip_deleted:
            start[partition] = begin
            skipped += begin - offset
        elif offset < begin:
            raise UserError(
                f"offsets {offset} to {begin - 1} of topic {topic.name}, partition {partition}, "
                "are deleted from Kafka and were never landed; nothing was landed. Publish their "
                "files again under another name (KAFKA_TOPIC); or, to do without these "
                "messages, run land --skip-deleted once"
            )
        if offset > end:
            raise UserError(
                f"the raw table ends at offset {offset} of topic {topic.name}, partition "
                f"{partition}, but Kafka's last committed offset is {end}: is this the Kafka that "
                f"it was landed from ({settings().kafka_bootstrap_servers})? Nothing was landed"
            )
    return start, skipped


def _write_rows(
    spark: "SparkSession", topic: Topic, start: dict[int, int], path: str, landed_at: datetime
) -> tuple[int, datetime | None]:
    """Write the messages from `start` to the topic's end to `path`.

    Returns:
        The number of messages, and when the newest one was produced (UTC; None without messages).
    """
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    def offsets(by_partition: dict[int, int]) -> str:
        return json.dumps({topic.name: {str(p): offset for p, offset in by_partition.items()}})

    offset_count = sum(topic.end[p] - start[p] for p in start)
    messages = (
        spark.read.format("kafka")
        .option("kafka.bootstrap.servers", settings().kafka_bootstrap_servers)
        .option("kafka.isolation.level", "read_committed")
        .options(**kafka_auth.for_spark())
        .option("subscribe", topic.name)
        .option("startingOffsets", offsets(start))
        .option("endingOffsets", offsets(topic.end))
        .option("minPartitions", max(1, -(-offset_count // OFFSETS_PER_TASK)))
        .option("includeHeaders", True)
        .load()
    )
    observation = Observation()
    row_count = f.count(f.lit(1)).alias("rows")
    newest_time = f.max(f.unix_micros("timestamp")).alias("newest_time")
    written = rows(messages.withColumn("landed_at", f.lit(landed_at)))
    written.observe(observation, row_count, newest_time).write.parquet(path)
    # A busy Spark Connect server leaves the metrics out if they take 100 ms (SPARK-55037). The rows
    # are then counted in the files themselves, and _check_files cannot find that rows are missing.
    found = observation.get or _metrics_of_files(spark, path, row_count, newest_time)
    newest_micros = found["newest_time"]
    return found["rows"], None if newest_micros is None else sent_at(newest_micros // 1000)


def _metrics_of_files(spark: "SparkSession", path: str, *metrics: "Column") -> dict[str, int]:
    """The metrics of the messages in the files that were written, by name."""
    files = spark.read.schema("timestamp timestamp").parquet(path)
    return files.agg(*metrics).collect()[0].asDict()


def _check_files(spark: "SparkSession", path: str, written: int) -> None:
    """Check that the files hold as many rows as were written, each with another offset.

    Raises:
        UserError: the numbers of rows, of distinct offsets and of written rows differ.
    """
    from pyspark.sql import functions as f

    counts = (
        spark.read.schema("partition int, offset bigint")  # given, so that no job infers it
        .parquet(path)
        .agg(f.count(f.lit(1)), f.count_distinct("partition", "offset"))
        .collect()[0]
    )
    if {written} != set(counts):
        raise UserError(
            f"{path} holds {plural(counts[0], 'row')} ({plural(counts[1], 'distinct offset')}) "
            f"where {written:,} were written; nothing was landed: run land again"
        )
