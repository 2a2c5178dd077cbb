"""A table that builds append to does not get slower with each load: its small files are merged."""

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


def test_many_small_files_are_merged_and_few_are_not(pipeline, tmp_path):
    load(pipeline, tmp_path, attempts=300)
    rounds = ((60, range(1, 4), "OPTIMIZE"), (20, range(21, 24), "WRITE"))
    for number, (before, after, last) in enumerate(rounds, start=1):
        pipeline.query(
            f"insert overwrite {TABLE} select /*+ repartition({before}) */ * from {TABLE}"
        )
        assert files(pipeline) == before
        rows = pipeline.query(ROWS)
        load(pipeline, tmp_path, attempts=40, seed=number)
        assert files(pipeline) in after
        # Descriptions that did not change are not written again.
        assert last in pipeline.query(f"describe history {TABLE} limit 1")[0]
        now = pipeline.query(ROWS)
        assert [row for row in now if row[2] <= number] == rows
        assert len(now) == len(rows) + 40


def load(pipeline, folder, **sample: int) -> None:
    path = folder / "sample.json"
    write_sample(path, **sample)
    pipeline.ingest("run", path)
    pipeline.dbt("run", "--select", *MODELS)
