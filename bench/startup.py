"""`make up` until all is ready, and a warm `make run`: where the seconds go."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.context import Context
from bench.measure import Row, Run
from bench.results import Section, table
from bench.stack import call, new_pipeline, new_settings
from bench.timeline import Step, chart, timeline

UP_RUNS = 3


def make_up(context: Context) -> Iterator[Row | Section]:
    """Services of their own: started for the first time in an empty folder, and again."""
    folder = context.stack.folder / "bench" / "up"
    environment = new_settings(folder)
    first, later = (
        Row(name="make-up", what=f"`make up` to ready, {when}", against="(none)", reach="reported")
        for when in ("in an empty folder", "again")
    )
    steps: dict[str, list[Step]] = {}
    for row in [first] + UP_RUNS * [later]:
        steps[row.what] = timeline(["make", "up"], environment)
        row.ours.append(Run(steps[row.what][0].end))
        call([sys.executable, "-m", "services", "down"], environment)
    shutil.rmtree(folder)
    yield first
    yield later
    for what, found in steps.items():
        lines = [[f"{s.end:.1f}", s.what] for s in found if s.kind == "output"]
        yield Section(what, "\n".join(table(["second", "says"], lines)), _figures(found))


def make_run(context: Context) -> Iterator[Row | Section]:
    """On one copy of the dataset: with it new, and once more when nothing is."""
    file = context.file(1)
    with new_pipeline(context.stack) as pipeline:
        for what in ("with data that is new", "again, with nothing new"):
            row = Row(
                name="make-run",
                what=f"a warm `make run`, {context.dataset.records:,}, {what}",
                against="(none)",
                reach="reported",
            )
            steps = timeline(["make", "run", f"DATA={file}"], pipeline.environment)
            row.ours.append(Run(steps[0].end))
            yield row
            image = f"make-run-{what.split(',')[0].replace(' ', '-')}.svg"
            chart(steps, row.what.replace("`", ""), context.out / image)
            commands = [
                [s.what, f"{s.start:.1f}", f"{s.end:.1f}", f"{s.end - s.start:.1f}"]
                for s in steps
                if s.kind == "command"
            ]
            nodes = sorted((s for s in steps if s.kind == "dbt"), key=lambda s: s.start - s.end)
            longest = "; ".join(f"{s.what} {s.end - s.start:.1f}" for s in nodes[:8])
            text = [
                *table(["command", "from", "to", "seconds"], commands),
                "",
                f"dbt ran {len(nodes)} nodes, {sum(s.end - s.start for s in nodes):.1f} s in sum "
                f"over its threads; the longest, in seconds: {longest}.",
                "",
                f"![{row.what}]({image})",
            ]
            yield Section(row.what, "\n".join(text), _figures(steps))
    Path(file).unlink()


def _figures(steps: list[Step]) -> list[dict]:
    return [
        {"kind": s.kind, "what": s.what, "start": round(s.start, 2), "end": round(s.end, 2)}
        for s in steps
    ]
