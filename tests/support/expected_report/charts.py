"""What the report's charts must draw: each mark as it is told to those who do not see it.

A label tells, in this order, where a mark stands on its axes, and what its tooltip says.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from tests.support.expected import attempts, retakes
from tests.support.expected.dataset import Dataset, Row
from tests.support.expected_report import shown
from tests.support.expected_report.formats import half_up
from tests.support.expected_report.tables import cells

VERDICTS = ["sound", "too easy", "too hard", "does not separate", "too few attempts"]
THIRDS = ["weakest third", "strongest third"]
Place: TypeAlias = tuple[float | None, float | None]


@dataclass
class Chart:
    """A chart.

    Attributes:
        description: what is said of the chart as a whole.
        titles: of the horizontal and of the vertical axis.
        marks: labels, each with what is measured: (value along x, value along y), None where an
            axis has names instead of numbers.
        rules: labels of lines that stand for a limit, like marks, None along the other axis; and
            of lines between two marks, which are not measured.
        names: what an axis with names shows, in its order.
        legend: what the colours stand for.
        colours: what the colour of each mark stands for, in the order of marks.
    """

    description: str
    titles: tuple[str, str]
    marks: list[tuple[str, Place]]
    names: list[str] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)
    rules: list[tuple[str, Place]] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)


def canonical(label: str) -> str:
    """A label without the long decimals of where a mark stands, which is measured."""
    return re.sub(r"-?\d+\.\d{3,}(e-\d+)?", "~", label.replace("\N{MINUS SIGN}", "-"))


def raw(value: float) -> str:
    return f"{value:.12g}"


def raw_percent(value: float) -> str:
    return f"{100 * value:.6f}%"


def short_percent(value: float | None) -> str:
    return "null" if value is None else f"{half_up(100 * value, 0)}%"


def charts(data: Dataset) -> dict[str, Chart]:
    """By name, those that have something to draw."""
    found = {
        "hours": hours(data),
        "days": days(data),
        "exams": exams(data),
        "scores": bars(
            attempts.attempts_by_score(data), "questions answered correctly", "attempts"
        ),
        "durations": bars(
            attempts.attempts_by_duration(data), "time from start to end", "attempts"
        ),
        "score_and_duration": score_and_duration(data),
        "retake_gaps": gaps(data),
        "retake_gains": bars(retakes.retakes_by_gain(data), "gain in score", "retakes"),
        "retaken_exams": retaken_exams(data),
        "questions": questions(data),
        "options": options(data),
        "reliability": reliability(data),
        "dispositions": dispositions(data),
    }
    return {
        name: chart
        for name, chart in found.items()
        if any((x, y) not in ((None, 0), (0, None)) for _, (x, y) in chart.marks)
    }


def hours(data: Dataset) -> Chart:
    rows = attempts.attempts_by_hour(data)
    marks = [
        (
            f"hour of start (UTC): {row['start_hour']}; attempts: {row['attempts']:,}; "
            f"hour (UTC): {row['start_hour']}; as delivered: {row['deliveries']:,}",
            (None, row["attempts"]),
        )
        for row in rows
    ]
    return Chart(
        "Bar chart: attempts by hour of start, UTC.",
        ("hour of start (UTC)", "attempts"),
        marks,
        [str(row["start_hour"]) for row in rows],
        colours=["popular" if row["is_most_popular"] else "other" for row in rows],
    )


def days(data: Dataset) -> Chart:
    marks, colours = [], []
    for row in attempts.attempts_by_day(data):
        day = date.fromisoformat(row["started_on"])
        colours.append("weekend" if row["is_weekend"] else "Monday to Friday")
        marks.append(
            (
                f"day of start (UTC): {day.day} {day:%b %y}; attempts: {row['attempts']:,}; "
                f"kind: {colours[-1]}; day: {day:%a} {day.day} {day:%b %Y}; "
                f"as delivered: {row['deliveries']:,}",
                (None, row["attempts"]),
            )
        )
    return Chart(
        "Bar chart: attempts by day of start, UTC.",
        ("day of start (UTC)", "attempts"),
        marks,
        legend=["Monday to Friday", "weekend"],
        colours=colours,
    )


def minutes(row: Row) -> float:
    return row["median_duration_seconds"] / 60


def exams(data: Dataset) -> Chart:
    most = shown.exams(data)[:20]
    marks = [
        (
            f"attempts: {row['attempts']:,}; place: {place}; exam: {row['exam_name']}; "
            f"attempts with a score: {row['attempts_with_score']:,}; "
            f"mean score: {short_percent(row['mean_score'])}; "
            f"median minutes: {half_up(minutes(row), 1)}",
            (row["attempts"], None),
        )
        for place, row in enumerate(most, 1)
    ]
    description = "Bar chart: attempts at each of the exams taken most."
    return Chart(description, ("attempts", ""), marks, [row["exam_name"] for row in most])


def bars(rows: list[Row], title: str, what: str) -> Chart:
    marks = [(f"{title}: {row['label']}; {what}: {row[what]:,}", (None, row[what])) for row in rows]
    names = [row["label"] for row in rows]
    return Chart(f"Bar chart: {what} by {title}.", (title, what), marks, names)


def gaps(data: Dataset) -> Chart:
    rows = [
        {**row, "label": f"{row['from_seconds']:.0f} to {row['to_seconds']:.0f}"}
        for row in retakes.retakes_by_gap(data)
    ]
    return bars(rows, "seconds since the attempt before", "retakes")


def retaken_exams(data: Dataset) -> Chart:
    most = shown.retaken_exams(data)[:20]
    marks = [
        (
            f"retakes: {row['retakes']:,}; place: {place}; exam: {row['exam_name']}; "
            f"attempts: {row['attempts']:,}; sessions: {row['sessions']:,}; "
            f"mean score of first attempts: {short_percent(row['mean_first_score'])}; "
            f"mean score of all attempts: {short_percent(row['mean_score'])}",
            (row["retakes"], None),
        )
        for place, row in enumerate(most, 1)
    ]
    description = "Bar chart: retakes of each of the exams retaken most."
    return Chart(description, ("retakes", ""), marks, [row["exam_name"] for row in most])


def score_and_duration(data: Dataset) -> Chart:
    marks = [
        (
            f"median minutes (logarithmic): {raw(minutes(row))}; "
            f"mean score: {raw_percent(row['mean_score'])}; attempts: {row['attempts']:,}; "
            f"exam: {row['exam_name']}; attempts with a score: {row['attempts_with_score']:,}; "
            f"median minutes: {half_up(minutes(row), 1)}",
            (minutes(row), row["mean_score"]),
        )
        for row in shown.exams(data)
        if row["mean_score"] is not None and minutes(row) > 0
    ]
    description = "Scatter plot: median duration and mean score of each exam."
    return Chart(description, ("median minutes (logarithmic)", "mean score"), marks)


def questions(data: Dataset) -> Chart:
    drawn = [row for row in shown.questions(data) if row["discrimination"] is not None]
    least = min(30, max((row["presented"] for row in drawn), default=0))
    marks, colours = [], []
    for row in drawn:
        if row["presented"] < least:
            continue
        x, y = row["difficulty"], row["discrimination"]
        tooltip = "verdict", "exam", "question", "presented", "correct", "95 % interval from", "to"
        label = (
            f"share that answered correctly: {raw_percent(x)}; discrimination: {raw(y)}; "
            + told("questions", row, *tooltip)
        )
        marks.append((label, (x, y)))
        colours.append(row["verdict"])
    used = {row["verdict"] for row in drawn}
    return Chart(
        "Scatter plot: difficulty and discrimination of each question.",
        ("share that answered correctly", "discrimination"),
        marks,
        legend=[verdict for verdict in VERDICTS if verdict in used],
        rules=[
            ("difficulty: 0.3", (0.3, None)),
            ("difficulty: 0.9", (0.9, None)),
            ("discrimination: 0.2", (None, 0.2)),
        ],
        colours=colours,
    )


def told(table: str, row: Row, *headings: str) -> str:
    """What a tooltip tells as the row of a table does; shares have no space."""
    said = cells(table, row)
    return "; ".join(f"{heading}: {re.sub(' %$', '%', said[heading])}" for heading in headings)


def options(data: Dataset) -> Chart:
    drawn = [row for row in shown.options(data) if row["lower_chosen_share"] is not None]
    marks, rules, names, colours = [], [], [], []
    for row in drawn:
        if row["exam_label"] != drawn[0]["exam_label"]:
            continue
        mark = {True: " ✓", False: "", None: " ?"}[row["is_correct"]]
        name = f"Q{row['question_number']}, option {row['option_number']}{mark}"
        names.append(name)
        shares = "chosen by all", "by the weakest third", "by the strongest third"
        tooltip = f"option: {name}; " + told("options", row, "presented", *shares, "verdict")
        low, high = row["lower_chosen_share"], row["upper_chosen_share"]
        label = (
            f"share that chose the option: {raw_percent(low)}; label: {name}; "
            f"upper_chosen_share: {raw(high)}; {tooltip}"
        )
        rules.append((label, (None, None)))
        for share, third in zip((low, high), THIRDS, strict=True):
            colours.append(third)
            label = f"share: {raw(share)}; label: {name}; third: {third}; {tooltip}"
            marks.append((label, (share, None)))
    return Chart(
        "Dot plot: share of the weakest and the strongest third that chose each option of an exam.",
        ("share that chose the option", ""),
        marks,
        names,
        THIRDS,
        rules,
        colours,
    )


def reliability(data: Dataset) -> Chart:
    drawn = [
        row
        for row in shown.reliability(data)
        if row["kr20"] is not None and row["scored_attempts"] >= 30
    ]
    names = [row["exam_label"] for row in shown.ordered(drawn, "-kr20")]
    tooltip = "verdict", "exam", "KR-20", "standard error", "questions", "scored attempts"
    marks = [
        (
            f"reliability (KR-20): {raw(row['kr20'])}; "
            f"place: {names.index(row['exam_label']) + 1}; " + told("reliability", row, *tooltip),
            (row["kr20"], None),
        )
        for row in drawn
    ]
    return Chart(
        "Dot plot: KR-20 of each exam with enough attempts.",
        ("reliability (KR-20)", ""),
        marks,
        names,
        ["reliable", "less reliable"],
        [("kr20: 0.7", (0.7, None))],
        [row["verdict"] for row in drawn],
    )


def dispositions(data: Dataset) -> Chart:
    marks, colours = [], []
    loads = shown.loads(data)[:20]
    kinds = ["accepted", "duplicates", "rejected"]
    for row in loads:
        for kind in kinds:
            if row[kind]:
                colours.append(kind)
                label = f"messages: {row[kind]:,}; load: {row['load_id']}; became: {kind}"
                marks.append((label, (row[kind], None)))
    description = "Stacked bars: messages accepted, duplicate and rejected, by load."
    names = [str(row["load_id"]) for row in loads]
    return Chart(description, ("messages", "load"), marks, names, kinds, colours=colours)
