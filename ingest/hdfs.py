"""HDFS, through WebHDFS."""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from urllib.parse import quote, urlsplit

import requests
from fsspec.implementations.webhdfs import WebHDFS
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from ingest.console import say
from ingest.errors import IngestError
from ingest.settings import settings

logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

STARTING = (
    "startup mode",
    "still not started",
    "safe mode",
    "could only be written to 0 of the",
    # What a DataNode says that has not yet noticed that its NameNode was started again.
    "EOFException",
    "Connection refused",
    "Connection reset",
)
T = TypeVar("T")


@lru_cache
def filesystem() -> WebHDFS:
    """The file system; use it inside `call`."""
    url = urlsplit(settings().webhdfs_url)
    secure = url.scheme == "https"
    return WebHDFS(
        url.hostname,
        port=url.port or (9871 if secure else 9870),
        user=settings().hdfs_user,
        use_https=secure,
        use_listings_cache=False,
        skip_instance_cache=True,
    )


def call(operation: Callable[[], T]) -> T:
    """Run an operation on the file system, again and again while HDFS is starting.

    It may be carried out more than once where the answer is lost on the way.

    Raises:
        FileNotFoundError, FileExistsError: as the operation raised them: they are answers.
        IngestError: HDFS cannot be reached, or refuses.
    """
    where = settings().webhdfs_url
    try:
        return Retrying(
            retry=retry_if_exception(_will_pass),
            wait=wait_fixed(0.5),
            stop=stop_after_delay(settings().service_timeout_seconds),
            before_sleep=lambda state: (
                say(f"waiting for HDFS at {where}") if state.attempt_number == 1 else None
            ),
            reraise=True,
        )(operation)
    except (FileNotFoundError, FileExistsError):
        raise
    except requests.RequestException as error:
        raise IngestError(
            f"HDFS at {where} does not answer ({type(error).__name__}): "
            "is it up (make status)? Then run the command again"
        ) from None
    except (PermissionError, RuntimeError, ValueError) as error:
        raise IngestError(f"HDFS at {where} refused: {str(error).splitlines()[0]}") from None


def is_starting(message: str) -> bool:
    """Whether what HDFS says will pass by itself: it is starting, or was just started again."""
    return any(words in message for words in STARTING)


def no_room(message: str) -> bool:
    """Whether what HDFS says is that nothing more can be written."""
    return any(words in message for words in ("could only be written to 0 of the", "quota of"))


def _will_pass(error: BaseException) -> bool:
    if isinstance(error, requests.ConnectionError):
        return True
    return isinstance(error, RuntimeError) and is_starting(str(error))


def read(path: str) -> bytes:
    """The content of a file.

    Raises:
        FileNotFoundError: there is none.
        RuntimeError: HDFS refuses.
    """
    # fsspec's cat_file() does not look whether the DataNode answered with an error, and returns
    # its text as the content.
    return filesystem()._call("OPEN", path=path).content


def rename_exclusively(source: str, target: str) -> None:
    """Rename a folder, atomically, unless the target exists.

    Raises:
        FileExistsError: there is something at `target`; nothing was changed.
        RuntimeError: HDFS refuses.
    """
    # Without `renameoptions` HDFS would move `source` into an existing `target` and call it done;
    # fsspec's mv() has no way to give it.
    fs = filesystem()
    answer = fs.session.put(
        fs.url + quote(source),
        params={"op": "RENAME", "destination": target, "renameoptions": "NONE", **fs.pars},
    )
    if answer.ok:
        return
    try:
        exception = answer.json()["RemoteException"]
    except (ValueError, KeyError):
        answer.raise_for_status()
        raise
    if exception["exception"] == "FileAlreadyExistsException":
        raise FileExistsError(target)
    raise RuntimeError(exception["message"])
