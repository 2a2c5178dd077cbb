"""Staging, flattening, facts and item analysis against DuckDB doing the same from the same JSON."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench.context import Context
from bench.measure import Run, timed
from bench.results import Result
from bench.row import Measurement, Row, times_the_time
from cli.console import info, plural
from cli.errors import UserError
from services.pipeline import Pipeline, dbt_command

RUN = dbt_command("run", "--select", "+fct_option_choices", "+item_analysis")
UNMEASURED = 5  # builds, while the server's JVM still compiles

ROW = Row(
    name="models",
    what="staging, flattening, facts and item analysis, {records:,}, full build",
    peer="DuckDB, as many threads, the same tables from the same JSON to Parquet",
    target=times_the_time(2.5),
    would_take="More cores, or fewer statements: each costs a plan, generated code and a commit. "
    "What the rows cost has no large part ([measured](TUNING.md)).",
    note=f"Ours: `dbt {' '.join(RUN[2:])}` into an empty schema, as a whole command, on a server "
    f"that has done it {UNMEASURED} times. Memory: of dbt and of the Spark server. The peer: "
    "bench/peers/models.sql, with types as strict, a SHA-256 of each record, and duplicates and "
    "conflicts told apart. Its rows equal ours in each column that both have (fractions to 9 "
    "digits). Only ours rejects records that contradict themselves and times that cannot be, "
    "infers retakes, analyses first attempts beside all attempts, and has reasons, intervals, and "
    "columns of Kafka and of loads.",
)


def measure(context: Context) -> Iterator[Result]:
    """Compare the tables that both build, then measure both."""
    with context.produced() as pipeline:
        pipeline.ingest("land")
        folder = pipeline.folder / "duckdb"
        ours, peer = partial(_ours, context, pipeline), partial(_peer, context, folder)
        for _ in range(UNMEASURED):
            ours()
        peer()
        for path in sorted(folder.glob("*.parquet")):
            copy = context.files / path.stem
            rows = "where population = 'all_attempts'" if path.stem == "item_analysis" else ""
            to_parquet = f"insert overwrite directory 'file://{copy}' using parquet select * from "
            pipeline.query(to_parquet + f"{{analytics}}.{path.stem} {rows}")
            info(f"equal in {path.stem}: {', '.join(compare(copy / '*.parquet', path))}")
            shutil.rmtree(copy)
        yield context.pairs(ROW.name, ours, peer)


def _ours(context: Context, pipeline: Pipeline) -> Run:
    pipeline.query("drop database if exists {analytics} cascade")
    return timed(RUN, pipeline.environment, context.spark)


def _peer(context: Context, folder: Path) -> Run:
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "bench.peers.models", str(context.file()), str(folder)]
    return timed(command, {})


def compare(ours: Path, peer: Path) -> list[str]:
    """Compare rows in the columns that both have and that are not nested; return the columns.

    Raises:
        UserError: there is no such column, or rows differ.
    """
    with duckdb.connect() as db:
        db.execute("set timezone = 'UTC'")
        known = {name for name, *_ in db.execute(f"describe from '{ours}'").fetchall()}
        kinds = {name: kind for name, kind, *_ in db.execute(f"describe from '{peer}'").fetchall()}
        columns = [name for name in kinds if name in known and "STRUCT" not in kinds[name]]
        if not columns:
            raise UserError(f"{peer.stem}: no column is on both sides, so nothing is compared")
        rounded = {c: f'round("{c}", 9)' if kinds[c] == "DOUBLE" else f'"{c}"' for c in columns}

        def differences(values: Iterable[str]) -> list[tuple[Any, ...]]:
            listed = ", ".join(values)
            left, right = f"select {listed} from '{ours}'", f"select {listed} from '{peer}'"
            query = f"({left} except all {right}) union all ({right} except all {left})"
            return db.execute(query).fetchall()

        if rows := differences(rounded.values()):
            differing = [name for name, value in rounded.items() if differences([value])]
            where = f"in {', '.join(differing)}" if differing else "in how values are combined"
            many = plural(len(rows), "row")
            raise UserError(f"{peer.stem}: a difference of {many} {where}, such as {rows[0]}")
    return columns


MODELS = Measurement((ROW,), measure, runs=5, is_long=True)
