"""`dbt run-operation vacuum` deletes the files that every table replaced a week ago, no others."""

import time
from urllib.parse import urlsplit

import pytest
import requests

WEEK = 168  # hours


# One model of each folder and each kind of table; to vacuum all would take minutes.
MODELS = (
    "stg_assess__messages", "int_retakes", "fct_deliveries", "answers", "fct_scored_responses",
    "item_analysis", "fct_retakes", "source_files",
)  # fmt: skip


@pytest.fixture
def folders(pipeline) -> dict[str, str]:
    """The HDFS folder of each of these tables."""
    pipeline.query("create schema {analytics}")
    for name in MODELS:
        pipeline.query(f"create table {{analytics}}.{name} using delta as select 1 as one")
    return {name: location(pipeline, name) for name in MODELS}


def location(pipeline, name: str) -> str:
    [row] = pipeline.query(f"describe detail {{analytics}}.{name}")
    [found] = [value for value in row if str(value).startswith("hdfs:")]
    return urlsplit(found).path


def replace_files(hdfs, folders, ages):
    """Put a file that no version needs into each folder, of each of these ages in hours.

    The function returned tells which are still there.
    """
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
    return lambda: {key for key, path in paths.items() if hdfs.exists(path)}


def test_files_replaced_a_week_ago_are_gone_from_every_table(pipeline, folders):
    remaining = replace_files(pipeline.sandbox.hdfs, folders, [WEEK - 1, WEEK + 1])
    done = pipeline.dbt("run-operation", "vacuum")
    assert remaining() == {(name, WEEK - 1) for name in folders}
    for name in folders:
        assert f"vacuum {pipeline.schema}.{name}\n" in done.stdout
        assert pipeline.query(f"select * from {{analytics}}.{name}") == [(1,)]
        # There is no new version, which `make run` would take for a table that somebody wrote.
        assert pipeline.query(f"describe history {{analytics}}.{name}")[0][0] == 0
