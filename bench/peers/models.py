"""All that models/ builds, by DuckDB: JSON in, Parquet out.

Usage: python -m bench.peers.models FILE FOLDER TOPIC
"""

import os
import sys
from pathlib import Path

import duckdb

OPTION = {"id": "VARCHAR", "checked": "BOOLEAN", "correct": "BOOLEAN", "submitted": "BIGINT"}
OPTION["at"] = "VARCHAR"
QUESTION = {"id": "VARCHAR", "user_result": "VARCHAR", "options": [OPTION]}
QUESTION |= dict.fromkeys(("user_correct", "user_incomplete", "user_submitted"), "BOOLEAN")
COUNTS = dict.fromkeys(
    ("total", "submitted", "correct", "incorrect", "incomplete", "unanswered"), "BIGINT"
)
COUNTS["all_correct"] = "BOOLEAN"
RECORD = dict.fromkeys(
    (
        "keen_id",
        "user_exam_id",
        "base_exam_id",
        "exam_name",
        "certification",
        "max_attempts",
        "started_at",
        "keen_timestamp",
        "keen_created_at",
    ),
    "VARCHAR",
)
RECORD["sequences"] = {
    "id": "VARCHAR",
    "attempt": "BIGINT",
    "counts": COUNTS,
    "questions": [QUESTION],
}
ISO_TIMESTAMP = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})"
)


def types(field: dict | list | str) -> str:
    """The types, as json_transform() wants them."""
    if isinstance(field, dict):
        return "{" + ",".join(f'"{name}":{types(inner)}' for name, inner in field.items()) + "}"
    return f'"{field}"' if isinstance(field, str) else f"[{types(field[0])}]"


def shape(field: dict | list | str) -> str:
    """A regular expression for what json_structure() says where each field is of its type."""
    if isinstance(field, dict):
        fields = "|".join(f'"{name}":(?:"NULL"|{shape(inner)})' for name, inner in field.items())
        return rf"\{{(?:(?:{fields}),?)*\}}"
    if field == "BIGINT":
        return '"U?BIGINT"'
    return f'"{field}"' if isinstance(field, str) else rf'\[(?:"NULL"|{shape(field[0])})\]'


def main(file: str, folder: Path, topic: str) -> None:
    """Build the tables in memory, then write each as a Parquet file."""
    db = duckdb.connect()
    db.execute(f"set threads = {os.cpu_count()}; set timezone = 'UTC'")
    settings = {"types": types(RECORD), "shape": shape(RECORD), "iso_timestamp": ISO_TIMESTAMP}
    for name, value in {**settings, "topic": topic}.items():
        db.execute(f"set variable {name} = $1", [value])
    db.execute(
        "create table raw as "
        "select json from read_json_objects($1, format = 'array', maximum_object_size = 67108864)",
        [file],
    )
    db.execute(Path(__file__).with_suffix(".sql").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    tables = db.execute("select table_name from duckdb_tables() where table_name != 'raw'")
    for (table,) in tables.fetchall():
        db.execute(f"copy {table} to '{folder / table}.parquet' (format parquet, compression zstd)")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
