"""The output of `ingest status`: an overview, and tables of partitions, files and loads."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.console import out, plural, visible
from ingest.kafka import COMPACTED
from ingest.status import Status


def print_status(now: Status) -> None:
    """Print the overview and the tables."""
    out.print(overview(now))
    out.print()
    out.print(f"topic {now.topic}: lag {now.lag:,}", style="bold")
    out.print(_partitions(now))
    for limit in _limits(now):
        out.print(limit, style="yellow", soft_wrap=True)
    out.print()
    out.print(f"{plural(len(now.published), 'file')} published", style="bold")
    out.print(_files(now))
    out.print()
    out.print(
        f"table {now.raw_table}: {plural(now.rows, 'row')} in {plural(now.loads, 'load')}, "
        f"{now.bytes / 1e6:,.1f} MB in {plural(now.files, 'file')} at {now.raw_path}",
        style="bold",
        soft_wrap=True,
    )
    out.print(_loads(now))
    if now.uncommitted:
        out.print()
        out.print("uncommitted", style="bold")
        out.print(_uncommitted(now))


def _partitions(now: Status) -> Table:
    table = _table("partition", "begin", "end", "hidden", "landed", "lag")
    for p in now.partitions:
        numbers = (p.begin, p.end, p.hidden, p.landed, p.lag)
        table.add_row(str(p.partition), *(f"{n:,}" for n in numbers))
    return table


def _limits(now: Status) -> list[str]:
    """Why messages may be missing, or may be missing for ever."""
    limits = []
    if now.is_deleted:
        limits.append("the topic was deleted: its messages that had not landed are lost")
    if now.is_another_topic:
        limits.append("the topic was deleted and created again, so land refuses its messages")
    if now.hidden:
        limits.append(
            f"another producer's transaction is open and hides {plural(now.hidden, 'offset')}"
        )
    if now.skipped:
        limits.append(
            f"{plural(now.skipped, 'offset')} never landed, because Kafka had deleted them"
        )
    if now.is_compacted:
        limits.append(f"the topic {COMPACTED}")
    return limits


def _files(now: Status) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    table.add_column("records", justify="right", overflow="fold")
    table.add_column("deliveries", justify="right", overflow="fold")
    table.add_column("published (UTC)")
    for p in now.published:
        partly = "" if p.fully_published else f"{p.published:,} of "
        table.add_row(p.source, f"{partly}{p.records:,}", str(p.deliveries), f"{p.at:%F %T}")
    return table


def _loads(now: Status) -> Table:
    table = _table("load", "rows", "offsets", "landed (UTC)")
    for load in now.recent:
        offsets = " ".join(f"{p}:{load.start[p]}-{end}" for p, end in load.end.items())
        table.add_row(str(load.load_id), f"{load.rows:,}", offsets, f"{load.landed_at:%F %T}")
    return table


def _uncommitted(now: Status) -> Table:
    table = _table("for load", "MB", "last change (UTC)")
    table.add_column("")
    for load in now.uncommitted:
        note = (
            "leftover: ingest clean removes it"
            if load.leftover
            else "a running land may be writing it"
        )
        megabytes = f"{load.bytes / 1e6:,.1f}"
        table.add_row(str(load.load_id), megabytes, f"{load.modified_at:%F %T}", note)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def overview(now: Status) -> Table:
    """Three boxes in the order of the data flow, and a line that names the next command."""
    unfinished = [file.source for file in now.published if not file.fully_published]
    records = sum(file.records for file in now.published)
    boxes = Table.grid(expand=True)
    for ratio in (3, None, 3, None, 4):
        boxes.add_column(ratio=ratio, vertical="middle")
    boxes.add_row(
        _box(
            "published",
            plural(len(now.published), "file"),
            plural(records, "record"),
            wrong=f"{len(unfinished)} not fully" if unfinished else "",
        ),
        " ▶ ",
        _box(
            f"topic {now.topic}",
            plural(len(now.partitions), "partition"),
            "all landed" if now.rows and not now.lag and not now.is_deleted else "",
            "a transaction is open" if now.hidden else "",
            wrong=(
                "deleted"
                if now.is_deleted
                else f"{plural(now.lag, 'offset')} to land"
                if now.lag
                else ""
            ),
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
        return Text(
            f"next: python -m ingest produce FILE, to publish all of {visible(unfinished[0])}",
            style="yellow",
        )
    if not now.published and not now.rows:
        return Text("next: python -m ingest run FILE", style="yellow")
    if now.is_deleted or now.is_another_topic:
        return Text("next: publish all files under another name (KAFKA_TOPIC)", style="yellow")
    if now.lag and now.lag == now.hidden:
        return Text("next: python -m ingest land, when the open transaction ends", style="yellow")
    if now.lag:
        return Text("next: python -m ingest land", style="yellow")
    if _limits(now):
        return Text("everything that Kafka still has has landed", style="green")
    return Text("everything published has landed", style="green")
