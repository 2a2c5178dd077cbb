"""`dbt run-operation vacuum` deletes what has been replaced for long enough, of every table."""

import time
from contextlib import contextmanager

import pytest
import requests

TABLES = "config.materialized:table config.materialized:incremental"
HOUR = 3_600


@pytest.fixture(scope="module")
def folders(built) -> dict[str, str]:
    """The folder of each table on HDFS."""
    listed = built.dbt(
        "--quiet", "ls", "--resource-type", "model", "--output", "name", "--select", *TABLES.split()
    )
    found = {}
    for name in listed.stdout.split():
        [row] = built.query(f"describe detail {{analytics}}.{name}")
        [location] = [value for value in row if str(value).startswith("hdfs:")]
        found[name] = "/" + location.removeprefix("hdfs://").split("/", 1)[1]
    assert len(found) == 15
    return found


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
        modified = int((time.time() - age * HOUR) * 1000)
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


@pytest.mark.parametrize(
    ("arguments", "hours"), [([], 168), (["--args", "retention_hours: 200"], 200)]
)
def test_files_older_than_the_retention_are_gone_from_every_table(built, folders, arguments, hours):
    before = built.query("select * from {analytics}.answers order by question_number")
    with replaced_files(built, folders, [hours - 1, hours + 1]) as remaining:
        done = built.dbt("run-operation", "vacuum", *arguments)
        assert remaining() == {(name, hours - 1) for name in folders}
    for name in folders:
        assert f"{name}, versions older than {hours} hours" in done.stdout
    assert built.query("select * from {analytics}.answers order by question_number") == before
