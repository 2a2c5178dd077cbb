"""Start caches: archives of the classes that the services load, with which Java starts them faster.

While a service runs, Java lists the classes that it loads. After `make down`, a process in the
background makes an archive of each list (class data sharing; the same on Java 17 to 25). At a start
Java itself checks the archive: one that is damaged, or made of other jars or by another Java, is
not used, and the next `make down` replaces it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cli import ROOT
from ingest.settings import load_settings
from services.definition import SERVICES, Service
from services.settings import StackSettings

GROWTH = 1.1  # an archive is replaced when a run lists this many times the classes


@dataclass(frozen=True)
class StartCache:
    """The start cache of a service, in CACHES_DIR.

    Attributes:
        service: the service.
        stack: the settings that the service runs with.
    """

    service: Service
    stack: StackSettings

    @property
    def archive(self) -> Path:
        """The archive. A name without a complete archive never exists."""
        return self.stack.caches / f"{self.service.name}.jsa"

    @property
    def archived(self) -> Path:
        """The list of classes that the archive was made of."""
        return self.archive.with_suffix(".classes")

    @property
    def running(self) -> Path:
        """The list of classes that Java writes while the service runs."""
        return self.archive.with_suffix(".running")

    def options(self) -> list[str]:
        """The Java options to use the archive, and to list the classes if caches are made."""
        listing = [f"-XX:DumpLoadedClassList={self.running}"] if self.stack.makes_caches else []
        return [*(self._using() if self.archive.exists() else []), *listing]

    def renew(self) -> None:
        """Replace the archive if Java refuses it, or if the last run loaded many more classes."""
        if not self.running.exists():
            return
        is_complete = _lines(self.running) < GROWTH * _lines(self.archived)
        if is_complete and self._runs(*self._java("-Xshare:on", *self._using()), "-version"):
            return
        shutil.copyfile(self.running, self.archived)  # the next start overwrites the list
        draft = self.archive.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        dump = [f"-XX:SharedClassListFile={self.archived}", f"-XX:SharedArchiveFile={draft}"]
        quiet = ["-Xlog:disable", "-Xlog:all=error"]
        # Only jars: Java refuses an archive with a folder that is not empty.
        if self._runs(*self._java("-Xshare:dump", *dump, *quiet, only_jars=True)):
            draft.replace(self.archive)

    def _using(self) -> list[str]:
        # Without the checksums, Java aborts when it reads a damaged archive.
        return ["-XX:+VerifySharedSpaces", f"-XX:SharedArchiveFile={self.archive}"]

    def _java(self, *options: str, only_jars: bool = False) -> list[str]:
        options = (*self.service.options(self.stack), *options)
        return self.service.java(self.stack, *options, only_jars=only_jars)

    def _runs(self, *command: str) -> bool:
        # In the folder of the caches, because Java writes a report there if it crashes.
        return subprocess.run(command, cwd=self.stack.caches, check=False).returncode == 0


def renew_in_background(environment: dict[str, str], log: Path) -> None:
    """Renew the caches of services that ended, in a process that outlives this one.

    Args:
        environment: the variables that the services ran with.
        log: the file for the output of Java.
    """
    with log.open("wb") as output:
        subprocess.Popen(
            [sys.executable, "-m", "services.start_cache"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def main() -> None:
    """Renew the caches of all services, one by one, at the lowest priority."""
    os.nice(19)
    stack = load_settings(StackSettings)
    with (stack.caches / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # after two quick `make down`, one after the other
        for service in SERVICES.values():
            StartCache(service, stack).renew()


def _lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(1 for _ in file)


if __name__ == "__main__":
    main()
