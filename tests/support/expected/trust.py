"""The rows of the marts of trust: loads, files, rejected messages, repeated deliveries."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.support.expected.attempts import grouped
from tests.support.expected.dataset import PLACE, Dataset, Row, once, place
from tests.support.expected.intermediate import int_deliveries, int_questions
from tests.support.expected.staging import stg_assess__messages
from tests.support.expected.values import encoded

OF_MESSAGE = (
    *PLACE, "rejection_reason", "keen_id", "user_exam_id", "key", "message_sha256", "source_file",
    "source_position", "published_at", "landed_at",
)  # fmt: skip
OF_ATTEMPT = "keen_id", "user_exam_id", "base_exam_id", "exam_name"
OF_DELIVERY = *PLACE, "source_file", "source_position", "published_at"


@once
def load_reconciliation(data: Dataset) -> Iterable[Row]:
    questions_of = grouped(int_questions(data), "load_id")
    for key, rows in grouped(stg_assess__messages(data), "load_id").items():
        kinds = Counter(row["disposition"] for row in rows)
        questions = questions_of.get(key, [])
        options = sum(len(question["option_list"]) for question in questions)
        ranges = []
        for (topic, partition), found in grouped(rows, "topic", "partition").items():
            offsets = [row["offset"] for row in found]
            ranges.append(f"{topic}-{partition}: {min(offsets)} to {max(offsets)}")
        yield {
            "load_id": key[0],
            "landed_at": max(row["landed_at"] for row in rows),
            "offset_ranges": "; ".join(sorted(ranges)),
            "messages": len(rows),
            "accepted": kinds["accepted"],
            "duplicates": kinds["duplicate"],
            "rejected": kinds["rejected"],
            "questions_presented": len(questions),
            "question_responses": len(questions),
            "options_presented": options,
            "option_choices": options,
            "is_late": False,
            "is_reconciled": True,
        }


@once
def rejected_messages(data: Dataset) -> Iterable[Row]:
    values = {place(row): row["value"] for row in data.raw}
    for message in stg_assess__messages(data):
        if message["disposition"] != "rejected":
            continue
        value = values[place(message)]
        try:
            as_text = value and value.decode("utf-8")
        except ValueError:
            as_text = None
        yield {
            **{column: message[column] for column in OF_MESSAGE},
            "value": encoded(value),
            "value_as_text": "" if value == b"" else as_text,
        }


@once
def rejection_reasons(data: Dataset) -> Iterable[Row]:
    for (reason,), rows in grouped(rejected_messages(data), "rejection_reason").items():
        yield {
            "rejection_reason": reason,
            "messages": len(rows),
            "first_landed_at": min(row["landed_at"] for row in rows),
            "last_landed_at": max(row["landed_at"] for row in rows),
        }


@once
def repeated_deliveries(data: Dataset) -> Iterable[Row]:
    for _, rows in grouped(int_deliveries(data), "keen_id").items():
        if len(rows) > 1:
            yield {
                **{column: rows[0][column] for column in OF_ATTEMPT},
                "deliveries": len(rows),
                "first_published_at": min(row["published_at"] for row in rows),
                "last_published_at": max(row["published_at"] for row in rows),
                "delivered_in": [{column: row[column] for column in OF_DELIVERY} for row in rows],
            }


@once
def source_files(data: Dataset) -> Iterable[Row]:
    messages = stg_assess__messages(data)
    from_files = (row for row in messages if row["source_sha256"] is not None)
    for (digest,), rows in grouped(from_files, "source_sha256").items():
        said = {row["source_records"] for row in rows} - {None}
        records = min(said, default=None)
        often = Counter(row["source_position"] for row in rows)
        ends = defaultdict(set)
        for row in rows:
            ends[row["source_position"]].add(row["source_records"])
        landed = sum(
            at is not None and 0 <= at < min(of - {None}, default=0) for at, of in ends.items()
        )
        missing = None if records is None else records - landed
        yield {
            "source_sha256": digest,
            "source_file": max(rows, key=place)["source_file"],
            "source_records": records,
            "landed": landed,
            "missing": None if missing is None or missing < -(2**63) else missing,
            "messages": len(rows),
            "fewest_deliveries": min(often.values()),
            "most_deliveries": max(often.values()),
            "first_landed_at": min(row["landed_at"] for row in rows),
            "last_landed_at": max(row["landed_at"] for row in rows),
            "is_complete": said == {records}
            and landed == records == len(often)
            and len(set(often.values())) == 1,
        }
