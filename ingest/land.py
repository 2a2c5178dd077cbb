"""land: what is new on the topic becomes one more load of the raw table, exactly once."""

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING
from uuid import uuid4

from ingest import __version__, kafka_security
from ingest.console import say
from ingest.errors import IngestError
from ingest.hdfs import call, filesystem
from ingest.kafka import Topic, describe
from ingest.loads import (
    Load,
    commit,
    committed_ids,
    discard,
    load_path,
    newest_load,
    staging_folder,
    staging_path,
    write_offsets,
)
from ingest.settings import settings
from ingest.spark import session, while_hdfs_starts
from ingest.steps import step

if TYPE_CHECKING:
    from pyspark.sql import Column
    from pyspark.sql.connect.session import SparkSession

# One Spark task lands about this many offsets, as one file of one row group. Whoever reads the load
# reads it in as many tasks: large loads use every core, small ones are one file.
OFFSETS_PER_TASK = 25_000


def land() -> Load | None:
    """Land from where the raw table ends to where the topic ends now.

    Rows are written to a staging folder, counted again from the files, and committed by one
    rename; until then no reader sees them, and another attempt starts from the same offset.

    Returns:
        The committed load, or None when there was nothing new.

    Raises:
        IngestError: nothing was committed, or only the catalogue could not be told.
    """
    step("land: started")
    topic = describe(settings().kafka_topic)
    newest = newest_load()
    start = _start(topic, newest)
    step("land: offsets read")
    if start == topic.end:
        with session("reading the catalogue") as spark:
            while_hdfs_starts(lambda: register(spark))
        say(f"nothing new on topic {topic.name}")
        return None
    # HDFS is written to through Spark, which does not wait while it is in safe mode.
    call(lambda: filesystem().mkdir(staging_folder()))
    with session("landing (tasks)") as spark:
        step("land: session opened")
        load = while_hdfs_starts(lambda: _attempt(spark, topic, start, newest))
        commit(load)
        step("land: load committed")
        say(f"landed {load.rows:,} messages as {load_path(load.load_id)}")
        while_hdfs_starts(lambda: register(spark))
    step("land: done")
    return load


def _attempt(
    spark: "SparkSession", topic: Topic, start: dict[int, int], newest: Load | None
) -> Load:
    """Stage the next load, ready to be committed; what a failed attempt staged is removed."""
    load_id, attempt = newest.load_id + 1 if newest else 1, uuid4().hex
    path, landed_at = staging_path(load_id, attempt), datetime.now(timezone.utc)
    try:
        rows, newest_message_at = _stage(spark, topic, start, path, landed_at)
        step("land: rows staged")
        load = Load(
            load_id=load_id,
            attempt=attempt,
            topic=topic.name,
            topic_id=topic.id,
            start=start,
            end=topic.end,
            rows=rows,
            total_rows=rows + (newest.total_rows if newest else 0),
            landed_at=landed_at,
            version=__version__,
            newest_message_at=newest_message_at,
        )
        write_offsets(load)
        step("land: offsets written")
        # Last, so that it sees whatever has happened to the folder; from here on nothing creates
        # it again: had somebody removed it, there would be nothing to rename.
        _count_again(spark, path, rows)
        step("land: rows counted")
    except BaseException:
        discard(load_id, attempt)
        raise
    return load


def register(spark: "SparkSession") -> None:
    """Tell the catalogue of the raw table and of every committed load that it lacks."""
    database = settings().raw_table.split(".")[0]
    table, ids = settings().raw_table, committed_ids()
    spark.sql(f"create database if not exists {database}")
    step("land: database created")
    spark.sql(
        f"""
        create table if not exists {table} (
            key binary comment 'the user_exam_id of the record, as UTF-8',
            value binary comment 'the bytes of the message, untouched',
            topic string,
            partition int,
            offset bigint,
            timestamp timestamp comment 'when the message was produced',
            headers array<struct<key: string, value: binary>>,
            source_file string comment 'name of the file that the record came from',
            source_sha256 string comment 'of the content of that file',
            source_position bigint comment 'position of the record in that file, from 0',
            source_records bigint comment 'how many records that file has',
            landed_at timestamp,
            load_id bigint
        )
        using parquet
        partitioned by (load_id)
        location '{settings().raw_table_path}'
        """
    )
    step("land: table created")
    known = {int(row[0].split("=")[1]) for row in spark.sql(f"show partitions {table}").collect()}
    missing = [load_id for load_id in ids if load_id not in known]
    if missing:
        partitions = " ".join(
            f"partition (load_id = {i}) location '{load_path(i)}'" for i in missing
        )
        spark.sql(f"alter table {table} add if not exists {partitions}")
    step("land: partitions added")


