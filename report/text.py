"""The formats of numbers and times in the report."""

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any


def count(value: int) -> str:
    """A whole number, with commas between the thousands."""
    return f"{int(value):,}"


def decimals(value: float, digits: int) -> str:
    """A number with so many decimals. Halves are rounded up, as in the tooltips of the charts."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{rounded + 0:,}"  # 0 has no sign


def share(value: float) -> str:
    """A share (from 0 to 1) in whole per cent."""
    return f"{decimals(100 * value, 0)} %"


def number(value: float) -> str:
    """A number without superfluous zeros, to ten decimals: "7.5", "1,209,600"."""
    return f"{value:,.10f}".rstrip("0").rstrip(".")


def exact_share(value: float) -> str:
    """A share (from 0 to 1) in per cent, with its decimals, for limits: "12.5 %"."""
    return f"{number(100 * value)} %"


def points(value: float) -> str:
    """A difference of two shares, in points of 100, with its sign: "+18", "-3", "0"."""
    whole = int(Decimal(100 * value).quantize(Decimal(1), ROUND_HALF_UP))
    return f"{whole:+d}" if whole else "0"


def duration(seconds: float) -> str:
    """Seconds in hours, minutes or seconds, whichever suits their number."""
    for unit, size in (("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * size:
            return f"{decimals(seconds / size, 1)} {unit}"
    return f"{decimals(seconds, 0)} s"


def time(value: datetime) -> str:
    """A time to the minute."""
    return f"{value:%Y-%m-%d %H:%M}"


def words(name: str) -> str:
    """A name of SQL as words."""
    return name.replace("_", " ")


# The format of each kind of column.
FORMATS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "words": words,
    "count": count,
    "share": share,
    "points": points,
    "minutes": lambda seconds: decimals(seconds / 60, 1),
    "number": number,
    "hundredths": lambda value: decimals(value, 2),
    "time": time,
    "hash": lambda value: value[:12],
    "flag": lambda value: "yes" if value else "no",
}
