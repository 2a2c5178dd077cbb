"""When exams are taken; which, and how well they go."""

from math import floor
from statistics import median

from tests.support.expected.attempts import attempts_by_day, attempts_by_hour
from tests.support.expected.dataset import Dataset
from tests.support.expected_report import shown
from tests.support.expected_report.formats import lasting, percent, several, unless, whole
from tests.support.expected_report.tables import around, behind


def when(data: Dataset) -> list[str]:
    totals = shown.totals(data)
    n, tests = totals["attempts"], totals["test_attempts"]
    counted = several(n, "attempt")
    counted += f", {several(tests, 'test attempt')} included" if tests else ""
    nothing = unless(n, "No attempt has been delivered yet.")
    return [
        "When exams are taken",
        *([popular_hours(data)] if n else []),
        "Attempts by hour of the day", counted, *nothing, *behind(data, "hours"),
        "Attempts by day", counted, *nothing, *behind(data, "days"),
    ]  # fmt: skip


def popular_hours(data: Dataset) -> str:
    popular = [row for row in attempts_by_hour(data) if row["is_most_popular"]]
    hours = " and from ".join("{0}:00 to {0}:59".format(row["start_hour"]) for row in popular)
    tie, n = len(popular) > 1, shown.totals(data)["attempts"]
    weekend = sum(row["attempts"] for row in attempts_by_day(data) if row["is_weekend"])
    return (
        f"More attempts start from {hours} "
        f"UTC than in {'each' if tie else 'any'} other hour: {whole(popular[0]['attempts'])} of "
        f"{whole(n)}{' in each' * tie}. Saturdays and Sundays have "
        f"{percent(weekend / n)} of all attempts; 29 % would be their "
        "part of the week."
    )


def which(data: Dataset) -> list[str]:
    totals, exams = shown.totals(data), shown.exams(data)
    real, with_score = totals["real_attempts"], totals["attempts_with_score"]
    left_out = ", test attempts left out" if totals["test_attempts"] else ""
    drawn = sum(row["attempts"] for row in exams[:20])
    with_both = [
        row["attempts_with_score"]
        for row in exams
        if row["mean_score"] is not None and row["median_duration_seconds"] > 0
    ]
    return [
        "Which exams, and how well they go",
        *([on_exams(data)] if real else []),
        "The exams taken most",
        f"{several(min(20, len(exams)), 'exam')} of {len(exams)}; "
        f"{several(drawn, 'attempt')}{left_out}",
        *unless(exams, "No exam has been taken yet."),
        "Attempts by score",
        f"{several(with_score, 'attempt')} with a score",
        *unless(with_score, "No attempt has a score yet."),
        *behind(data, "scores"),
        "Attempts by duration",
        several(real, "attempt") + left_out,
        *unless(real, "No exam has been taken yet."),
        *behind(data, "durations"),
        "Score and duration of each exam",
        f"{several(len(with_both), 'exam')}, larger for more attempts; "
        f"{several(sum(with_both), 'attempt')} with a score",
        *unless(with_both, "No exam has a score and a duration yet."),
        *around(data, "exams"),
    ]


def on_exams(data: Dataset) -> str:
    totals, exams = shown.totals(data), shown.exams(data)
    real, with_score = totals["real_attempts"], totals["attempts_with_score"]
    tests = " besides the test exam" if totals["test_attempts"] else ""
    often = several(floor(median(row["attempts"] for row in exams)), "time")
    taken = (
        f"The only exam{tests} was taken {several(real, 'time')}. "
        if len(exams) == 1
        else f"Half of the {len(exams):,} exams{tests} were taken {often} or less. "
    )
    lasted = "The attempt lasted" if real == 1 else "Half of the attempts lasted less than"
    score = (
        f", and {'on average ' * (with_score > 1)}{percent(totals['mean_score'])} of "
        "the questions were answered correctly"
    )
    duration = lasting(totals["median_duration_seconds"])
    return f"{taken}{lasted} {duration}{score if with_score else ''}."
