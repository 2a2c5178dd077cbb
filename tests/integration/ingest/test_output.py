"""Where output goes: data alone on standard output, whatever the terminal, and however it ends."""

import json
import os
import subprocess
from contextlib import ExitStack

import pytest

from cli import ROOT
from services.pipeline import ingest_command
from tests.support.unread import unread


@pytest.mark.parametrize("command", ["status", "verify"])
def test_json_is_one_line_of_exactly_the_data(history, command):
    done = history.ingest(command, "--json", check=False, COLUMNS="20", FORCE_COLOR="1")
    (line,) = done.stdout.splitlines()
    assert done.stdout == line + "\n"
    whole = history.moments[3].status_json if command == "status" else history.verified_json
    now, before = json.loads(line), json.loads(whole.stdout)
    if command == "status":
        for state in (now, before):
            assert state.pop("newest_message_age_seconds") > 0
    assert now == before


def test_a_reader_that_has_gone_is_no_reason_for_a_word(history):
    commands = [["status"], ["status", "--json"], ["peek"], ["verify", "--json"], ["verify"]]
    environment = {**os.environ, **history.pipeline.environment}
    with ExitStack() as stack:
        output = stack.enter_context(unread())
        started = [
            stack.enter_context(
                subprocess.Popen(
                    ingest_command(*arguments), stdout=output, stderr=subprocess.PIPE, text=True,
                    env=environment, cwd=ROOT,
                )
            )
            for arguments in commands
        ]  # fmt: skip
        for arguments, process in zip(commands, started, strict=True):
            said = process.communicate(timeout=120)[1]
            assert (arguments, process.returncode, said) == (arguments, 1, "")
