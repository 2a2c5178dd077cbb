"""Why a message must be rejected, from its bytes, in plain Python that shares nothing with ours."""

import json
import re
import unicodedata
from datetime import date, datetime, timedelta

from tests.support.planted import (
    AT,
    HALF,
    IN_SECONDS,
    LONG_NUMBER,
    LONG_TEXT,
    NOT_AN_OBJECT,
    NOT_JSON,
    PLACES,
    REQUIRED,
    STARTED_AT,
    TOO_DEEP,
    WITHOUT_AN_ID,
)

EARLIEST = datetime(2000, 1, 1)
KNOWN = {"correct", "incorrect", "missed_some", "unanswered"}
LARGEST = 2**31 - 1


class Number(str):
    """A number as it stands in the text."""

    @property
    def whole(self) -> int | None:
        """Its value, if it is a whole number of 64 bits."""
        if not re.fullmatch(r"-?[0-9]{1,19}", self):
            return None
        return int(self) if -(2**63) <= int(self) < 2**63 else None


class NotJsonError(Exception):
    """The text is not one JSON document."""


def parse(text: str) -> object:
    """The document, its numbers as they stand in the text.

    Raises:
        NotJsonError: there is none, or an object has a name twice.
    """

    def unique(pairs: list[tuple]) -> dict:
        if len(dict(pairs)) < len(pairs):
            raise NotJsonError
        return dict(pairs)

    def constant(name: str) -> None:
        raise NotJsonError

    try:
        return json.loads(
            text,
            object_pairs_hook=unique,
            parse_int=Number,
            parse_float=Number,
            parse_constant=constant,
        )
    except ValueError as error:
        raise NotJsonError from error


