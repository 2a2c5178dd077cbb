"""The rows of the marts of trust: loads, files, rejected messages, repeated deliveries."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.support.expected.attempts import grouped
from tests.support.expected.dataset import PLACE, Dataset, Row, once, place
from tests.support.expected.intermediate import int_questions
from tests.support.expected.staging import stg_assess__messages
from tests.support.expected.values import encoded, time

OF_MESSAGE = (
    *PLACE, "rejection_reason", "keen_id", "user_exam_id", "key", "message_sha256", "source_file",
    "source_position", "published_at", "landed_at",
)  # fmt: skip


@once
def load_reconciliation(data: Dataset) -> Iterable[Row]:
    questions_of = grouped(int_questions(data), "load_id")
    for key, rows in grouped(data.raw, "load_id").items():
        kinds = Counter(data.dispositions[place(row)][0] for row in rows)
        questions = questions_of.get(key, [])
        options = sum(len(question["option_list"]) for question in questions)
        offsets = defaultdict(list)
        for row in rows:
            offsets[row["topic"], row["partition"]].append(row["offset"])
        yield {
            "load_id": key[0],
            "landed_at": time(max(row["landed_at"] for row in rows)),
            "offset_ranges": "; ".join(
                sorted(
                    f"{topic}-{partition}: {min(found)} to {max(found)}"
                    for (topic, partition), found in offsets.items()
                )
            ),
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
    landed = defaultdict(list)
    for row in data.of("rejected"):
        landed[data.dispositions[place(row)][1]].append(row["landed_at"])
    for reason, times in landed.items():
        yield {
            "rejection_reason": reason,
            "messages": len(times),
            "first_landed_at": time(min(times)),
            "last_landed_at": time(max(times)),
        }


@once
def repeated_deliveries(data: Dataset) -> Iterable[Row]:
    delivered = defaultdict(list)
    for row in data.readable:
        delivered[data.record(row)["keen_id"]].append(row)
    for keen_id, rows in delivered.items():
        if len(rows) == 1:
            continue
        record = data.attempt(keen_id)
        yield {
            "keen_id": keen_id,
            **{column: record[column] for column in ("user_exam_id", "base_exam_id", "exam_name")},
            "deliveries": len(rows),
            "first_published_at": time(min(row["timestamp"] for row in rows)),
            "last_published_at": time(max(row["timestamp"] for row in rows)),
            "delivered_in": [
                {
                    **{
                        column: row[column] for column in (*PLACE, "source_file", "source_position")
                    },
                    "published_at": time(row["timestamp"]),
                }
                for row in rows
            ],
        }


@once
def source_files(data: Dataset) -> Iterable[Row]:
    from_files = (row for row in data.raw if row["source_sha256"] is not None)
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
            "first_landed_at": time(min(row["landed_at"] for row in rows)),
            "last_landed_at": time(max(row["landed_at"] for row in rows)),
            "is_complete": said == {records}
            and landed == records == len(often)
            and len(set(often.values())) == 1,
        }
