"""Build the tables of models/ up to item_analysis with DuckDB, from JSON to Parquet.

Usage: python -m bench.peers.models FILE FOLDER
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import duckdb

Field = dict[str, Any] | list[Any] | str

TEXT, NUMBER, FLAG = "VARCHAR", "BIGINT", "BOOLEAN"
OPTION = {"id": TEXT, "checked": FLAG, "correct": FLAG, "submitted": NUMBER, "at": TEXT}
QUESTION: Field = {
    **{"id": TEXT, "user_result": TEXT, "options": [OPTION]},
    **dict.fromkeys(["user_correct", "user_incomplete", "user_submitted"], FLAG),
}
COUNTS = ["total", "submitted", "correct", "incorrect", "incomplete", "unanswered"]
SEQUENCES: Field = {
    **{"id": TEXT, "attempt": NUMBER, "questions": [QUESTION]},
    "counts": {**dict.fromkeys(COUNTS, NUMBER), "all_correct": FLAG},
}
IDS = ["keen_id", "user_exam_id", "base_exam_id"]
TEXTS = ["exam_name", "certification", "max_attempts"]
TIMES = ["started_at", "keen_timestamp", "keen_created_at"]
RECORD: Field = {**dict.fromkeys(IDS + TEXTS + TIMES, TEXT), "sequences": SEQUENCES}
ISO_TIMESTAMP = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})"
)


def shape(field: Field) -> str:
    """A regular expression that matches json_structure() if each field has its type."""
    if isinstance(field, dict):
        fields = "|".join(f'"{name}":(?:"NULL"|{shape(inner)})' for name, inner in field.items())
        return rf"\{{(?:(?:{fields}),?)*\}}"
    if field == "BIGINT":
        return '"U?BIGINT"'
    return f'"{field}"' if isinstance(field, str) else rf'\[(?:"NULL"|{shape(field[0])})\]'


def main(file: str, folder: Path) -> None:
    """Build the tables in memory, then write each as a Parquet file."""
    db = duckdb.connect()
    db.execute(f"set threads = {os.cpu_count()}; set timezone = 'UTC'")
    settings = {"types": json.dumps(RECORD), "shape": shape(RECORD), "iso_timestamp": ISO_TIMESTAMP}
    for name, value in settings.items():
        db.execute(f"set variable {name} = $1", [value])
    db.execute(
        "create table raw as "
        "select json from read_json_objects($1, format = 'array', maximum_object_size = 67108864)",
        [file],
    )
    db.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    tables = db.execute("select table_name from duckdb_tables() where table_name != 'raw'")
    for (table,) in tables.fetchall():
        db.execute(f"copy {table} to '{folder / table}.parquet' (format parquet, compression zstd)")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
