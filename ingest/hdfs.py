"""The client of HDFS: WebHDFS with retries and with errors of one line."""

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote, urlsplit

import requests
from fsspec.implementations.webhdfs import WebHDFS
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from cli.console import info, mute
from cli.errors import UserError, first_line
from ingest.settings import settings

mute("urllib3.connectionpool")

NO_ROOM = "could only be written to 0 of the"
STARTING = (
    "startup mode",
    "still not started",
    "safe mode",
    NO_ROOM,  # HDFS also reports it before the first DataNode has registered
    # A DataNode reports these until it notices that its NameNode was restarted.
    "EOFException",
    "Connection refused",
    "Connection reset",
)
P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate["Hdfs", P], T]


def is_starting(message: str) -> bool:
    """Whether an error message of HDFS is temporary: HDFS is starting or was just restarted."""
    return any(words in message for words in STARTING)


def no_room(message: str) -> bool:
    """Whether an error message of HDFS means that there is no room to write."""
    return NO_ROOM in message or "quota of" in message


def _is_temporary(error: BaseException) -> bool:
    if isinstance(error, requests.ConnectionError):
        return True
    return isinstance(error, RuntimeError) and is_starting(str(error))


def _retried(method: Method[P, T]) -> Method[P, T]:
    """Retry a method while HDFS is starting or unreachable; turn its errors into UserErrors."""

    @wraps(method)
    def call(self: "Hdfs", /, *args: P.args, **kwargs: P.kwargs) -> T:
        where = settings().webhdfs_url
        try:
            return Retrying(
                retry=retry_if_exception(_is_temporary),
                wait=wait_fixed(0.5),
                stop=stop_after_delay(settings().service_timeout_seconds),
                before_sleep=lambda state: (
                    info(f"waiting for HDFS at {where}") if state.attempt_number == 1 else None
                ),
                reraise=True,
            )(method, self, *args, **kwargs)
        except (FileNotFoundError, FileExistsError):
            raise
        except requests.RequestException as error:
            raise UserError(
                f"HDFS at {where} does not answer ({type(error).__name__}): "
                "is it up (make status)? Then run the command again"
            ) from error
        except (PermissionError, RuntimeError, ValueError) as error:
            raise UserError(f"HDFS at {where} refused: {first_line(error)}") from error

    return call


class Hdfs:
    """The file system at WEBHDFS_URL.

    Each method retries for up to SERVICE_TIMEOUT_SECONDS while HDFS is starting or unreachable. If
    an answer is lost, HDFS may execute the request twice. Each method raises a UserError if HDFS
    cannot be reached or refuses the request.
    """

    def __init__(self) -> None:
        """Read the address from the settings; the first request connects."""
        url = urlsplit(settings().webhdfs_url)
        self._fs = WebHDFS(
            url.hostname,
            user=settings().hdfs_user,
            use_listings_cache=False,
            skip_instance_cache=True,
        )
        # fsspec's own address has no path, as that of a gateway has, and no [] around IPv6.
        host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
        port = url.port or (9871 if url.scheme == "https" else 9870)
        self._fs.url = f"{url.scheme}://{host}:{port}{url.path.rstrip('/')}/webhdfs/v1"
        # By default requests waits for ever for an answer.
        session = self._fs.session
        session.request = partial(session.request, timeout=settings().service_timeout_seconds)

    @_retried
    def ls(self, folder: str) -> list[dict[str, Any]]:
        """The entries of a folder, each with `name` (its path) and `modificationTime` (epoch ms).

        Raises:
            FileNotFoundError: there is no such folder.
        """
        return self._fs.ls(folder, detail=True)

    @_retried
    def content_summary(self, folder: str) -> dict[str, Any]:
        """`fileCount`, `length` (bytes) and other totals of a folder and its subfolders.

        Raises:
            FileNotFoundError: there is no such folder.
        """
        return self._fs.content_summary(folder)

    @_retried
    def read(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            FileNotFoundError: there is no such file.
        """
        # fsspec's cat_file() returns a DataNode's error text as if it were the content.
        return self._fs._call("OPEN", path=path).content

    @_retried
    def write(self, path: str, content: bytes) -> None:
        """Write a file; replace an existing one."""
        try:
            self._fs.pipe_file(path, content)
        except requests.HTTPError as error:  # of a DataNode; fsspec explains only a NameNode's
            assert error.response is not None  # noqa: S101 (of raise_for_status)
            raise RuntimeError(_remote_exception(error.response)["message"]) from error

    @_retried
    def mkdir(self, folder: str) -> None:
        """Create a folder and its parents; an existing folder stays as it is."""
        self._fs.mkdir(folder)

    @_retried
    def rm(self, folder: str) -> None:
        """Delete a folder and its content.

        Raises:
            FileNotFoundError: there is no such folder.
        """
        # fsspec's rm() ignores the answer, in which HDFS says whether there was such a folder.
        answer = self._fs._call("DELETE", "delete", path=folder, recursive="true")
        if not answer.json()["boolean"]:
            raise FileNotFoundError(folder)

    @_retried
    def rename_exclusively(self, source: str, target: str) -> None:
        """Rename a folder atomically, unless the target exists.

        Raises:
            FileExistsError: `target` exists; nothing was changed.
        """
        # Without `renameoptions` HDFS moves `source` into an existing `target` and reports
        # success. fsspec's mv() cannot pass this parameter.
        answer = self._fs.session.put(
            self._fs.url + quote(source),
            params={
                "op": "RENAME", "destination": target, "renameoptions": "NONE", **self._fs.pars,
            },
        )  # fmt: skip
        if answer.ok:
            return
        exception = _remote_exception(answer)
        if exception["exception"] == "FileAlreadyExistsException":
            raise FileExistsError(target)
        raise RuntimeError(exception["message"])


def _remote_exception(answer: requests.Response) -> dict[str, str]:
    """The `exception` (its class) and the `message` in an answer of HDFS.

    Raises:
        requests.HTTPError: it has none: a proxy has answered.
    """
    try:
        found: dict[str, str] = answer.json()["RemoteException"]
    except (ValueError, KeyError):
        answer.raise_for_status()
        raise
    return found


@lru_cache
def hdfs() -> Hdfs:
    """The HDFS client that this process shares."""
    return Hdfs()
