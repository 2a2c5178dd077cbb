"""A plugin that dbt finds by its name: of two builds of a schema at once, the second is refused.

Both would fail, in different tables, with an error of Delta's.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin
from dbt_common.exceptions import DbtRuntimeError
from dbt_services_are_up import uses_local_services

WRITES = {"build", "run", "retry", "seed", "snapshot"}
# By schema: its lock, kept until the process ends; one process may run several commands.
_locks: dict[str, IO[str]] = {}


class OneBuildAtATime(dbtPlugin):
    """Locks the schema before each dbt command that writes tables, for the target `local`."""

    def initialize(self) -> None:
        """Take the lock of the schema.

        Raises:
            DbtRuntimeError: another process has it.
        """
        schema = os.environ.get("DBT_SCHEMA") or "analytics"
        flags = get_flags()  # type: ignore[no-untyped-call]
        project = Path(getattr(flags, "PROJECT_DIR", None) or ".")  # wherever dbt is started
        folder = Path(os.environ.get("LOCAL_DIR") or project / ".local") / "run"
        if not uses_local_services(self.project_name, WRITES):
            return
        if not folder.exists() or schema in _locks:
            return
        lock = (folder / f"build-{schema.replace('/', '_')}.lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            # dbt drops the first line of a DbtRuntimeError's text, which is "Runtime Error".
            raise DbtRuntimeError(
                f"process {lock.read()} is building the schema {schema}: "
                "wait until it has ended, then run dbt again"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _locks[schema] = lock


plugins = [OneBuildAtATime]
