"""`dbt run-operation vacuum` deletes the files that every table replaced a week ago, no others."""

import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests

WEEK = 168  # hours


@pytest.fixture(scope="module")
def folders(built) -> dict[str, str]:
    """The folder of each table on HDFS."""
    tables, views = (
        {row[1] for row in built.query(f"show {kind} in {{analytics}}")}
        for kind in ("tables", "views")
    )
    assert {"answers", "fct_attempts", "stg_assess__messages"} <= tables - views
    return {name: location(built, name) for name in tables - views}


def location(built, name: str) -> str:
    [row] = built.query(f"describe detail {{analytics}}.{name}")
    [found] = [value for value in row if str(value).startswith("hdfs:")]
    return urlsplit(found).path


@contextmanager
def replaced_files(built, folders, ages):
    """In each table's folder a file that no version needs, of each of these ages in hours."""
    hdfs = built.sandbox.hdfs
    paths = {
        (name, age): f"{folder}/part-replaced-{age}.parquet"
        for name, folder in folders.items()
        for age in ages
    }
    for (_, age), path in paths.items():
        hdfs.pipe_file(path, b"replaced")
        modified = int((time.time() - age * 3600) * 1000)
        requests.put(
            hdfs.url + path,
            params={"op": "SETTIMES", "modificationtime": modified, **hdfs.pars},
            timeout=20,
        ).raise_for_status()
    try:
        yield lambda: {key for key, path in paths.items() if hdfs.exists(path)}
    finally:
        for path in paths.values():
            if hdfs.exists(path):
                hdfs.rm(path)


def test_files_replaced_a_week_ago_are_gone_from_every_table(built, folders):
    answers = "select * from {analytics}.answers order by question_number"
    before = built.query(answers)
    with replaced_files(built, folders, [WEEK - 1, WEEK + 1]) as remaining:
        done = built.dbt("run-operation", "vacuum")
        assert remaining() == {(name, WEEK - 1) for name in folders}
    assert all(f"vacuum {built.schema}.{name}\n" in done.stdout for name in folders)
    assert built.query(answers) == before
