"""For which of dbt's commands its plugin checks that Spark answers; that a build has a lock."""

import fcntl
import socket
from collections.abc import Iterator
from types import SimpleNamespace

import click
import dbt_one_build_at_a_time
import dbt_services_are_up
import pytest
from dbt.cli.main import cli
from dbt_common.exceptions import DbtRuntimeError
from dbt_services_are_up import ASKS_SPARK


def commands(command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for part in command.commands.values():
            yield from commands(part)
    else:
        yield command.name


def test_each_command_of_dbt_that_asks_spark_is_checked():
    ask_nothing = {"clean", "deps", "init", "list", "ls", "parse", "serve"}
    say_it_themselves = {"debug"}
    unused = {"clone", "snapshot-freshness"}
    assert set(commands(cli)) - ask_nothing - say_it_themselves - unused == ASKS_SPARK


@pytest.mark.parametrize("local_dir", ["its own", None])
def test_a_schema_stays_locked_for_all_others_after_dbt_has_started(
    tmp_path, monkeypatch, local_dir
):
    """In the .local of the project by default, in whatever folder dbt was started."""
    folder = tmp_path / (local_dir or ".local")
    (folder / "run").mkdir(parents=True)
    monkeypatch.setenv("LOCAL_DIR", str(folder) if local_dir else "")
    monkeypatch.setenv("DBT_SCHEMA", "mine")
    flags = SimpleNamespace(PROJECT_DIR=str(tmp_path))
    monkeypatch.setattr(dbt_one_build_at_a_time, "get_flags", lambda: flags)
    monkeypatch.setattr(dbt_one_build_at_a_time, "uses_local_services", lambda *_: True)
    monkeypatch.setattr(dbt_one_build_at_a_time, "_locks", {})
    dbt_one_build_at_a_time.OneBuildAtATime("assessments")  # calls initialize
    with (folder / "run" / "build-mine.lock").open() as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)


def test_a_spark_that_does_not_answer_is_waited_for_five_seconds(monkeypatch):
    asked = []

    def connect(*arguments) -> None:
        asked.append(arguments)
        raise TimeoutError("timed out")

    monkeypatch.setattr(dbt_services_are_up, "uses_local_services", lambda *_: True)
    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setenv("SPARK_THRIFT_HOST", "far")
    monkeypatch.setenv("SPARK_THRIFT_PORT", "7")
    with pytest.raises(DbtRuntimeError, match=r"Spark does not answer at far:7 \(timed out\)"):
        dbt_services_are_up.ServicesAreUp("assessments")  # calls initialize
    assert asked == [(("far", 7), 5)]
