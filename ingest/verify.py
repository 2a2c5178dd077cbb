"""verify: is each published file in the raw table completely, and exactly once a delivery?"""

import msgspec

from ingest.errors import IngestError
from ingest.ledger import Publication, read_ledger
from ingest.settings import settings
from ingest.spark import session


class Verdict(msgspec.Struct, frozen=True):
    """How one published file stands in the raw table.

    Attributes:
        expected: messages that the ledger says were published.
        landed: rows of the raw table that carry the file's sha256.
        missing: messages without a row.
        surplus: rows beyond one a message.
    """

    source: str
    sha256: str
    expected: int
    landed: int
    missing: int
    surplus: int

    @property
    def complete(self) -> bool:
        """Whether every message is there exactly once."""
        return self.missing == 0 and self.surplus == 0


def verify() -> list[Verdict]:
    """Compare the ledger with the raw table, file by file, record by record. Read-only.

    Rows from no published file (somebody else's messages) are none of the ledger's business.

    Raises:
        IngestError: Kafka or Spark cannot be reached, or there is no raw table yet.
    """
    ledger = read_ledger()
    if not ledger:
        return []
    with session("verifying (tasks)") as spark:
        from pyspark.sql import functions as f

        if not spark.catalog.tableExists(settings().raw_table):
            raise IngestError(
                f"there is no table {settings().raw_table} in the catalogue: run land, which makes "
                "it from the loads on HDFS"
            )
        published = spark.createDataFrame(
            [(p.sha256, p.records, p.deliveries, p.published) for p in ledger.values()],
            "source_sha256 string, records bigint, deliveries bigint, published bigint",
        )
        counts = (
            spark.table(settings().raw_table)
            .where("source_sha256 is not null")
            .groupBy("source_sha256", "source_position")
            .agg(f.count(f.lit(1)).alias("rows"))
        )
        # A last delivery that is not whole has brought its first records only.
        expected = f.expr(
            "case when source_position between 0 and published - 1 then deliveries"
            "     when source_position between published and records - 1 then deliveries - 1"
            "     else 0 end"
        )
        found = {
            row.source_sha256: row
            for row in counts.join(f.broadcast(published), "source_sha256")
            .withColumn("expected", expected)
            .groupBy("source_sha256")
            .agg(
                f.sum("rows").alias("landed"),
                f.sum(f.least("rows", "expected")).alias("once"),
            )
            .collect()
        }
    return [_verdict(p, found.get(p.sha256)) for p in ledger.values()]


def _verdict(published: Publication, found: "object | None") -> Verdict:
    landed, once = (found.landed, found.once) if found else (0, 0)
    return Verdict(
        source=published.source,
        sha256=published.sha256,
        expected=published.messages,
        landed=landed,
        missing=published.messages - once,
        surplus=landed - once,
    )
