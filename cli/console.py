"""Output of the commands: data on standard output, everything else on standard error."""

import errno
import logging
import os
import sys
import traceback
from collections.abc import Callable
from datetime import datetime, timezone

import msgspec
from rich.console import Console
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

from cli.errors import UserError

# The printed texts come from foreign files and messages, so Rich must not read brackets as markup.
out = Console(highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)


def _line(level: str, message: str, style: str = "") -> None:
    if os.environ.get("LOG_FORMAT") == "json":
        entry = {"at": datetime.now(timezone.utc), "level": level, "message": message}
        sys.stderr.write(msgspec.json.encode(entry).decode() + "\n")
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


def listed(names: list[str], most: int = 3) -> str:
    """The first `most` names, and the number of the others: "a, b, c and 2 more"."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


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

    A UserError is printed as one line, and the exit status is 1. Other errors keep their traceback.

    Raises:
        SystemExit: the command line has ended, with this exit status.
    """
    bypass_proxy_for_loopback()
    if debugging():
        logging.basicConfig(level=logging.INFO)
    try:
        _with_output(app)
    except UserError as error:
        if debugging():
            traceback.print_exc()
        _line("error", str(error), "red")
        sys.exit(1)
    except SystemExit as ended:
        if ended.code == 130:  # Ctrl-C: typer exits with 130 and prints nothing
            _line("info", "interrupted", "red")
        raise
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _with_output(app: Callable[[], None]) -> None:
    try:
        app()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        # Code that writes a file raises its own UserError if a disk is full.
        raise UserError(
            f"standard output cannot be written: {error.strerror}; make room, or write elsewhere"
        ) from error
