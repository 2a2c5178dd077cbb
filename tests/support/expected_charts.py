"""What the report's charts must draw: each mark as it is told to those who do not see it.

A label tells, in this order, where a mark stands on its axes, and what its tooltip says.
"""

import re
from dataclasses import dataclass, field
from statistics import mean, median
from typing import TypeAlias

from tests.support.expected_report import Attempt, ExpectedReport, average, half_up, kind_of

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


def delivered(attempts: list[Attempt]) -> int:
    return sum(len(attempt.deliveries) for attempt in attempts)


def charts(expected: ExpectedReport) -> dict[str, Chart]:
    """By name, those that have something to draw."""
    found = {
        "hours": hours(expected),
        "days": days(expected),
        "exams": exams(expected),
        "scores": bars(expected, "scores", "answered correctly", "questions answered correctly"),
        "durations": bars(expected, "durations", "from start to end", "time from start to end"),
        "score_and_duration": score_and_duration(expected),
        "retake_gaps": gaps(expected),
        "retake_gains": gains(expected),
        "retaken_exams": retaken_exams(expected),
        "questions": questions(expected),
        "options": options(expected),
        "reliability": reliability(expected),
        "dispositions": dispositions(expected),
    }
    return {
        name: chart
        for name, chart in found.items()
        if any((x, y) not in ((None, 0), (0, None)) for _, (x, y) in chart.marks)
    }


def hours(expected: ExpectedReport) -> Chart:
    marks, colours = [], []
    for hour in range(24):
        at = [attempt for attempt in expected.attempts if attempt.start.hour == hour]
        marks.append(
            (
                f"hour of start (UTC): {hour}; attempts: {len(at):,}; hour (UTC): {hour}; "
                f"as delivered: {delivered(at):,}",
                (None, len(at)),
            )
        )
        popular = expected.attempts and hour in expected.popular_hours[0]
        colours.append("popular" if popular else "other")
    names = [str(hour) for hour in range(24)]
    description = "Bar chart: attempts by hour of start, UTC."
    return Chart(description, ("hour of start (UTC)", "attempts"), marks, names, colours=colours)


def days(expected: ExpectedReport) -> Chart:
    marks, colours = [], []
    for day in expected.days:
        on = [attempt for attempt in expected.attempts if attempt.start.date() == day]
        colours.append(kind_of(day))
        marks.append(
            (
                f"day of start (UTC): {day.day} {day:%b %y}; attempts: {len(on):,}; "
                f"kind: {kind_of(day)}; day: {day:%a} {day.day} {day:%b %Y}; "
                f"as delivered: {delivered(on):,}",
                (None, len(on)),
            )
        )
    return Chart(
        "Bar chart: attempts by day of start, UTC.",
        ("day of start (UTC)", "attempts"),
        marks,
        legend=["Monday to Friday", "weekend"],
        colours=colours,
    )


def of_exam(
    expected: ExpectedReport, exam: str, attempts: list[Attempt]
) -> tuple[str, float, float]:
    """What a tooltip says of an exam; its mean score, and its median minutes."""
    scores = [attempt.score[0] / attempt.score[1] for attempt in attempts if attempt.score]
    score = mean(scores) if scores else None
    minutes = median(attempt.seconds / 60 for attempt in attempts)
    text = (
        f"exam: {expected.exam_names[exam]}; attempts with a score: {len(scores):,}; "
        f"mean score: {short_percent(score)}; median minutes: {half_up(minutes, 1)}"
    )
    return text, score, minutes


def exams(expected: ExpectedReport) -> Chart:
    most = expected.by_exam[:20]
    marks = [
        (
            f"attempts: {len(attempts):,}; place: {place}; {of_exam(expected, exam, attempts)[0]}",
            (len(attempts), None),
        )
        for place, (exam, attempts) in enumerate(most, 1)
    ]
    description = "Bar chart: attempts at each of the exams taken most."
    names = [expected.exam_names[exam] for exam, _ in most]
    return Chart(description, ("attempts", ""), marks, names)


def bars(expected: ExpectedReport, table: str, heading: str, title: str) -> Chart:
    _, rows = expected.tables[table]
    return histogram({row[heading]: row["attempts"] for row in rows}, title, "attempts")


def histogram(numbers: dict[str, str], title: str, what: str) -> Chart:
    marks = [
        (f"{title}: {name}; {what}: {number}", (None, int(number.replace(",", ""))))
        for name, number in numbers.items()
    ]
    return Chart(f"Bar chart: {what} by {title}.", (title, what), marks, list(numbers))


def gaps(expected: ExpectedReport) -> Chart:
    _, rows = expected.tables["retake_gaps"]
    numbers = {f"{row['seconds from']} to {row['to']}": row["retakes"] for row in rows}
    return histogram(numbers, "seconds since the attempt before", "retakes")


def gains(expected: ExpectedReport) -> Chart:
    _, rows = expected.tables["retake_gains"]
    numbers = {row["points of 100"]: row["retakes"] for row in rows}
    return histogram(numbers, "gain in score", "retakes")


