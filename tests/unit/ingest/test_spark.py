"""Spark is waited for; statements that fail because HDFS is starting are repeated, no others."""

from types import SimpleNamespace

import pytest
from pyspark.errors import PySparkException
from tenacity import wait_none

from ingest import spark
from tests.support.hdfs_failures import PASSES, REFUSALS, Operation


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nothing is waited for."""
    monkeypatch.setattr(spark, "wait_fixed", lambda seconds: wait_none())


def test_statements_are_repeated_four_times_while_hdfs_starts(capsys):
    operation = Operation(*[PySparkException(PASSES[0])] * 4)
    assert spark.while_hdfs_starts(operation) == "answer"
    assert operation.times == 5
    assert capsys.readouterr().err == "waiting for HDFS\n"


@pytest.mark.parametrize(
    ("error", "times"),
    [
        (PySparkException(PASSES[0]), 5),
        (PySparkException(REFUSALS[0]), 1),
        (ValueError(PASSES[0]), 1),
    ],
    ids=repr,
)
def test_what_does_not_pass_is_raised(error, times):
    operation = Operation(*[error] * 9)
    with pytest.raises(type(error)) as raised:
        spark.while_hdfs_starts(operation)
    assert (raised.value, operation.times) == (error, times)


def test_spark_is_waited_for_as_long_as_the_setting_says(monkeypatch):
    waits = []
    ready = SimpleNamespace(result=lambda timeout=None: waits.append(timeout))
    monkeypatch.setenv("SERVICE_TIMEOUT_SECONDS", "7")
    monkeypatch.setattr(spark.grpc, "channel_ready_future", lambda _: ready)
    spark._wait_until_reachable("sc://localhost:1")
    assert waits == [7]
