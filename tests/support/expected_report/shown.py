"""The rows of marts that the report shows, in its order."""

from collections.abc import Iterable

from tests.support.expected import attempts, items, results, retakes, theory, trust
from tests.support.expected.dataset import Dataset, Row


def totals(data: Dataset) -> Row:
    [row] = attempts.totals(data)
    return row


def retake_totals(data: Dataset) -> Row:
    [row] = retakes.retake_totals(data)
    return row


def ordered(rows: Iterable[Row], *columns: str) -> list[Row]:
    """The rows by columns, those with a minus from the largest number to the smallest."""
    return sorted(
        rows,
        key=lambda row: [-row[c[1:]] if c.startswith("-") else row[c] for c in columns],
    )


def exams(data: Dataset) -> list[Row]:
    """Without the test exam; the exam taken most first."""
    return ordered(results.exam_results(data), "-attempts", "exam_name", "base_exam_id")


def retaken_exams(data: Dataset) -> list[Row]:
    return ordered((row for row in exams(data) if row["retakes"]), "-retakes")


def retaken_questions(data: Dataset) -> list[Row]:
    """Those that stay wrong first; those that nobody had wrong last."""

    def key(row: Row) -> tuple:
        high = row["corrected_share_high"]
        last = 2 if high is None else round(high, 9)
        return last, row["exam_name"], row["base_exam_id"], row["question_id"]

    return sorted((row for row in retakes.question_retakes(data) if not row["is_test"]), key=key)


def inference(data: Dataset) -> list[Row]:
    """The exams without inferred retakes first."""
    columns = "is_inferred", "-links", "-attempts", "exam_name", "base_exam_id"
    return ordered(retakes.retake_inference(data), *columns)


def preferred(rows: list[Row]) -> list[Row]:
    """Those of the population to read."""
    return [row for row in rows if row["is_preferred"]]


def questions(data: Dataset) -> list[Row]:
    columns = "-presented", "exam_label", "question_number"
    return ordered(preferred(items.item_analysis(data)), *columns)


def options(data: Dataset) -> list[Row]:
    columns = "-presented", "exam_label", "question_number", "option_number"
    return ordered(preferred(items.distractor_analysis(data)), *columns)


def reliability(data: Dataset) -> list[Row]:
    return ordered(preferred(theory.exam_reliability(data)), "-scored_attempts", "exam_label")


def files(data: Dataset) -> list[Row]:
    """The file that landed last first."""
    by_name = ordered(trust.source_files(data), "source_file")
    return sorted(by_name, key=lambda row: row["last_landed_at"], reverse=True)


def loads(data: Dataset) -> list[Row]:
    """The newest first."""
    return ordered(trust.load_reconciliation(data), "-load_id")


def rejected(data: Dataset) -> list[Row]:
    return ordered(trust.rejection_reasons(data), "-messages", "rejection_reason")


def repeated(data: Dataset) -> list[Row]:
    return ordered(trust.repeated_deliveries(data), "-deliveries", "exam_name", "keen_id")
