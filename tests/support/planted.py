"""Messages of every kind that a topic may carry, with what must become of each, in random order."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, product
from pathlib import Path
from random import Random
from typing import NamedTuple

from sample.generator import write_sample

NOT_JSON = (
    "The value is not one valid JSON document "
    "(malformed, cut off, followed by something else, or a name given twice)."
)
TOO_DEEP = "The value is nested more than 100 levels deep."
LONG_NUMBER = "The value holds a number of more than 1,000 digits."
LONG_TEXT = (
    "The value holds a name of more than 50,000 characters, or a text of more than 20 million."
)
LONGEST_NAME = "n" * 50_000
HALF = "The value holds half of a character: an escape such as \\ud83d without its other half."
NOT_AN_OBJECT = "The value is JSON, but not an object."


class Message(NamedTuple):
    """A message's value, and why it must be rejected; None: it is readable."""

    value: bytes | None
    problem: str | None = None


Flaw = Callable[[dict], bytes | None]


def dump(record: dict) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode()


def changed(**fields: object) -> Flaw:
    return lambda record: dump({**record, **fields})


def in_sequences(**fields: object) -> Flaw:
    return lambda record: dump({**record, "sequences": {**record["sequences"], **fields}})


def in_counts(**fields: object) -> Flaw:
    return lambda record: in_sequences(counts={**record["sequences"]["counts"], **fields})(record)


def in_question(position: int = -1, **fields: object) -> Flaw:
    def plant(record: dict) -> bytes:
        record["sequences"]["questions"][position].update(fields)
        return dump(record)

    return plant


def in_option(question: int = 0, position: int = -1, **fields: object) -> Flaw:
    def plant(record: dict) -> bytes:
        record["sequences"]["questions"][question]["options"][position].update(fields)
        return dump(record)

    return plant


def without(field: str) -> Flaw:
    return lambda record: dump({k: v for k, v in record.items() if k != field})


def raw(value: bytes) -> Flaw:
    """A field that nobody knows, with a value as it stands."""
    return lambda record: changed(more="?")(record).replace(b'"more":"?"', b'"more":' + value)


# The fields that a record must have, those that it may have, and where each of its objects is.
REQUIRED = ("keen_id", "user_exam_id", "base_exam_id", "exam_name", "started_at", "keen_timestamp")
OPTIONAL = ("certification", "max_attempts", "keen_created_at")
PLACES: dict[str, tuple[Callable[..., Flaw], dict[str, str]]] = {
    "": (changed, dict.fromkeys((*REQUIRED, *OPTIONAL), "text") | {"sequences": "an object"}),
    "sequences.": (
        in_sequences,
        {
            "id": "text",
            "attempt": "a whole number",
            "counts": "an object",
            "questions": "an array of objects",
        },
    ),
    "sequences.counts.": (
        in_counts,
        dict.fromkeys(
            ("total", "submitted", "correct", "incorrect", "incomplete", "unanswered"),
            "a whole number",
        )
        | {"all_correct": "true or false"},
    ),
    "sequences.questions.": (
        in_question,
        {
            "id": "text",
            "user_result": "text",
            "user_correct": "true or false",
            "user_incomplete": "true or false",
            "user_submitted": "true or false",
            "options": "an array of objects",
        },
    ),
    "sequences.questions.options.": (
        in_option,
        {
            "id": "text",
            "checked": "true or false",
            "correct": "true or false",
            "submitted": "a whole number",
            "at": "text",
        },
    ),
}
# Values, and what they are for people.
VALUES = [
    ("words", "text"),
    (17, "a whole number"),
    (False, "true or false"),
    (1.5, "a number with a decimal point or an exponent, or of over 18 digits"),
    ({"a": 1}, "an object"),
    ([], "an empty array"),
    ([{"a": 1}], "an array of objects"),
    ([5, "five", {}], "an array of mixed values"),
    ([5, 6], "an array of plain values"),
    (10**25, "a number with a decimal point or an exponent, or of over 18 digits"),
]


