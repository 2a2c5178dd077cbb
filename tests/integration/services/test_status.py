"""`services status`, `up` and `down`: what each says and does, service by service."""

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from cli import ROOT
from services.health import CHECKS
from services.java import find_java
from services.sandbox import Sandbox

PORTS = {
    "kafka": {"KAFKA_PORT", "KAFKA_CONTROLLER_PORT"},
    "namenode": {"HDFS_PORT", "HDFS_HTTP_PORT"},
    "datanode": {"HDFS_DATANODE_PORT", "HDFS_DATANODE_HTTP_PORT", "HDFS_DATANODE_IPC_PORT"},
    "spark": {"SPARK_THRIFT_PORT", "SPARK_CONNECT_PORT", "SPARK_UI_PORT"},
}


def listening_ports(pid: int) -> set[int]:
    """The ports that a process listens on, as the kernel tells."""
    sockets = psutil.Process(pid).net_connections("tcp")
    return {each.laddr.port for each in sockets if each.status == psutil.CONN_LISTEN}


@pytest.mark.disturbs
def test_each_service_is_shown_as_it_is(sandbox):
    done = sandbox.services("status", "--json")
    rows = {row["service"]: row for row in json.loads(done.stdout)}
    assert done.stderr == ""
    assert list(rows) == ["kafka", "namenode", "datanode", "spark"]
    table = sandbox.services("status").stdout.splitlines()[1:]
    for (service, row), line in zip(rows.items(), table, strict=True):
        assert (row["state"], row["ready"]) == ("running", "yes")
        program = Path(f"/proc/{row['pid']}/cmdline").read_text().lower()
        assert service in program or "hivethriftserver2" in program
        assert abs(row["since"] - psutil.Process(row["pid"]).create_time()) < 10
        assert row["ports"] == {name: sandbox.port(name) for name in PORTS[service]}
        assert set(row["ports"].values()) <= listening_ports(row["pid"])
        assert Path(row["log"]) == sandbox.logs / f"{service}.log"
        assert Path(row["log"]).stat().st_size > 0
        since = datetime.fromtimestamp(row["since"], ZoneInfo(sandbox.environment["TZ"]))
        ports = [str(port) for port in row["ports"].values()]
        assert line.split() == [
            *(service, "running", "yes", str(row["pid"])),
            *(f"{since:%F}", f"{since:%T}", *ports, row["log"]),
        ]


def test_where_nothing_runs(tmp_path):
    none = Sandbox.new(tmp_path / "none")
    done = none.services("status", "--json", check=False)
    assert done.returncode == 1
    rows = json.loads(done.stdout)
    assert [(r["service"], r["state"], r["ready"], r["pid"], r["since"]) for r in rows] == [
        (service, "stopped", "no", None, None) for service in PORTS
    ]
    down = none.services("down")
    assert (down.returncode, down.stderr) == (0, "all services are stopped; their data stays\n")
    assert not (tmp_path / "none").exists(), "nothing was written"


@pytest.mark.disturbs
def test_make_status_fails_unless_all_are_ready(sandbox, tmp_path):
    def make(folder: Path, **environment: str) -> subprocess.CompletedProcess:
        return sandbox.run(
            "make", "status", f"VENV={sys.prefix}", check=False,
            **{**environment, "LOCAL_DIR": str(folder)},
        )  # fmt: skip

    assert make(sandbox.folder).returncode == 0
    assert make(tmp_path / "none").returncode == 2  # make's own for a command that failed


@pytest.mark.disturbs
@pytest.mark.parametrize("service", list(PORTS))
def test_what_was_stopped_is_shown_and_started_by_up(sandbox, service):
    others = {name: sandbox.pid(name) for name in CHECKS if name != service}
    sandbox.supervisor().stopProcess(service)
    done = sandbox.services("status", "--json", check=False)
    assert done.returncode == 1
    rows = {row["service"]: row for row in json.loads(done.stdout)}
    assert (rows[service]["state"], rows[service]["pid"]) == ("stopped", None)
    assert rows[service]["ready"] == "no"
    up = sandbox.services("up")
    assert {line.partition(" is ready (pid ")[0] for line in up.stderr.splitlines()} >= set(PORTS)
    assert sandbox.services("status").returncode == 0
    assert {name: sandbox.pid(name) for name in others} == others


@pytest.mark.disturbs
def test_a_namenode_in_safe_mode_is_not_ready_and_land_waits_for_it(sandbox, pipe, tmp_path):
    def safe_mode(action: str) -> None:
        sandbox.run(
            find_java(), f"-DHADOOP_USER_NAME={sandbox.settings.hdfs_user}", "-cp",
            f"{ROOT / 'services' / 'hdfs'}:{sandbox.environment['JARS_DIR']}/hdfs/*",
            "org.apache.hadoop.hdfs.tools.DFSAdmin", "-safemode", action,
        )  # fmt: skip

    path = tmp_path / "one.json"
    path.write_text('[{"a": 1}]')
    pipe.ingest("produce", path)
    safe_mode("enter")
    try:
        done = sandbox.services("status", "--json", check=False)
        ready = {row["service"]: row["ready"] for row in json.loads(done.stdout)}
        assert (done.returncode, ready["namenode"]) == (1, "no: in safeMode")
        refused = pipe.ingest("land", check=False, SERVICE_TIMEOUT_SECONDS="2")
        assert refused.returncode == 1
        *waiting, error = refused.stderr.splitlines()
        assert waiting == [f"waiting for HDFS at http://localhost:{sandbox.port('HDFS_HTTP_PORT')}"]
        assert "safe mode" in error
        # One that waits longer goes on by itself.
        patient = pipe.start("ingest", "land")
        until = time.monotonic() + 60
        while "waiting for HDFS" not in patient.stderr:
            assert time.monotonic() < until
            patient.process.join(0.1)
    finally:
        safe_mode("leave")
    assert patient.wait() == 0, patient.said()
    assert sandbox.services("status").returncode == 0
    pipe.ingest("verify")
