"""HDFS, through WebHDFS."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import quote, urlsplit

import requests
from fsspec.implementations.webhdfs import WebHDFS
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from ingest.errors import IngestError
from ingest.settings import settings

logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


@lru_cache
def filesystem() -> WebHDFS:
    """The file system. A connection that is refused is tried again for some seconds."""
    url = urlsplit(settings().webhdfs_url)
    secure = url.scheme == "https"
    fs = WebHDFS(
        url.hostname,
        port=url.port or (9871 if secure else 9870),
        user=settings().hdfs_user,
        use_https=secure,
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    # Only refused connections: a request that was sent may have been carried out.
    retries = Retry(total=None, connect=7, read=0, redirect=5, status=0, backoff_factor=0.2)
    fs.session.mount(f"{url.scheme}://", HTTPAdapter(max_retries=retries))
    return fs


@contextmanager
def told() -> Iterator[None]:
    """Turn a failure of HDFS into the message for the user.

    FileNotFoundError and FileExistsError pass: they are answers.

    Raises:
        IngestError: HDFS cannot be reached, or refuses.
    """
    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except requests.RequestException as error:
        raise IngestError(
            f"HDFS at {settings().webhdfs_url} does not answer ({type(error).__name__}): "
            "is it up (make status)? Then run the command again"
        ) from None
    except (PermissionError, RuntimeError, ValueError, OSError) as error:
        message = str(error).splitlines()[0]
        raise IngestError(f"HDFS at {settings().webhdfs_url} refused: {message}") from None


def rename_exclusively(source: str, target: str) -> None:
    """Rename a folder, atomically, unless the target exists.

    Raises:
        FileExistsError: there is something at `target`; nothing was changed.
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
