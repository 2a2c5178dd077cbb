"""The pages: the report and the index, each one file that fetches nothing."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import altair as alt
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cli.console import listed, plural
from report import charts, item_charts, retake_charts, text
from report.figures import Figure, figures_of
from report.frames import Frames, limits, only_row
from report.sentences import on_losses, sentences
from report.tables import tables

FIGURES = {
    name: figure
    for module in (charts, retake_charts, item_charts)
    for name, figure in figures_of(module).items()
}


@dataclass(frozen=True)
class Drawn:
    """A figure as the page shows it.

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


def figures(frames: Frames) -> dict[str, Drawn]:
    """The figures, by name."""
    return {name: _drawn(name, figure, frames) for name, figure in FIGURES.items()}


def _drawn(name: str, figure: Figure, frames: Frames) -> Drawn:
    chart = figure.draw(frames)
    limit = {name: text.number(value) for name, value in limits(frames).items()}
    spec = {**chart.to_dict(), "config": charts.style()} if chart else None
    return Drawn(name, figure.title.format(**limit), spec, figure.nothing.format(**limit))


def report(frames: Frames, built_at: datetime) -> str:
    """The report, as HTML."""
    return _render(
        "report.html",
        frames,
        built_at,
        figures=figures(frames),
        tables=tables(frames),
        sentences=sentences(frames),
        limits=limits(frames),
        shown=charts.SHOWN,
        vega=_vega(),
    )


@cache
def _vega() -> Markup:
    """Vega, Vega-Lite and Vega-Embed, as one script."""
    version = alt.SCHEMA_VERSION.rpartition(".")[0].removeprefix("v")
    return Markup(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", version))  # noqa: S704 (a library)


def index(frames: Frames, built_at: datetime) -> str:
    """The page that leads to the documentation and the report, as HTML."""
    return _render("index.html", frames, built_at, losses=on_losses(frames))


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
    used = (text.count, text.number, text.share, text.exact_share, text.duration, text.time)
    environment.filters |= {filter_.__name__: filter_ for filter_ in (*used, plural, as_json)}
    # Messages of other programs may lack the header with the name.
    names = frames["files"].source_file.fillna("a file without a name")
    return environment.get_template(template).render(
        frames=frames,
        totals=only_row(frames["totals"]),
        file_names=listed(names.tolist()),
        built_at=built_at,
        **context,
    )


def as_json(value: object) -> Markup:
    """A value as JSON that is safe inside a script element."""
    return Markup(json.dumps(value, default=str).replace("<", "\\u003c"))  # noqa: S704 (no tag can start)
