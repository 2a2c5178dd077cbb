"""What the terminal shows of the marts: the eight answers, and where to look next."""

import os

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.console import out, visible
from report.frames import Frames, schema
from report.site import site_folder


def print_answers(frames: Frames) -> None:
    """Print the eight answers."""
    rows = Table.grid(padding=(0, 1))
    rows.add_column(justify="right", style="bold")
    rows.add_column(overflow="fold")
    for row in frames["answers"].itertuples():
        answer = Text(visible(row.answer), style="green")
        if row.answer_as_delivered != row.answer:
            delivered = visible(row.answer_as_delivered)
            answer.append(f"   as delivered: {delivered}", style="default")
        if row.answer_inferred:
            inferred = visible(row.answer_inferred)
            answer.append(f"   inferred about people: {inferred}", style="default")
        rows.add_row(str(row.question_number), Text(visible(row.question), style="bold"))
        rows.add_row("", Padding(answer, (0, 0, 0, 2)))
    out.print()
    out.print("The eight answers, each attempt counted once", style="bold underline")
    out.print(rows)


def print_where_next() -> None:
    """Print where the pages and the tables are."""
    host = os.environ.get("SPARK_THRIFT_HOST") or "localhost"
    port = os.environ.get("SPARK_THRIFT_PORT") or "10000"
    places = {
        site_folder() / "report.html": "what the data says, for everyone",
        site_folder() / "docs/index.html": "every table and column, for analysts",
        f"jdbc:hive2://{host}:{port}/{schema()}": "the tables, for SQL",
        "python -m ingest status": "the state of topic, files and loads",
    }
    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True)
    # The last column, so that nothing stands between the lines of a long path.
    rows.add_column(overflow="fold", style="cyan")
    for place, what in places.items():
        rows.add_row(what, Text(str(place)))
    out.print()
    out.print("Where to look next", style="bold underline")
    out.print(rows)
