"""The report's tables: captions, the rows of marts, headings, and the text of each cell."""

from collections.abc import Callable
from typing import NamedTuple

from tests.support.expected import attempts, retakes
from tests.support.expected.dataset import Dataset, Row
from tests.support.expected_report import shown
from tests.support.expected_report.formats import (
    digest,
    hundredths,
    minute,
    minutes,
    percent,
    phrase,
    points,
    said,
    whole,
    yes,
)

Cells = dict[str, str]
# By heading: the column, and how its values are written.
Columns = dict[str, tuple[str, Callable[[object], str]]]


class Table(NamedTuple):
    """A table of the report."""

    caption: str
    rows: Callable[[Dataset], list[Row]]
    columns: Columns


def cells(name: str, row: Row) -> Cells:
    """The texts in a row of a table, by heading."""
    columns = TABLES[name].columns.items()
    return {heading: written(row[column]) for heading, (column, written) in columns}


def tables(data: Dataset) -> dict[str, tuple[str, list[Cells]]]:
    """By name: the caption, and the rows in their order."""
    return {
        name: (table.caption, [cells(name, row) for row in table.rows(data)])
        for name, table in TABLES.items()
    }


def around(data: Dataset, name: str) -> list[str]:
    """The lines around a table."""
    caption, rows = TABLES[name].caption, len(TABLES[name].rows(data))
    if not rows:
        return [f"{caption}: none."]
    if rows <= 5:
        return [caption]
    more = [f"Show all {whole(rows)}"] if rows > 12 else []
    return [caption, "Filter", f"rows: {whole(min(12, rows))} of {whole(rows)}", *more]


def behind(data: Dataset, name: str) -> list[str]:
    """The lines around a table that repeats a chart."""
    return ["The same figures as a table", *around(data, name)]


