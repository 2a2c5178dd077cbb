"""How well a colour can be told from what is behind it, by the formula of WCAG 2.2."""

import re

Colour = tuple[float, float, float, float]


def parse(css: str) -> Colour:
    """A computed colour, `rgb(…)` or `rgba(…)`: red, green, blue and opacity, from 0 to 1."""
    red, green, blue, *opacity = map(float, re.findall(r"[\d.]+", css))
    return red / 255, green / 255, blue / 255, *(opacity or [1.0])


def over(colour: Colour, behind: Colour, opacity: float = 1) -> Colour:
    """What is seen of a colour that lets something of an opaque one behind it through."""
    alpha = colour[3] * opacity
    mixed = (alpha * a + (1 - alpha) * b for a, b in zip(colour[:3], behind[:3], strict=True))
    return *mixed, 1.0


def luminance(colour: Colour) -> float:
    """Relative luminance."""
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Colour, other: Colour) -> float:
    """From 1, the same, to 21, black on white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