def bare(text: str) -> str:
    """The text without its strings."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', text, flags=re.S)


def depth(text: str) -> int:
    """How many brackets are open at most, outside of strings."""
    open_now = deepest = 0
    for bracket in re.findall(r"[\[{\]}]", bare(text)):
        open_now += 1 if bracket in "[{" else -1
        deepest = max(deepest, open_now)
    return deepest


def strings(thing: object) -> list[str]:
    """All names and texts in a document, and its numbers."""
    if isinstance(thing, dict):
        return [s for name, value in thing.items() for s in (name, *strings(value))]
    if isinstance(thing, list):
        return [s for value in thing for s in strings(value)]
    return [thing] if isinstance(thing, str) else []


def limit(document: object) -> str | None:
    """The limit of the parser that a document exceeds."""
    numbers = [s for s in strings(document) if isinstance(s, Number)]
    # The zero before a decimal point is not counted.
    digits = [re.sub(r"^-?0(?=\.)|[^0-9]", "", number) for number in numbers]
    if any(len(number) > 1000 for number in digits):
        return LONG_NUMBER
    return LONG_TEXT if longest_name(document) > 50_000 else None


def longest_name(thing: object) -> int:
    """The length of the longest name of a field."""
    if isinstance(thing, dict):
        return max(
            (max(len(name), longest_name(value)) for name, value in thing.items()), default=0
        )
    return max(map(longest_name, thing), default=0) if isinstance(thing, list) else 0


def kind(value: object) -> str | None:
    """What a value is, in the words of planted.VALUES; None for null."""
    if isinstance(value, Number):
        whole = "a number with a decimal point or an exponent, or of over 18 digits"
        return whole if value.whole is None else "a whole number"
    if value is None or isinstance(value, (str, bool, dict)):
        names = {str: "text", bool: "true or false", dict: "an object", type(None): None}
        return names[type(value)]
    assert isinstance(value, list)
    kinds = {kind(element) for element in value} - {None}
    if not kinds:
        return "an empty array"
    groups = {"number" if "number" in k else "array" if "array" in k else k for k in kinds}
    if len(groups) > 1:
        return "an array of mixed values"
    return "an array of objects" if groups == {"an object"} else "an array of plain values"


def objects(record: dict) -> dict[str, list]:
    """By path: what stands where the objects of a record belong."""

    def array(thing: object, name: str) -> list:
        found = thing.get(name) if isinstance(thing, dict) else None
        return found if isinstance(found, list) else []

    sequences = record.get("sequences")
    questions = array(sequences, "questions")
    return {
        "": [record],
        "sequences.": [sequences],
        "sequences.counts.": [sequences.get("counts") if isinstance(sequences, dict) else None],
        "sequences.questions.": questions,
        "sequences.questions.options.": [o for q in questions for o in array(q, "options")],
    }


def wrong_types(record: dict) -> list[str]:
    problems = []
    for path, things in objects(record).items():
        fields = PLACES[path][1]
        for thing in things:
            for name in sorted(thing if isinstance(thing, dict) else []):
                found, wanted = kind(thing[name]), fields.get(name)
                fits = {None, wanted, *(["an empty array"] if "array" in (wanted or "") else [])}
                if wanted and found not in fits:
                    problems.append(f"{path}{name} is {found} instead of {wanted}")
    return list(dict.fromkeys(problems))


def is_blank(text: str | None) -> bool:
    """Whether nothing of a text can be seen."""
    categories = {unicodedata.category(character) for character in text or ""}
    return categories <= {"Zs", "Zl", "Zp", "Cc", "Cf"}


def missing(record: dict) -> list[str]:
    problems = [f"{field} is missing" for field in REQUIRED if is_blank(record.get(field))]
    if record.get("sequences") is None:
        problems.append("sequences is missing")
    found = objects(record)
    for path, word in (("questions.", "question"), ("questions.options.", "option")):
        if any(is_blank((thing or {}).get("id")) for thing in found[f"sequences.{path}"]):
            problems.append(WITHOUT_AN_ID[word].removesuffix("."))
    return problems


def moment(text: str) -> timedelta | None:
    """The time of an RFC 3339 text since 1970, cut to microseconds; None: it is none."""
    parts = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))",
        text,
        re.ASCII,
    )
    if not parts:
        return None
    year, month, day, hour, minute, second = map(int, parts.groups()[:6])
    sign, hours, minutes = parts[8], int(parts[9] or 0), int(parts[10] or 0)
    try:
        # Year 0 is a leap year like 400.
        days = date(year or 400, month, day).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return None
    if hour > 23 or minute > 59 or second > 59 or minutes > 59 or hours * 60 + minutes > 18 * 60:
        return None
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    return (
        timedelta(days - (0 if year else 146_097), second, 0, 0, minute, hour)
        + timedelta(microseconds=int((parts[7] or "0")[:6].ljust(6, "0")))
        - offset
    )


def seconds(text: str) -> timedelta | None:
    """A text of seconds since 1970, cut to microseconds; None: it is none."""
    if not re.fullmatch(r"[0-9]{1,11}(\.[0-9]+)?", text):
        return None
    whole, _, digits = text.partition(".")
    return timedelta(seconds=int(whole), microseconds=int(digits[:6].ljust(6, "0")))


def impossible_times(record: dict, landed_at: datetime) -> list[str]:
    started = moment(record["started_at"])
    finished = seconds(record["keen_timestamp"])
    problems = []
    if started is None:
        problems.append(STARTED_AT.format(record["started_at"][:60]))
    if finished is None:
        problems.append(IN_SECONDS.format("keen_timestamp", record["keen_timestamp"][:60]))
    epoch = datetime(1970, 1, 1)
    for name, time in (("started_at", started), ("keen_timestamp", finished)):
        if time is not None and time < EARLIEST - epoch:
            problems.append(f"{name} is before 2000-01-01: {record[name][:60]}.")
        elif time is not None and time > landed_at + timedelta(1) - epoch:
            words = "is more than a day after the message landed"
            problems.append(f"{name} {words}: {record[name][:60]}.")
    created = record.get("keen_created_at")
    if created is not None and seconds(created) is None:
        problems.append(IN_SECONDS.format("keen_created_at", created[:60]))
    times = [option.get("at") for option in objects(record)["sequences.questions.options."]]
    if any(at is not None and moment(at) is None for at in times):
        problems.append(AT)
    return [problem.removesuffix(".") for problem in problems]


def contradictions(record: dict) -> list[str]:
    counts = {
        name: value.whole if isinstance(value, Number) else value
        for name, value in (record["sequences"].get("counts") or {}).items()
    }
    questions = record["sequences"].get("questions")
    return [
        *(
            f"sequences.counts.{name} is {counts[name]}, not 0 to 2,147,483,647"
            for name in ("total", "submitted", "correct", "incorrect", "incomplete", "unanswered")
            if counts.get(name) is not None and not 0 <= counts[name] <= LARGEST
        ),
        *(_among_counts(counts) if questions is None else _with_questions(counts, questions)),
    ]


def said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _are(number: int, word: str) -> str:
    return f"{number} question is {word}" if number == 1 else f"{number} questions are {word}"


def _among_counts(counts: dict) -> list[str]:
    problems = []
    total = counts.get("total")
    for name, parts in (
        ("total", ("submitted", "unanswered")),
        ("total", ("correct", "incorrect", "incomplete", "unanswered")),
        ("submitted", ("correct", "incorrect", "incomplete")),
    ):
        known = [counts[part] for part in parts if counts.get(part) is not None]
        whole, found, are_all = counts.get(name), sum(known), len(known) == len(parts)
        if whole is not None and known and (whole < found or (are_all and whole > found)):
            words = f"{', '.join(parts[:-1])} and {parts[-1]}"
            problems.append(f"sequences.counts.{name} is {whole}, but {words} add up to {found}")
    correct, full = counts.get("correct"), counts.get("all_correct")
    if None not in (full, correct, total) and full != (correct == total):
        problems.append(
            f"sequences.counts.all_correct is {said(full)}, "
            f"but correct is {correct} and total is {total}"
        )
    return problems


def _with_questions(counts: dict, questions: list[dict]) -> list[str]:
    problems = []
    results = [question.get("user_result") for question in questions]
    number = len(results)
    unknown = sum(result not in KNOWN for result in results)
    is_known = not unknown
    of_result = {"correct", "incorrect", "missed_some"}
    if counts.get("total") not in (None, number):
        problems.append(
            f"sequences.counts.total is {counts['total']}, but {_are(number, 'listed')}"
        )
    for name, word, meant in (
        ("submitted", "answered", of_result),
        ("correct", "correct", {"correct"}),
        ("incorrect", "incorrect", {"incorrect"}),
        ("incomplete", "missed_some", {"missed_some"}),
        ("unanswered", "unanswered", {"unanswered"}),
    ):
        least = sum(result in meant for result in results)
        if counts.get(name) is None or least <= counts[name] <= least + unknown:
            continue
        may = f"{least} to {least + unknown} questions are {word}"
        problems.append(
            f"sequences.counts.{name} is {counts[name]}, "
            f"but {_are(least, word) if is_known else may}"
        )
    full = counts.get("all_correct")
    right = results.count("correct")
    if is_known and full is not None and full != (right == number):
        verb = "question is correct" if number == 1 else "questions are correct"
        problems.append(
            f"sequences.counts.all_correct is {said(full)}, but {right} of {number} {verb}"
        )
    parts = ("correct", "incorrect", "incomplete", "unanswered")
    found = sum(counts.get(name) or 0 for name in parts)
    if not is_known and found > number:
        problems.append(
            "sequences.counts.correct, incorrect, incomplete and unanswered add up to "
            f"{found}, but there {'is' if number == 1 else 'are'} only {number} "
            f"question{'s' * (number != 1)}"
        )
    for flag, implied in (
        ("user_correct", lambda result: result == "correct"),
        ("user_incomplete", lambda result: result == "missed_some"),
        ("user_submitted", lambda result: result != "unanswered"),
    ):
        for question, result in zip(questions, results, strict=True):
            value = question.get(flag)
            if value is not None and result in KNOWN and value != implied(result):
                problems.append(
                    f"sequences.questions.{flag} is {said(value)}, but user_result is {result}"
                )
                break
    return problems


def unreadable(value: bytes | None) -> str | None:
    """The reason for which no document can be read from a message's value; None: there is one."""
    if value is None:
        return "The message has no value."
    try:
        text = value.decode("utf-8")
    except ValueError:
        return "The value is not UTF-8 text."
    if depth(text) > 100:
        return TOO_DEEP
    if not text.strip(" \t\r\n"):
        return "The value is empty."
    try:
        return limit(parse(text))
    except NotJsonError:
        # Two things are wrong: the limit is told.
        return LONG_NUMBER if re.search(r"[-+.0-9eE]{1001}", bare(text)) else NOT_JSON


def problem(value: bytes | None, landed_at: datetime) -> str | None:
    """The reason for which a message must be rejected, whatever came before; None: it is readable.

    Args:
        value: of the message.
        landed_at: when it landed, UTC without a time zone.
    """
    if reason := unreadable(value):
        return reason
    record = parse(value.decode("utf-8"))
    if any("\ud800" <= character <= "\udfff" for s in strings(record) for character in s):
        return HALF
    if not isinstance(record, dict):
        return NOT_AN_OBJECT
    for check in (wrong_types, missing, lambda r: impossible_times(r, landed_at), contradictions):
        if problems := check(record):
            return "; ".join(problems) + "."
    return None