def _start(topic: Topic, newest: Load | None) -> dict[int, int]:
    """By partition, the offset to land from.

    Raises:
        IngestError: messages that were never landed are gone from Kafka.
    """
    if newest and newest.topic_id != topic.id:
        raise IngestError(
            f"topic {topic.name} was deleted and created again (its id was {newest.topic_id} at "
            f"load {newest.load_id}, now it is {topic.id}): its offsets no longer continue the raw "
            "table; nothing was landed. Land it under another name (KAFKA_TOPIC, RAW_TABLE)"
        )
    ended = newest.end if newest else {}
    start = {partition: ended.get(partition, 0) for partition in topic.end}
    for partition, offset in start.items():
        begin, end = topic.begin[partition], topic.end[partition]
        if offset < begin:
            raise IngestError(
                f"offsets {offset} to {begin - 1} of topic {topic.name}, partition {partition}, "
                "are deleted from Kafka and were never landed; nothing was landed. Publish their "
                "files again under another topic (KAFKA_TOPIC, RAW_TABLE)"
            )
        if offset > end:
            raise IngestError(
                f"the raw table ends at offset {offset} of topic {topic.name}, partition "
                f"{partition}, but Kafka's last committed offset is {end}: is this the Kafka that "
                f"it was landed from ({settings().kafka_bootstrap_servers})? Nothing was landed"
            )
    return start


def _stage(
    spark: "SparkSession", topic: Topic, start: dict[int, int], path: str, landed_at: datetime
) -> tuple[int, datetime | None]:
    """Write the messages from `start` to the topic's end to `path`.

    Returns:
        How many, and when the newest of them was produced.
    """
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    def offsets(by_partition: dict[int, int]) -> str:
        return json.dumps({topic.name: {str(p): offset for p, offset in by_partition.items()}})

    count = sum(topic.end[p] - start[p] for p in start)
    messages = (
        spark.read.format("kafka")
        .option("kafka.bootstrap.servers", settings().kafka_bootstrap_servers)
        .option("kafka.isolation.level", "read_committed")
        .options(**kafka_security.for_spark())
        .option("subscribe", topic.name)
        .option("startingOffsets", offsets(start))
        .option("endingOffsets", offsets(topic.end))
        .option("minPartitions", -(-count // OFFSETS_PER_TASK))
        .option("includeHeaders", True)
        .load()
    )

    def text(name: str) -> "Column":
        # The last header of a name wins, as in Kafka's own lastHeader().
        return f.expr(
            f"cast(try_element_at(filter(headers, h -> h.key = '{name}'), -1).value as string)"
        )

    written = Observation()
    rows = messages.select(
        "key",
        "value",
        "topic",
        "partition",
        "offset",
        "timestamp",
        "headers",
        text("source_file").alias("source_file"),
        text("source_sha256").alias("source_sha256"),
        text("source_position").try_cast("bigint").alias("source_position"),
        text("source_records").try_cast("bigint").alias("source_records"),
        f.lit(landed_at).alias("landed_at"),
    )
    newest = f.max(f.unix_micros("timestamp"))
    rows.observe(written, f.count(f.lit(1)).alias("rows"), newest.alias("newest")).write.parquet(
        path
    )
    found = written.get
    at = found["newest"]
    return found["rows"], at and datetime.fromtimestamp(at / 1e6, timezone.utc)


def _count_again(spark: "SparkSession", path: str, rows: int) -> None:
    """Check that the files hold `rows` rows, each of another offset.

    Raises:
        IngestError: they do not.
    """
    from pyspark.sql import functions as f

    found = (
        spark.read.schema("partition int, offset bigint")  # known: no job to infer it
        .parquet(path)
        .agg(f.count(f.lit(1)), f.count_distinct("partition", "offset"))
        .collect()[0]
    )
    if {rows} != set(found):
        raise IngestError(
            f"{path} holds {found[0]:,} rows ({found[1]:,} distinct offsets) where {rows:,} were "
            "written; nothing was landed: run land again"
        )