def wrong_types() -> Iterator[tuple[Flaw, str]]:
    """Each field with two values of wrong types; between them, each kind of value."""
    number = 0
    for path, (plant, fields) in PLACES.items():
        for field, kind in fields.items():
            fitting = {kind} | ({"an empty array"} if kind == "an array of objects" else set())
            wrong = [value for value in VALUES if value[1] not in fitting]
            for value, found in (wrong[number % len(wrong)], wrong[(number + 3) % len(wrong)]):
                yield plant(**{field: value}), f"{path}{field} is {found} instead of {kind}."
            number += 1


NO_TIMES = [
    "2018-02-30T14:23:19.082Z",
    "2018-13-01T14:23:19.082Z",
    "2018-01-23T25:23:19.082Z",
    "2018-01-23T14:60:19.082Z",
    "2018-01-23T14:23:19.082",  # no time zone
    "2018-01-23T14:23:19",
    "2018-01-23T14:23Z",  # no seconds
    "2018-01-23 14:23:19.082Z",
    "2018-01-23Z",
    "14:23:19Z",
    "2018-1-23T14:23:19Z",
    "2018-01-23T14:23:19.Z",
    "2018-01-23T14:23:19+99:00",
    " 2018-01-23T14:23:19Z",
    "2018-01-23T14:23:19Z and more",
    "1516717399",
    "yesterday",
    "now",
]
NO_SECONDS = ["-1", "1e9", "1516717442.", ".5", "151671744200", " 1516717442", "soon", "", "1,5"]
STARTED_AT = "started_at is not a possible date and time: {}."
IN_SECONDS = "{} is not a possible time in seconds: {}."
BEFORE = "{} is before 2000-01-01: {}."
AFTER = "{} is more than a day after the message landed: {}."
AT = "sequences.questions.options.at is not a possible date and time."
WITHOUT_AN_ID = {
    "question": "sequences.questions holds a question without an id.",
    "option": "sequences.questions.options holds an option without an id.",
}


def of(*results: str | None, counts: dict | None = None, **flags: bool) -> Flaw:
    """A record with questions of these results, the flags in its last one, and these counts."""
    questions = [{"id": f"q{n}", "user_result": result} for n, result in enumerate(results)]
    if questions:
        questions[-1].update(flags)
    return in_sequences(counts=counts, questions=questions or None)


def contradictions() -> Iterator[tuple[Flaw, str]]:
    """Records of which one part contradicts another."""
    two, path = ("correct", "incorrect"), "sequences.counts"
    yield of(*two, counts={"total": 3}), f"{path}.total is 3, but 2 questions are listed."
    yield of(*two, counts={"submitted": 1}), f"{path}.submitted is 1, but 2 questions are answered."
    yield of(*two, counts={"correct": 2}), f"{path}.correct is 2, but 1 question is correct."
    yield of(*two, counts={"incorrect": 0}), f"{path}.incorrect is 0, but 1 question is incorrect."
    yield (
        of(*two, counts={"incomplete": 1}),
        f"{path}.incomplete is 1, but 0 questions are missed_some.",
    )
    yield (
        of(*two, counts={"unanswered": 2}),
        f"{path}.unanswered is 2, but 0 questions are unanswered.",
    )
    yield (
        of(*two, counts={"all_correct": True}),
        f"{path}.all_correct is true, but 1 of 2 questions are correct.",
    )
    yield (
        of("correct", counts={"all_correct": False}),
        f"{path}.all_correct is false, but 1 of 1 question is correct.",
    )
    yield (
        of(*two, counts={"correct": 3, "unanswered": 1}),
        f"{path}.correct is 3, but 1 question is correct; "
        f"{path}.unanswered is 1, but 0 questions are unanswered.",
    )
    parts = "correct, incorrect, incomplete and unanswered"
    counts = {"total": 4, "submitted": 2, "correct": 1, "incorrect": 1, "incomplete": 0}
    yield (
        of(counts={**counts, "unanswered": 1, "all_correct": True}),
        f"{path}.total is 4, but submitted and unanswered add up to 3; "
        f"{path}.total is 4, but {parts} add up to 3; "
        f"{path}.all_correct is true, but correct is 1 and total is 4.",
    )
    yield (
        of("correct", "skipped", counts={"correct": 2, "incorrect": 1}),
        f"{path}.{parts} add up to 3, but there are only 2 questions.",
    )
    yield (
        of("correct", "skipped", counts={"correct": 0}),
        f"{path}.correct is 0, but 1 to 2 questions are correct.",
    )
    yield (
        of("unanswered", None, None, counts={"submitted": 3}),
        f"{path}.submitted is 3, but 0 to 2 questions are answered.",
    )
    yield (
        of(counts={"total": 2, "correct": 3}),
        f"{path}.total is 2, but {parts} add up to 3.",
    )
    yield (
        of(counts={"submitted": 2, "correct": 1, "incomplete": 2}),
        f"{path}.submitted is 2, but correct, incorrect and incomplete add up to 3.",
    )
    limits = "not 0 to 2,147,483,647"
    yield of(counts={"submitted": -1}), f"{path}.submitted is -1, {limits}."
    yield of(counts={"total": -1}), f"{path}.total is -1, {limits}."
    yield of(counts={"correct": 2**31}), f"{path}.correct is 2147483648, {limits}."
    for flag, result, value in (
        ("user_correct", "correct", "false"),
        ("user_incomplete", "incorrect", "true"),
        ("user_submitted", "unanswered", "true"),
    ):
        yield (
            of("correct", result, **{flag: value == "true"}),
            f"sequences.questions.{flag} is {value}, but user_result is {result}.",
        )


