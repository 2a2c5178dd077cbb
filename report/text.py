"""The formats of numbers, times and lists in the report."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any


def count(value: int) -> str:
    """A whole number, with commas between the thousands."""
    return f"{int(value):,}"


def share(value: float) -> str:
    """A share (from 0 to 1) in whole per cent."""
    return f"{100 * value:.0f} %"


def points(value: float) -> str:
    """A difference of two shares, in points of 100, with its sign: "+18", "-3", "0"."""
    whole = round(100 * value)
    return f"{whole:+d}" if whole else "0"


def duration(seconds: float) -> str:
    """Seconds in hours, minutes or seconds, whichever suits their number."""
    for unit, size in (("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def time(value: datetime) -> str:
    """A time to the minute."""
    return f"{value:%Y-%m-%d %H:%M}"


def words(name: str) -> str:
    """A name of SQL as words."""
    return name.replace("_", " ")


def visible(text: str) -> str:
    """A text in which each control character is replaced, so that none reaches a terminal."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", text)


# The format of each kind of column.
FORMATS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "words": words,
    "count": count,
    "share": share,
    "points": points,
    "decimal": "{:,.1f}".format,
    "minutes": lambda seconds: f"{seconds / 60:,.1f}",
    "hundredths": "{:.2f}".format,
    "time": time,
    "hash": lambda value: value[:12],
    "flag": lambda value: "yes" if value else "no",
}
