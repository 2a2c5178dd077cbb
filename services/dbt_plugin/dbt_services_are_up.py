"""A plugin that dbt finds by its name: reports in one line that the local services are down.

dbt itself would print Thrift's error, without what to do next.
"""

import os
import socket

from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin
from dbt_common.exceptions import DbtRuntimeError

ASKS_SPARK = {
    *("build", "run", "test", "seed", "snapshot", "show", "retry"),
    *("run-operation", "freshness", "generate", "compile"),
}
TIMEOUT = 5  # seconds


def uses_local_services(project: str, commands: set[str]) -> bool:
    """Whether dbt runs one of these commands of this project, for the target `local`."""
    flags = get_flags()  # type: ignore[no-untyped-call]
    target = getattr(flags, "TARGET", None) or os.environ.get("DBT_TARGET") or "local"
    command = getattr(flags, "WHICH", None)
    return project == "assessments" and target == "local" and command in commands


class ServicesAreUp(dbtPlugin):
    """Checks the Thrift server before each dbt command that needs it, for the target `local`."""

    def initialize(self) -> None:
        """Check that the Thrift server accepts a connection.

        Raises:
            DbtRuntimeError: it does not.
        """
        if not uses_local_services(self.project_name, ASKS_SPARK):
            return
        host = os.environ.get("SPARK_THRIFT_HOST") or "localhost"
        port = os.environ.get("SPARK_THRIFT_PORT") or "10000"
        try:
            socket.create_connection((host, int(port)), TIMEOUT).close()
        except (OSError, ValueError) as error:
            # dbt drops the first line of a DbtRuntimeError's text, which is "Runtime Error".
            raise DbtRuntimeError(
                f"Spark does not answer at {host}:{port} ({error}): "
                "start the services with make up, then run dbt again"
            ) from error


plugins = [ServicesAreUp]
