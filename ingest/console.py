"""What the commands print: data on standard output, everything else on standard error."""

import sys
from collections.abc import Callable

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

from ingest.errors import IngestError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """Print one line of what is being done."""
    err.print(message, soft_wrap=True, markup=False)


def warn(message: str) -> None:
    """Print one line of what the user should know though the work goes on."""
    err.print(f"warning: {message}", style="yellow", soft_wrap=True, markup=False)


def progress(unit: str = "records") -> Progress:
    """A progress bar over `unit` ("records" or "bytes"); nothing unless on a terminal."""
    amount: list[ProgressColumn] = (
        [DownloadColumn(), TransferSpeedColumn()] if unit == "bytes" else [MofNCompleteColumn()]
    )
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *amount,
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def main(app: Callable[[], None]) -> None:
    """Run a command line: exit status 1 and one line for what a user can cause or mend."""
    try:
        app()
    except IngestError as error:
        err.print(f"error: {error}", style="red", soft_wrap=True, markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("interrupted", style="red")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
