"""The raw table: its columns, and its entry in the catalogue."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cli.errors import UserError
from ingest.failpoints import failpoint
from ingest.load_store import committed_ids, load_path
from ingest.settings import settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def _header(name: str, kind: str = "string") -> str:
    # The last header of a name wins, as in Kafka's own lastHeader(). It may hold any bytes, but no
    # reader of Parquet takes bytes that are not UTF-8 for text.
    last = f"try_element_at(filter(headers, h -> h.key = '{name}'), -1).value"
    return f"try_cast(make_valid_utf8(cast({last} as string)) as {kind})"


# Name, type, expression over Spark's Kafka source, and comment of each column.
COLUMNS = (
    ("key", "binary", "key", "the user_exam_id of the record, as UTF-8"),
    ("value", "binary", "value", "the bytes of the message, untouched"),
    ("topic", "string", "topic", None),
    ("partition", "int", "partition", None),
    ("offset", "bigint", "offset", None),
    ("timestamp", "timestamp", "timestamp", "when the message was produced"),
    ("headers", "array<struct<key: string, value: binary>>", "headers", None),
    ("source_file", "string", _header("source_file"), "name of the file that the record is from"),
    ("source_sha256", "string", _header("source_sha256"), "of the content of that file"),
    (
        "source_position",
        "bigint",
        _header("source_position", "bigint"),
        "position of the record in that file, from 0",
    ),
    (
        "source_records",
        "bigint",
        _header("source_records", "bigint"),
        "how many records that file has",
    ),
    ("landed_at", "timestamp", "landed_at", "when `land` wrote the row"),
)


def rows(messages: "DataFrame") -> "DataFrame":
    """The raw table's rows.

    Args:
        messages: the columns of Spark's Kafka source, headers included, and `landed_at`.
    """
    return messages.selectExpr(*(f"{sql} as {name}" for name, _, sql, _ in COLUMNS))


def register(spark: "SparkSession") -> None:
    """Add the raw table and every missing committed load to the catalogue.

    Raises:
        UserError: a table of this name lies at another location, or HDFS cannot be reached.
    """
    table, ids = settings().raw_table, committed_ids()
    spark.sql(f"create database if not exists {table.split('.')[0]}")
    failpoint("land.database_created")
    columns = ",\n".join(
        f"{name} {kind}" + (f" comment '{comment}'" if comment else "")
        for name, kind, _, comment in COLUMNS
    )
    spark.sql(
        f"create table if not exists {table} ({columns}, load_id bigint) using parquet "
        f"partitioned by (load_id) location '{settings().raw_table_path}'"
    )
    _check_location(spark)
    failpoint("land.table_created")
    # As text: rows without a load_id, which somebody else wrote, have a partition, too.
    known = {row[0].partition("=")[2] for row in spark.sql(f"show partitions {table}").collect()}
    missing = [load_id for load_id in ids if str(load_id) not in known]
    if missing:
        partitions = " ".join(
            f"partition (load_id = {i}) location '{load_path(i)}'" for i in missing
        )
        spark.sql(f"alter table {table} add if not exists {partitions}")
    failpoint("land.partitions_added")


def _check_location(spark: "SparkSession") -> None:
    table, wanted = settings().raw_table, settings().raw_table_path
    described = spark.sql(f"describe table extended {table}").collect()
    location = next(row.data_type for row in described if row.col_name == "Location")
    if urlsplit(location).path != wanted:
        raise UserError(
            f"table {table} lies at {location}, not at {wanted}, where the loads of topic "
            f"{settings().kafka_topic} are: set RAW_TABLE to another name, then run land again"
        )