def flaws() -> Iterator[tuple[Flaw, str]]:
    """What is wrong with a message, and the reason that must be given."""
    yield lambda _: None, "The message has no value."
    for nothing in (b"", b" ", b" \r\n\t"):
        yield lambda _, value=nothing: value, "The value is empty."
    yield (
        lambda record: dump(record).replace(b'"keen_id":"', b'"keen_id":"\xff\xfe'),
        "The value is not UTF-8 text.",
    )
    yield lambda record: dump(record)[:-1], NOT_JSON
    yield lambda record: dump(record) + b"}", NOT_JSON
    yield lambda record: dump(record) + b",1", NOT_JSON
    yield lambda record: dump(record) * 2, NOT_JSON
    yield lambda record: dump(record).replace(b'"', b"'"), NOT_JSON
    yield lambda record: dump(record)[:-1] + b',"keen_id":"another"}', NOT_JSON
    yield lambda record: dump(record)[:-1] + b',"weight":NaN}', NOT_JSON
    yield lambda record: b"[" + dump(record) + b"]", NOT_AN_OBJECT
    for value in (b"[]", b'"text"', b"17", b"true", b"null"):
        yield lambda _, value=value: value, NOT_AN_OBJECT

    for levels in (100, 900, 100_000):
        yield raw(b'{"":' * levels + b"1" + b"}" * levels), TOO_DEEP
    yield raw(b"[" * 60 + b"{},[" * 60), TOO_DEEP  # and not JSON
    yield raw(b"[" * 150 + b"]" * 60), TOO_DEEP  # and more stay open
    yield lambda _: b'{"":' * 101 + b"1" + b"}" * 101, TOO_DEEP
    yield raw(b"9" * 1001), LONG_NUMBER
    yield raw(b"1." + b"9" * 1000), LONG_NUMBER
    yield raw(b'{"%sn":1}' % LONGEST_NAME.encode()), LONG_TEXT
    yield raw(b'{"%sn" :1}' % LONGEST_NAME.encode()), LONG_TEXT
    for nibble in b"89abcdefABCDEF":
        yield raw(b'"\\ud%c00"' % nibble), HALF
    for half in (b"ud83d", b"udbff", b"uDE00", b"ude00\\ud83d", b"\\\\ud83d"):
        yield raw(b'"\\' + half + b'"'), HALF
    yield from contradictions()
    for invisible in ("\u00a0", "\t\n", "\u200b", "\ufeff\u2003", "\x7f", "\u2028", "\u2029"):
        yield changed(exam_name=invisible), "exam_name is missing."

    for field in (*REQUIRED, "sequences"):
        yield without(field), f"{field} is missing."
        yield changed(**{field: None}), f"{field} is missing."
    for field in REQUIRED:
        yield changed(**{field: ""}), f"{field} is missing."
        yield changed(**{field: "  "}), f"{field} is missing."
    for nothing in (b"{}", b'{"%s":1}' % LONGEST_NAME.encode()):
        yield (
            lambda _, value=nothing: value,
            "; ".join(f"{field} is missing" for field in (*REQUIRED, "sequences")) + ".",
        )
    for nothing in ("", " ", None):
        for position in (0, -1):
            yield in_question(position, id=nothing), WITHOUT_AN_ID["question"]
            yield in_option(position, -1 - position, id=nothing), WITHOUT_AN_ID["option"]
    yield (
        lambda record: in_question(id="")(json.loads(in_option(id="")(record))),
        "; ".join(reason.removesuffix(".") for reason in WITHOUT_AN_ID.values()) + ".",
    )

    yield from wrong_types()
    fractions = [{"id": f"q{number}", "user_correct": number} for number in (1.5, 2.25)]
    yield (
        in_sequences(counts=None, questions=fractions),
        "sequences.questions.user_correct is a number with a decimal point or an exponent, or of "
        "over 18 digits instead of true or false.",
    )
    yield (
        changed(user_exam_id=17, exam_name=5),
        "exam_name is a whole number instead of text; "
        "user_exam_id is a whole number instead of text.",
    )
    # The first kind of problem is the one that is told.
    yield (
        changed(user_exam_id=17, exam_name=None),
        "user_exam_id is a whole number instead of text.",
    )
    yield changed(exam_name=None, started_at="soon"), "exam_name is missing."
    yield (
        lambda record: in_counts(total=99)({**record, "started_at": "soon"}),
        STARTED_AT.format("soon"),
    )

    for text in NO_TIMES:
        yield changed(started_at=text), STARTED_AT.format(text)
        yield in_option(at=text), AT
    yield in_option(-1, 0, at=""), AT
    for text in NO_SECONDS:
        if text:
            yield changed(keen_timestamp=text), IN_SECONDS.format("keen_timestamp", text)
        yield changed(keen_created_at=text), IN_SECONDS.format("keen_created_at", text)
    # A reason that quotes the words of another one, by which a build tells another earliest_time.
    quoted = "x; started_at is before 1990-01-01: y"
    yield changed(started_at=quoted), STARTED_AT.format(quoted)
    long = "9" * 61
    yield changed(started_at=long), STARTED_AT.format("9" * 60)
    yield changed(keen_timestamp=long), IN_SECONDS.format("keen_timestamp", "9" * 60)
    yield (
        changed(started_at="1999-12-31T23:59:59Z"),
        BEFORE.format("started_at", "1999-12-31T23:59:59Z"),
    )
    nearly = "946684799.9999999999"  # is not rounded
    yield changed(keen_timestamp=nearly), BEFORE.format("keen_timestamp", nearly)
    yield (
        changed(started_at="9999-12-31T23:59:59Z"),
        AFTER.format("started_at", "9999-12-31T23:59:59Z"),
    )
    yield changed(keen_timestamp="99999999999"), AFTER.format("keen_timestamp", "99999999999")
    for seconds, reason in (("99999999999.", AFTER), ("946684799.", BEFORE)):
        text = seconds + "9" * 60
        yield changed(keen_timestamp=text), reason.format("keen_timestamp", text[:60])
    yield changed(keen_created_at=long), IN_SECONDS.format("keen_created_at", "9" * 60)
    yield (
        lambda record: in_option(at="c")(
            {**record, "started_at": "s", "keen_timestamp": "t", "keen_created_at": "u"}
        ),
        "started_at is not a possible date and time: s; "
        "keen_timestamp is not a possible time in seconds: t; "
        "keen_created_at is not a possible time in seconds: u; " + AT,
    )


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


