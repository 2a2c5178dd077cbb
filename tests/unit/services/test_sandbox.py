"""Tests and measurements reach only services of their own, and stop them at any signal."""

import os
import signal
import subprocess
import sys

import pytest

from cli import ROOT

PROCESS = """
import time
from services.sandbox import end_as_by_ctrl_c
end_as_by_ctrl_c()
try:
    print("begun", flush=True)
    time.sleep(60)
finally:
    time.sleep(0.5)
    print("services stopped", flush=True)
"""


@pytest.mark.parametrize("first", [signal.SIGHUP, signal.SIGTERM], ids=lambda sent: sent.name)
def test_a_signal_and_those_that_follow_do_not_keep_it_from_stopping_its_services(first):
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "begun\n"
        for number in (first, signal.SIGTERM, signal.SIGHUP):
            process.send_signal(number)
        said, why = process.communicate(timeout=30)
    assert said == "services stopped\n"
    assert why.endswith("KeyboardInterrupt\n")


def test_under_nohup_a_closed_terminal_ends_nothing():
    with subprocess.Popen(
        ["nohup", sys.executable, "-c", PROCESS.replace("60", "1")],
        cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGHUP)
        said, why = process.communicate(timeout=30)
    assert said == "services stopped\n"
    assert "KeyboardInterrupt" not in why


def test_tests_do_not_reach_the_users_own_services(request):
    """Runs itself again, in an environment that names such services."""
    theirs = dict.fromkeys(
        (
            *("KAFKA_BOOTSTRAP_SERVERS", "KAFKA_SECURITY_PROTOCOL", "WEBHDFS_URL", "SPARK_REMOTE"),
            *("KAFKA_TOPIC", "RAW_TABLE", "RAW_PATH", "SPARK_CONNECT_AUTHENTICATE_TOKEN"),
            *("SPARK_THRIFT_HOST", "SPARK_THRIFT_PORT", "DBT_TARGET", "DBT_SCHEMA"),
        ),
        "theirs",
    )
    assert not theirs.keys() & os.environ.keys()
    if "AGAIN" in os.environ:
        return
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", request.node.nodeid],
        cwd=request.config.rootpath, env={**os.environ, **theirs, "AGAIN": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
