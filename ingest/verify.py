"""verify: check that each file is fully published, and that its messages landed exactly once."""

import msgspec
from rich.table import Table

from cli.console import listed, plural, warning
from cli.errors import UserError
from ingest.kafka import describe_if_there, is_compacted
from ingest.ledger import Publication, read_ledger
from ingest.load_store import newest_load
from ingest.settings import settings
from ingest.spark import session


class Verdict(msgspec.Struct, frozen=True):
    """One published file, compared with the raw table.

    Attributes:
        source: the file's name.
        sha256: of its content, in hexadecimal.
        records: how many records the file has.
        published: how many records of the last publication are on the topic.
        expected: messages of all publications on the topic, as the ledger counts them.
        landed: rows of the raw table with the file's sha256.
        missing: expected messages without a row.
        surplus: rows without a message of their own: somebody wrote them, or they landed twice.
        copies: further messages on the topic with the headers of the file, of another producer.
    """

    source: str
    sha256: str
    records: int
    published: int
    expected: int
    landed: int
    missing: int
    surplus: int
    copies: int

    @property
    def fully_published(self) -> bool:
        """Whether all records of the last publication are on the topic."""
        return self.published == self.records

    @property
    def landed_exactly(self) -> bool:
        """Whether each expected message of the file is in the raw table exactly once."""
        return self.missing == 0 and self.surplus == 0


def unreadable() -> str:
    """Why `land` could not land what is missing, as far as Kafka and the loads tell; or "".

    Raises:
        UserError: Kafka or HDFS cannot be reached.
    """
    topic, newest, reasons = describe_if_there(settings().kafka_topic), newest_load(), []
    if topic is None:
        reasons.append(
            f"topic {settings().kafka_topic} was deleted, so land cannot land them: publish the "
            "files again under a new KAFKA_TOPIC"
        )
    elif newest and newest.topic_id != topic.id:
        reasons.append(
            f"topic {topic.name} was deleted and created again, so land cannot land them: publish "
            "the files again under a new KAFKA_TOPIC"
        )
    elif hidden := sum(topic.hidden.values()):
        reasons.append(
            f"another producer's transaction is open and hides {plural(hidden, 'offset')}, wait "
            "until it ends before you run land"
        )
    elif newest and all(newest.end.get(p, 0) >= end for p, end in topic.end.items()):
        reasons.append(
            "every offset of the topic has landed, so rows were deleted from the raw table if land "
            "finds nothing new: publish the files again under a new KAFKA_TOPIC"
        )
    if newest and newest.total_skipped:
        reasons.append(
            f"land --skip-deleted skipped {plural(newest.total_skipped, 'offset')} that Kafka had "
            "deleted"
        )
    if topic and is_compacted(topic.name):
        reasons.append("the topic is compacted, Kafka may have deleted messages")
    return "; ".join(reasons)


def check(verdicts: list[Verdict], reason: str = "") -> None:
    """Check that every file is fully published and landed exactly as published.

    Args:
        verdicts: the files.
        reason: why `land` could not land what is missing, if this is known.

    Raises:
        UserError: one is not; the message names the files, and what to do.
    """
    for verdict in verdicts:
        if verdict.copies:
            warning(
                f"{verdict.source}: another producer sent {plural(verdict.copies, 'message')} with "
                "the headers of this file; dbt counts no attempt twice"
            )
    wrong = [verdict.source for verdict in verdicts if not verdict.landed_exactly]
    if wrong:
        raise UserError(
            f"{len(wrong)} of {plural(len(verdicts), 'file')} did not land exactly as published "
            f"({listed(wrong)}): run land for what is missing; surplus rows mean that somebody "
            f"wrote to the raw table by other means{reason and f'; {reason}'}"
        )
    partly = [
        f"{verdict.source}: {verdict.published:,} of {plural(verdict.records, 'record')}"
        for verdict in verdicts
        if not verdict.fully_published
    ]
    if partly:
        raise UserError(f"not yet fully published ({listed(partly)}): run produce for each")


def verify() -> list[Verdict]:
    """Compare the ledger with the raw table, file by file, record by record. Read-only.

    Rows of no published file are ignored: other programs may also send messages.

    Raises:
        TopicMissingError: the ledger does not exist.
        UserError: Kafka or Spark cannot be reached, or there is no raw table yet.
    """
    ledger = read_ledger()
    if not ledger:
        return []
    with session("verifying (tasks)") as spark:
        from pyspark.sql import functions as f

        if not spark.catalog.tableExists(settings().raw_table):
            raise UserError(
                f"there is no table {settings().raw_table} in the catalogue: run land, which makes "
                "it from the loads on HDFS"
            )
        published = spark.createDataFrame(
            [(p.sha256, p.records, p.deliveries, p.published) for p in ledger.values()],
            "source_sha256 string, records bigint, deliveries bigint, published bigint",
        )
        rows = spark.table(settings().raw_table).where("source_sha256 is not null")
        counts = rows.groupBy("source_sha256", "source_position").agg(
            f.count(f.lit(1)).alias("rows")
        )
        # An unfinished last delivery has published its first records only.
        expected = f.expr(
            "case when source_position between 0 and published - 1 then deliveries"
            "     when source_position between published and records - 1 then deliveries - 1"
            "     else 0 end"
        )
        rows_by_file = {
            row.source_sha256: (row.landed, row.matched)
            for row in counts.join(f.broadcast(published), "source_sha256")
            .withColumn("expected", expected)
            .groupBy("source_sha256")
            .agg(
                f.sum("rows").alias("landed"),
                f.sum(f.least("rows", "expected")).alias("matched"),
            )
            .collect()
        }
        # Counted only where there are too many rows: it takes as long as all the rest.
        files = [sha256 for sha256, (landed, matched) in rows_by_file.items() if landed > matched]
        distinct_messages = {}
        if files:
            on_topic = rows.where(f.col("topic") == settings().kafka_topic)
            distinct_messages = dict(
                on_topic.where(f.col("source_sha256").isin(files))
                .groupBy("source_sha256")
                .agg(f.count_distinct("partition", "offset"))
                .collect()
            )
    return [
        _verdict(p, *rows_by_file.get(p.sha256, (0, 0)), distinct_messages.get(p.sha256, 0))
        for p in ledger.values()
    ]


def _verdict(published: Publication, landed: int, matched: int, distinct_messages: int) -> Verdict:
    """The verdict on a file.

    Args:
        published: the file's entry in the ledger.
        landed: rows with the file's sha256.
        matched: expected messages that have a row.
        distinct_messages: messages of the topic that these rows hold; 0 if they were not counted.
    """
    copies = max(distinct_messages - matched, 0)
    return Verdict(
        source=published.source,
        sha256=published.sha256,
        records=published.records,
        published=published.published,
        expected=published.messages,
        landed=landed,
        missing=published.messages - matched,
        surplus=landed - matched - copies,
        copies=copies,
    )


def verdict_table(verdicts: list[Verdict]) -> Table:
    """The verdicts as a table for a terminal; a file that did not land exactly is red."""
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    for column in ("expected", "landed", "missing", "surplus"):
        table.add_column(column, justify="right")
    for v in verdicts:
        numbers = (v.expected, v.landed, v.missing, v.surplus)
        style = "" if v.landed_exactly else "red"
        table.add_row(v.source, *(f"{n:,}" for n in numbers), style=style)
    return table
