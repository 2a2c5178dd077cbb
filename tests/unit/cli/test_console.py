"""What commands say to people, and with LOG_FORMAT=json to programs."""

import json
import os
import signal
import subprocess
import sys

import pytest

from cli import ROOT
from cli.console import bypass_proxy_for_loopback


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_interrupted_command_says_so_in_one_line(tmp_path, log_format):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = subprocess.Popen(
        [sys.executable, "-m", "ingest", "produce", pipe],
        cwd=ROOT,
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


@pytest.mark.parametrize("debug", ["", "1"])
def test_the_cause_of_an_error_is_shown_to_who_wants_it(tmp_path, debug):
    missing = tmp_path / "none.json"
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "produce", missing],
        cwd=ROOT, env={**os.environ, "INGEST_DEBUG": debug},
        stderr=subprocess.PIPE, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    *cause, line = done.stderr.splitlines()
    assert line == f"error: {missing} cannot be read: No such file or directory"
    assert any(text.startswith("FileNotFoundError: ") for text in cause) is bool(debug)
    assert bool(cause) is bool(debug)


def test_grpc_is_left_to_read_the_list_that_was_given(monkeypatch):
    """It reads no_proxy only without no_grpc_proxy."""
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy", "NO_GRPC_PROXY"):
        monkeypatch.setenv(name, "")  # restored afterwards
        monkeypatch.delenv(name)
    monkeypatch.setenv("no_proxy", "direct.example")
    bypass_proxy_for_loopback()
    assert "no_grpc_proxy" not in os.environ
