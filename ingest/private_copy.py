"""A copy of a file's content that nobody can change while it is read."""

import codecs
import gzip
import hashlib
import os
import stat
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from cli.console import progress
from cli.errors import UserError

CHUNK = 1 << 20  # bytes; fits into a processor's cache


@dataclass(frozen=True)
class PrivateCopy:
    """The unpacked content of a file, as it was when it was copied.

    Attributes:
        file: the copy; it has no name and disappears with the process.
        size: of the content, in bytes.
        sha256: of the content, in hexadecimal.
        not_utf8: the position of the first byte that is not UTF-8; None if all bytes are.
    """

    file: BinaryIO
    size: int
    sha256: str
    not_utf8: int | None


@contextmanager
def private_copy(path: Path) -> Iterator[PrivateCopy]:
    """Copy a file, or the content of a pipe. Gzip is recognised by its first bytes and unpacked.

    Raises:
        UserError: the file cannot be read, is damaged gzip, or changes meanwhile; or there is no
            room for the copy.
    """
    # On many machines /tmp is in memory, and a large file would fill it.
    folder = os.environ.get("TMPDIR") or "/var/tmp"  # noqa: S108
    try:
        with path.open("rb") as file:
            try:
                target = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed below)
            except OSError as error:
                raise _no_room(path, folder, error) from error
            before = _fingerprint(file)
            copy = _copy(file, path, target, folder)
            if _fingerprint(file) != before:
                target.close()
                raise UserError(
                    f"{path} changed while it was read: run the command again when it is whole"
                )
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UserError(f"{path} is a damaged or cut off gzip file: {error}") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from error
    with copy.file:
        yield copy


def _copy(file: BufferedReader, path: Path, target: BinaryIO, folder: str) -> PrivateCopy:
    packed = file.peek(2)[:2] == b"\x1f\x8b"
    content: BinaryIO = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
    digest, text = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    size, not_utf8, chunk = 0, None, b"\n"
    with progress("bytes") as bar:
        total = None if packed else os.fstat(file.fileno()).st_size or None
        task = bar.add_task("reading", total=total)
        while chunk:
            chunk = content.read(CHUNK)
            digest.update(chunk)
            begun = text.getstate()[0]  # the bytes of a character that the last chunk cut
            if not_utf8 is None and (begun or not chunk.isascii()):
                try:
                    text.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    not_utf8 = size - len(begun) + error.start
            try:
                target.write(chunk)
                target.flush()
            except OSError as error:
                raise _no_room(path, folder, error) from error
            size += len(chunk)
            bar.update(task, completed=size)
    return PrivateCopy(target, size, digest.hexdigest(), not_utf8)


def _fingerprint(file: BinaryIO) -> tuple[int, int] | None:
    status = os.fstat(file.fileno())
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _no_room(path: Path, folder: str, error: OSError) -> UserError:
    return UserError(
        f"{path} cannot be copied to {folder} ({error.strerror}): produce reads such a copy; set "
        "TMPDIR to a folder with room for its content; nothing was sent"
    )
