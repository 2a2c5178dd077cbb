"""The tables of the report: their columns, headings, formats and sort keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from report.frames import Frames
from report.text import FORMATS

MOST_ROWS = 10_000  # of a table in the page, which people send by mail
NUMBERS = ("count", "number", "share", "points", "hundredths", "minutes")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        field: the column of the frame.
        title: the heading in the page.
        kind: a key of FORMATS, which selects the format; NUMBERS has the kinds that are numbers.
        order: the column of the frame that the rows sort by; "" for `field` itself. For labels of
            ranges, whose text sorts "15 to 30 s" behind "15 min to 1 h".
    """

    field: str
    title: str
    kind: str = "text"
    order: str = ""

    @property
    def css(self) -> str:
        """The CSS class of the cells; cells of the class `number` sort as numbers."""
        return "number" if self.kind in NUMBERS else self.kind


@dataclass(frozen=True)
class Table:
    """A table: its name in the page, caption, columns, and the frame that holds its rows."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame

    @property
    def size(self) -> int:
        """How many rows the page shows."""
        return min(len(self.frame), MOST_ROWS)

    def rows(self) -> Iterator[list[tuple[str, str]]]:
        """The cells of each row of the page: text and sort key ("" if there is no value)."""
        shown = self.frame.head(self.size)
        values, keys = (
            shown[fields].itertuples(index=False, name=None)
            for fields in (
                [column.field for column in self.columns],
                [column.order or column.field for column in self.columns],
            )
        )
        for row in zip(values, keys, strict=True):
            yield [_cell(*cell) for cell in zip(*row, self.columns, strict=True)]


def _cell(value: Any, key: Any, column: Column) -> tuple[str, str]:  # noqa: ANN401 (any cell)
    if pd.isna(value):
        return "—", ""
    order = key.isoformat() if isinstance(key, pd.Timestamp) else str(key)
    return FORMATS[column.kind](value), order


def tables(frames: Frames) -> dict[str, Table]:
    """The tables of the report, by name."""
    return {
        name: Table(name, caption, tuple(Column(*column) for column in columns), frames[name])
        for name, (caption, columns) in TABLES.items()
    }


ATTEMPTS = ("attempts", "attempts", "count")

TABLES: dict[str, tuple[str, list[tuple[str, ...]]]] = {
    "hours": (
        "Attempts by hour of start",
        [
            ("start_hour", "hour (UTC)", "count"),
            ATTEMPTS,
            ("deliveries", "as delivered", "count"),
            ("test_attempts", "of these tests", "count"),
        ],
    ),
    "days": (
        "Attempts by day of start",
        [
            ("started_on", "day (UTC)"),
            ("is_weekend", "weekend", "flag"),
            ATTEMPTS,
            ("deliveries", "as delivered", "count"),
            ("test_attempts", "of these tests", "count"),
        ],
    ),
    "scores": (
        "Attempts by score",
        [("label", "answered correctly", "text", "bin"), ATTEMPTS],
    ),
    "durations": (
        "Attempts by duration",
        [("label", "from start to end", "text", "bin"), ATTEMPTS],
    ),
    "exams": (
        "Exams",
        [
            ("exam_name", "exam"),
            ATTEMPTS,
            ("sessions", "sessions", "count"),
            ("retakes", "retakes", "count"),
            ("mean_score", "mean score", "share"),
            ("mean_first_score", "of first attempts", "share"),
            ("median_duration_seconds", "median minutes", "minutes"),
            ("lower_quartile_duration_seconds", "lower quartile", "minutes"),
            ("upper_quartile_duration_seconds", "upper quartile", "minutes"),
            ("question_sets", "sets of questions", "count"),
            ("last_attempt_at", "last taken (UTC)", "time"),
        ],
    ),
    "retake_gaps": (
        "Retakes by the time since the attempt before",
        [
            ("from_seconds", "seconds from", "number"),
            ("to_seconds", "to", "number"),
            ("retakes", "retakes", "count"),
            ("mean_gain", "mean gain in score", "points"),
        ],
    ),
    "retake_gains": (
        "Retakes by gain",
        [("label", "points of 100", "text", "bin"), ("retakes", "retakes", "count")],
    ),
    "retaken_questions": (
        "Questions answered again in a retake",
        [
            ("exam_name", "exam"),
            ("question_id", "question"),
            ("verdict", "verdict"),
            ("wrong_before", "wrong before", "count"),
            ("corrected_share", "of these corrected", "share"),
            ("corrected_share_low", "95 % interval from", "share"),
            ("corrected_share_high", "to", "share"),
            ("right_before", "correct before", "count"),
            ("lost_share", "of these lost", "share"),
        ],
    ),
    "inference": (
        "Attempts that seem to follow another one, and chance",
        [
            ("exam_name", "exam"),
            ("attempts", "attempts", "count"),
            ("links", "follow another one", "count"),
            ("is_inferred", "taken for retakes", "flag"),
            ("chance_links", "expected by chance", "hundredths"),
            ("chance_links_high", "at most (95 %)", "count"),
            ("reversed_links", "with time reversed", "count"),
            ("later_links", "10 min later", "count"),
            ("reason", "why not"),
        ],
    ),
    "questions": (
        "Questions",
        [
            ("exam_label", "exam"),
            ("question_number", "question", "count"),
            ("verdict", "verdict"),
            ("population", "of", "words"),
            ("presented", "presented", "count"),
            ("difficulty", "correct", "share"),
            ("difficulty_low", "95 % interval from", "share"),
            ("difficulty_high", "to", "share"),
            ("discrimination", "discrimination", "hundredths"),
            ("unanswered_rate", "left out", "share"),
            ("reason", "why a figure is missing"),
        ],
    ),
    "options": (
        "Options",
        [
            ("exam_label", "exam"),
            ("question_number", "question", "count"),
            ("option_number", "option", "count"),
            ("is_correct", "right", "flag"),
            ("verdict", "verdict"),
            ("presented", "presented", "count"),
            ("chosen_share", "chosen by all", "share"),
            ("lower_chosen_share", "by the weakest third", "share"),
            ("upper_chosen_share", "by the strongest third", "share"),
        ],
    ),
    "reliability": (
        "Reliability of the exams",
        [
            ("exam_label", "exam"),
            ("kr20", "KR-20", "hundredths"),
            ("verdict", "verdict"),
            ("standard_error_of_measurement", "standard error", "hundredths"),
            ("distinct_questions", "questions", "count"),
            ("population", "of", "words"),
            ("scored_attempts", "scored attempts", "count"),
            ("attempts_left_out", "left out", "count"),
            ("mean_total_score", "mean correct", "hundredths"),
            ("stddev_total_score", "standard deviation", "hundredths"),
        ],
    ),
    "files": (
        "Files",
        [
            ("source_file", "file"),
            ("is_complete", "complete", "flag"),
            ("source_records", "records", "count"),
            ("landed", "landed", "count"),
            ("missing", "missing", "count"),
            ("messages", "messages", "count"),
            ("last_landed_at", "last landed (UTC)", "time"),
            ("source_sha256", "SHA-256", "hash"),
        ],
    ),
    "loads": (
        "Loads",
        [
            ("load_id", "load", "count"),
            ("is_reconciled", "accounted for", "flag"),
            ("messages", "messages", "count"),
            ("accepted", "accepted", "count"),
            ("duplicates", "duplicates", "count"),
            ("rejected", "rejected", "count"),
            ("question_responses", "questions", "count"),
            ("option_choices", "options", "count"),
            ("landed_at", "landed (UTC)", "time"),
        ],
    ),
    "rejected": (
        "Reasons of rejection",
        [
            ("rejection_reason", "reason"),
            ("messages", "messages", "count"),
            ("last_landed_at", "last landed (UTC)", "time"),
        ],
    ),
    "repeated": (
        "Attempts delivered more than once",
        [
            ("exam_name", "exam"),
            ("keen_id", "attempt (keen_id)"),
            ("deliveries", "deliveries", "count"),
            ("first_published_at", "first published (UTC)", "time"),
            ("last_published_at", "last published (UTC)", "time"),
        ],
    ),
}
