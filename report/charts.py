"""The charts of attempts, exams and loads, and the style that all charts share.

A figure is a function that takes the frames (the rows of all queries, by name) and returns the
chart, or None if there is nothing to draw. Colours are CSS variables: the page's style sheet
defines them for light, dark and paper.
"""

import json
from typing import Any

import altair as alt
import pandas as pd

from report.figures import Chart, figure
from report.frames import Frames

SHOWN = 20  # the most bars of a chart; its table has all rows
NO_ATTEMPT = "No attempt has been delivered yet."

NARROW = "windowSize()[0] < 700"
LONG_NAMES = alt.ExprRef(f"{NARROW} ? 130 : 380")  # pixels that the name of an exam may take
# Vega also draws ticks at halves, and would round their labels: 0, 1, 1.
COUNT = alt.Axis(format=",d", tickMinStep=1, labelExpr="datum.value % 1 ? '' : datum.label")
PERCENT = alt.Axis(format="%", values=[0, 0.2, 0.4, 0.6, 0.8, 1])

alt.data_transformers.disable_max_rows()


def style() -> dict[str, Any]:
    """The Vega-Lite configuration that all charts share."""
    size = {"labelFontSize": 12, "titleFontSize": 12}
    text = {"labelColor": "var(--ink)", "titleColor": "var(--muted)", **size}
    lines = dict.fromkeys(("gridColor", "domainColor", "tickColor"), "var(--line)")
    return {
        "background": "transparent",
        "font": "system-ui, sans-serif",
        "view": {"stroke": None},
        "axis": {**text, **lines, "titleFontWeight": "normal", "titlePadding": 8},
        # A phone is too narrow for names side by side, or for the title of a short axis above its
        # middle.
        "axisX": {"titleAnchor": {"expr": f"{NARROW} ? 'end' : 'middle'"}},
        "legend": {
            **text,
            "orient": "top",
            "title": None,
            "labelLimit": 0,
            "columns": {"expr": f"{NARROW} ? 1 : 0"},
        },
        "bar": {"color": "var(--accent)"},
        "rule": {"color": "var(--muted)"},
    }


def finished(chart: Chart, description: str, height: int | alt.Step = 260) -> Chart:
    """The chart, as wide as its container, with a description for those who do not see it."""
    return chart.properties(width="container", height=height, description=description)


def palette(colours: dict[str, str]) -> alt.Scale:
    """A scale that gives each name its colour.

    Args:
        colours: by name, a variable of the style sheet, without its `--`.
    """
    return alt.Scale(
        domain=list(colours), range=[f"var(--{colour})" for colour in colours.values()]
    )


def count(field: str, title: str | None = None) -> alt.Tooltip:
    """A line of a tooltip that shows a whole number."""
    return alt.Tooltip(f"{field}:Q", title=title or field, format=",")


def share(field: str, title: str) -> alt.Tooltip:
    """A line of a tooltip that shows a share from 0 to 1, in per cent."""
    return alt.Tooltip(f"{field}:Q", title=title, format=".0%")


@figure("Attempts by hour of the day", nothing=NO_ATTEMPT)
def hours(frames: Frames) -> Chart | None:
    """Attempts by hour of the day; one bar per hour, the most popular hours marked."""
    data = frames["hours"]
    if not data.attempts.any():
        return None
    bars = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X("start_hour:O", title="hour of start (UTC)").axis(
                labelAngle=0, labelOverlap=True
            ),
            y=alt.Y("attempts:Q", title="attempts", axis=COUNT),
            color=alt.when("datum.is_most_popular")
            .then(alt.value("var(--strong)"))
            .otherwise(alt.value("var(--accent)")),
            tooltip=[
                alt.Tooltip("start_hour:O", title="hour (UTC)"),
                count("attempts"),
                count("deliveries", "as delivered"),
            ],
        )
    )
    return finished(bars, "Bar chart: attempts by hour of start, UTC.")


@figure("Attempts by day", nothing=NO_ATTEMPT)
def days(frames: Frames) -> Chart | None:
    """Attempts by day; one bar per day, weekends in another colour."""
    data = frames["days"]
    if data.empty:
        return None
    kind = data.is_weekend.map({True: "weekend", False: "Monday to Friday"})
    day = "utcyearmonthdate(started_on):T"
    bars = (
        alt.Chart(data.assign(started_on=data.started_on.astype(str), kind=kind))
        .mark_bar()
        .encode(
            x=alt.X(day, title="day of start (UTC)").axis(
                format="%-d %b %y", grid=False, labelBound=True
            ),
            y=alt.Y("attempts:Q", title="attempts", axis=COUNT),
            color=alt.Color(
                "kind:N", scale=palette({"Monday to Friday": "accent", "weekend": "warm"})
            ),
            tooltip=[
                alt.Tooltip(day, title="day", format="%a %-d %b %Y"),
                count("attempts"),
                count("deliveries", "as delivered"),
            ],
        )
    )
    return finished(bars, "Bar chart: attempts by day of start, UTC.")


