"""Output that nobody reads, as that of `command | true`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unread() -> Iterator[int]:
    """The writing end of a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)
