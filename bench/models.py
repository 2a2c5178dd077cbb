"""All models, fully built, against DuckDB doing the same work from the same JSON."""

import math
import shutil
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.context import Context
from bench.measure import Row, Run, timed
from ingest.errors import IngestError
from services.sandbox import Pipeline, dbt_command

FACTOR = 2.5
OURS = {"messages": "stg_assess__messages"}  # where the names differ
# What has names of loads in it, which the peer has not; and the nested questions, which are held
# against each other where they are flattened: fct_question_responses and fct_option_choices.
NOT_COMPARED = {"sequences", "delivered_in", "rejection_reason"}


def models(context: Context) -> Iterator[Row]:
    """The same tables, by both; then compared, column by column."""
    row = Row(
        name="models",
        what=f"staging, flattening and all marts, {context.records:,}, full build",
        against="DuckDB, as many threads, the same tables from the same JSON to Parquet",
        reach=f"at most {FACTOR} times its time",
        notes=[
            "Ours: `dbt run` into an empty schema, as a whole command, on a server that has done "
            "it five times before: until then the JVM goes on compiling. Memory: of dbt and of the "
            "Spark server. The peer: bench/peers/models.sql, with types as "
            "strict, a SHA-256 of each record, duplicates and conflicts told apart; every "
            "table's rows, and sums of every column that both have, were found equal, save "
            f"{', '.join(sorted(NOT_COMPARED))}: of loads, or held against each other where they "
            "are flattened. Columns of Kafka's and of loads only ours has."
        ],
    )
    server = (context.sandbox.pid("spark"),)
    with context.produced() as pipeline:
        pipeline.ingest("land")
        pipeline.dbt("run")
        tables = _duckdb(context, pipeline)
        _compare(pipeline, tables)
        for _ in range(4):  # the JVM is still compiling in the first builds
            _ours(pipeline, server)
        context.pairs(
            row,
            lambda: _ours(pipeline, server),
            lambda: _theirs(context, pipeline),
        )
    row.reached = statistics.median(row.ratios) <= FACTOR
    yield row


def _ours(pipeline: Pipeline, server: tuple[int, ...]) -> Run:
    pipeline.sandbox.query(f"drop database {pipeline.schema} cascade")
    return timed(dbt_command("run"), pipeline.environment, server)


def _theirs(context: Context, pipeline: Pipeline) -> Run:
    folder = pipeline.folder / "duckdb"
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "bench.peers.models"]
    return timed([*command, str(context.file()), str(folder), pipeline.name], {})


def _duckdb(context: Context, pipeline: Pipeline) -> list[Path]:
    _theirs(context, pipeline)
    return sorted((pipeline.folder / "duckdb").glob("*.parquet"))


def _compare(pipeline: Pipeline, tables: list[Path]) -> None:
    """Hold every table of ours against the peer's.

    Raises:
        IngestError: one is missing, or the rows or a column's sum differ.
    """
    schema, query = pipeline.schema, pipeline.sandbox.query
    built = {name for _, name, _ in query(f"show tables in {schema}")}
    views = {name for _, name, *_ in query(f"show views in {schema}")}
    peers = {OURS.get(path.stem, path.stem): path for path in tables}
    if built - views != set(peers):
        raise IngestError(f"only one side has {sorted((built - views) ^ set(peers))}")
    for table, path in peers.items():
        ours = {name: kind for name, kind, _ in query(f"describe {schema}.{table}")}
        theirs = {
            name: kind
            for name, kind, *_ in duckdb.sql(f"describe from '{path}'").fetchall()
            if name in ours and name not in NOT_COMPARED
        }
        sums = [_sum(name, kind) for name, kind in theirs.items()]
        names = ["rows", *theirs]
        spark = ", ".join(["count(*)", *(ours for ours, _ in sums)])
        duck = ", ".join(["count(*)", *(peer for _, peer in sums)])
        left = query(f"select {spark} from {schema}.{table}")[0]
        right = duckdb.sql(f"set timezone = 'UTC'; select {duck} from '{path}'").fetchone()
        for name, our_sum, their_sum in zip(names, left, right, strict=True):
            if not _same(our_sum, their_sum):
                raise IngestError(
                    f"{table}.{name}: ours adds up to {our_sum}, the peer's to {their_sum}: "
                    "they do not do the same work"
                )


def _sum(name: str, kind: str) -> tuple[str, str]:
    """A sum over a column that its values decide: for Spark, and for DuckDB."""
    if kind == "VARCHAR":
        return (
            f"sum(cast(conv(substr(md5({name}), 1, 8), 16, 10) as bigint))",
            f"sum(('0x' || substr(md5({name}), 1, 8))::bigint)",
        )
    if kind.startswith("TIMESTAMP"):
        return f"sum(cast(unix_micros({name}) as decimal(20, 0)))", f"sum(epoch_us({name}))"
    if kind == "DATE":
        return f"sum(unix_date({name}))", f"sum({name} - date '1970-01-01')"
    if kind == "BOOLEAN":
        return 2 * (f"count_if({name}) + 1000000000 * count({name})",)
    return 2 * (f"sum({name})",)


def _same(left: object, right: object) -> bool:
    if left is None or right is None:
        return left is right
    if isinstance(left, float) or isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-9)
    return left == right