def retaken_exams(expected: ExpectedReport) -> Chart:
    marks, names = [], []
    for place, (exam, attempts, number) in enumerate(expected.retaken_exams[:20], 1):
        first = average(attempt.share for attempt in expected.firsts(attempts))
        score = average(attempt.share for attempt in attempts)
        names.append(expected.exam_names[exam])
        marks.append(
            (
                f"retakes: {number:,}; place: {place}; exam: {names[-1]}; "
                f"attempts: {len(attempts):,}; sessions: {len(attempts) - number:,}; "
                f"mean score of first attempts: {short_percent(first)}; "
                f"mean score of all attempts: {short_percent(score)}",
                (number, None),
            )
        )
    description = "Bar chart: retakes of each of the exams retaken most."
    return Chart(description, ("retakes", ""), marks, names)


def score_and_duration(expected: ExpectedReport) -> Chart:
    marks = []
    for exam, attempts in expected.by_exam:
        text, score, minutes = of_exam(expected, exam, attempts)
        if score is not None and minutes > 0:
            marks.append(
                (
                    f"median minutes (logarithmic): {raw(minutes)}; "
                    f"mean score: {raw_percent(score)}; attempts: {len(attempts):,}; "
                    # That it has a mean score stands there already.
                    + text.replace(f"mean score: {short_percent(score)}; ", ""),
                    (minutes, score),
                )
            )
    description = "Scatter plot: median duration and mean score of each exam."
    return Chart(description, ("median minutes (logarithmic)", "mean score"), marks)


def questions(expected: ExpectedReport) -> Chart:
    drawn = [(row, of) for row, of in expected.questions if of["y"] is not None]
    least = min(30, max((of["n"] for _, of in drawn), default=0))
    marks, colours = [], []
    for row, of in drawn:
        if of["n"] < least:
            continue
        colours.append(row["verdict"])
        low, high = row["95 % interval from"], row["to"]
        marks.append(
            (
                f"share that answered correctly: {raw_percent(of['x'])}; "
                f"discrimination: {raw(of['y'])}; verdict: {row['verdict']}; exam: {row['exam']}; "
                f"question: {row['question']}; presented: {row['presented']}; "
                f"correct: {tight(row['correct'])}; 95 % interval from: {tight(low)}; "
                f"to: {tight(high)}",
                (of["x"], of["y"]),
            )
        )
    used = {row["verdict"] for row, _ in drawn}
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


def tight(text: str) -> str:
    """A share as a chart writes it."""
    return text.replace(" %", "%")


def options(expected: ExpectedReport) -> Chart:
    drawn = [(row, of) for row, of in expected.options if of["low"] is not None]
    marks, rules, names, colours = [], [], [], []
    for row, of in drawn:
        if row["exam"] != drawn[0][0]["exam"]:
            continue
        mark = {"yes": " ✓", "no": "", "—": " ?"}[row["right"]]
        name = f"Q{row['question']}, option {row['option']}{mark}"
        names.append(name)
        tooltip = (
            f"option: {name}; presented: {row['presented']}; "
            f"chosen by all: {tight(row['chosen by all'])}; "
            f"by the weakest third: {tight(row['by the weakest third'])}; "
            f"by the strongest third: {tight(row['by the strongest third'])}; "
            f"verdict: {row['verdict']}"
        )
        label = (
            f"share that chose the option: {raw_percent(of['low'])}; label: {name}; "
            f"upper_chosen_share: {raw(of['high'])}; {tooltip}"
        )
        rules.append((label, (None, None)))
        for share, third in zip((of["low"], of["high"]), THIRDS, strict=True):
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


def reliability(expected: ExpectedReport) -> Chart:
    drawn = [(row, of) for row, of in expected.reliability if of["x"] is not None and of["n"] >= 30]
    names = [row["exam"] for row, of in sorted(drawn, key=lambda row: -row[1]["x"])]
    marks = [
        (
            f"reliability (KR-20): {raw(of['x'])}; place: {names.index(row['exam']) + 1}; "
            f"verdict: {row['verdict']}; exam: {row['exam']}; KR-20: {row['KR-20']}; "
            f"standard error: {row['standard error']}; questions: {row['questions']}; "
            f"scored attempts: {row['scored attempts']}",
            (of["x"], None),
        )
        for row, of in drawn
    ]
    return Chart(
        "Dot plot: KR-20 of each exam with enough attempts.",
        ("reliability (KR-20)", ""),
        marks,
        names,
        ["reliable", "less reliable"],
        [("kr20: 0.7", (0.7, None))],
        [row["verdict"] for row, _ in drawn],
    )


def dispositions(expected: ExpectedReport) -> Chart:
    marks, colours, names = [], [], []
    for messages in expected.loads[:20]:
        load = messages[0].load_id
        names.append(str(load))
        for kind, number in expected.became(messages).items():
            if number:
                colours.append(kind)
                label = f"messages: {number:,}; load: {load}; became: {kind}"
                marks.append((label, (number, None)))
    description = "Stacked bars: messages accepted, duplicate and rejected, by load."
    legend = ["accepted", "duplicates", "rejected"]
    return Chart(description, ("messages", "load"), marks, names, legend, colours=colours)
