"""The time that a user waits for `make up` and `make run`, on services of their own."""

from collections.abc import Iterator
from contextlib import ExitStack

from bench.context import Context, own_services
from bench.measure import timed
from bench.results import Result
from bench.row import Measurement, Row
from services.sandbox import new_pipeline

UNMEASURED = 2  # runs, while the server's JVM still compiles

UP_FIRST = Row("make-up-first", "`make up` to ready, in an empty folder")
UP_AGAIN = Row("make-up-again", "`make up` to ready, again")
RUN_NEW = Row(
    "make-run-new",
    "a warm `make run`, {records:,}, with data that is new",
    note=f"The server has run it {UNMEASURED} times before, for other topics.",
)
NOTHING_NEW = Row("make-run-nothing-new", "a warm `make run`, {records:,}, again, with nothing new")
AFTER_DOWN = Row(
    "make-run-after-down",
    "`make run`, {records:,}, with nothing new, after `make down`",
    note="The start of the services is part of it.",
)


def up(context: Context) -> Iterator[Result]:
    """Measure `make up` in an empty folder, and again in the same folder."""
    results = [context.result(row.name) for row in (UP_FIRST, UP_AGAIN)]
    for _ in range(context.runs):
        with own_services(context.folder / "make") as sandbox:
            for result in results:
                result.ours.append(timed(["make", "up"], sandbox.environment))
                sandbox.services("down")
    yield from results


def run(context: Context) -> Iterator[Result]:
    """Measure `make run`: new data, nothing new, and nothing new after `make down`."""
    new, nothing_new, after_down = (
        context.result(row.name) for row in (RUN_NEW, NOTHING_NEW, AFTER_DOWN)
    )
    command = ["make", "run", f"DATA={context.file()}"]
    with own_services(context.folder / "make") as sandbox, ExitStack() as stack:
        sandbox.services("up")
        for _ in range(UNMEASURED):
            with new_pipeline(sandbox) as other:
                timed(command, other.environment)
        pipelines = [stack.enter_context(new_pipeline(sandbox)) for _ in range(context.runs)]
        for pipeline in pipelines:
            for result in (new, nothing_new):
                result.ours.append(timed(command, pipeline.environment))
        for pipeline in pipelines:
            sandbox.services("down")
            after_down.ours.append(timed(command, pipeline.environment))
        yield from (new, nothing_new, after_down)


UP = Measurement((UP_FIRST, UP_AGAIN), up, copies=1)
RUN = Measurement((RUN_NEW, NOTHING_NEW, AFTER_DOWN), run, copies=1, runs=1)
