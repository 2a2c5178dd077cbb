"""What `up`, `down` and `clean` do, with programs in place of Java and of supervisor."""

import errno
import fcntl
import os
import shutil
import socket
import subprocess
import xmlrpc.client
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import repeat
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from supervisor.states import ProcessStates
from supervisor.xmlrpc import Faults

from cli.errors import UserError
from ingest.settings import Settings
from services import __main__ as commands
from services import stack
from services.definition import SERVICES, service_environment
from services.health import CHECKS, NotReadyError
from services.sandbox import port_variables
from services.settings import StackSettings
from services.stack import Stack

# Formats Kafka's storage into a file, or into half of it; notes each time.
JAVA = """#!/bin/sh
echo "storage of $KAFKA_DATA_DIR"
echo formatted >>"$0.log"
if [ -e "$0.fails" ]; then echo half >"$KAFKA_DATA_DIR/half"; exit 1; fi
echo whole >"$KAFKA_DATA_DIR/whole"
"""


@pytest.fixture
def own(tmp_path, set_java) -> Stack:
    """A stack that has never run."""
    set_java(JAVA)
    return Stack(StackSettings(local_dir=tmp_path / "local"))


def test_storage_is_formatted_once_and_never_by_half(own):
    fails, log = (Path(f"{own.settings.java}.{name}") for name in ("fails", "log"))
    environment = service_environment(own.settings)
    own.local_dir.prepare(environment)

    def format_kafka() -> None:
        own._format(SERVICES["kafka"], SERVICES["kafka"].storage, environment)

    fails.touch()
    with pytest.raises(UserError, match="kafka's storage cannot be formatted; its log: ") as raised:
        format_kafka()
    assert str(raised.value).endswith(str(own.log("kafka")))
    assert own.log("kafka").read_text() == "storage of data.formatting\n"
    data = own.local_dir.path / "kafka" / "data"
    assert not data.exists()
    fails.unlink()
    for _ in range(2):
        format_kafka()
    assert [path.name for path in data.iterdir()] == ["whole"]
    assert log.read_text() == "formatted\n" * 2


