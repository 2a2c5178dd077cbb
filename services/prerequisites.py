"""Check what has to be on the machine before anything is installed.

Runs on the system's Python, whatever its version, so standard library and old syntax only.
"""

import os
import re
import shutil
import subprocess
import sys

PYTHON = (3, 10)
JAVA = 17


def find_java():
    """The java command: JAVA_HOME's, else the one on PATH, else None."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(os.path.join(home, "bin", "java") if home else "java")


def java_problem(java):
    """What is wrong with this java command (str), or None when it is new enough."""
    wanted = "install Java {} or later (for example openjdk-{}-jre-headless)".format(JAVA, JAVA)
    if java is None:
        home = os.environ.get("JAVA_HOME")
        where = "in JAVA_HOME ({})".format(home) if home else "on PATH"
        return "Java is missing: no java command {}; {}".format(where, wanted)
    shown = subprocess.run([java, "-version"], stderr=subprocess.PIPE, check=False).stderr
    version = re.search(rb'version "(\d+)', shown)
    if version is None or int(version.group(1)) < JAVA:
        found = version.group(1).decode() if version else "of an unknown version"
        return "Java is too old: {} is Java {}; {} or set JAVA_HOME to it".format(
            java, found, wanted
        )
    return None


def problems():
    """What is missing or too old on this machine: a list of one line each."""
    found = []
    if sys.version_info < PYTHON:
        found.append(
            "Python is too old: {} is {}.{}; install 3.10 or later and call make PYTHON=…".format(
                sys.executable, *sys.version_info[:2]
            )
        )
    java = java_problem(find_java())
    if java:
        found.append(java)
    if shutil.which("mvn") is None:
        found.append("Maven is missing: no mvn command on PATH; install it (for example maven)")
    return found


if __name__ == "__main__":
    for problem in problems():
        print("error: " + problem, file=sys.stderr)
    sys.exit(bool(problems()))
