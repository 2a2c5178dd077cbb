"""`make up` until all is ready, and a warm `make run`: where the seconds go."""

import re
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bench.context import Context
from bench.measure import Row, Run
from bench.results import Section, table
from bench.timeline import Step, chart, timeline
from services.sandbox import Sandbox, new_pipeline

UP_RUNS = 3
AT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)[.,](\d{3})")


def make_up(context: Context) -> Iterator[Row | Section]:
    """Services of their own: started for the first time in an empty folder, and again."""
    folder = context.sandbox.folder / "bench" / "up"
    sandbox = Sandbox.new(folder)
    first, later = (
        Row(name="make-up", what=f"`make up` to ready, {when}", against="(none)", reach="reported")
        for when in ("in an empty folder", "again")
    )
    steps: dict[str, list[Step]] = {}
    for row in [first] + UP_RUNS * [later]:
        began = time.time()
        try:
            found = timeline(["make", "up"], sandbox.environment)
        finally:
            sandbox.services("down")
        row.ours.append(Run(found[0].end))
        steps[row.what] = [*found, *_logged(folder / "log", began)]
    shutil.rmtree(folder)
    yield first
    yield later
    for what, found in steps.items():
        lines = [
            [f"{s.end:.1f}", s.what]
            for s in sorted(found, key=lambda s: s.end)
            if s.kind in ("output", "log")
        ]
        yield Section(what, "\n".join(table(["second", "what"], lines)), _figures(found))


def make_run(context: Context) -> Iterator[Row | Section]:
    """On one copy of the dataset: with it new, and once more when nothing is."""
    file = context.file(1)
    command = ["make", "run", f"DATA={file}"]
    with new_pipeline(context.sandbox) as warming:
        for _ in range(2):
            context.sandbox.run(*command, **warming.environment)
    with new_pipeline(context.sandbox) as pipeline:
        for what in ("with data that is new", "again, with nothing new"):
            row = Row(
                name="make-run",
                what=f"a warm `make run`, {context.dataset.records:,}, {what}",
                against="(none)",
                reach="reported",
            )
            if what == "with data that is new":
                row.notes.append("The server has run it twice before, for another topic.")
            steps = timeline(command, pipeline.environment)
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


def _logged(folder: Path, began: float) -> Iterator[Step]:
    """When supervisor started the services, and when each wrote its first line."""
    for log in sorted(folder.glob("*.log")):
        for line in log.read_text(errors="replace").splitlines():
            if not (found := AT.match(line)):
                continue
            at = datetime.fromisoformat(f"{found[1]}T{found[2]}.{found[3]}").timestamp() - began
            if at > 0 and log.stem == "supervisord":
                if "spawned" in line:
                    yield Step("log", f"supervisor: {line[24:]}", at, at)
            elif at > 0:
                yield Step("log", f"{log.stem} writes its first line", at, at)
                break


def _figures(steps: list[Step]) -> list[dict]:
    return [
        {"kind": s.kind, "what": s.what, "start": round(s.start, 2), "end": round(s.end, 2)}
        for s in steps
    ]
