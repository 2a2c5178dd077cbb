"""How the loads on HDFS become partitions of the table in the catalogue."""

from types import SimpleNamespace

import pytest

from ingest import raw_table


class Spark:
    """Has these partitions, and notes each statement."""

    def __init__(self, *partitions: str) -> None:
        self.partitions, self.ran = partitions, []

    def sql(self, statement: str) -> SimpleNamespace:
        self.ran.append(statement)
        return SimpleNamespace(collect=lambda: [(name,) for name in self.partitions])


@pytest.mark.parametrize(
    ("partitions", "added"),
    [
        ([], [1, 2]),
        (["load_id=2"], [1]),
        (["load_id=1", "load_id=2"], []),
        (["load_id=__HIVE_DEFAULT_PARTITION__", "load_id=1"], [2]),  # rows of somebody else
        (["load_id=11", "load_id=22"], [1, 2]),
    ],
)
def test_each_load_without_a_partition_gets_one_whoever_registers_at_once(
    monkeypatch, partitions, added
):
    monkeypatch.setattr(raw_table, "committed_ids", lambda: [1, 2])
    monkeypatch.setattr(raw_table, "_check_location", lambda spark: None)
    spark = Spark(*partitions)
    raw_table.register(spark)
    altered = [statement for statement in spark.ran if statement.startswith("alter")]
    assert [f"load_id = {n})" in "".join(altered) for n in (1, 2)] == [n in added for n in (1, 2)]
    for statement in spark.ran:
        assert "if not exists" in statement or statement.startswith("show")
