"""What the report asks the marts: `queries/` holds one statement for each chart and its table."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Frames = dict[str, pd.DataFrame]

NAMES = (
    "answers",
    "totals",
    "hours",
    "days",
    "scores",
    "durations",
    "exams",
    "questions",
    "options",
    "reliability",
    "files",
    "loads",
    "rejected",
    "repeated",
)

# What the statements, the charts and the words of the page agree on.
LIMITS = {
    "enough_attempts": 30,  # to judge a question or an exam: with fewer, chance decides
    # Ebel & Frisbie, Essentials of Educational Measurement (1991), ch. 13.
    "too_easy": 0.9,
    "too_hard": 0.3,
    "separates": 0.2,
    "reliable": 0.7,  # Nunnally, Psychometric Theory (1978), ch. 7: enough to compare groups
    "idle": 0.05,  # a wrong option that is chosen less often distracts hardly anybody
    "shown": 20,  # bars of a chart that would have many; its table has all
}


def statement(name: str, schema: str) -> str:
    """The SQL of a statement, for marts that stand in a schema."""
    statements = Environment(  # noqa: S701 (SQL, of nobody's input)
        loader=PackageLoader("report", "queries"), undefined=StrictUndefined
    )
    return statements.get_template(f"{name}.sql").render(schema=schema, **LIMITS)


def fetch(spark: "SparkSession", schema: str, *names: str) -> Frames:
    """Run the statements, a few at a time.

    Args:
        spark: a session.
        schema: where dbt built the marts.
        names: of statements; all where none is given.

    Returns:
        By name of the statement: its rows; times are naive and UTC, shares from 0 to 1.
    """

    def run(name: str) -> pd.DataFrame:
        return spark.sql(statement(name, schema)).toPandas()

    spark.conf.set("spark.sql.session.timeZone", "UTC")
    wanted = names or NAMES
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(zip(wanted, pool.map(run, wanted), strict=True))
