"""This repository at two commits: a clone of each, with services of its own."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Run, timed
from cli.errors import UserError
from services.sandbox import ROOT, free_ports, port_variables

EARLIER = "cca31df"  # before the work on speed; `make run` needed Maven and Java 17 there


@dataclass(frozen=True)
class Checkout:
    """A clone, and the environment variables of its commands."""

    path: Path
    environment: Mapping[str, str]

    def run(self, command: str) -> Run:
        """Run a line of bash in the clone, with its Python environment first on PATH.

        Raises:
            UserError: the command failed.
        """
        line = f'export PATH="$PWD/.venv/bin:$PATH"; {command}'
        return timed(["bash", "-euo", "pipefail", "-c", line], self.environment, folder=self.path)


@contextmanager
def checkouts(folder: Path) -> Iterator[tuple[Checkout, Checkout]]:
    """Clones of HEAD and of EARLIER in a folder, not installed yet; stopped and deleted at the end.

    Raises:
        UserError: git cannot clone them.
    """
    both = (_clone(folder / "now", "HEAD"), _clone(folder / "earlier", EARLIER))
    try:
        yield both
    finally:
        for checkout in both:
            checkout.run("if [ -e .venv ]; then make down; fi")
            shutil.rmtree(checkout.path)


def _clone(path: Path, commit: str) -> Checkout:
    names = port_variables()
    ports = dict(zip(names, map(str, free_ports(len(names))), strict=True))
    # The variables of the process that measures would lead both clones to the same folders.
    folders = {"LOCAL_DIR": ".local", "JARS_DIR": ".local/jars", "VENV": ".venv"}
    # Each clone downloads: pip, uv, jgo and Maven keep what they downloaded in these folders.
    downloads = {"XDG_CACHE_HOME": f"{path}/.cache", "MAVEN_OPTS": f"-Dmaven.repo.local={path}/.m2"}
    profiles = {"DBT_PROFILES_DIR": f"{path}/profiles"}
    for arguments in (
        ["clone", "-q", str(ROOT), str(path)],
        ["-C", str(path), "checkout", "-q", commit],
    ):
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise UserError(f"git cannot check out {commit}: {done.stderr.strip()}")
    return Checkout(path, {**ports, **folders, **downloads, **profiles})
