"""The pages: the report and the index, each one file that fetches nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import altair as alt
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cli.console import listed, plural
from report import charts, item_charts, text
from report.frames import LIMITS, Frames
from report.tables import tables


@dataclass(frozen=True)
class Figure:
    """A chart as the page shows it.

    Attributes:
        name: the id in the page.
        title: the heading.
        spec: the chart in Vega-Lite; None if there is nothing to draw.
        nothing: the sentence that is shown if there is nothing to draw.
    """

    name: str
    title: str
    spec: dict[str, Any] | None
    nothing: str


NO_ATTEMPT = "No attempt has been delivered yet."
ENOUGH = LIMITS["enough_attempts"]

# By name: the chart, its title, and the sentence if there is nothing to draw.
FIGURES: dict[str, tuple[Callable[[Frames], alt.TopLevelMixin | None], str, str]] = {
    "hours": (charts.hours, "Attempts by hour of the day", NO_ATTEMPT),
    "days": (charts.days, "Attempts by day", NO_ATTEMPT),
    "exams": (charts.exams, "The exams taken most", "No exam has been taken yet."),
    "scores": (charts.scores, "Attempts by score", "No attempt has a score yet."),
    "durations": (charts.durations, "Attempts by duration", "No exam has been taken yet."),
    "score_and_duration": (
        charts.score_and_duration,
        "Score and duration of each exam",
        "No exam has a score yet.",
    ),
    "questions": (
        item_charts.questions,
        "Difficulty and discrimination of each question",
        "No question has attempts that differ enough to tell how well it separates.",
    ),
    "options": (
        item_charts.options,
        "Who chose which option",
        "No exam has the three attempts that it takes to tell weak from strong.",
    ),
    "reliability": (
        item_charts.reliability,
        f"Reliability of the exams with at least {ENOUGH} scored attempts",
        f"No exam has {ENOUGH} scored attempts that differ; the table has those with fewer.",
    ),
    "dispositions": (charts.dispositions, "What became of the messages", "Nothing has landed yet."),
}


def figures(frames: Frames) -> dict[str, Figure]:
    """The charts, by name."""
    return {
        name: Figure(name, title, _spec(chart, frames), nothing)
        for name, (chart, title, nothing) in FIGURES.items()
    }


def _spec(
    chart: Callable[[Frames], alt.TopLevelMixin | None], frames: Frames
) -> dict[str, Any] | None:
    drawn = chart(frames)
    return {**drawn.to_dict(), "config": charts.style()} if drawn else None


def report(frames: Frames, built_at: datetime) -> str:
    """The report, as HTML."""
    return _render(
        "report.html",
        frames,
        built_at,
        figures=figures(frames),
        tables=tables(frames),
        vega=_vega(),
    )


@cache
def _vega() -> Markup:
    """Vega, Vega-Lite and Vega-Embed, as one script."""
    version = alt.SCHEMA_VERSION.rpartition(".")[0].removeprefix("v")
    return Markup(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", version))  # noqa: S704 (a library)


def index(frames: Frames, built_at: datetime) -> str:
    """The page that leads to the documentation and the report, as HTML."""
    return _render("index.html", frames, built_at)


def note(frames: Frames, built_at: datetime) -> str:
    """The line above dbt's documentation that names the data, as HTML."""
    return _render("note.html", frames, built_at)


def _render(template: str, frames: Frames, built_at: datetime, **context: object) -> str:
    environment = Environment(
        loader=PackageLoader("report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    used = (text.count, text.share, text.duration, text.time, listed, plural, as_json)
    environment.filters |= {filter_.__name__: filter_ for filter_ in used}
    return environment.get_template(template).render(
        frames=frames,
        totals=frames["totals"].iloc[0],
        limits=LIMITS,
        built_at=built_at,
        **context,
    )


def as_json(value: object) -> Markup:
    """A value as JSON that is safe inside a script element."""
    return Markup(json.dumps(value, default=str).replace("<", "\\u003c"))  # noqa: S704 (no tag can start)
