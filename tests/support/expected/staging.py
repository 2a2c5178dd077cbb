"""The rows of stg_assess__messages: each message, and what is read of its record."""

from collections.abc import Iterable
from hashlib import sha256

from tests.support import judge
from tests.support.expected import values
from tests.support.expected.dataset import PLACE, Dataset, Row, once, place
from tests.support.oracle import options_of, questions_of
from tests.support.planted import PLACES

SOURCE = ("source_file", "source_sha256", "source_position", "source_records")
TEXTS = (
    "keen_id", "user_exam_id", "base_exam_id", "exam_name", "certification", "max_attempts",
)  # fmt: skip


@once
def stg_assess__messages(data: Dataset) -> Iterable[Row]:
    for row in data.raw:
        disposition, reason = data.dispositions[place(row)]
        record = data.records[place(row)]
        known = record or {}
        value = row["value"]
        yield {
            **{column: row[column] for column in PLACE},
            "message_sha256": None if value is None else sha256(value).hexdigest(),
            "disposition": disposition,
            "rejection_reason": reason,
            "unknown_fields": unknown_fields(record),
            **{field: values.text(known.get(field)) for field in TEXTS},
            "started_at": values.time(values.started(known)),
            "finished_at": values.time(values.finished(known)),
            "keen_created_at": values.time(values.seconds_since_1970(known.get("keen_created_at"))),
            "key": values.encoded(row["key"]),
            **{column: row[column] for column in SOURCE},
            "rejected_value": values.encoded(value) if disposition == "rejected" else None,
            "published_at": values.time(row["timestamp"]),
            "landed_at": values.time(row["landed_at"]),
            # Nobody reads these of what was rejected.
            **(content(record) if disposition != "rejected" else {}),
        }


def content(record: dict) -> Row:
    questions, sequences = questions_of(record), typed("sequences.", record["sequences"])
    listed, recorded = sequences["questions"], sequences["counts"]
    used = ("submitted", "correct", "incorrect", "incomplete", "unanswered")
    is_whole = recorded is not None and all(recorded[name] is not None for name in used)
    counts = recorded if is_whole and listed is not None else {}
    return {
        "duration_seconds": values.duration(record),
        "sequence_id": sequences["id"],
        "attempt_number": sequences["attempt"],
        **{f"count_{name}": counts.get(name) for name in ("total", *used)},
        "is_all_correct": (recorded or {}).get("all_correct"),
        "questions": listed,
        "questions_presented": len(questions),
        "options_presented": sum(len(options_of(question)) for question in questions),
        "question_set_id": values.set_id(question["id"] for question in questions),
    }


def typed(path: str, thing: object) -> object:
    """The thing at this place with all fields that it may have, and no others."""
    if isinstance(thing, list):
        return [typed(path, element) for element in thing]
    if thing is None or path not in PLACES:
        return thing
    return {field: typed(f"{path}{field}.", thing.get(field)) for field in PLACES[path][1]}


def unknown_fields(record: dict | None) -> list[str]:
    """Paths of the fields that nobody knows."""
    found = (
        path + (f"`{field}`" if set(field) & set(".`") else field)
        for path, things in judge.objects(record or {}).items()
        for thing in things
        if isinstance(thing, dict)
        for field in sorted(thing)
        if field not in PLACES[path][1]
    )
    return list(dict.fromkeys(found))
