"""LOCAL_DIR: the folder of a stack's data, logs and settings."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cli.errors import UserError
from cli.locks import exclusive
from ingest.settings import MADE_TOKEN
from services.definition import SERVICES, TEMPORARY_FOLDER

# All names that a stack creates in LOCAL_DIR. ENVIRONMENT comes first: it marks the others as ours.
ENVIRONMENT = "environment"
FOLDERS = ("run", "log", "kafka", "hdfs", "spark", "caches")
MADE = (ENVIRONMENT, *FOLDERS, "supervisor.sock", "supervisord.pid")
SAMPLE = "sample.json"  # of `make run`; another version of the project makes another one


class LocalDir:
    """The folder LOCAL_DIR, and the names that a stack creates in it."""

    def __init__(self, path: Path) -> None:
        """Keep the path of the folder; create nothing."""
        self.path = path
        self.environment_file = path / ENVIRONMENT

    def create(self) -> None:
        """If the folder is missing, create it, so that only its owner may read it.

        Raises:
            UserError: it cannot be created.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _not_writable(error, self.path) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other command starts, stops or deletes the services of this folder.

        Raises:
            UserError: the folder cannot be opened.
        """
        with ExitStack() as lock:
            try:
                lock.enter_context(exclusive(self.path, f"starts or stops {self.path}"))
            except FileNotFoundError:
                pass  # nothing runs there
            except OSError as error:
                raise _not_writable(error, self.path) from error
            yield

    def prepare(self, environment: dict[str, str]) -> None:
        """Create the stack's folders, and note the variables that its services run with.

        The folders of temporary files are emptied.

        Raises:
            UserError: one of the names in MADE exists and is not ours, or the folder cannot be
                written.
        """
        self.create()
        try:
            if not self.is_ours():
                taken = [name for name in MADE if (self.path / name).exists()]
                if taken:
                    raise UserError(
                        f"LOCAL_DIR {self.path} holds {taken[0]}, which make up did not make: "
                        "set LOCAL_DIR to another folder"
                    )
            lines = "".join(f"{name}={value}\n" for name, value in environment.items())
            _write_whole(self.environment_file, lines)  # without it nothing here is ours
            temporary = {f"{service.folder}/{TEMPORARY_FOLDER}" for service in SERVICES.values()}
            # With what killed services left; Hive makes a folder `file:` of its folder's address.
            for folder in (*temporary, "spark/file:"):
                shutil.rmtree(self.path / folder, ignore_errors=True)
            webapps = ("hdfs/webapps/hdfs", "hdfs/webapps/datanode")
            for folder in ("log", "run", "caches", *webapps, *temporary):
                (self.path / folder).mkdir(parents=True, exist_ok=True)
            for folder in FOLDERS:
                (self.path / folder).chmod(0o700)
        except OSError as error:
            raise _not_writable(error, self.path) from error

    def environment(self) -> dict[str, str]:
        """The variables that the services were started with.

        Raises:
            OSError: no services were started in this folder.
        """
        lines = self.environment_file.read_text(encoding="utf-8").split("\n")
        return dict(line.split("=", 1) for line in lines if line)

    def make_token(self) -> str:
        """Make the Spark Connect token, readable by the owner only; return it."""
        token = secrets.token_urlsafe(32)
        _write_whole(self.path / MADE_TOKEN, token, mode=0o600)
        return token

    def is_ours(self) -> bool:
        """Whether a stack made the names in MADE that are there."""
        try:
            return "\nKAFKA_DATA_DIR=" in self.environment_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return False

    def delete(self) -> None:
        """Delete the names in MADE and the sample, if a stack made them, and nothing else."""
        if not self.is_ours():
            return
        for name in (SAMPLE, *reversed(MADE)):
            path = self.path / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _write_whole(path: Path, text: str, mode: int = 0o666) -> None:
    """Write a file that is there whole, or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _not_writable(error: OSError, folder: Path) -> UserError:
    return UserError(
        f"{error.filename or folder} cannot be written: {error.strerror}; set LOCAL_DIR to a "
        "folder that can be written"
    )
