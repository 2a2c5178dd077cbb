"""How the report writes numbers, times and lists."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any


def count(value: int) -> str:
    """A whole number, with commas between the thousands."""
    return f"{int(value):,}"


def share(value: float) -> str:
    """A share from 0 to 1, in whole per cent."""
    return f"{100 * value:.0f} %"


def duration(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    for unit, size in (("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def time(value: datetime) -> str:
    """A time to the minute."""
    return f"{value:%Y-%m-%d %H:%M}"


def several(names: Sequence[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def visible(text: str) -> str:
    """A text without the characters that steer a terminal: each is replaced."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", text)


# By the kind of a column.
FORMATS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "count": count,
    "share": share,
    "decimal": "{:,.1f}".format,
    "hundredths": "{:.2f}".format,
    "time": time,
    "hash": lambda value: value[:12],
    "flag": lambda value: "yes" if value else "no",
}
