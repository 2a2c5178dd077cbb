"""Output of the commands: data on standard output, everything else on standard error."""

import errno
import gc
import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

import msgspec
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.segment import Segment
from rich.text import Text
from typer.exceptions import TyperException

from cli.errors import UserError

# Control characters, those that change the direction of text, line separators, half characters.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_HALF = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """A text in which each character that would steer a terminal is replaced by a symbol."""
    return _STEERING.sub(lambda found: _symbol(ord(found[0])), text)


def _symbol(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)  # for ESC the character ␛
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"


class _Terminal(Console):
    """A console that prints texts of others as text: never as markup, emoji or commands."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 (as in Console)
        return super().render_str(visible(text), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        # A Text that was made elsewhere, such as the label of a progress bar, has lines of its own.
        for segment in super().render(renderable, options):
            if segment.control or not _STEERING.search(segment.text):
                yield segment
            else:
                text = "\n".join(map(visible, segment.text.split("\n")))
                yield Segment(text, segment.style)


out = _Terminal()
err = _Terminal(stderr=True)


def print_json(data: object) -> None:
    """Print exactly the data as a line of JSON, in ASCII: no character can steer a terminal."""
    out.print(_json(data), soft_wrap=True)


def _json(data: object) -> str:
    return json.dumps(msgspec.to_builtins(data, str_keys=True, enc_hook=str))


def _line(level: str, message: str, style: str = "") -> None:
    if os.environ.get("LOG_FORMAT") == "json":
        # A file name may hold bytes that are no text; Python reads them as half characters.
        text = _HALF.sub("\N{REPLACEMENT CHARACTER}", message)
        entry = {"at": datetime.now(timezone.utc), "level": level, "message": text}
        sys.stderr.write(_json(entry) + "\n")
        return
    text = message if level == "info" else f"{level}: {message}"
    err.print(text, style=style, soft_wrap=True)


def info(message: str) -> None:
    """Print a line about the work on standard error; with LOG_FORMAT=json, as a JSON object."""
    _line("info", message)


def warning(message: str) -> None:
    """Print a warning on standard error; the work continues."""
    _line("warning", message, "yellow")


def plural(number: int, noun: str) -> str:
    """A number with its noun: "1 file", "2,000 files"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def listed(names: list[str]) -> str:
    """The first three names, and the number of the others: "a, b, c and 2 more"."""
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more:,} more" if more > 0 else "")


def progress(unit: str = "records") -> Progress:
    """A progress bar in `unit` ("records" or "bytes"); shown only on a terminal."""
    amount: list[ProgressColumn] = (
        [DownloadColumn(), TransferSpeedColumn()] if unit == "bytes" else [MofNCompleteColumn()]
    )
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *amount,
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def debugging() -> bool:
    """Whether INGEST_DEBUG is set: the user wants tracebacks and the libraries' log lines."""
    return bool(os.environ.get("INGEST_DEBUG"))


def mute(*loggers: str) -> None:
    """Disable loggers whose messages are also raised as errors, unless INGEST_DEBUG is set."""
    if not debugging():
        for name in loggers:
            logging.getLogger(name).disabled = True
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # of those below it, too


class _LogHandler(logging.Handler):
    """Prints the log lines of libraries as lines of this program."""

    def emit(self, record: logging.LogRecord) -> None:
        _line(record.levelname.lower(), f"{record.name}: {record.getMessage()}")


def _print_traceback(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    for line in "".join(traceback.format_exception(kind, error, trace)).splitlines():
        err.print(line, soft_wrap=True)


def bypass_proxy_for_loopback() -> None:
    """Add the loopback addresses to the variables that list hosts to reach without a proxy.

    requests, grpc and fsspec read these variables; grpc prefers no_grpc_proxy, if it is set.
    Addresses of a cluster are not added.
    """
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy"):
        given = os.environ.get(name) or os.environ.get(name.swapcase())
        if name != "no_grpc_proxy" or given:
            os.environ[name] = ",".join(filter(None, [given, "localhost", "127.0.0.1", "::1"]))


def main(app: Callable[[], None]) -> None:
    """Run a command line.

    A UserError is printed as one line, with exit status 1. Wrong usage is printed as one line, with
    exit status 2. Other errors keep their traceback.

    Raises:
        SystemExit: the command line has ended, with this exit status.
    """
    # What is imported by now lives until the end: Python need not look for garbage in it.
    gc.freeze()
    bypass_proxy_for_loopback()
    logging.basicConfig(
        level=logging.INFO if debugging() else logging.WARNING, handlers=[_LogHandler()]
    )
    sys.excepthook = _print_traceback
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stream that is closed, or not of Python
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        _with_output(app)
    except UserError as error:
        if debugging():
            _print_traceback(type(error), error, error.__traceback__)
        _line("error", str(error), "red")
        sys.exit(1)
    except TyperException as error:
        if text := error.format_message():  # without a command typer has printed the help
            context = getattr(error, "ctx", None)
            command = f"{context.command_path} " if context else ""
            text = text[:1].lower() + text[1:].rstrip(".")
            _line("error", f"{text}: see {command}--help", "red")
        sys.exit(error.exit_code)
    except SystemExit as ended:
        if ended.code == 130:  # Ctrl-C: typer exits with 130 and prints nothing
            _line("info", "interrupted", "red")
        raise
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _with_output(app: Callable[[], None]) -> None:
    try:
        if isinstance(app, typer.Typer):
            # In its standalone mode typer prints wrong usage itself, past this module.
            sys.exit(app(standalone_mode=False))
        app()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        where = error.filename or "standard output or a file"
        raise UserError(
            f"{where} cannot be written: {error.strerror}; make room, or write elsewhere"
        ) from error
