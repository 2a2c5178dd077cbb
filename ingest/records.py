"""Split a JSON file into its records, each with the exact bytes of the file."""

import mmap
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from cli.errors import UserError
from ingest.private_copy import private_copy

WHITESPACE = b" \t\r\n"
OPENING = ord("{")  # the first byte of a JSON object
WINDOW_BYTES = 8 << 20  # how much of an array is parsed at a time

# Group 1: an escaped surrogate without its other half. A u after an escaped backslash is no escape.
_HALF_A_PAIR = re.compile(
    rb"(?<!\\)(?:\\\\)*"
    rb"(\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..)"
)

_as_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_as_json = msgspec.json.Decoder(msgspec.Raw).decode


class _Key(msgspec.Struct):
    user_exam_id: str | None = None


_key = msgspec.json.Decoder(_Key).decode


def message_key(record: bytes | memoryview) -> bytes | None:
    """The record's user_exam_id as UTF-8; None if it is missing or no string."""
    try:
        key = _key(record).user_exam_id
        return None if key is None else key.encode()
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


@dataclass
class RecordFile:
    """An opened file whose records have been counted and checked.

    Attributes:
        path: the path of the file.
        sha256: of its unpacked content, in hexadecimal.
        size: of its unpacked content, in bytes.
        content: its unpacked content, without a byte order mark.
        is_array: whether it is a JSON array; otherwise each line is a record.
        count: how many records it holds.
        objects: how many of them begin as JSON objects do, and are JSON.
        largest: the size of its largest record, in bytes; 0 without records.
        not_json: positions of the first ten lines that are not JSON; empty for a JSON array.
        not_json_count: how many lines are not JSON; 0 for a JSON array.
        not_utf8: the position of the first byte that is not UTF-8; None if all bytes are.
    """

    path: Path
    sha256: str
    size: int
    content: memoryview = field(default=memoryview(b""), repr=False)
    is_array: bool = False
    count: int = 0
    objects: int = 0
    largest: int = 0
    not_json: list[int] = field(default_factory=list)
    not_json_count: int = 0
    not_utf8: int | None = None
    _split: Callable[[], Iterator[memoryview]] = field(default=lambda: iter(()), repr=False)

    def records(self, first: int = 0) -> Iterator[memoryview]:
        """The records from position `first` on, in the file's order, with the file's bytes."""
        return islice(self._split(), first, None)

    def count_records(self) -> Iterator[tuple[int, memoryview]]:
        """Each record with its position. The iteration sets `count` and `largest`."""
        for position, record in enumerate(self._split()):
            self.count += 1
            self.largest = max(self.largest, len(record))
            yield position, record


@contextmanager
def open_records(path: Path) -> Iterator[RecordFile]:
    """Open a JSON array or JSON Lines file, plain or gzipped, and check all of it.

    Raises:
        UserError: the file cannot be read, changes meanwhile, is empty, is cut off, is not UTF-8,
            or begins as an array and is none. The message names the faulty byte of an array.
    """
    with private_copy(path) as copy:
        if not copy.size:
            raise UserError(f"{path} is empty: nothing to publish")
        opened = RecordFile(path, copy.sha256, copy.size, not_utf8=copy.not_utf8)
        _read(opened, mmap.mmap(copy.file.fileno(), 0, access=mmap.ACCESS_READ))
        yield opened


def _read(opened: RecordFile, buffer: mmap.mmap) -> None:
    if buffer[:2] in (b"\xff\xfe", b"\xfe\xff") or (len(buffer) > 1 and 0 in buffer[:2]):
        raise UserError(
            f"{opened.path} is not UTF-8 (it looks like UTF-16 or UTF-32): convert it first"
        )
    start = 3 if buffer[:3] == b"\xef\xbb\xbf" else 0  # a UTF-8 byte order mark
    first = _skip_space(buffer, start)
    opened.content = memoryview(buffer)[start:]
    opened.is_array = buffer[first : first + 1] == b"["
    if opened.is_array:
        opened._split = partial(_split_array, buffer, start)
        _read_array(opened)
    else:
        opened._split = partial(_split_lines, buffer, start)
        _read_lines(opened)