def _a_new_field_everywhere(record: dict) -> bytes:
    hints = cycle(("x", 1, None))
    for question in record["sequences"]["questions"]:
        question["hint"] = next(hints)
    return dump(record)


# Unusual, and readable all the same.
VARIANTS: list[Callable[[dict], bytes]] = [
    _without_counts,
    _without_questions,
    _without_an_array_of_questions,
    _without_options,
    *(without(field) for field in OPTIONAL),
    *(changed(**{field: None}) for field in OPTIONAL),
    *(in_option(at=at) for at in (None, "2018-01-23T14:23:19Z", "2018-01-23T23:59:59.9+05:30")),
    changed(exam_name="Ünïcode 🎓 \u0000 and 'quotes'"),
    changed(exam_name=" Spaces stay "),
    changed(colour="blue", sizes=[{"width": 1}]),
    in_question(hint="unknown too"),
    changed(started_at="2024-03-30T23:30:00.25+01:00"),
    changed(started_at="2024-03-31T00:30:00-0230"),
    changed(started_at="2024-03-31T00:30:00.123456789Z", keen_timestamp="1711845000.1234567"),
    changed(keen_timestamp="1711845000"),
    changed(keen_timestamp="946684800"),
    changed(started_at="2000-01-01t00:00:00z"),
    in_question(user_result="skipped"),
    in_question(user_result=None),
    in_counts(all_correct=None),
    in_counts(correct=None),
    in_sequences(questions=None),
    raw(b"[" * 99 + b"]" * 99),
    raw(b"9" * 1000),
    raw(b"1e999999999"),
    raw(b'"\\ud83d\\ude00 \\\\ud83d"'),
    raw(b'"\\uD83D\\uDC4D \\udbff\\udfff"'),
    raw(b'"%s"' % b"".join(b"\\ud%c3d\\ud%c25" % p for p in product(b"89abAB", b"cdefCDEF"))),
    _a_new_field_everywhere,
    raw(b'"\\"' + b"[{" * 60 + b'"'),  # brackets in a text nest nothing
    lambda record: changed(**{"sequences.attempt": "1"})(record),
    # A test attempt with questions and results: only its exam says that it is one.
    changed(base_exam_id="example-id"),
    lambda record: json.dumps(record, indent=2, ensure_ascii=False).encode(),
    lambda record: b"\r\n" + dump(dict(reversed(record.items()))) + b"  ",
]

