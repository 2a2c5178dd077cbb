"""The report's queries of the marts: `queries/` has one statement for each chart and its table."""

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

# The limits that the statements, the charts and the text of the page share.
LIMITS = {
    "enough_attempts": 30,  # to judge a question or an exam; with fewer, chance decides
    # Ebel & Frisbie, Essentials of Educational Measurement (1991), ch. 13.
    "too_easy": 0.9,
    "too_hard": 0.3,
    "separates": 0.2,
    "reliable": 0.7,  # Nunnally, Psychometric Theory (1978), ch. 7: enough to compare groups
    "idle": 0.05,  # a wrong option that is chosen less often distracts hardly anybody
    "shown": 20,  # the most bars of a chart; its table has all rows
}


def statement(name: str, schema: str) -> str:
    """The SQL of a statement.

    Args:
        name: a file in `queries/`, without its `.sql`.
        schema: the schema of the marts.
    """
    statements = Environment(  # noqa: S701 (SQL, without foreign input)
        loader=PackageLoader("report", "queries"), undefined=StrictUndefined
    )
    return statements.get_template(f"{name}.sql").render(schema=schema, **LIMITS)


def fetch(spark: "SparkSession", schema: str, *names: str) -> Frames:
    """Run statements, four at a time.

    Args:
        spark: a session.
        schema: the schema of the marts.
        names: the statements to run; all if none is given.

    Returns:
        The rows of each statement, by its name. Times are naive, in UTC; shares are from 0 to 1.

    Raises:
        PySparkException: a statement fails, for example because a mart is not built yet.
    """

    def run(name: str) -> pd.DataFrame:
        return spark.sql(statement(name, schema)).toPandas()

    spark.conf.set("spark.sql.session.timeZone", "UTC")
    wanted = names or NAMES
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(zip(wanted, pool.map(run, wanted), strict=True))
