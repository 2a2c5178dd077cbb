"""The eight answers, computed from the bytes of a file with plain Python, nothing shared."""

import json
import re
from collections import Counter
from datetime import datetime, timezone


def utc(text: str) -> datetime:
    """A time with a zone as one in UTC, cut to microseconds; an error for what is none."""
    text = str.upper(text)  # RFC 3339 allows t and z
    if not re.match(r"\d{4}-\d\d-\d\dT", text):  # strptime takes single digits
        raise ValueError(text)
    cut = re.sub(r"(\.[0-9]{1,6})[0-9]*", r"\1", text)
    form = "%Y-%m-%dT%H:%M:%S.%f%z" if "." in cut else "%Y-%m-%dT%H:%M:%S%z"
    return datetime.strptime(cut, form).astimezone(timezone.utc).replace(tzinfo=None)


def questions_of(record: dict) -> list[dict]:
    return record["sequences"].get("questions") or []


def options_of(question: dict) -> list[dict]:
    return question.get("options") or []


def first_by_id(things: list[dict]) -> list[dict]:
    """The questions of a record, or options of a question, without those shown before."""
    return list({thing["id"]: thing for thing in reversed(things)}.values())[::-1]


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


class Oracle:
    """A dataset, from the text of each record in the order of delivery."""

    def __init__(self, raw: list[str]) -> None:
        self.raw = raw
        self.delivered = [json.loads(record) for record in self.raw]
        self.deliveries = Counter(self.raw)
        self.once = {record: json.loads(record) for record in self.deliveries}
        assert len({r["keen_id"] for r in self.once.values()}) == len(self.once)

    def answers(self, topic: str, exam: str = "Learning Git") -> list[tuple[str, str]]:
        """The eight answers, (as delivered, each attempt once)."""
        both = self.delivered, list(self.once.values())
        columns = (self._answers(rows, topic, exam, once) for once, rows in enumerate(both))
        return list(zip(*columns, strict=True))

    @staticmethod
    def _answers(rows: list[dict], topic: str, exam: str, once: int) -> list[str]:
        people = Counter(row["user_exam_id"] for row in rows)
        more = [n for n in people.values() if n > 1]
        took = [row["user_exam_id"] for row in rows if row["exam_name"] == exam]
        exams = Counter(row["exam_name"] for row in rows)
        fewest, most = min(exams.values(), default=0), max(exams.values(), default=0)
        hours = Counter(utc(row["started_at"]).hour for row in rows)
        tests = sum(row["base_exam_id"] == "example-id" for row in rows)
        starts = max(hours.values(), default=0)
        popular = "; ".join(str(hour) for hour, n in sorted(hours.items()) if n == starts)
        rarest = sorted(name for name, n in exams.items() if n == fewest)
        times = "once" if fewest == 1 else f"{fewest} times"
        each = f"{times} each" if len(rarest) > 1 else times
        commonest = "; ".join(sorted(name for name, n in exams.items() if n == most))
        return [
            str(len(rows)),
            str(sum(n == 1 for n in people.values())),
            f"{count(len(more), 'id')}, in {sum(more)} {'attempts' if once else 'rows'}"
            if more
            else "nobody by id",
            topic,
            f"{count(len(set(took)), 'id')} ({count(len(took), 'attempt' if once else 'row')})",
            f"{each}: {'; '.join(rarest)}. Most: {commonest}" if rows else "none",
            str(tests) if once else f"{count(tests, 'row')}, example-id" if tests else "0 rows",
            f"{popular}, {starts if once else count(starts, 'row')}" if rows else "none",
        ]
