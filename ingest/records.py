"""Split a file of JSON into its records, each the exact bytes that stand in the file."""

import gzip
import hashlib
import mmap
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from ingest.console import progress
from ingest.errors import IngestError

CHUNK = 1 << 24  # bytes hashed between two steps of the progress bar
WHITESPACE = b" \t\r\n"

_is_json = msgspec.json.Decoder(msgspec.Raw).decode


class _Key(msgspec.Struct):
    user_exam_id: str | None = None


_key = msgspec.json.Decoder(_Key).decode


def message_key(record: bytes | memoryview) -> bytes | None:
    """The record's user_exam_id as UTF-8, or None when it has none that is a string."""
    try:
        key = _key(record).user_exam_id
        return None if key is None else key.encode()
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


@dataclass
class RecordFile:
    """An opened file whose records have been counted and checked.

    Attributes:
        path: where it was opened from.
        sha256: of its content (of the unpacked content, for a .gz), in hexadecimal.
        size: of its content, in bytes.
        count: how many records it holds.
        largest: (position, bytes) of its largest record, (0, 0) without records.
        not_json: positions of the first JSON Lines that are not JSON (at most ten).
        not_json_count: how many lines are not JSON; always 0 for a JSON array.
    """

    path: Path
    sha256: str
    size: int
    count: int = 0
    largest: tuple[int, int] = (0, 0)
    not_json: list[int] = field(default_factory=list)
    not_json_count: int = 0
    _array: list[msgspec.Raw] | None = None
    _lines: mmap.mmap | None = None
    _start: int = 0
    _unchanged: Callable[[], bool] = lambda: True

    def records(self, first: int = 0) -> Iterator[memoryview]:
        """The records from position `first` on, in the file's order, as they stand in the file."""
        if self._array is not None:
            yield from map(memoryview, islice(self._array, first, None))
        elif self._lines is not None:
            yield from islice(_split_lines(self._lines, self._start), first, None)

    def check_unchanged(self) -> None:
        """Check that nobody has written to the file since it was opened.

        Raises:
            IngestError: somebody has.
        """
        if not self._unchanged():
            raise IngestError(
                f"{self.path} changed while it was read: run the command again when it is whole"
            )


@contextmanager
def open_records(path: Path) -> Iterator[RecordFile]:
    """Open a JSON array or JSON Lines file, plain or gzipped, and check it whole.

    Raises:
        IngestError: it cannot be read, is empty, is cut off, is not UTF-8, or is neither a JSON
            array nor JSON Lines; what is wrong with an array is named with the byte.
    """
    with ExitStack() as opening:
        # Only what is read here is this file's fault, not what happens while it is open.
        try:
            file = opening.enter_context(path.open("rb"))
            before = _fingerprint(file)
            content = opening.enter_context(_unpacked(file, path))
            opened = _read(content, path)
        except OSError as error:
            raise IngestError(f"{path} cannot be read: {error.strerror or error}") from None
        if content is file:
            opened._unchanged = lambda: _fingerprint(file) == before
        yield opened


def _fingerprint(file: BinaryIO) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


@contextmanager
def _unpacked(file: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    """A regular, uncompressed file with the content of `file`: itself, or a temporary copy."""
    magic = file.read(2) if file.seekable() else b""
    if file.seekable():
        file.seek(0)
    if file.seekable() and magic != b"\x1f\x8b":
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        try:
            unpacked = gzip.GzipFile(fileobj=file) if magic else file
            shutil.copyfileobj(unpacked, copy, CHUNK)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise IngestError(f"{path} is a damaged or cut off gzip file: {error}") from None
        copy.seek(0)
        yield copy


def _read(file: BinaryIO, path: Path) -> RecordFile:
    try:
        buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:
        raise IngestError(f"{path} is empty: nothing to publish") from None
    digest = hashlib.sha256()
    with progress("bytes") as bar:
        view = memoryview(buffer)
        for position in bar.track(range(0, len(buffer), CHUNK), description="reading"):
            digest.update(view[position : position + CHUNK])
    opened = RecordFile(path=path, sha256=digest.hexdigest(), size=len(buffer))

    opened._start = 3 if buffer[:3] == b"\xef\xbb\xbf" else 0  # a UTF-8 byte order mark
    if buffer[:2] in (b"\xff\xfe", b"\xfe\xff") or (len(buffer) > 1 and 0 in buffer[:2]):
        raise IngestError(f"{path} is not UTF-8 (it looks like UTF-16 or UTF-32): convert it first")
    first = opened._start
    while first < len(buffer) and buffer[first] in WHITESPACE:
        first += 1
    if buffer[first : first + 1] == b"[":
        _read_array(opened, view[opened._start :])
    else:
        _read_lines(opened, buffer)
    return opened


def _read_array(opened: RecordFile, content: memoryview) -> None:
    try:
        opened._array = msgspec.json.decode(content, type=list[msgspec.Raw])
    except RecursionError:
        raise IngestError(
            f"{opened.path} is nested too deeply to be read as JSON, nothing was sent"
        ) from None
    except msgspec.DecodeError as error:
        at = f" at byte {len(content)}, its end" if "truncated" in str(error) else ""
        raise IngestError(
            f"{opened.path} is not a valid JSON array, nothing was sent: {error}{at}"
        ) from None
    opened.count = len(opened._array)
    for position, record in enumerate(opened.records()):
        if len(record) > opened.largest[1]:
            opened.largest = (position, len(record))


def _read_lines(opened: RecordFile, buffer: mmap.mmap) -> None:
    opened._lines = buffer
    for position, record in enumerate(opened.records()):
        opened.count += 1
        if len(record) > opened.largest[1]:
            opened.largest = (position, len(record))
        try:
            _is_json(record)
        except (msgspec.DecodeError, RecursionError):
            opened.not_json_count += 1
            if len(opened.not_json) < 10:
                opened.not_json.append(position)
    if opened.not_json_count == opened.count:
        raise IngestError(
            f"{opened.path} is neither a JSON array nor JSON Lines: none of its {opened.count:,} "
            "lines is JSON; nothing was sent"
        )


def _split_lines(buffer: mmap.mmap, start: int) -> Iterator[memoryview]:
    view, size = memoryview(buffer), len(buffer)
    while start < size:
        end = buffer.find(b"\n", start)
        end = size if end < 0 else end
        stop = end - 1 if end > start and buffer[end - 1] == 0x0D else end
        if view[start:stop].tobytes().strip(WHITESPACE):
            yield view[start:stop]
        start = end + 1