def test_the_first_start_is_alone_too_in_a_folder_that_only_its_user_may_enter(
    tmp_path, monkeypatch
):
    folder = tmp_path / "new"
    monkeypatch.setenv("LOCAL_DIR", str(folder))
    modes = []

    def start(_: Stack) -> None:
        modes.append(folder.stat().st_mode & 0o777)
        descriptor = os.open(folder, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(descriptor)

    monkeypatch.setattr(Stack, "up", start)
    commands.up()
    assert modes == [0o700]


def test_a_port_that_the_user_may_not_use_is_named(own, monkeypatch):
    class Refusing(socket.socket):
        def bind(self, address):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(socket, "socket", Refusing)
    with pytest.raises(UserError, match=r"^port 9092 \(KAFKA_PORT\) cannot be used: Permission"):
        own._check_ports()


def test_what_killed_services_left_in_their_temporary_folders_is_deleted(own):
    environment = service_environment(own.settings)
    own.local_dir.prepare(environment)
    folders = ("kafka/tmp", "hdfs/tmp", "spark/tmp", "spark/file:/tmp")
    left = [own.local_dir.path / folder / "left" for folder in folders]
    for path in (*left, own.local_dir.path / "kafka" / "data"):
        path.mkdir(parents=True)
    own.local_dir.prepare(environment)
    assert not any(path.exists() for path in left)
    assert (own.local_dir.path / "kafka" / "data").exists()


def test_services_of_a_user_without_an_account_are_not_started(own, monkeypatch):
    monkeypatch.setattr(stack, "check_java", lambda _: None)
    monkeypatch.setattr(os, "getuid", lambda: 987654321)
    with pytest.raises(UserError, match="user 987654321 has no account on this machine"):
        own._start_supervisor(service_environment(own.settings))
    assert not own.local_dir.path.exists()


def test_up_starts_what_ended_or_was_given_up_and_nothing_else(own, monkeypatch):
    states = {name: code for name, code in vars(ProcessStates).items() if name.isupper()}
    started = []
    supervisor = SimpleNamespace(
        getAllProcessInfo=lambda: [{"name": n, "state": code} for n, code in states.items()],
        startProcess=lambda name, _: started.append(name),
    )
    monkeypatch.setattr(Stack, "supervisor", lambda _: supervisor)
    for name in ("_wait", "_check_environment"):
        monkeypatch.setattr(Stack, name, lambda *_: None)
    own.up()
    assert sorted(started) == ["EXITED", "FATAL", "STOPPED"]


@pytest.mark.parametrize("code", [Faults.ALREADY_STARTED, Faults.SPAWN_ERROR])
def test_a_service_may_be_started_by_supervisor_meanwhile(own, monkeypatch, code):
    def start(*_) -> None:
        raise xmlrpc.client.Fault(code, "")

    info = [{"name": "kafka", "state": ProcessStates.EXITED}]
    supervisor = SimpleNamespace(getAllProcessInfo=lambda: info, startProcess=start)
    monkeypatch.setattr(Stack, "supervisor", lambda _: supervisor)
    for name in ("_wait", "_check_environment"):
        monkeypatch.setattr(Stack, name, lambda *_: None)
    is_fine = code == Faults.ALREADY_STARTED
    with nullcontext() if is_fine else pytest.raises(xmlrpc.client.Fault):
        own.up()


def test_jars_are_there_before_anything_starts(own, monkeypatch):
    done = []
    supervisor = SimpleNamespace(getAllProcessInfo=list)
    monkeypatch.setattr(Stack, "supervisor", lambda _: supervisor if "started" in done else None)
    monkeypatch.setattr(Stack, "install", lambda _: done.append("installed"))
    monkeypatch.setattr(Stack, "_start_supervisor", lambda *_: done.append("started"))
    monkeypatch.setattr(Stack, "_wait", lambda *_: None)
    own.up()
    assert done == ["installed", "started"]


class TestWait:
    @pytest.fixture(autouse=True)
    def never_ready(self, monkeypatch):
        def check(_):
            raise NotReadyError("in start-up")

        monkeypatch.setitem(CHECKS, "kafka", check)

    def supervisor(self, ends: Iterator[int]) -> SimpleNamespace:
        return SimpleNamespace(
            getProcessInfo=lambda _: {"stop": next(ends), "state": ProcessStates.RUNNING}
        )

    def test_a_service_that_ends_three_times_is_given_up(self, own):
        ends = iter([0, 1, 1, 2, 3])
        with pytest.raises(UserError, match=r"^kafka does not come up; its log: "):
            own._wait(self.supervisor(ends), "kafka")
        assert not [*ends]

    def test_a_service_that_is_never_ready_is_waited_for_until_the_deadline(self, own, monkeypatch):
        monkeypatch.setattr(stack, "DEADLINE", 0.1)
        said = r"^kafka is not ready after 0\.1 s \(in start-up\); its log: "
        with pytest.raises(UserError, match=said):
            own._wait(self.supervisor(repeat(0)), "kafka")


def test_the_token_is_the_user_s_own_or_made_once(own, monkeypatch):
    own.local_dir.prepare({})
    token = own.local_dir.path / "spark" / "connect-token"
    monkeypatch.setenv("SPARK_CONNECT_AUTHENTICATE_TOKEN", "own")
    assert Stack(StackSettings(local_dir=own.local_dir.path)).connect_token() == "own"
    assert not token.exists()
    monkeypatch.delenv("SPARK_CONNECT_AUTHENTICATE_TOKEN")
    made = Stack(StackSettings(local_dir=own.local_dir.path)).connect_token()
    assert len(made) == 43  # 32 bytes in base64
    assert token.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("SPARK_REMOTE", "sc://another:15002")
    assert Stack(StackSettings(local_dir=own.local_dir.path)).connect_token() == made


def test_down_returns_when_supervisor_has_ended(own, monkeypatch):
    supervisor = subprocess.Popen(["sleep", "0.4"])
    Thread(target=supervisor.wait).start()
    monkeypatch.setattr(
        Stack, "supervisor", lambda _: SimpleNamespace(
            getPID=lambda: supervisor.pid, shutdown=lambda: None
        )
    )  # fmt: skip
    own.down()
    assert not Path(f"/proc/{supervisor.pid}").exists()


def test_down_gives_up_after_the_deadline(own, monkeypatch):
    asked = []

    def alive(_) -> bool:
        asked.append(1)
        assert len(asked) < 50, "the deadline is 0.2 s"
        return True

    supervisor = SimpleNamespace(getPID=lambda: 7, shutdown=lambda: None)
    monkeypatch.setattr(Stack, "supervisor", lambda _: supervisor)
    monkeypatch.setattr(stack, "_alive", alive)
    monkeypatch.setattr(stack, "DEADLINE", 0.2)
    with pytest.raises(UserError, match=r"^supervisor \(process 7\) does not stop; its log: "):
        own.down()


def test_a_supervisor_that_stays_in_its_shutdown_is_waited_for_until_the_deadline(own, monkeypatch):
    asked = []

    def state() -> None:
        asked.append(1)
        assert len(asked) < 50, "the deadline is 0.2 s"
        raise xmlrpc.client.Fault(Faults.SHUTDOWN_STATE, "")

    proxy = SimpleNamespace(supervisor=SimpleNamespace(getState=state))
    monkeypatch.setattr(xmlrpc.client, "ServerProxy", lambda *_: proxy)
    monkeypatch.setattr(stack, "DEADLINE", 0.2)
    with pytest.raises(UserError, match=r"^supervisor does not stop; its log: "):
        own.supervisor()


@pytest.mark.parametrize(
    ("owner", "name"), [(Path, "write_text"), (Path, "replace"), (Path, "mkdir"), (Path, "chmod")]
)
def test_a_first_start_that_was_interrupted_can_be_repeated(own, monkeypatch, owner, name):
    """The folder is ours, or holds nothing of ours."""

    def interrupted(*_, **__) -> None:
        raise KeyboardInterrupt

    environment = service_environment(own.settings)
    own.local_dir.create()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        if name != "mkdir":
            patch.setattr(owner, name, interrupted)
        else:
            patch.setattr(own.local_dir, "create", lambda: patch.setattr(Path, name, interrupted))
        own.local_dir.prepare(environment)
    own.local_dir.prepare(environment)
    assert own.local_dir.environment() == environment
    own.clean()
    assert [*own.local_dir.path.iterdir()] == []


def test_a_full_disk_leaves_the_settings_of_the_services_as_they_were(own, monkeypatch):
    environment = service_environment(own.settings)
    own.local_dir.prepare(environment)

    def full(path: Path, *_, **__) -> None:
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # a write names no file

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(UserError, match=f"^{own.local_dir.path} cannot be written: No space left"):
        own.local_dir.prepare({"X": "1"})
    assert own.local_dir.environment() == environment


class TestClean:
    @pytest.fixture(autouse=True)
    def made(self, own):
        own.local_dir.prepare(service_environment(own.settings))

    def test_what_was_interrupted_goes_on(self, own, monkeypatch):
        def interrupted(_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(shutil, "rmtree", interrupted)
            own.clean()
        own.clean()
        assert [*own.local_dir.path.iterdir()] == []

    def test_what_runs_is_stopped_before_its_files_are_deleted(self, own, monkeypatch):
        found = []
        supervisor = SimpleNamespace(
            getPID=int, shutdown=lambda: found.append((own.local_dir.path / "kafka").exists())
        )
        monkeypatch.setattr(Stack, "supervisor", lambda _: supervisor)
        monkeypatch.setattr(stack, "_alive", lambda _: False)
        own.clean()
        assert found == [True]

    def test_where_a_link_leads_nothing_is_deleted(self, own, tmp_path):
        elsewhere = tmp_path / "elsewhere"
        (own.local_dir.path / "kafka").rename(elsewhere)
        (own.local_dir.path / "kafka").symlink_to(elsewhere)
        (elsewhere / "data").touch()
        own.clean()
        assert [*own.local_dir.path.iterdir()] == []
        assert (elsewhere / "data").exists()


def test_an_environment_file_of_the_user_s_does_not_make_a_folder_ours(own):
    own.local_dir.create()
    own.local_dir.environment_file.write_text("X=1\n")
    own.clean()
    assert own.local_dir.environment_file.exists()
    with pytest.raises(UserError, match="holds environment, which make up did not make"):
        own.local_dir.prepare({})


def test_what_the_services_were_started_with_is_known_whatever_its_characters(own):
    """U+2028 ends a line, too, for Python's splitlines."""
    environment = {**service_environment(own.settings), "SPARK_JAVA_OPTIONS": "-Da=\u2028 b"}
    own.local_dir.prepare(environment)
    assert own.local_dir.environment() == environment
    own._check_environment(environment)
    with pytest.raises(UserError, match="run with other settings than HDFS_USER=other: run make"):
        own._check_environment({**environment, "HDFS_USER": "other"})


def test_every_setting_of_the_services_is_compared_when_they_run():
    """Else `up` would ignore another value without a word."""
    settings = {name.upper() for name in StackSettings.model_fields.keys() - Settings.model_fields}
    assert {"BIND_ADDRESS", "SPARK_JAVA_OPTIONS", "KAFKA_CONTROLLER_PORT"} < settings
    shared = {"JAVA", "LOCAL_DIR", "HDFS_USER", *port_variables()}
    assert settings | shared <= service_environment(StackSettings()).keys()
