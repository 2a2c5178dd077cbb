"""The state of the pipeline as a picture: files, topic and table, and what to do next."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ingest.console import plural
from ingest.status import Status


def picture(now: Status) -> Table:
    """Three boxes from left to right, as the data flows, and a line that says what to do next."""
    unfinished = [file.source for file in now.published if not file.complete]
    records = sum(file.records for file in now.published)
    boxes = Table.grid(expand=True)
    for ratio in (3, None, 3, None, 4):
        boxes.add_column(ratio=ratio, vertical="middle")
    boxes.add_row(
        _box(
            "published",
            plural(len(now.published), "file"),
            plural(records, "record"),
            wrong=f"{len(unfinished)} not as a whole" if unfinished else "",
        ),
        " ▶ ",
        _box(
            f"topic {now.topic}",
            plural(len(now.partitions), "partition"),
            "all landed" if now.rows and not now.lag else "",
            wrong=f"{now.lag:,} offsets to land" if now.lag else "",
        ),
        " ▶ ",
        _box(
            f"table {now.raw_table}",
            plural(now.rows, "row"),
            f"{plural(now.loads, 'load')}, {now.bytes / 1e6:,.1f} MB",
            f"newest {now.newest_landed_at:%F %R}" if now.newest_landed_at else "",
        ),
    )
    whole = Table.grid(expand=True)
    whole.add_row(boxes)
    whole.add_row(_next(now, unfinished))
    return whole


def _box(title: str, *lines: str, wrong: str = "") -> Panel:
    text = Text("\n").join(Text(line) for line in lines if line)
    if wrong:
        text.append(f"\n{wrong}", style="yellow")
    style = "yellow" if wrong else "green"
    return Panel(text, title=Text(title), title_align="left", border_style=style, height=5)


def _next(now: Status, unfinished: list[str]) -> Text:
    if unfinished:
        return Text(f"next: python -m ingest produce again, for {unfinished[0]}", style="yellow")
    if not now.published and not now.rows:
        return Text("next: python -m ingest run FILE", style="yellow")
    if now.lag:
        return Text("next: python -m ingest land", style="yellow")
    return Text("all that is published has landed", style="green")
