"""A process that started services stops them, whichever signal ends it."""

import signal
import subprocess
import sys

import pytest

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
        [sys.executable, "-c", PROCESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "begun\n"
        for number in (first, signal.SIGTERM, signal.SIGHUP):
            process.send_signal(number)
        said, why = process.communicate(timeout=30)
    assert said == "services stopped\n"
    assert why.endswith("KeyboardInterrupt\n")


def test_under_nohup_a_closed_terminal_ends_nothing():
    with subprocess.Popen(
        ["nohup", sys.executable, "-c", PROCESS.replace("60", "1")],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGHUP)
        said, why = process.communicate(timeout=30)
    assert said == "services stopped\n"
    assert "KeyboardInterrupt" not in why
