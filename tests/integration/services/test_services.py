"""The local services: started, killed, stopped and started again."""

import fcntl
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from cli import ROOT
from services.health import CHECKS
from services.sandbox import Sandbox, port_variables
from tests.support.commands import kill_service


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processes_of(folder: Path) -> list[int]:
    """Every process whose environment names this folder."""
    mark = f"LOCAL_DIR={folder}".encode()
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # ended meanwhile
            if mark in environment.read_bytes().split(b"\0"):
                found.append(int(environment.parent.name))
    return found


def test_up_again_changes_nothing(sandbox):
    before = {service: sandbox.pid(service) for service in CHECKS}
    sandbox.services("up")
    assert {service: sandbox.pid(service) for service in CHECKS} == before
    assert all(before.values())


@pytest.mark.disturbs
@pytest.mark.parametrize("command", ["up", "status"])
def test_only_one_command_starts_or_stops_services(sandbox, command):
    """The second of two `make up` waits for the first; what only looks does not."""
    folder = os.open(sandbox.folder, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    second = subprocess.Popen(
        [sys.executable, "-m", "services", command],
        cwd=ROOT, env={**os.environ, **sandbox.environment}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        if command == "up":
            line = f"waiting for another command that starts or stops {sandbox.folder}\n"
            assert second.stderr.readline() == line
            with pytest.raises(subprocess.TimeoutExpired):
                second.wait(1)
        else:
            second.wait(60)
        fcntl.flock(folder, fcntl.LOCK_UN)
        _, said = second.communicate(timeout=60)
        assert second.returncode == 0, said
    finally:
        os.close(folder)
        second.kill()
        second.communicate()


def test_nothing_listens_beyond_loopback(sandbox):
    addresses = set()
    for pid in processes_of(sandbox.folder):
        with suppress(psutil.NoSuchProcess):  # ended meanwhile
            sockets = psutil.Process(pid).net_connections("tcp")
            addresses |= {each.laddr.ip for each in sockets if each.status == psutil.CONN_LISTEN}
    assert addresses
    assert addresses <= {"127.0.0.1", "::ffff:127.0.0.1"}


def test_only_the_owner_can_read_the_token_and_the_data(sandbox):
    token = sandbox.folder / "spark" / "connect-token"
    assert token.stat().st_mode & 0o777 == 0o600
    made = [sandbox.folder / name for name in ("run", "log", "kafka", "hdfs", "spark", "caches")]
    for folder in (sandbox.folder, *made):
        assert folder.stat().st_mode & 0o077 == 0, folder
    secret = token.read_text()
    for file in [*(sandbox.folder / "log").iterdir(), sandbox.folder / "environment"]:
        assert secret not in file.read_text(errors="replace"), file
    for pid in processes_of(sandbox.folder):
        with suppress(FileNotFoundError):  # a command of another test, which has ended
            assert secret.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize("token", [None, "another"])
def test_spark_connect_wants_its_token(pipeline, sample, tmp_path, token):
    pipeline.ingest("produce", sample)
    wrong = {"LOCAL_DIR": str(tmp_path)} | (
        {"SPARK_CONNECT_AUTHENTICATE_TOKEN": token} if token else {}
    )
    for command in ("land", "verify"):
        done = pipeline.ingest(command, check=False, **wrong)
        assert done.returncode == 1
        assert "wants another token" in done.stderr
        assert done.stderr.count("\n") == 1


def test_hive_can_load_its_functions(pipe):
    """Where it cannot, a session that ends may break the connection or never be closed."""
    registry = "org.apache.hadoop.hive.ql.exec.FunctionRegistry"
    loaded = pipe.query(f"select reflect('java.lang.Class', 'forName', '{registry}')")
    assert loaded == [(f"class {registry}",)]


@pytest.mark.disturbs
@pytest.mark.parametrize("service", ["kafka", "namenode", "datanode", "spark"])
def test_a_killed_service_comes_back_and_the_next_command_works(sandbox, pipe, sample, service):
    before = kill_service(sandbox, service)
    pipe.ingest("produce", "--again", sample)
    pipe.ingest("land")
    pipe.ingest("verify")
    assert sandbox.pid(service) not in (before, 0)


def test_a_service_that_does_not_come_up_is_named_with_its_log(short_folder):
    broken = Sandbox.new(short_folder / "broken")
    try:
        done = broken.services("up", check=False, KAFKA_MEMORY="1k")
        assert done.returncode == 1
        log = broken.logs / "kafka.log"
        assert f"error: kafka does not come up; its log: {log}" in done.stderr
        assert "heap" in log.read_text()
        assert broken.folder.stat().st_mode & 0o077 == 0
    finally:
        broken.services("down")
    until = time.monotonic() + 10
    while processes_of(broken.folder) and time.monotonic() < until:
        time.sleep(0.1)
    assert processes_of(broken.folder) == []
    assert not any(listening(broken.port(name)) for name in port_variables())


def test_other_settings_for_running_services_are_refused(sandbox):
    done = sandbox.services("up", check=False, KAFKA_MEMORY="600m")
    assert done.returncode == 1
    assert "KAFKA_MEMORY=600m: run make down first" in done.stderr


@pytest.mark.disturbs
def test_up_while_all_stop_waits_and_finds_the_data(sandbox, pipe, sample):
    before = pipe.query("select count(*), count(distinct source_position) from {raw}")
    pids = [sandbox.pid(service) for service in CHECKS]
    sandbox.supervisor().shutdown()
    sandbox.services("up")
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert pipe.query("select count(*), count(distinct source_position) from {raw}") == before
    assert "already published" in pipe.ingest("produce", sample).stderr
    pipe.ingest("verify")
