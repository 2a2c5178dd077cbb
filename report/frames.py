"""The report's queries of the marts: each file in `queries/` is a statement, and gives a frame."""

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from cli.errors import UserError
from ingest.spark import session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Frames = dict[str, pd.DataFrame]
QUERIES = files("report") / "queries"


def names() -> list[str]:
    """The names of the statements: the files in `queries/`, without their `.sql`."""
    return sorted(path.name.removesuffix(".sql") for path in QUERIES.iterdir())


def statement(name: str, schema: str) -> str:
    """The SQL of a statement.

    Args:
        name: a file in `queries/`, without its `.sql`.
        schema: the schema of the marts.
    """
    sql = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    return sql.replace("{{ schema }}", schema)


def fetch(spark: "SparkSession", schema: str, *wanted: str) -> Frames:
    """Run statements, four at a time.

    Args:
        spark: a session.
        schema: the schema of the marts.
        wanted: the statements to run; all if none is given.

    Returns:
        The rows of each statement, by its name. Times are naive, in UTC; shares are from 0 to 1.

    Raises:
        UserError: a mart is not built yet.
        PySparkException: a statement fails.
    """
    from pyspark.errors import AnalysisException

    def run(name: str) -> pd.DataFrame:
        try:
            frame = spark.sql(statement(name, schema)).toPandas()
        except AnalysisException as error:
            if error.getCondition() != "TABLE_OR_VIEW_NOT_FOUND":
                raise
            table = error.getMessageParameters()["relationName"].replace("`", "")
            raise UserError(f"there is no table {table}: run make run, or dbt build") from error
        # Spark's metrics of the statement, which pandas would copy with every column and row.
        frame.attrs.clear()
        return frame

    spark.conf.set("spark.sql.session.timeZone", "UTC")
    to_run = wanted or names()
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(zip(to_run, pool.map(run, to_run), strict=True))


def schema() -> str:
    """The schema of the marts."""
    return os.environ.get("DBT_SCHEMA") or "analytics"


def read(*wanted: str) -> Frames:
    """Run statements in a session of their own; as `fetch`."""
    with session("reading the marts") as spark:
        return fetch(spark, schema(), *wanted)


def only_row(frame: pd.DataFrame) -> Any:  # noqa: ANN401 (its attributes are the columns)
    """The row of a frame that has one row, each value in the type of its column."""
    [row] = frame.itertuples(index=False)
    return row


def limits(frames: Frames) -> dict[str, float]:
    """The rows of the mart limits, by name; they are variables of the dbt project."""
    found = frames["limits"].set_index("limit_name").value
    return {name: int(value) if value == int(value) else value for name, value in found.items()}
