"""The folders that dbt writes to."""

import os
from pathlib import Path
from tempfile import TemporaryFile

from cli.errors import UserError


def target_path() -> Path:
    """The folder in which dbt writes what it compiled and did."""
    return Path(os.environ.get("DBT_TARGET_PATH") or "target")  # dbt, too, takes "" for not set


def make_folders() -> None:
    """Make the folders: where dbt cannot write, it prints a traceback.

    Raises:
        UserError: a folder cannot be made or written.
    """
    logs = Path(os.environ.get("DBT_LOG_PATH") or "logs")
    for folder, variable in ((target_path(), "DBT_TARGET_PATH"), (logs, "DBT_LOG_PATH")):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            TemporaryFile(dir=folder).close()
        except OSError as error:
            raise UserError(
                f"{folder} cannot be written: {error.strerror}; set {variable} to a folder that "
                "can be written"
            ) from error