# Exams of which each figure of test theory, and each reason for its absence, is known to occur: the
# questions of each attempt in their order, with their results.
SMALL_EXAMS: dict[str, list[dict[str, str | None] | list[tuple[str, str | None]]]] = {
    "One attempt": [{"p": "correct", "q": "incorrect"}],
    "One question": [{"p": "correct"}, {"p": "incorrect"}, {"p": "unanswered"}],
    "Equal scores": [{"p": "correct", "q": "missed_some"}, {"p": "incorrect", "q": "correct"}],
    "No results": [{"p": None, "q": None}, {"p": "correct", "q": None}],
    "All alike": [
        {"p": "correct", "q": "unanswered", "r": "correct"},
        {"p": "correct", "q": "unanswered", "r": "incorrect"},
    ],
    "Seven of ten": [dict.fromkeys("abcdefg", "correct") | dict.fromkeys("hij", "incorrect")],
    # Four attempts at one set of questions, two of which show one of them twice; and one left out.
    "Repeated": [
        [("b", "correct"), ("a", "correct"), ("b", "incorrect")],
        [("a", "missed_some"), ("b", "incorrect")],
        [("b", "unanswered"), ("a", "correct")],
        [("a", "incorrect"), ("b", "missed_some"), ("a", "correct")],
        [("a", "correct"), ("b", None)],
    ],
    # Another exam with the same set of questions as the next one.
    "Thirds again": [
        {"r": "correct", "q": "incorrect", "p": "correct"},
        {"p": "incorrect", "q": "correct", "r": "incorrect"},
    ],
    "Thirds": [
        {"p": "correct", "q": "correct", "r": "correct"},
        {"r": "incorrect", "p": "correct", "q": "correct"},
        {"q": "incorrect", "r": "correct", "p": "correct"},
        {"p": "incorrect", "q": "correct", "r": "unanswered"},
        {"p": "missed_some", "q": "incorrect", "r": "correct"},
        {"p": "unanswered", "q": "unanswered", "r": "unanswered"},
        {"p": "incorrect", "q": "incorrect", "r": "missed_some"},
    ],
}


