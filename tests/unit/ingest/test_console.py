"""What commands say to people, and with LOG_FORMAT=json to programs."""

import json
import os
import signal
import subprocess
import sys

import pytest


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_interrupted_command_says_so_in_one_line(tmp_path, log_format):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = subprocess.Popen(
        [sys.executable, "-m", "ingest", "produce", pipe],
        env={**os.environ, "LOG_FORMAT": log_format},
        stderr=subprocess.PIPE,
        # In the background of a shell, as in CI, it would be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with pipe.open("wb"):  # which waits until the command reads from it
        command.send_signal(signal.SIGINT)
        said = command.communicate(timeout=60)[1].decode()
    assert command.returncode == 130
    assert said.count("\n") == 1
    if log_format == "json":
        line = json.loads(said)
        assert (line["level"], line["message"]) == ("info", "interrupted")
    else:
        assert said == "interrupted\n"
