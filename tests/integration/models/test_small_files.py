"""A table that builds append to does not get slower with each load: its small files are merged."""

import pytest

from sample.generator import write_sample

MODELS = ("stg_assess__messages", "int_deliveries", "fct_deliveries")
TABLE = "{analytics}.fct_deliveries"
ROWS = f"select keen_id, offset, load_id from {TABLE} order by all"


def files(pipeline) -> int:
    """Of the newest version; each of its rows names the file that it lies in."""
    [(number,)] = pipeline.query(
        f"select count(distinct file) from (select _metadata.file_path as file from {TABLE})"
    )
    return number


@pytest.mark.parametrize(("before", "after"), [(60, range(1, 4)), (20, range(21, 24))])
def test_many_small_files_are_merged_and_few_are_not(pipeline, tmp_path, before, after):
    path = tmp_path / "sample.json"
    write_sample(path, attempts=300)
    pipeline.ingest("run", path)
    pipeline.dbt("run", "--select", *MODELS)
    pipeline.query(f"insert overwrite {TABLE} select /*+ repartition({before}) */ * from {TABLE}")
    assert files(pipeline) == before
    rows = pipeline.query(ROWS)

    write_sample(path, attempts=40, seed=1)
    pipeline.ingest("run", path)
    pipeline.dbt("run", "--select", *MODELS)
    assert files(pipeline) in after
    now = pipeline.query(ROWS)
    assert [row for row in now if row[2] == 1] == rows
    assert len(now) == len(rows) + 40
