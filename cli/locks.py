"""Locks between commands."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.console import info


@contextmanager
def exclusive(folder: Path, others: str) -> Iterator[None]:
    """Wait until no other command has the folder's lock, and hold the lock.

    Args:
        folder: the folder; nothing is written to it.
        others: what a command that has the lock does, for the line that says what is waited for.

    Raises:
        OSError: the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            info(f"waiting for another command that {others}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