def small_exams(random: Random) -> Iterator[dict]:
    """The attempts of SMALL_EXAMS."""
    for name, attempts in SMALL_EXAMS.items():
        for number, answers in enumerate(attempts):
            shown = list(answers.items() if isinstance(answers, dict) else answers)
            results = Counter(result for _, result in shown)
            sequences = {"id": f"{name} {number}", "attempt": number + 1}
            if None not in results:
                sequences["counts"] = {
                    "total": len(shown),
                    "submitted": len(shown) - results["unanswered"],
                    "correct": results["correct"],
                    "incorrect": results["incorrect"],
                    "incomplete": results["missed_some"],
                    "unanswered": results["unanswered"],
                    "all_correct": results["correct"] == len(shown),
                }
            sequences["questions"] = [
                {
                    "id": f"{name.removesuffix(' again')} {question}",
                    **({"user_result": result} if result else {}),
                    "user_correct": result == "correct",
                    "user_incomplete": result == "missed_some",
                    "user_submitted": result != "unanswered",
                    "options": small_options(random, number, result),
                }
                for question, result in shown
            ]
            yield {
                "keen_id": random.randbytes(12).hex(),
                "user_exam_id": f"somebody {number}",
                "base_exam_id": f"exam {name}",
                "exam_name": f"{name} {number}",
                "certification": None,
                "max_attempts": str(number),
                # The last ones start at once: their names differ, and the later message has it.
                "started_at": f"2024-05-14T2{min(number, 2)}:30:00.000Z",
                "keen_timestamp": f"1715727{random.randrange(1000):03}.{random.randrange(10**6)}",
                "keen_created_at": f"1715728{random.randrange(1000):03}.5",
                "sequences": sequences,
            }


def small_options(random: Random, number: int, result: str | None) -> list[dict]:
    """Options of which one is correct, one wrong, one unsure, and one shown twice."""
    options = [
        {"id": "right", "checked": result == "correct", "correct": True, "submitted": 1},
        {"id": "wrong", "checked": result == "incorrect", "submitted": 0},
        {"id": "unsure", "checked": result == "missed_some", "correct": number % 2 == 0},
        {"id": "silent", "correct": False, "submitted": 2, "at": "2018-01-23T14:23:19Z"},
    ]
    random.shuffle(options)
    return [*options, {"id": "unsure", "checked": True, "correct": number % 2 == 0}]


def varied(record: dict) -> dict:
    """The record with fields that differ from each other, drawn from its keen_id."""
    random = Random(record["keen_id"])
    record["certification"] = random.choice([None, "false", "true", "in progress"])
    record["max_attempts"] = random.choice(["1.0", "2.0", "3"])
    record["keen_created_at"] = str(random.randrange(10**9))
    record["sequences"]["attempt"] = random.randrange(1, 5)
    if random.random() < 0.2:  # an exam is renamed, and renamed again
        record["exam_name"] = random.choice(["Learning Git", "The Learner's Git"])
    return record


def planted(folder: Path, seed: int, attempts: int = 120) -> list[Message]:
    """Records of a sample, each flaw and each variant, repetitions and conflicts, shuffled."""
    random = Random(seed)
    path = folder / f"planted-{seed}.json"
    write_sample(path, attempts, seed)
    records = [varied(record) for record in json.loads(path.read_text())]

    def record() -> dict:
        """A record of a new attempt, whose counts are there and whose questions have options."""
        while True:
            copy = json.loads(json.dumps(random.choice(records)))
            if copy["sequences"].get("counts"):
                copy["keen_id"] = random.randbytes(12).hex()
                return varied(copy)

    messages = [Message(dump(r)) for r in [*records, *small_exams(random)]]
    tests = [m for m in messages if b'"base_exam_id":"example-id"' in m.value]
    messages += tests * 2
    messages += [Message(variant(record())) for variant in VARIANTS for _ in range(2)]
    # An attempt that came with a flaw before, or comes with it later, is accepted without it.
    for original in random.sample(messages, 5):
        attempt = json.loads(original.value)
        messages.append(Message(without("sequences")(attempt), "sequences is missing."))
    messages += [Message(flaw(record()), problem) for flaw, problem in flaws()]
    for original in random.sample(messages, 40):
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