@figure("The exams taken most", nothing="No exam has been taken yet.")
def exams(frames: Frames) -> Chart | None:
    """The exams taken most; one bar per exam."""
    data = frames["exams"].head(SHOWN)
    if data.empty:
        return None
    bars = exam_bars(
        _with_minutes(data), alt.X("attempts:Q", title="attempts", axis=COUNT), _exam_tooltip()
    )
    return finished(bars, "Bar chart: attempts at each of the exams taken most.", alt.Step(22))


def exam_bars(data: pd.DataFrame, x: alt.X, tooltip: list[alt.Tooltip]) -> alt.Chart:
    """A bar for each exam, in the order of the rows."""
    data = data.assign(place=range(1, len(data) + 1))
    return alt.Chart(data).mark_bar().encode(y=places(data.exam_name), x=x, tooltip=tooltip)


def places(names: "pd.Series[str]", grid: bool = False) -> alt.Y:
    """An axis for the field `place`, which counts from 1; it shows the name at each place.

    Two exams may share a name. And Vega can neither sort by "constructor" nor read it in an
    expression, because each object has this property: so names stand behind a space.
    """
    texts = json.dumps([f" {name}" for name in names])
    return alt.Y("place:O", title=None).axis(
        labelExpr=f"slice({texts}[datum.value - 1], 1)", labelLimit=LONG_NAMES, grid=grid
    )


def _with_minutes(exams: pd.DataFrame) -> pd.DataFrame:
    return exams.assign(median_minutes=exams.median_duration_seconds / 60)


def _exam_tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("exam_name:N", title="exam"),
        count("attempts"),
        count("attempts_with_score", "attempts with a score"),
        share("mean_score", "mean score"),
        alt.Tooltip("median_minutes:Q", title="median minutes", format=".1f"),
    ]


@figure("Attempts by score", nothing="No attempt has a score yet.")
def scores(frames: Frames) -> Chart | None:
    """Attempts by score; ten bars."""
    return histogram(frames["scores"], "questions answered correctly")


@figure("Attempts by duration", nothing="No exam has been taken yet.")
def durations(frames: Frames) -> Chart | None:
    """Attempts by duration; eight bars."""
    return histogram(frames["durations"], "time from start to end")


def histogram(data: pd.DataFrame, title: str, field: str = "attempts") -> Chart | None:
    """Bars of equal width for the bins that `label` names; None if all bins are empty.

    Args:
        data: the bins in their order.
        title: the title of the axis with the labels.
        field: what each bin counts.
    """
    if not data[field].any():
        return None
    bars = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X("label:O", sort=data.label.tolist(), title=title).axis(labelAngle=-40),
            y=alt.Y(f"{field}:Q", title=field, axis=COUNT),
            tooltip=[alt.Tooltip("label:O", title=title), count(field)],
        )
    )
    return finished(bars, f"Bar chart: {field} by {title}.")


@figure("Score and duration of each exam", nothing="No exam has a score and a duration yet.")
def score_and_duration(frames: Frames) -> Chart | None:
    """Exams by mean score and median duration; one point per exam that has both."""
    data = _with_minutes(frames["exams"]).dropna(subset=["mean_score"])
    data = data[data.median_minutes > 0]  # if clocks disagree, a duration may be negative
    if data.empty:
        return None
    least, most = data.median_minutes.min(), data.median_minutes.max()
    # Vega would draw all ticks at the place of a single duration.
    domain = [least / 4, most * 4] if least == most else alt.Undefined
    points = (
        alt.Chart(data)
        .mark_circle(opacity=0.8, color="var(--accent)")
        .encode(
            x=alt.X("median_minutes:Q", title="median minutes (logarithmic)")
            .scale(type="log", nice=False, padding=16, domain=domain)
            .axis(values=[0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 240], format="~g"),
            y=alt.Y("mean_score:Q", title="mean score", axis=PERCENT).scale(domain=[0, 1]),
            size=alt.Size("attempts:Q", legend=None).scale(rangeMin=20, rangeMax=700),
            tooltip=_exam_tooltip(),
        )
    )
    return finished(points, "Scatter plot: median duration and mean score of each exam.", 340)


@figure("What became of the messages", nothing="The tables hold no message yet.")
def dispositions(frames: Frames) -> Chart | None:
    """Messages of the latest loads by disposition; one bar per load and disposition."""
    colours = {"accepted": "accent", "duplicates": "warm", "rejected": "alarm"}
    data = frames["loads"].head(SHOWN).drop(columns="messages")
    data = data.melt("load_id", list(colours), "became", "messages")
    data = data[data.messages > 0]
    if data.empty:
        return None
    bars = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            y=alt.Y("load_id:O", sort="descending", title="load"),
            x=alt.X("messages:Q", title="messages", axis=COUNT),
            color=alt.Color("became:N", scale=palette(colours)),
            tooltip=[
                alt.Tooltip("load_id:O", title="load"),
                alt.Tooltip("became:N"),
                count("messages"),
            ],
        )
    )
    return finished(
        bars, "Stacked bars: messages accepted, duplicate and rejected, by load.", alt.Step(26)
    )
