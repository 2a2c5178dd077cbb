"""dbt, called in this process, so that it is imported and the project is read once."""

import logging
import sys
from typing import Any

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_common.events.base_types import EventMsg

from cli.dbt_folders import make_folders
from cli.errors import UserError

# Else dbt prints a traceback for each line that it cannot write, as in `make run | head`.
logging.raiseExceptions = False
# For questions: prints nothing, and leaves the artifacts of the last build.
QUIET = ("--log-level", "none", "--no-write-json")


class Dbt:
    """The dbt project in the working folder.

    Attributes:
        materializations: by name of a model, its materialization: "view", "table", "incremental".
    """

    def __init__(self) -> None:
        """Read the project.

        Raises:
            UserError: the project cannot be read, and dbt has printed why; or dbt could not write.
        """
        make_folders()
        self._runner = dbtRunner()
        # Writing the manifest takes half of the time of parsing. The build writes it.
        manifest: Any = self.run("--quiet", "--no-write-json", "parse").result
        self._runner = dbtRunner(manifest=manifest)
        self.materializations: dict[str, str] = {
            node.name: node.config.materialized
            for node in manifest.nodes.values()
            if node.resource_type == "model"
        }

    def invoke(self, *arguments: str) -> dbtRunnerResult:
        """Run a command of dbt, whether or not it succeeds.

        Raises:
            KeyboardInterrupt: by Ctrl-C, which dbt takes for an error like others.
        """
        colours = [] if sys.stdout.isatty() else ["--no-use-colors"]
        done = self._runner.invoke([*colours, *arguments])
        if isinstance(done.exception, KeyboardInterrupt):
            raise done.exception
        return done

    def run(self, *arguments: str) -> dbtRunnerResult:
        """Run a command of dbt.

        Raises:
            UserError: the command failed; dbt has printed why.
        """
        done = self.invoke(*arguments)
        if not done.success:
            why = f": {done.exception}" if done.exception else ""
            raise UserError(f"dbt {' '.join(arguments)} failed: see above{why}")
        return done

    def names(self, *arguments: str) -> list[str]:
        """The names of the models and data tests that a selection selects."""
        kinds = ("--resource-type", "model", "--resource-type", "test")
        ls = (*QUIET, "ls", "--output", "name")
        names: Any = self.run(*ls, *kinds, *arguments).result
        return list(names)

    def logged(self, macro: str) -> list[str] | None:
        """The lines that a macro logs; None if it failed."""
        lines: list[str] = []

        def keep(event: EventMsg) -> None:
            if event.info.name == "JinjaLogInfo":
                lines.append(event.data.msg)

        self._runner.callbacks.append(keep)
        done = self.invoke(*QUIET, "run-operation", macro)
        self._runner.callbacks.remove(keep)
        return lines if done.success else None
