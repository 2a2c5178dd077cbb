"""Spark is waited for; statements that fail because HDFS is starting are repeated, no others."""

from types import SimpleNamespace
from unittest.mock import MagicMock

import pyspark.sql.connect.client
import pytest
from pyspark.errors import PySparkException
from tenacity import stop_after_attempt, wait_none

from ingest import spark
from tests.support.hdfs_failures import PASSES, REFUSALS, Operation


@pytest.fixture(autouse=True)
def pauses(monkeypatch) -> list[float]:
    """Nothing is waited for; the pauses that were asked for, in seconds."""
    asked = []
    monkeypatch.setattr(spark, "wait_fixed", lambda seconds: asked.append(seconds) or wait_none())
    return asked


def test_statements_are_repeated_four_times_while_hdfs_starts(capsys, pauses):
    operation = Operation(*[PySparkException(PASSES[0])] * 4)
    assert spark.while_hdfs_starts(operation) == "answer"
    assert (operation.times, pauses) == (5, [1])
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
    builder = MagicMock()
    monkeypatch.setattr(pyspark.sql.connect.client, "DefaultChannelBuilder", builder)
    spark._wait_until_reachable("sc://localhost:1")
    assert waits == [7]
    # Else a server that starts late in these seconds is not asked again in time.
    assert builder.call_args.args == ("sc://localhost:1", [("grpc.max_reconnect_backoff_ms", 1000)])


@pytest.mark.parametrize(("said", "times"), [("No active or default Spark session", 3), ("x", 1)])
def test_a_server_that_cannot_open_a_session_is_waited_for_just_as_long(
    monkeypatch, pauses, said, times
):
    limits, asked = [], []

    class Starting:
        @property
        def version(self) -> str:
            asked.append(1)
            raise PySparkException(said)

    def stop(seconds: float) -> stop_after_attempt:
        limits.append(seconds)
        return stop_after_attempt(3)

    monkeypatch.setenv("SERVICE_TIMEOUT_SECONDS", "7")
    monkeypatch.setattr(spark, "stop_after_delay", stop)
    with pytest.raises(PySparkException, match=said):
        spark._wait_until_started(Starting())
    assert (limits, pauses, len(asked)) == ([7], [0.5], times)
