"""Numbers, times and lists as the report writes them."""

import re
from math import floor

NONE = "—"
HOUR, MINUTE = 3600, 60


def whole(value: float | None) -> str:
    return NONE if value is None else f"{value:,}"


def half_up(value: float, digits: int) -> str:
    """A number to so many decimals; halves go up, as JavaScript rounds them."""
    places = 10**digits
    whole = floor(abs(value) * places + 0.5 + 1e-9)
    return f"{'-' * (value < 0 < whole)}{whole / places:,.{digits}f}"


class Rounded(str):
    """A number that lies between two others as well as a sum of floats can tell: equals both."""

    __slots__ = ("other",)

    def __eq__(self, text: object) -> bool:
        return str(self) == text or self.other == text

    __hash__ = str.__hash__


def rounded(value: float | None, spec: str) -> str:
    if value is None:
        return NONE
    texts = {format(value + noise, spec).replace("%", " %") for noise in (-1e-9, 0, 1e-9)}
    texts = {text if re.search("[1-9]", text) else text.lstrip("-") for text in texts}
    text = Rounded(max(texts))
    text.other = min(texts)
    return text


def percent(value: float | None) -> str:
    return rounded(value, ".0%")


def fixed(value: float | None, digits: int) -> str:
    return rounded(value, f",.{digits}f")


def points(value: float | None) -> str:
    """A difference of scores, in points of 100, with its sign."""
    return NONE if value is None else rounded(100 * value, "+.0f") if abs(value) >= 0.005 else "0"


def hundredths(value: float | None) -> str:
    return fixed(value, 2)


def minutes(seconds: float) -> str:
    return fixed(seconds / MINUTE, 1)


def minute(time: str) -> str:
    """A time of a row, cut to the minute."""
    return time[:16].replace("T", " ")


def yes(value: bool | None) -> str:
    return NONE if value is None else "yes" if value else "no"


def said(text: str | None) -> str:
    return text or NONE


def phrase(name: str) -> str:
    return name.replace("_", " ")


def digest(sha256: str) -> str:
    return sha256[:12]


def several(number: int, noun: str) -> str:
    return f"{whole(number)} {noun}{'s' * (number != 1)}"


def lasting(seconds: float) -> str:
    if abs(seconds) >= 2 * HOUR:
        return f"{half_up(seconds / HOUR, 1)} h"
    minutes = abs(seconds) >= 2 * MINUTE
    return f"{half_up(seconds / MINUTE, 1)} min" if minutes else f"{half_up(seconds, 0)} s"


def names(listed: list[str]) -> str:
    """The first three."""
    more = f" and {whole(len(listed) - 3)} more" if len(listed) > 3 else ""
    return ", ".join(listed[:3]) + more


def unless(drawn: object, nothing: str) -> list[str]:
    """The sentence that replaces an empty chart."""
    return [] if drawn else [nothing]
