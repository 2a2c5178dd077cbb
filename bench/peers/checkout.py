"""This repository at two commits: a clone of each, with services of its own."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Run, timed
from cli import ROOT
from cli.errors import UserError
from services.sandbox import Sandbox

EARLIER = "cca31df"  # before the work on speed; `make run` needed Maven and Java 17 there


@dataclass(frozen=True)
class Checkout:
    """A clone, and the environment variables of its commands."""

    path: Path
    environment: Mapping[str, str]

    def run(self, command: str, before: str = ":") -> Run:
        """Run a line of bash in the clone, with its Python environment first on PATH.

        Args:
            command: the line that is measured.
            before: a line that runs first, and is not measured.

        Raises:
            UserError: one of them failed.
        """
        for line in (before, command):
            bash = ["bash", "-euo", "pipefail", "-c", f'export PATH="$PWD/.venv/bin:$PATH"; {line}']
            run = timed(bash, self.environment, folder=self.path)
        return run


@contextmanager
def checkouts(folder: Path, downloads: bool = False) -> Iterator[tuple[Checkout, Checkout]]:
    """Clones of HEAD and of EARLIER in a folder, not installed yet.

    Args:
        folder: the folder.
        downloads: whether each clone downloads what others have downloaded before.

    Raises:
        UserError: git cannot clone them.
    """
    with (
        _checkout(folder / "now", "HEAD", downloads) as now,
        _checkout(folder / "earlier", EARLIER, downloads) as earlier,
    ):
        yield now, earlier


@contextmanager
def _checkout(path: Path, commit: str, downloads: bool) -> Iterator[Checkout]:
    """A clone; at the end its services are stopped, and it is deleted."""
    # The variables of the process that measures would lead both clones to the same folders.
    folders = {"JARS_DIR": ".local/jars", "CACHES_DIR": f"{path}/.local/caches", "VENV": ".venv"}
    if downloads:  # pip, uv, jgo and Maven keep what they downloaded in these folders
        folders["XDG_CACHE_HOME"] = f"{path}/.cache"
        folders["MAVEN_OPTS"] = f"-Dmaven.repo.local={path}/.m2"
    sandbox = Sandbox.new(path / ".local", DBT_PROFILES_DIR=f"{path}/profiles", **folders)
    for arguments in (
        ["clone", "-q", str(ROOT), str(path)],
        ["-C", str(path), "checkout", "-q", commit],
    ):
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise UserError(f"git cannot check out {commit}: {done.stderr.strip()}")
    checkout = Checkout(path, sandbox.environment)
    try:
        yield checkout
    finally:
        checkout.run("if [ -e .venv ]; then make down; fi")
        shutil.rmtree(path)
