"""What is missing on a machine is said in one line each, before anything is installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "services" / "prerequisites.py"


def check(path: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run the check on a machine that has only the commands in `path`."""
    return subprocess.run(
        [sys.executable, str(SCRIPT)],
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def machine(tmp_path):
    def command(name: str, body: str = "") -> None:
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True, parents=True)
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)

    command("mvn")
    command("java", "echo 'openjdk version \"21.0.1\"' >&2")
    return tmp_path / "bin", command


def test_a_machine_that_has_all_is_fine(machine):
    done = check(machine[0])
    assert (done.returncode, done.stderr) == (0, "")


def test_java_missing(machine):
    (machine[0] / "java").unlink()
    done = check(machine[0])
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error: Java is missing: no java command on PATH; install Java 17"
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("line", "found"), [("1.8.0_392", "1"), ("11.0.2", "11"), ("16", "16")])
def test_java_too_old(machine, line, found):
    machine[1]("java", f"echo 'openjdk version \"{line}\"' >&2")
    done = check(machine[0])
    assert done.returncode == 1
    assert f"is Java {found}; install Java 17 or later" in done.stderr
    assert done.stderr.count("\n") == 1


def test_java_home_comes_before_path(machine, tmp_path):
    done = check(machine[0], JAVA_HOME=str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert f"in JAVA_HOME ({tmp_path / 'nowhere'})" in done.stderr


def test_maven_missing(machine):
    (machine[0] / "mvn").unlink()
    done = check(machine[0])
    assert done.returncode == 1
    assert done.stderr.startswith("error: Maven is missing")
    assert done.stderr.count("\n") == 1


def test_it_says_so_on_the_machine_of_the_tests():
    assert subprocess.run([sys.executable, str(SCRIPT)], env=os.environ).returncode == 0
