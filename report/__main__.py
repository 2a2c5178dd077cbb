"""`python -m report`: the eight answers, in the terminal."""

import os

from rich.table import Table

from ingest.console import main, out
from ingest.spark import session


def answers() -> None:
    """Print the mart `answers` as a table.

    Raises:
        IngestError: Spark cannot be reached, or the mart is not built yet.
    """
    with session("reading the answers") as spark:
        rows = (
            spark.table(f"{os.environ.get('DBT_SCHEMA', 'analytics')}.answers")
            .orderBy("question_number")
            .select("question_number", "question", "answer_as_delivered", "answer")
            .collect()
        )
    table = Table(title="The eight answers", title_justify="left", show_lines=True)
    table.add_column("#", justify="right")
    table.add_column("question", ratio=2)
    table.add_column("as delivered", ratio=2)
    table.add_column("each attempt once", ratio=2)
    for row in rows:
        table.add_row(*map(str, row))
    out.print(table)


if __name__ == "__main__":
    main(answers)