def _skip_space(buffer: mmap.mmap, position: int) -> int:
    while position < len(buffer) and buffer[position] in WHITESPACE:
        position += 1
    return position


def _read_array(opened: RecordFile) -> None:
    if opened.not_utf8 is not None:
        raise UserError(
            f"{opened.path} is not UTF-8 (byte {opened.not_utf8}): convert it first; "
            "nothing was sent"
        )
    try:
        for _, record in opened.count_records():
            opened.objects += record[0] == OPENING
    except RecursionError as error:
        raise UserError(
            f"{opened.path} is nested too deeply to be read as JSON, nothing was sent"
        ) from error
    except msgspec.DecodeError as error:
        reason = _reason(error, opened.content)
        raise UserError(
            f"{opened.path} is not a valid JSON array, nothing was sent: {reason}"
        ) from error


def _split_array(buffer: mmap.mmap, start: int) -> Iterator[memoryview]:
    """The records of the array that begins at `start`, parsed window by window.

    A window ends where a record seems to begin: at `{` and the first field name of the first
    record. The guess is proven when the text before it parses as an array.

    Raises:
        msgspec.DecodeError: the array is malformed; the message names the byte, from `start`.
    """
    position = _skip_space(buffer, _skip_space(buffer, start) + 1)
    opening = re.compile(rb'\{\s*"[^"\\]*"\s*:').match(buffer, position)
    given = 0
    while opening and len(buffer) - position > WINDOW_BYTES:
        window, next_position = _window(buffer, position, opening.group())
        if not window:
            break
        yield from _views(window)
        given += len(window)
        position = next_position
    if given and len(buffer) - position <= WINDOW_BYTES:
        with suppress(msgspec.DecodeError):
            yield from _views(_as_array(b"[" + buffer[position:]))
            return
    # Parse the whole array if a record fits no window, or to find the byte where it is malformed.
    yield from _views(islice(_as_array(memoryview(buffer)[start:]), given, None))


def _views(values: Iterable[msgspec.Raw]) -> Iterator[memoryview]:
    return (memoryview(value) for value in values)


def _window(buffer: mmap.mmap, start: int, opening: bytes) -> tuple[list[msgspec.Raw], int]:
    """The records of the window at `start`, and the next one's position; [] if no end is found."""
    end = start + WINDOW_BYTES
    for _ in range(8):  # the guess is wrong if `opening` occurs inside a record: try further left
        end = buffer.rfind(opening, start + 1, end)
        if end < 0:
            break
        comma = end - 1
        while buffer[comma] in WHITESPACE:
            comma -= 1
        if buffer[comma] == ord(","):
            with suppress(msgspec.DecodeError):
                return _as_array(b"".join((b"[", memoryview(buffer)[start:comma], b"]"))), end
    return [], start


def _reason(error: msgspec.DecodeError, content: memoryview) -> str:
    # msgspec reports half a surrogate pair as such, or as truncated input.
    if "truncated" in str(error) or "surrogate" in str(error):
        half = _HALF_A_PAIR.search(content)
        if half:
            return f"half of a surrogate pair is no character (byte {half.start(1)})"
        return f"{error} at byte {len(content)}, its end"
    if "trailing" in str(error):
        return f"{error}: something follows the array; several arrays must become one"
    return str(error)


def _read_lines(opened: RecordFile) -> None:
    for position, record in opened.count_records():
        try:
            value = _as_json(record)
            if opened.not_utf8 is not None:  # msgspec does not check UTF-8
                str(record, "utf-8")
            opened.objects += memoryview(value)[0] == OPENING
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            opened.not_json_count += 1
            if len(opened.not_json) < 10:
                opened.not_json.append(position)


def _split_lines(buffer: mmap.mmap, start: int) -> Iterator[memoryview]:
    view, size = memoryview(buffer), len(buffer)
    while start < size:
        end = buffer.find(b"\n", start)
        end = size if end < 0 else end
        stop = end - 1 if end > start and buffer[end - 1] == 0x0D else end
        if view[start:stop].tobytes().strip(WHITESPACE):
            yield view[start:stop]
        start = end + 1
