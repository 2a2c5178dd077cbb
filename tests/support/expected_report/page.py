"""The text of the report and of the index page, line by line."""

from tests.support.expected.dataset import Dataset
from tests.support.expected_report import answers, exams, questions, retakes, shown
from tests.support.expected_report.formats import lasting, minute, names, percent, several, whole
from tests.support.expected_report.tables import around


def text(data: Dataset) -> list[str]:
    """The lines of the report, without its footer, tables and charts."""
    return [
        "Skip to the content",
        "Assessment report",
        f"{period(data)} Index and documentation",
        "Eight answers", "When", "Which and how well", "Retakes", "Questions", "Reliability",
        "Trust",
        *tiles(data),
        *answers.section(data),
        *exams.when(data),
        *exams.which(data),
        *retakes.section(data),
        *questions.section(data),
        *questions.on_reliability(data),
        *trust(data),
    ]  # fmt: skip


def index(data: Dataset) -> list[str]:
    """The lines of the index page, without its footer."""
    totals = shown.totals(data)
    return [
        "Assessment analytics",
        "What learners did in the school\N{RIGHT SINGLE QUOTATION MARK}s online assessments: "
        "nothing lost, nothing counted twice, every number explained.",
        "The report",
        "For everyone: the eight answers, when exams are taken, how they go, which questions "
        "work, and how far the data can be trusted.",
        "The documentation",
        "For analysts: every table and column, how each is made, what is tested, and where a "
        "number comes from.",
        "The data",
        "Files", whole(len(shown.files(data))),
        "Messages", whole(len(data.raw)),
        "Attempts", whole(totals["attempts"]),
        "Exams", whole(totals["exams"]),
    ]  # fmt: skip


def built_from(data: Dataset) -> str:
    """The line that says of which data a page is."""
    newest = max(row["landed_at"] for row in shown.loads(data))
    files = [row["source_file"] for row in shown.files(data)]
    return (
        f"from {several(len(data.raw), 'message')}, the newest landed {minute(newest)} UTC; "
        f"{several(len(files), 'file')}: {names(files)}."
    )


def period(data: Dataset) -> str:
    totals = shown.totals(data)
    if not totals["attempts"]:
        return "No attempt has been delivered yet."
    first, last = minute(totals["first_attempt_at"]), minute(totals["last_attempt_at"])
    files = names([row["source_file"] for row in shown.files(data)])
    return f"Attempts started {first} to {last} UTC, from {files}."


def is_sound(data: Dataset) -> bool:
    return all(row["is_complete"] for row in shown.files(data))


def tiles(data: Dataset) -> list[str]:
    totals = shown.totals(data)
    lines = ["Attempts", whole(totals["attempts"]), "Exams", whole(totals["exams"])]
    if totals["mean_score"] is not None:
        lines += ["Mean score", percent(totals["mean_score"])]
    if totals["real_attempts"]:
        lines += ["Median duration", lasting(totals["median_duration_seconds"])]
    lines += ["Messages delivered", whole(len(data.raw))]
    return [*lines, "Accounted for", "all" if is_sound(data) else "not all"]


def trust(data: Dataset) -> list[str]:
    loads, files = shown.loads(data), len(shown.files(data))
    accepted, duplicates, rejected = (
        whole(sum(row[kind] for row in loads)) for kind in ("accepted", "duplicates", "rejected")
    )
    there = "The file is" if files == 1 else f"All {files} files are"
    assert is_sound(data)
    return [
        "How far the data can be trusted",
        f"Every message is accounted for: {whole(len(data.raw))} delivered = {accepted} accepted "
        f"+ {duplicates} byte-identical again + {rejected} rejected, and no question or option "
        f"was lost. {there} there completely.",
        "What became of the messages",
        f"{several(len(data.raw), 'message')} in {several(len(loads), 'load')}",
        *around(data, "files"),
        *around(data, "loads"),
        *around(data, "rejected"),
        *around(data, "repeated"),
    ]
