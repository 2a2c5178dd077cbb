"""Waiting for a condition, not for a time."""

import time
from collections.abc import Callable

DEADLINE = 120  # seconds


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    until = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < until, f"not within {DEADLINE} s"
        time.sleep(0.05)
