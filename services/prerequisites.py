"""Check what has to be on the machine before anything is installed.

Runs on the system's Python, which may be too old for the rest: standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PYTHON = (3, 10)
JAVA = 17


def find_java() -> str | None:
    """Find the java command: JAVA_HOME's, else the one on PATH, else None."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home) / "bin" / "java") if home else "java")


def java_problem(java: str | None) -> str | None:
    """Say in one line what is wrong with this java command, or None when it is new enough."""
    wanted = f"install Java {JAVA} or later (for example openjdk-{JAVA}-jre-headless)"
    if java is None:
        home = os.environ.get("JAVA_HOME")
        where = f"in JAVA_HOME ({home})" if home else "on PATH"
        return f"Java is missing: no java command {where}; {wanted}"
    shown = subprocess.run([java, "-version"], stderr=subprocess.PIPE, check=False).stderr
    version = re.search(rb'version "(\d+)', shown)
    if version is None or int(version.group(1)) < JAVA:
        found = version.group(1).decode() if version else "of an unknown version"
        return f"Java is too old: {java} is Java {found}; {wanted} or set JAVA_HOME to it"
    return None


def problems() -> list[str]:
    """List what is missing or too old on this machine, one line each."""
    found = []
    if sys.version_info < PYTHON:
        version = ".".join(map(str, sys.version_info[:2]))
        found.append(
            f"Python is too old: {sys.executable} is {version}; "
            "install 3.10 or later and call make with PYTHON=its path"
        )
    java = java_problem(find_java())
    if java:
        found.append(java)
    if shutil.which("mvn") is None:
        found.append("Maven is missing: no mvn command on PATH; install it (for example maven)")
    return found


if __name__ == "__main__":
    lines = problems()
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
    sys.exit(bool(lines))
