"""What the commands print: data on standard output, everything else on standard error."""

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

# What is printed comes from files and messages of others: a name in brackets is no markup.
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
    """Print one line about the work; a JSON object when LOG_FORMAT=json, as every line."""
    _line("info", message)


def warning(message: str) -> None:
    """Print one line that the user should know of, though the work goes on."""
    _line("warning", message, "yellow")


def plural(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def listed(names: list[str], most: int = 3) -> str:
    """The first names, with how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def progress(unit: str = "records") -> Progress:
    """A progress bar over `unit` ("records" or "bytes"); nothing unless on a terminal."""
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
    """Whether the user wants tracebacks and the log lines of libraries: INGEST_DEBUG is set."""
    return bool(os.environ.get("INGEST_DEBUG"))


def mute(*loggers: str) -> None:
    """Silence libraries that log what they also raise, unless INGEST_DEBUG is set."""
    if not debugging():
        for name in loggers:
            logging.getLogger(name).disabled = True


def spare_loopback_the_proxy() -> None:
    """Take this machine's own services out of what a proxy variable sends to a proxy.

    requests, grpc and fsspec all read these variables; a cluster's addresses are left to them.
    """
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy"):
        given = os.environ.get(name) or os.environ.get(name.swapcase())
        if name != "no_grpc_proxy" or given:
            os.environ[name] = ",".join(filter(None, [given, "localhost", "127.0.0.1", "::1"]))


def main(app: Callable[[], None]) -> None:
    """Run a command line: exit status 1 and one line for what a user can cause or mend."""
    spare_loopback_the_proxy()
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
        if ended.code == 130:  # typer's for KeyboardInterrupt, of which it prints nothing
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
        # Whatever else may find no room says so itself.
        raise UserError(
            f"standard output cannot be written: {error.strerror}; make room, or write elsewhere"
        ) from error
