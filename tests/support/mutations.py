"""Valid records with a field, or the message around them, changed in every way that we know."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from sample.generator import write_sample
from tests.support.planted import PLACES, VALUES, dump, in_counts, in_sequences, of, small_exams

Headers = list[tuple[str, bytes | None]]
ABSENT = object()


class Sent(NamedTuple):
    """A message as a producer sends it."""

    value: bytes | None
    key: bytes | None = b"somebody"
    headers: Headers | None = None
    timestamp: int = 1_700_000_000_000


class Raw(str):
    """A value as it stands in the JSON text."""


def nested(levels: int) -> Raw:
    return Raw('{"":' * levels + "1" + "}" * levels)


TEXTS = [
    "", " ", "\t\r\n", "\0", "a\0", "\u00a0", "\u200b", "\ufeff", "\u202eabc", "🎓", "e\u0301" * 9,
    "null", "NaN", "'; drop table x --", "${env:HOME} {{ 1 }} %s {0}", "\\", '"', "`", "</script>",
    "-1", "1e9", "Correct", "CORRECT", "correct ", "skipped", "unanswered", "correct",
    "0001-01-01T00:00:00Z", "0000-02-29T00:00:00Z", "1582-10-10T00:00:00Z",
    "1999-12-31T23:59:59.9Z",
    "2000-01-01T00:00:00Z", "1999-12-31T19:00:00-05:00", "2000-01-01T00:00:00+18:00",
    "2024-02-30T00:00:00Z", "2024-02-29t10:00:00.123456789z", "2024-02-29T10:00:00+18:01",
    "2024-02-29T10:00:60Z", "2024-02-29T10:00:00Z\n", "2024-02-29T24:00:00Z",
    "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-18:00", "2262-04-11T23:47:16.854776Z",
    "0", "946684800", "946684799.9999999999", "99999999999", "1700000000." + "9" * 30_000,
    "1700000000\n", "\u0661\u0667\u0660",
]  # fmt: skip
RAWS = [
    "1.0", "1e0", "1E400", "1e999999999", "-0", "-1", str(2**31), str(2**63 - 1), str(-(2**63)),
    str(2**63), "9" * 40, "9" * 1000, "9" * 1001, "0." + "0" * 999 + "1", "1." + "9" * 999,
    "1." + "9" * 999 + "e5", "01", "+1", "NaN",
    "-Infinity", "0x10", r'"\ud800"', r'"\udc00\ud800"', r'"\ud83d\ude00"', r'"\\ud800"',
    r'"\ud800\\udc00"', r'"\u0000"', r'"\x"', '"\x01"', "'a'", "[null]", "[[]]", "[{},1]",
    "[1,null]",
    "[1.5,1]", "[[1],2]", '[{"id":null}]', '[{"id":"a","id":"b"}]', "[{}]", "{}", "[", "}", "",
    "1 2", '"a" "b"', "// x\n1",
]  # fmt: skip
HUGE = ["h" * 60_000, list(range(5000)), {f"n{i}": i for i in range(3000)}, ["x" * 9] * 5000]
DEEP = [nested(levels) for levels in (90, 1000, 20_000)] + [Raw("[" * 1000 + "]" * 1000)]
# Every field has each of these; fields that our rules read have each of the others, too.
KINDS = [ABSENT, None, *(value for value, _ in VALUES), *HUGE[:1], *DEEP[1:2]]
CONTENTS = [*TEXTS, *map(Raw, RAWS)]
READ = {
    ("", "keen_id"), ("", "exam_name"), ("", "started_at"), ("", "keen_timestamp"),
    ("", "keen_created_at"), ("sequences.counts.", "total"), ("sequences.counts.", "correct"),
    ("sequences.counts.", "all_correct"), ("sequences.questions.", "user_result"),
    ("sequences.questions.options.", "at"), ("sequences.questions.options.", "submitted"),
}  # fmt: skip


def text_of(record: dict, raws: list[Raw]) -> bytes:
    """The record as JSON, each raw value in the place of its number."""
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
    for number, raw in enumerate(raws):
        text = text.replace(f'"\u2603{number}\u2603"', raw)
    return text.encode("utf-8", "surrogatepass")


def things(record: dict) -> dict[str, dict]:
    """By path: an object of the record whose fields can be changed."""
    question = record["sequences"]["questions"][-1]
    return {
        "": record,
        "sequences.": record["sequences"],
        "sequences.counts.": record["sequences"]["counts"],
        "sequences.questions.": question,
        "sequences.questions.options.": question["options"][-1],
    }


def mutated(record: dict, *changes: tuple[str, str, object]) -> bytes:
    """The record with other values in some fields, of which it keeps no copy."""
    copy, raws = json.loads(json.dumps(record)), []
    places = things(copy)
    for path, field, value in changes:
        if value is ABSENT:
            places[path].pop(field, None)
            continue
        if isinstance(value, Raw):
            raws.append(value)
            value = f"\u2603{len(raws) - 1}\u2603"
        places[path][field] = value
    return text_of(copy, raws)


def around(record: dict) -> Iterator[Sent]:
    """What is changed around a record, or at its ends."""
    text = dump(record)
    for value in (None, b"", b" ", b"\0", b"null", b"[]", b'"x"', b"\xff", b"\xef\xbb\xbf" + text):
        yield Sent(value)
    for cut in (1, len(text) // 2, len(text) - 1):
        yield Sent(text[:cut])
    for end in (b" ", b"\n\n", b",", b"}", b"]", b"x", text, b"\0", b"//"):
        yield Sent(text + end)
    yield Sent(text[:-1] + b',"keen_id":"twice"}')
    yield Sent(text.decode().encode("utf-16"))
    yield Sent(b"[" * 3_000_000)
    yield Sent(b'{"a":' * 2_000_000)
    yield Sent(b'["' + b"\\\\n" * 500_000)


def envelopes() -> Iterator[dict]:
    """Keys, headers and timestamps of messages that are sound otherwise."""
    for key in (None, b"", b"\0", b"\xff\xfe", "🎓".encode(), b"k" * 100_000):
        yield {"key": key}
    ours = {"source_file": b"f", "source_sha256": b"ab", "source_position": b"0"}

    def forged(name: bytes = b"f", sha256: bytes = b"ab", at: bytes = b"0", of: bytes = b"5"):
        names = ("source_file", "source_sha256", "source_position", "source_records")
        return list(zip(names, (name, sha256, at, of), strict=True))

    for headers in (
        [("trace", None)],
        [("", b"")],
        [("trace", b"\xff\0"), ("trace", None)],
        [("h" * 10_000, b"v" * 10_000)],
        [(f"h{n}", b"v") for n in range(200)],
        [("source_file", None), ("source_position", b"x"), ("source_records", b"1e9")],
        [(name, value) for name, value in ours.items() if name != "source_sha256"],
        [("source_sha256", None), ("source_position", b"9" * 30), ("source_records", b"-1")],
        # Of files that nobody published, in messages that contradict each other.
        forged(),
        forged(at=b"3", of=str(-(2**63)).encode()),
        [("source_sha256", b"ab")],
        forged(sha256=b"", of=str(2**63 - 1).encode()),
        forged(b"\xfe<b>\0", b"\xff\0"),
        # Of one that was published whole, until somebody sends a copy of a record.
        *(forged(sha256=b"cd", at=at, of=b"2") for at in (b"0", b"1", b"1")),
    ):
        yield {"headers": headers}
    # Kafka stores the time that the producer says; some say microseconds.
    for timestamp in (1, 1_520_157_660_500, 1_520_157_660_500_000, 253_402_300_800_000):
        yield {"timestamp": timestamp}


def parts(record: dict) -> Iterator[bytes]:
    """More parts, and fewer."""

    def changed(change) -> bytes:
        copy = json.loads(json.dumps(record))
        change(copy, copy["sequences"]["questions"])
        return dump(copy)

    yield changed(lambda r, q: q.append(q[0]))
    yield changed(lambda r, q: q.pop())
    yield changed(lambda r, q: q.clear())
    yield changed(lambda r, q: q.reverse())
    yield changed(lambda r, q: q.extend(q * 400))
    yield changed(lambda r, q: q[0]["options"].extend(q[0]["options"] * 2000))
    yield changed(lambda r, q: q[0]["options"].clear())
    yield changed(lambda r, q: q[0].update(options=None))
    yield changed(lambda r, q: [r["sequences"].pop("counts"), q.append(q[0])])
    yield changed(lambda r, q: [r["sequences"].pop("counts"), q.extend(q * 400)])
    yield changed(lambda r, q: r.update({"sequences.attempt": "1", "a`b": 1, "sequences.id": 5}))
    yield changed(lambda r, q: r.update({f"new {n}": None for n in range(2000)}))
    yield changed(lambda r, q: q[0].update({"colour": {"red": [1, "2", None]}}))
    for results in (("skipped",), ("skipped", None), (None,), ("correct", "skipped", "unanswered")):
        yield of(*results)(json.loads(json.dumps(record)))
        counts = dict.fromkeys(("total", "submitted", "correct", "incorrect"), len(results))
        yield of(*results, counts=counts)(json.loads(json.dumps(record)))
    for name in PLACES["sequences.counts."][1]:
        for value in (0, 1, 2, True, False):
            yield in_counts(**{name: value})(json.loads(json.dumps(record)))
            # Counts of questions that are not there.
            counts = {**record["sequences"]["counts"], name: value}
            yield in_sequences(counts=counts, questions=None)(json.loads(json.dumps(record)))
            yield of("correct", "skipped", counts={name: value})(json.loads(json.dumps(record)))


def messages(folder: Path, seed: int, pairs: int = 300) -> list[Sent]:
    """Some thousands of messages, shuffled; nearly all of another attempt."""
    random = Random(seed)
    path = folder / f"mutations-{seed}.json"
    write_sample(path, 150, seed)
    records = [
        r for r in json.loads(path.read_text()) if r["sequences"].get("counts", {}).get("total")
    ]

    def record() -> dict:
        copy = json.loads(json.dumps(random.choice(records)))
        return {**copy, "keen_id": random.randbytes(12).hex()}

    fields = [(path, field) for path, (_, fields) in PLACES.items() for field in fields]
    fields += [(path, "unknown") for path in PLACES]
    made = [Sent(dump(r)) for r in [*records, *small_exams(random)]]
    assert set(fields) >= READ
    for place in fields:
        others = CONTENTS if place in READ else random.sample(CONTENTS, 20)
        made += [Sent(mutated(record(), (*place, value))) for value in (*KINDS, *others)]
    made += [Sent(mutated(record(), ("", "unknown", value))) for value in (*HUGE, *DEEP)]
    made += [
        Sent(
            mutated(
                record(),
                *((*random.choice(fields), random.choice(KINDS + CONTENTS)) for _ in range(2)),
            )
        )
        for _ in range(pairs)
    ]
    made += [Sent(value) for _ in range(3) for value in parts(record())]
    made += around(record())
    made += [Sent(dump(record()), **envelope) for envelope in envelopes()]
    made += random.sample(made, 50)
    random.shuffle(made)
    return made
