"""A figure of the page: a chart, its title, and the sentence that replaces an empty chart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import altair as alt

from report.frames import Frames

Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart


@dataclass(frozen=True)
class Figure:
    """A figure.

    Attributes:
        draw: the function that returns the chart, or None if there is nothing to draw.
        title: the heading, in which {min_attempts} stands for the limit of this name.
        nothing: the sentence that the page shows if there is nothing to draw; like `title`.
    """

    draw: Callable[[Frames], Chart | None]
    title: str
    nothing: str


def figure(title: str, nothing: str) -> Callable[[Callable[[Frames], Chart | None]], Figure]:
    """Make a figure of a function. The name of the function is the name of the figure."""
    return lambda draw: Figure(draw, title, nothing)


def figures_of(module: object) -> dict[str, Figure]:
    """The figures that a module defines, by name."""
    return {name: found for name, found in vars(module).items() if isinstance(found, Figure)}
