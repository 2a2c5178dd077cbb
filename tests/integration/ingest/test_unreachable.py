"""A service that does not answer: waited for as long as was asked, then said in one line."""

import os
import signal
import time

import pytest

AWAY = "is it up (make status)? Then run the command again\n"


@pytest.mark.parametrize(
    ("variable", "value", "command", "says"),
    [
        ("KAFKA_BOOTSTRAP_SERVERS", "localhost:1", "status", "Kafka at localhost:1 failed ("),
        ("KAFKA_BOOTSTRAP_SERVERS", "localhost:1", "peek", "Kafka at localhost:1 failed ("),
        ("WEBHDFS_URL", "http://localhost:1", "land",
         "HDFS at http://localhost:1 does not answer (ConnectionError): "),
        ("SPARK_REMOTE", "sc://localhost:1", "land", "Spark at sc://localhost:1 does not answer: "),
        ("SPARK_REMOTE", "sc://localhost:1", "verify",
         "Spark at sc://localhost:1 does not answer: "),
    ],
)  # fmt: skip
def test_it_is_waited_for_and_then_said(history, variable, value, command, says):
    began = time.monotonic()
    where = {variable: value, "SERVICE_TIMEOUT_SECONDS": "2"}
    done = history.ingest(command, check=False, **where)
    took = time.monotonic() - began
    assert done.returncode == 1
    *waiting, error = done.stderr.splitlines(keepends=True)
    assert error.startswith(f"error: {says}")
    assert error.endswith(AWAY)
    assert waiting == ([f"waiting for HDFS at {value}\n"] if variable == "WEBHDFS_URL" else [])
    assert 2 <= took < 50  # by default it waits for 60 s


@pytest.mark.disturbs
def test_a_namenode_that_accepts_requests_and_does_not_answer(pipeline, sample):
    pipeline.ingest("produce", sample)
    namenode = pipeline.sandbox.pid("namenode")
    os.kill(namenode, signal.SIGSTOP)
    try:
        done = pipeline.ingest("land", check=False, SERVICE_TIMEOUT_SECONDS="2")
    finally:
        os.kill(namenode, signal.SIGCONT)
    assert done.returncode == 1
    assert done.stderr.startswith("error: HDFS at http://localhost:")
    assert done.stderr.endswith(f"does not answer (ReadTimeout): {AWAY}")
    pipeline.ingest("land")