COUNTS: Columns = {
    "attempts": ("attempts", whole),
    "as delivered": ("deliveries", whole),
    "of these tests": ("test_attempts", whole),
}
HOURS: Columns = {"hour (UTC)": ("start_hour", str), **COUNTS}
DAYS: Columns = {"day (UTC)": ("started_on", str), "weekend": ("is_weekend", yes), **COUNTS}
SCORES: Columns = {"answered correctly": ("label", str), "attempts": ("attempts", whole)}
DURATIONS: Columns = {"from start to end": ("label", str), "attempts": ("attempts", whole)}
EXAMS: Columns = {
    "exam": ("exam_name", str),
    "attempts": ("attempts", whole),
    "sessions": ("sessions", whole),
    "retakes": ("retakes", whole),
    "mean score": ("mean_score", percent),
    "of first attempts": ("mean_first_score", percent),
    "median minutes": ("median_duration_seconds", minutes),
    "lower quartile": ("lower_quartile_duration_seconds", minutes),
    "upper quartile": ("upper_quartile_duration_seconds", minutes),
    "sets of questions": ("question_sets", whole),
    "last taken (UTC)": ("last_attempt_at", minute),
}
RETAKE_GAPS: Columns = {
    "seconds from": ("from_seconds", "{:.0f}".format),
    "to": ("to_seconds", "{:.0f}".format),
    "retakes": ("retakes", whole),
    "mean gain in score": ("mean_gain", points),
}
RETAKE_GAINS: Columns = {"points of 100": ("label", str), "retakes": ("retakes", whole)}
RETAKEN_QUESTIONS: Columns = {
    "exam": ("exam_name", str),
    "question": ("question_id", str),
    "verdict": ("verdict", str),
    "wrong before": ("wrong_before", whole),
    "of these corrected": ("corrected_share", percent),
    "95 % interval from": ("corrected_share_low", percent),
    "to": ("corrected_share_high", percent),
    "correct before": ("right_before", whole),
    "of these lost": ("lost_share", percent),
}
INFERENCE: Columns = {
    "exam": ("exam_name", str),
    "attempts": ("attempts", whole),
    "follow another one": ("links", whole),
    "taken for retakes": ("is_inferred", yes),
    "expected by chance": ("chance_links", hundredths),
    "at most (95 %)": ("chance_links_high", whole),
    "with time reversed": ("reversed_links", whole),
    "10 min later": ("later_links", whole),
    "why not": ("reason", said),
}
QUESTIONS: Columns = {
    "exam": ("exam_label", str),
    "question": ("question_number", str),
    "verdict": ("verdict", str),
    "of": ("population", phrase),
    "presented": ("presented", whole),
    "correct": ("difficulty", percent),
    "95 % interval from": ("difficulty_low", percent),
    "to": ("difficulty_high", percent),
    "discrimination": ("discrimination", hundredths),
    "left out": ("unanswered_rate", percent),
    "why a figure is missing": ("reason", said),
}
OPTIONS: Columns = {
    "exam": ("exam_label", str),
    "question": ("question_number", str),
    "option": ("option_number", str),
    "right": ("is_correct", yes),
    "verdict": ("verdict", str),
    "presented": ("presented", whole),
    "chosen by all": ("chosen_share", percent),
    "by the weakest third": ("lower_chosen_share", percent),
    "by the strongest third": ("upper_chosen_share", percent),
}
RELIABILITY: Columns = {
    "exam": ("exam_label", str),
    "KR-20": ("kr20", hundredths),
    "verdict": ("verdict", str),
    "standard error": ("standard_error_of_measurement", hundredths),
    "questions": ("distinct_questions", whole),
    "of": ("population", phrase),
    "scored attempts": ("scored_attempts", whole),
    "left out": ("attempts_left_out", whole),
    "mean correct": ("mean_total_score", hundredths),
    "standard deviation": ("stddev_total_score", hundredths),
}
FILES: Columns = {
    "file": ("source_file", str),
    "complete": ("is_complete", yes),
    "records": ("source_records", whole),
    "landed": ("landed", whole),
    "missing": ("missing", whole),
    "messages": ("messages", whole),
    "last landed (UTC)": ("last_landed_at", minute),
    "SHA-256": ("source_sha256", digest),
}
LOADS: Columns = {
    "load": ("load_id", str),
    "accounted for": ("is_reconciled", yes),
    "messages": ("messages", whole),
    "accepted": ("accepted", whole),
    "duplicates": ("duplicates", whole),
    "rejected": ("rejected", whole),
    "questions": ("question_responses", whole),
    "options": ("option_choices", whole),
    "landed (UTC)": ("landed_at", minute),
}
REJECTED: Columns = {
    "reason": ("rejection_reason", str),
    "messages": ("messages", whole),
    "last landed (UTC)": ("last_landed_at", minute),
}
REPEATED: Columns = {
    "exam": ("exam_name", str),
    "attempt (keen_id)": ("keen_id", str),
    "deliveries": ("deliveries", whole),
    "first published (UTC)": ("first_published_at", minute),
    "last published (UTC)": ("last_published_at", minute),
}
TABLES = {
    "hours": Table("Attempts by hour of start", attempts.attempts_by_hour, HOURS),
    "days": Table("Attempts by day of start", attempts.attempts_by_day, DAYS),
    "scores": Table("Attempts by score", attempts.attempts_by_score, SCORES),
    "durations": Table("Attempts by duration", attempts.attempts_by_duration, DURATIONS),
    "exams": Table("Exams", shown.exams, EXAMS),
    "retake_gaps": Table(
        "Retakes by the time since the attempt before", retakes.retakes_by_gap, RETAKE_GAPS
    ),
    "retake_gains": Table("Retakes by gain", retakes.retakes_by_gain, RETAKE_GAINS),
    "retaken_questions": Table(
        "Questions answered again in a retake", shown.retaken_questions, RETAKEN_QUESTIONS
    ),
    "inference": Table(
        "Attempts that seem to follow another one, and chance", shown.inference, INFERENCE
    ),
    "questions": Table("Questions", shown.questions, QUESTIONS),
    "options": Table("Options", shown.options, OPTIONS),
    "reliability": Table("Reliability of the exams", shown.reliability, RELIABILITY),
    "files": Table("Files", shown.files, FILES),
    "loads": Table("Loads", shown.loads, LOADS),
    "rejected": Table("Reasons of rejection", shown.rejected, REJECTED),
    "repeated": Table("Attempts delivered more than once", shown.repeated, REPEATED),
}
