"""What the marts must say of a file, computed from its bytes with plain Python, nothing shared.

The statistics of test theory are those of scipy and pingouin.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Container
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

import pandas as pd
from scipy import stats

RESULTS = "correct", "incorrect", "missed_some", "unanswered"  # those that we know


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

    @classmethod
    def of_file(cls, path: Path) -> "Oracle":
        """The records as they stand in a file that is a JSON array."""
        text = path.read_text()
        decoder, position, raw = json.JSONDecoder(), text.index("[") + 1, []
        while text[position] in " \n\r\t,":
            position += 1
        while text[position] != "]":
            _, end = decoder.raw_decode(text, position)
            raw.append(text[position:end])
            position = end
            while text[position] in " \n\r\t,":
                position += 1
        return cls(raw)

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

    def scored(self, keen_ids: Container[str] | None = None) -> dict[tuple, pd.DataFrame]:
        """By exam and ids of its questions: one row an attempt, its result in each question.

        Test attempts are left out, those that lack a result, and all but these keen_ids.
        """
        rows = defaultdict(dict)
        for record in self.once.values():
            results = {q["id"]: q.get("user_result") for q in first_by_id(questions_of(record))}
            if keen_ids is not None and record["keen_id"] not in keen_ids:
                continue
            has_all = results and None not in results.values()
            if record["base_exam_id"] != "example-id" and has_all:
                exam = record["base_exam_id"], tuple(sorted(results))
                rows[exam][record["keen_id"]] = results
        return {
            exam: pd.DataFrame.from_dict(attempts, orient="index").sort_index(axis=1)
            for exam, attempts in rows.items()
        }

    @staticmethod
    def reliability(scored: dict[tuple, pd.DataFrame]) -> dict[tuple, tuple]:
        """By exam and ids of its questions: n, mean, standard deviation, KR-20, standard error."""
        rows = {}
        for exam, results in scored.items():
            items = (results == "correct").astype(int)
            scores = items.sum(axis=1)
            kr20 = None
            if len(items.columns) > 1 and scores.nunique() > 1:
                import pingouin  # takes a second, and most tests need none of it

                kr20 = pingouin.cronbach_alpha(items)[0]
            deviation = scores.std() if len(scores) > 1 else None
            error = None if kr20 is None else deviation * max(1 - kr20, 0) ** 0.5
            rows[exam] = len(items), scores.mean(), deviation, kr20, error
        return rows

    @staticmethod
    def items(scored: dict[tuple, pd.DataFrame]) -> dict[tuple, tuple]:
        """By exam, ids of its questions, and question: the counts and figures of item_analysis."""
        rows = {}
        for exam, results in scored.items():
            right = (results == "correct").astype(int)
            for question in results:
                counts = results[question].value_counts()
                item, rest = right[question], right.drop(columns=question).sum(axis=1)
                answered = len(results) - counts.get("unanswered", 0)
                figures = []
                for trials in (len(results), answered):
                    if trials:
                        test = stats.binomtest(int(item.sum()), int(trials))
                        figures += [test.statistic, *test.proportion_ci(0.95, "wilson")]
                    else:
                        figures += [None] * 3
                varies = item.nunique() > 1 and rest.nunique() > 1
                correlation = stats.pearsonr(item, rest).statistic if varies else None
                rows[(*exam, question)] = (
                    *(counts.get(r, 0) for r in ("correct", "incorrect", "missed_some")),
                    counts.get("unanswered", 0),
                    *figures,
                    correlation,
                    int((~results[question].isin(RESULTS)).sum()),
                )
        return rows

    @staticmethod
    def thirds(results: pd.DataFrame) -> tuple[list[str], list[str], list[str]]:
        """The attempts by score, and of these the lower and the upper third."""
        scores = (results == "correct").sum(axis=1)
        ranked = sorted(results.index, key=lambda k: (scores[k], sha256(k.encode()).hexdigest()))
        third = len(ranked) // 3
        return ranked, ranked[:third], ranked[len(ranked) - third :]

    def distractors(self, scored: dict[tuple, pd.DataFrame]) -> dict[tuple, tuple]:
        """By exam, question and option: presented and chosen, by all and by each outer third."""
        records = {record["keen_id"]: record for record in self.once.values()}
        rows = defaultdict(lambda: [0] * 6)
        for (exam, questions), results in scored.items():
            for group, attempts in enumerate(self.thirds(results)):
                for keen_id in attempts:
                    for question in first_by_id(questions_of(records[keen_id])):
                        for option in first_by_id(options_of(question)):
                            row = rows[exam, questions, question["id"], option["id"]]
                            row[2 * group] += 1
                            row[2 * group + 1] += option.get("checked") is True
        return {key: tuple(row) for key, row in rows.items()}
