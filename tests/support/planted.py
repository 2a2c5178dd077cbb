"""Messages of every kind that a topic may carry, with what must become of each, in random order."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import NamedTuple

from ingest.sample import write_sample

NOT_JSON = (
    "The value is not one valid JSON document "
    "(malformed, cut off, followed by something else, a name given twice, "
    "or a text of over 20 million characters)."
)
NOT_AN_OBJECT = "The value is JSON, but not an object."


class Message(NamedTuple):
    """A message's value, and why it must be rejected; None: it is readable."""

    value: bytes | None
    problem: str | None = None


def dump(record: dict) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode()


def changed(**fields: object) -> Callable[[dict], bytes]:
    return lambda record: dump({**record, **fields})


def in_question(**fields: object) -> Callable[[dict], bytes]:
    def plant(record: dict) -> bytes:
        record["sequences"]["questions"][-1].update(fields)
        return dump(record)

    return plant


def in_option(**fields: object) -> Callable[[dict], bytes]:
    def plant(record: dict) -> bytes:
        record["sequences"]["questions"][0]["options"][-1].update(fields)
        return dump(record)

    return plant


def without(field: str) -> Callable[[dict], bytes]:
    return lambda record: dump({k: v for k, v in record.items() if k != field})


FLAWS: dict[Callable[[dict], bytes | None], str] = {
    lambda _: None: "The message has no value.",
    lambda _: b"": "The value is empty.",
    lambda _: b" \r\n\t": "The value is empty.",
    lambda record: dump(record).replace(b'"keen_id":"', b'"keen_id":"\xff\xfe'): (
        "The value is not UTF-8 text."
    ),
    lambda record: dump(record)[:-1]: NOT_JSON,
    lambda record: dump(record) + b"}": NOT_JSON,
    lambda record: dump(record) * 2: NOT_JSON,
    lambda record: dump(record).replace(b'"', b"'"): NOT_JSON,
    lambda record: dump(record)[:-1] + b',"keen_id":"another"}': NOT_JSON,
    lambda record: dump(record)[:-1] + b',"weight":NaN}': NOT_JSON,
    lambda record: b"[" + dump(record) + b"]": NOT_AN_OBJECT,
    lambda _: b'"text"': NOT_AN_OBJECT,
    lambda _: b"17": NOT_AN_OBJECT,
    lambda _: b"null": NOT_AN_OBJECT,
    without("keen_id"): "keen_id is missing.",
    without("sequences"): "sequences is missing.",
    changed(exam_name=" ", started_at=None): "exam_name is missing; started_at is missing.",
    changed(user_exam_id=17): "user_exam_id is a whole number instead of text.",
    changed(sequences=[]): "sequences is an empty array instead of an object.",
    in_question(id=""): "sequences.questions holds a question without an id.",
    in_option(id=None): "sequences.questions.options holds an option without an id.",
    in_option(checked="yes"): (
        "sequences.questions.options.checked is text instead of true or false."
    ),
    changed(started_at="2018-02-30T14:23:19.082Z"): (
        "started_at is not a possible date and time: 2018-02-30T14:23:19.082Z."
    ),
    changed(started_at="yesterday"): "started_at is not a possible date and time: yesterday.",
    changed(keen_timestamp="-1"): "keen_timestamp is not a possible time in seconds: -1.",
    in_option(at="soon"): "sequences.questions.options.at is not a possible date and time.",
}


def _without_counts(record: dict) -> bytes:
    del record["sequences"]["counts"]
    return dump(record)


def _without_questions(record: dict) -> bytes:
    record["sequences"] = {"id": record["sequences"]["id"], "attempt": 1, "questions": []}
    return dump(record)


def _without_an_array_of_questions(record: dict) -> bytes:
    record["sequences"] = {"id": record["sequences"]["id"], "attempt": 1}
    return dump(record)


def _without_options(record: dict) -> bytes:
    record["sequences"]["questions"][0]["options"] = []
    del record["sequences"]["questions"][-1]["options"]
    return dump(record)


# Unusual, and readable all the same.
VARIANTS: list[Callable[[dict], bytes]] = [
    _without_counts,
    _without_questions,
    _without_an_array_of_questions,
    _without_options,
    changed(certification=None, exam_name="Ünïcode 🎓 \u0000 and 'quotes'"),
    changed(colour="blue", sizes=[{"width": 1}]),
    in_question(hint="unknown too"),
    lambda record: json.dumps(record, indent=2, ensure_ascii=False).encode(),
    lambda record: b"\r\n" + dump(dict(reversed(record.items()))) + b"  ",
]


def planted(folder: Path, seed: int, attempts: int = 120) -> list[Message]:
    """Records of a sample, each flaw and each variant, repetitions and conflicts, shuffled."""
    random = Random(seed)
    path = folder / f"planted-{seed}.json"
    write_sample(path, attempts, seed)
    records = json.loads(path.read_text())

    def record() -> dict:
        """A record of a new attempt, whose counts are there and whose questions have options."""
        while True:
            copy = json.loads(json.dumps(random.choice(records)))
            if copy["sequences"].get("counts"):
                copy["keen_id"] = random.randbytes(12).hex()
                return copy

    messages = [Message(dump(r)) for r in records]
    messages += [Message(variant(record())) for variant in VARIANTS for _ in range(2)]
    messages += [Message(flaw(record()), problem) for flaw, problem in FLAWS.items()]
    for original in random.sample(messages, 25):
        messages += [original] * random.randint(1, 3)
    for original in random.sample([m for m in messages if m.problem is None], 10):
        other = {**json.loads(original.value), "exam_name": f"Another {random.random()}"}
        messages += [Message(dump(other))] * random.randint(1, 2)
    random.shuffle(messages)
    return messages


class Landed(NamedTuple):
    """A row of the raw table, in the order in which staging takes them."""

    load_id: int
    topic: str
    partition: int
    offset: int
    value: bytes | None


def dispositions(rows: Iterable[Landed], messages: list[Message]) -> dict[Landed, tuple]:
    """(disposition, rejection reason) of each row, the rule of DECISIONS.md in plain Python."""
    problems = {message.value: message.problem for message in messages}
    first: dict[str, Landed] = {}
    found = {}
    for row in sorted(rows, key=lambda row: row[:4]):
        if problem := problems[row.value]:
            found[row] = "rejected", problem
            continue
        original = first.setdefault(json.loads(row.value)["keen_id"], row)
        if original is row:
            found[row] = "accepted", None
        elif original.value == row.value:
            found[row] = "duplicate", None
        else:
            where = "load {}, topic {}, partition {}, offset {}".format(*original[:4])
            found[row] = "rejected", f"keen_id was accepted before with other content: {where}."
    return found
