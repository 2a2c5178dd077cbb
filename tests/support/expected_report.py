"""What the report must say of the messages that landed, computed from their bytes in plain Python.

Nothing of the project is used here: neither its models, nor its statements, nor its formats.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from math import floor
from pathlib import Path
from statistics import mean, median

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from tests.support import retakes, verdicts
from tests.support.expected.values import finished
from tests.support.independent import slices
from tests.support.oracle import Oracle, first_by_id, options_of, questions_of, utc

NONE = "—"
HOUR, MINUTE = 3600, 60
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Delivery:
    """A row of the raw table; times are naive, and UTC."""

    load_id: int
    partition: int
    offset: int
    source: str
    source_sha256: str
    record: int
    records: int
    published_at: datetime
    landed_at: datetime
    value: bytes


def deliveries(pipeline, *files: Path) -> list[Delivery]:
    """The rows of a raw table, in the order in which staging takes them; values from the files."""
    values = {path.name: slices(path) for path in files}
    rows = pipeline.query(
        "select load_id, partition, offset, source_file, source_sha256, source_position,"
        " source_records, unix_micros(timestamp), unix_micros(landed_at) from {raw}"
    )
    return [
        Delivery(*row[:7], *(EPOCH + timedelta(microseconds=at) for at in row[7:]),
                 values[row[3]][row[5]])
        for row in sorted(rows)
    ]  # fmt: skip


def whole(value: float) -> str:
    return f"{value:,}"


def half_up(value: float, digits: int) -> str:
    """A number to so many decimals; halves go up, as JavaScript rounds them."""
    places = 10**digits
    whole = floor(abs(value) * places + 0.5 + 1e-9)
    return f"{'-' * (value < 0 < whole)}{whole / places:,.{digits}f}"


class Rounded(str):
    """A number that lies between two others as well as a sum of floats can tell: equals both."""

    __slots__ = ("other",)

    def __eq__(self, text: object) -> bool:
        return str(self) == text or self.other == text

    __hash__ = str.__hash__


def rounded(value: float | None, spec: str) -> str:
    if value is None:
        return NONE
    texts = {format(value + noise, spec).replace("%", " %") for noise in (-1e-9, 0, 1e-9)}
    texts = {text if re.search("[1-9]", text) else text.lstrip("-") for text in texts}
    text = Rounded(max(texts))
    text.other = min(texts)
    return text


def percent(value: float | None) -> str:
    return rounded(value, ".0%")


def fixed(value: float | None, digits: int) -> str:
    return rounded(value, f",.{digits}f")


def points(value: float | None) -> str:
    """A difference of scores, in points of 100, with its sign."""
    return NONE if value is None else rounded(100 * value, "+.0f") if abs(value) >= 0.005 else "0"


def minute(value: datetime | None) -> str:
    return NONE if value is None else value.isoformat(" ")[:16]


def yes(value: bool) -> str:
    return "yes" if value else "no"


def several(number: int, noun: str) -> str:
    return f"{whole(number)} {noun}{'s' * (number != 1)}"


def lasting(seconds: float) -> str:
    if abs(seconds) >= 2 * HOUR:
        return f"{half_up(seconds / HOUR, 1)} h"
    minutes = abs(seconds) >= 2 * MINUTE
    return f"{half_up(seconds / MINUTE, 1)} min" if minutes else f"{half_up(seconds, 0)} s"


def average(values: Iterable[float | None]) -> float | None:
    """The mean of those that are there."""
    known = [value for value in values if value is not None]
    return mean(known) if known else None


def names(files: list[str]) -> str:
    more = f" and {whole(len(files) - 3)} more" if len(files) > 3 else ""
    return ", ".join(files[:3]) + more


@dataclass
class Attempt:
    """An accepted record; how often it was delivered, and what follows from it."""

    record: dict
    deliveries: list[Delivery]

    @cached_property
    def exam(self) -> str:
        return self.record["base_exam_id"]

    @cached_property
    def is_test(self) -> bool:
        return self.exam == "example-id"

    @cached_property
    def start(self) -> datetime:
        return utc(self.record["started_at"]).replace(tzinfo=None)

    @cached_property
    def seconds(self) -> float:
        end = round(float(self.record["keen_timestamp"]) * 1_000_000)
        return (end - (self.start - EPOCH) // timedelta(microseconds=1)) / 1_000_000

    @cached_property
    def questions(self) -> tuple[str, ...]:
        return tuple(sorted({q["id"] for q in questions_of(self.record)}))

    @cached_property
    def score(self) -> tuple[int, int] | None:
        counts = self.record["sequences"].get("counts")
        return (counts["correct"], len(questions_of(self.record))) if counts else None

    @property
    def share(self) -> float | None:
        """The score, 0 to 1."""
        return self.score[0] / self.score[1] if self.score and self.score[1] else None

    @cached_property
    def taken(self) -> retakes.Taken:
        """When it starts and ends, in microseconds."""
        times = (self.start, finished(self.record))
        micros = ((moment - EPOCH) // timedelta(microseconds=1) for moment in times)
        return retakes.Taken(self.exam, self.record["keen_id"], *micros)

    @cached_property
    def is_right(self) -> dict[str, bool]:
        """By question: whether it is answered correctly."""
        questions = first_by_id(questions_of(self.record))
        return {question["id"]: question.get("user_result") == "correct" for question in questions}

    @property
    def order(self) -> tuple:
        first = self.deliveries[0]
        return self.start, first.load_id, first.partition, first.offset


class ExpectedReport:
    """What the report must say.

    Attributes:
        rejected: those that are no attempts, with the reason.
        attempts: each once, in the order of delivery.
    """

    def __init__(self, rows: list[Delivery], problems: dict[bytes, str], topic: str) -> None:
        self.rows, self.topic = rows, topic
        self.rejected = [(row, problems[row.value]) for row in rows if row.value in problems]
        readable = [row for row in rows if row.value not in problems]
        self.oracle = Oracle([row.value.decode() for row in readable])
        by_text = defaultdict(list)
        for row in readable:
            by_text[row.value.decode()].append(row)
        self.attempts = [Attempt(self.oracle.once[text], rows) for text, rows in by_text.items()]
        self.real = [attempt for attempt in self.attempts if not attempt.is_test]
        self.scored = [attempt for attempt in self.real if attempt.score]
        self.scores = [correct / questions for correct, questions in map(score_of, self.scored)]

    # What is asked more than once.

    @cached_property
    def results(self) -> dict[tuple, pd.DataFrame]:
        """By exam and ids of its questions: the result of each attempt in each question."""
        return self.oracle.scored()

    def population(self, exam: str) -> str:
        """Which attempts at an exam test theory uses."""
        return "first attempts" if self.inference[exam].is_inferred else "all attempts"

    @cached_property
    def used(self) -> list[Attempt]:
        """The attempts that test theory uses: the first of each session, where inferred."""
        later = {keen_id for keen_id, (_, number) in self.sessions.items() if number > 1}
        return [attempt for attempt in self.real if attempt.record["keen_id"] not in later]

    @cached_property
    def results_of_used(self) -> dict[tuple, pd.DataFrame]:
        return self.oracle.scored({attempt.record["keen_id"] for attempt in self.used})

    @cached_property
    def exam_names(self) -> dict[str, str]:
        """By base_exam_id, the name that its latest attempt bears."""
        found = {}
        for attempt in sorted(self.attempts, key=lambda attempt: attempt.order):
            found[attempt.exam] = attempt.record["exam_name"]
        return found

    @cached_property
    def labels(self) -> dict[tuple, str]:
        """By exam and ids of its questions: its name; and where that is not unique, a number."""
        first = {}
        for attempt in sorted(self.real, key=lambda attempt: attempt.start):
            if attempt.questions:
                first.setdefault((attempt.exam, attempt.questions), attempt.start)
        found = {}
        for name, sets in groupby(
            sorted(first, key=lambda key: (self.exam_names[key[0]], first[key])),
            lambda key: self.exam_names[key[0]],
        ):
            keys = list(sets)
            for number, key in enumerate(keys, 1):
                found[key] = f"{name} · version {number}" if len(keys) > 1 else name
        return found

    @cached_property
    def files(self) -> list[list[Delivery]]:
        """The messages of each file, the file that landed last first."""
        found = defaultdict(list)
        for row in self.rows:
            found[row.source_sha256].append(row)
        by_name = sorted(found.values(), key=lambda rows: rows[-1].source)
        return sorted(by_name, key=lambda rows: max(row.landed_at for row in rows), reverse=True)

    @cached_property
    def loads(self) -> list[list[Delivery]]:
        """The messages of each load, the newest first."""
        by_load = groupby(self.rows, lambda row: row.load_id)
        return [list(rows) for _, rows in by_load][::-1]

    @cached_property
    def repeated(self) -> list[Attempt]:
        return sorted(
            (attempt for attempt in self.attempts if len(attempt.deliveries) > 1),
            key=lambda attempt: (
                -len(attempt.deliveries), attempt.record["exam_name"], attempt.record["keen_id"],
            ),
        )  # fmt: skip

    @cached_property
    def by_exam(self) -> list[tuple[str, list[Attempt]]]:
        """The attempts at each exam, without test attempts; the exam taken most first."""
        found = defaultdict(list)
        for attempt in self.real:
            found[attempt.exam].append(attempt)
        return sorted(
            found.items(), key=lambda item: (-len(item[1]), self.exam_names[item[0]], item[0])
        )

    @cached_property
    def popular_hours(self) -> tuple[list[int], int]:
        starts = Counter(attempt.start.hour for attempt in self.attempts)
        most = max(starts.values())
        return sorted(hour for hour, n in starts.items() if n == most), most

    @cached_property
    def days(self) -> list[date]:
        """Each day from the first start to the last one."""
        on = [attempt.start.date() for attempt in self.attempts]
        if not on:
            return []
        return [min(on) + timedelta(days=n) for n in range((max(on) - min(on)).days + 1)]

    @cached_property
    def is_sound(self) -> bool:
        return all(
            len({row.record for row in rows}) == rows[0].records
            and len(rows) % rows[0].records == 0
            for rows in self.files
        )

    @cached_property
    def inference(self) -> dict[str, retakes.Exam]:
        """By exam, what can be inferred of retakes."""
        return retakes.exams(attempt.taken for attempt in self.attempts)

    @cached_property
    def sessions(self) -> dict[str, tuple[str, int]]:
        """By keen_id, the session, and the number in it, where that is inferred."""
        return retakes.sessions(attempt.taken for attempt in self.attempts)

    @cached_property
    def retaken(self) -> list[tuple[Attempt, Attempt, float]]:
        """Each retake: the attempt before, the retake, and the seconds between."""
        by_id = {attempt.record["keen_id"]: attempt for attempt in self.attempts}
        return [
            (by_id[before], by_id[keen_id], seconds)
            for exam in self.inference.values()
            if exam.is_inferred
            for keen_id, (before, seconds) in exam.links.items()
        ]

    @cached_property
    def gains(self) -> list[float]:
        """The gains of the retakes that are no test attempts and have both scores."""
        return [
            after.share - before.share
            for before, after, _ in self.retaken
            if not after.is_test and None not in (before.share, after.share)
        ]

    @cached_property
    def answered_again(self) -> dict[tuple[str, str], Counter]:
        """By exam and question: how often it was (right before, right in the retake)."""
        found = defaultdict(Counter)
        for before, after, _ in self.retaken:
            for question in before.is_right.keys() & after.is_right.keys():
                if not after.is_test:
                    pair = before.is_right[question], after.is_right[question]
                    found[after.exam, question][pair] += 1
        return found

    # Rows of tables, each by the headings of its columns.

    @cached_property
    def tables(self) -> dict[str, tuple[str, list[dict[str, str]]]]:
        """By name: the caption, and the rows in their order."""
        return {
            "hours": ("Attempts by hour of start", self._hours()),
            "days": ("Attempts by day of start", self._days()),
            "scores": ("Attempts by score", self._scores()),
            "durations": ("Attempts by duration", self._durations()),
            "exams": ("Exams", self._exams()),
            "retake_gaps": ("Retakes by the time since the attempt before", self._gaps()),
            "retake_gains": ("Retakes by gain", self._by_gain()),
            "retaken_questions": (
                "Questions answered again in a retake",
                [row for row, _ in self.retaken_questions],
            ),
            "inference": (
                "Attempts that seem to follow another one, and chance",
                self._inference(),
            ),
            "questions": ("Questions", [row for row, _ in self.questions]),
            "options": ("Options", [row for row, _ in self.options]),
            "reliability": ("Reliability of the exams", [row for row, _ in self.reliability]),
            "files": ("Files", self._files()),
            "loads": ("Loads", self._loads()),
            "rejected": ("Reasons of rejection", self._rejected()),
            "repeated": ("Attempts delivered more than once", self._repeated()),
        }

    @staticmethod
    def _counts(attempts: list[Attempt]) -> dict[str, str]:
        return {
            "attempts": whole(len(attempts)),
            "as delivered": whole(sum(len(attempt.deliveries) for attempt in attempts)),
            "of these tests": whole(sum(attempt.is_test for attempt in attempts)),
        }

    def _hours(self) -> list[dict]:
        return [
            {"hour (UTC)": str(hour)}
            | self._counts([a for a in self.attempts if a.start.hour == hour])
            for hour in range(24)
        ]

    def _days(self) -> list[dict]:
        by_day = defaultdict(list)
        for attempt in self.attempts:
            by_day[attempt.start.date()].append(attempt)
        return [
            {"day (UTC)": str(day), "weekend": yes(kind_of(day) == "weekend")}
            | self._counts(by_day[day])
            for day in self.days
        ]

    def _scores(self) -> list[dict]:
        tens = Counter(min(10 * right // of, 9) for right, of in map(score_of, self.scored))
        ranges = [f"{10 * ten} to {10 * ten + 9} %" for ten in range(9)] + ["90 to 100 %"]
        return [
            {"answered correctly": text, "attempts": whole(tens[ten])}
            for ten, text in enumerate(ranges)
        ]

    def _durations(self) -> list[dict]:
        limits = {
            "under 15 s": 15, "15 to 30 s": 30, "30 s to 1 min": 60, "1 to 2 min": 120,
            "2 to 5 min": 300, "5 to 15 min": 900, "15 min to 1 h": 3600, "over 1 h": np.inf,
        }  # fmt: skip
        found = Counter(
            next(text for text, limit in limits.items() if attempt.seconds < limit)
            for attempt in self.real
        )
        return [
            {"from start to end": text, "attempts": whole(found[text])} for text in limits
        ]  # fmt: skip

    def _exams(self) -> list[dict]:
        rows = []
        for exam, attempts in self.by_exam:
            minutes = [attempt.seconds / 60 for attempt in attempts]
            firsts = self.firsts(attempts)
            scores = [a.score[0] / a.score[1] for a in attempts if a.score]
            rows.append(
                {
                    "exam": self.exam_names[exam],
                    "attempts": whole(len(attempts)),
                    "sessions": NONE if not firsts else whole(len(firsts)),
                    "retakes": NONE if not firsts else whole(len(attempts) - len(firsts)),
                    "mean score": percent(mean(scores) if scores else None),
                    "of first attempts": percent(average(a.share for a in firsts)),
                    "median minutes": fixed(median(minutes), 1),
                    "lower quartile": fixed(np.quantile(minutes, 0.25), 1),
                    "upper quartile": fixed(np.quantile(minutes, 0.75), 1),
                    "sets of questions": whole(len({a.questions for a in attempts} - {()})),
                    "last taken (UTC)": minute(max(attempt.start for attempt in attempts)),
                }
            )
        return rows

    def firsts(self, attempts: list[Attempt]) -> list[Attempt]:
        """Those that are the first of a session; none where that is not inferred."""
        return [a for a in attempts if self.sessions.get(a.record["keen_id"], (0, 0))[1] == 1]

    def _gaps(self) -> list[dict]:
        bins = defaultdict(list)
        for before, after, seconds in self.retaken:
            bins[min(seconds // 5, 11)].append((before.share, after.share))
        rows = []
        for number in range(12):
            scores = [pair for pair in bins[number] if None not in pair]
            gain = average(after - before for before, after in scores)
            rows.append(
                {
                    "seconds from": str(5 * number),
                    "to": str(5 * number + 5),
                    "retakes": whole(len(bins[number])),
                    "mean gain in score": points(gain),
                }
            )
        return rows

    def _by_gain(self) -> list[dict]:
        found = Counter()
        for gain in self.gains:
            size = abs(round(gain, 9))
            step = sum(size >= least for least in (1e-9, 0.2, 0.4, 0.6))
            found[step if gain > 0 else -step] += 1
        words = {
            -4: "lost 60 points or more", -3: "lost 40 to 59", -2: "lost 20 to 39",
            -1: "lost less than 20", 0: "the same score", 1: "gained less than 20",
            2: "gained 20 to 39", 3: "gained 40 to 59", 4: "gained 60 points or more",
        }  # fmt: skip
        return [
            {"points of 100": text, "retakes": whole(found[step])} for step, text in words.items()
        ]

    @cached_property
    def retaken_questions(self) -> list[tuple[dict[str, str], dict]]:
        """Each question that a retake answers again: its row, and what sorts it."""
        rows = []
        for (exam, question), counts in self.answered_again.items():
            corrected, lost = counts[False, True], counts[True, False]
            wrong, right = corrected + counts[False, False], lost + counts[True, True]
            test = binomtest(corrected, wrong).proportion_ci(0.95, "wilson") if wrong else None
            low, high = test or (None, None)
            verdict = "not known"
            if wrong and high < 0.5:
                verdict = "mostly stays wrong"
            if wrong and low > 0.5:
                verdict = "mostly gets corrected"
            row = {
                "exam": self.exam_names[exam],
                "question": question,
                "verdict": verdict,
                "wrong before": whole(wrong),
                "of these corrected": percent(corrected / wrong if wrong else None),
                "95 % interval from": percent(low),
                "to": percent(high),
                "correct before": whole(right),
                "of these lost": percent(lost / right if right else None),
            }
            last = 2 if high is None else round(high, 9)
            rows.append((row, {"order": (last, self.exam_names[exam], exam, question)}))
        return sorted(rows, key=lambda row: row[1]["order"])

    def _inference(self) -> list[dict]:
        rows = []
        for exam, found in sorted(
            self.inference.items(),
            key=lambda item: (
                item[1].is_inferred, -len(item[1].links), -item[1].attempts,
                self.exam_names[item[0]], item[0],
            ),
        ):  # fmt: skip
            links, high = len(found.links), found.chance_links_high
            seem = "1 attempt that seems" if links == 1 else f"{links} attempts that seem"
            why = (
                f"Retakes at this exam cannot be told from chance: of {seem} to follow another "
                f"one, chance may explain {high}, which is more than 5 %."
            )
            rows.append(
                {
                    "exam": self.exam_names[exam],
                    "attempts": whole(found.attempts),
                    "follow another one": whole(links),
                    "taken for retakes": yes(found.is_inferred),
                    "expected by chance": fixed(found.chance_links, 2),
                    "at most (95 %)": whole(high),
                    "with time reversed": whole(found.reversed_links),
                    "10 min later": whole(found.later_links),
                    "why not": NONE if found.is_inferred else why,
                }
            )
        return rows

    @cached_property
    def question_numbers(self) -> dict[tuple, int]:
        """By exam, ids of its questions, and question: its place by its mean position."""
        places = defaultdict(list)
        for attempt, key in self._in_test_theory():
            for position, question in enumerate(questions_of(attempt.record)):
                places[(*key, question["id"])].append(position)
        return numbered(places)

    @cached_property
    def option_numbers(self) -> dict[tuple, int]:
        places = defaultdict(list)
        for attempt, key in self._in_test_theory():
            for question in questions_of(attempt.record):
                for position, option in enumerate(options_of(question)):
                    places[(*key, question["id"], option["id"])].append(position)
        return numbered(places)

    def _in_test_theory(self) -> Iterable[tuple[Attempt, tuple]]:
        for attempt in self.real:
            key = attempt.exam, attempt.questions
            results = self.results.get(key, [])
            if len(results) and attempt.record["keen_id"] in results.index:
                yield attempt, key

    @cached_property
    def questions(self) -> list[tuple[dict[str, str], dict]]:
        """Each question: its row, and what a chart needs of it."""
        rows, scored = [], self.results_of_used
        found = self.oracle.items(scored)
        for exam, questions, question in self.oracle.items(self.results):
            nobody = (0, 0, 0, 0, *[None] * 7)
            figures = found.get((exam, questions, question), nobody)
            correct, incorrect, missed, unanswered, share, low, high = figures[:7]
            n, separates = correct + incorrect + missed + unanswered, figures[10]
            results = scored.get((exam, questions), pd.DataFrame(columns=questions))
            right = results[question] == "correct"
            if n == 0:
                reason = "No figures: no scored attempt of the population presented the question."
            elif n == 1:
                reason = "No discrimination: there is one attempt only."
            elif not right.any():
                reason = "No discrimination: nobody answered correctly."
            elif right.all():
                reason = "No discrimination: everybody answered correctly."
            elif len(questions) == 1:
                reason = "No discrimination: there is no other question."
            elif (results.drop(columns=question) == "correct").sum(axis=1).nunique() == 1:
                reason = "No discrimination: all have the same score in the other questions."
            else:
                reason = ""
            if unanswered == n > 0:
                reason = f"No difficulty of the answered: nobody answered. {reason}".strip()
            row = {
                "exam": self.labels[exam, questions],
                "question": str(self.question_numbers[exam, questions, question]),
                "verdict": verdicts.on_question(n, share, separates),
                "of": self.population(exam),
                "presented": whole(n),
                "correct": percent(share),
                "95 % interval from": percent(low),
                "to": percent(high),
                "discrimination": fixed(separates, 2),
                "left out": percent(unanswered / n if n else None),
                "why a figure is missing": reason or NONE,
            }
            rows.append((row, {"n": n, "x": share, "y": separates}))
        return sorted(rows, key=lambda row: (-row[1]["n"], row[0]["exam"], int(row[0]["question"])))

    @cached_property
    def options(self) -> list[tuple[dict[str, str], dict]]:
        """Each option: its row, and what a chart needs of it."""
        right = defaultdict(set)
        for attempt, key in self._in_test_theory():
            for question in questions_of(attempt.record):
                for option in options_of(question):
                    right[(*key, question["id"], option["id"])].add(bool(option.get("correct")))
        rows = []
        found = self.oracle.distractors(self.results_of_used)
        for exam, questions, question, option in self.oracle.distractors(self.results):
            figures = found.get((exam, questions, question, option), [0] * 6)
            n, chosen, low_n, low_chosen, high_n, high_chosen = figures
            said = right[exam, questions, question, option]
            is_right = said.pop() if len(said) == 1 else None
            low = low_chosen / low_n if low_n else None
            high = high_chosen / high_n if high_n else None
            row = {
                "exam": self.labels[exam, questions],
                "question": str(self.question_numbers[exam, questions, question]),
                "option": str(self.option_numbers[exam, questions, question, option]),
                "right": NONE if is_right is None else yes(is_right),
                "verdict": verdicts.on_option(n, is_right, chosen / n if n else None, low, high),
                "presented": whole(n),
                "chosen by all": percent(chosen / n if n else None),
                "by the weakest third": percent(low),
                "by the strongest third": percent(high),
            }
            rows.append((row, {"n": n, "low": low, "high": high}))
        return sorted(
            rows,
            key=lambda row: (
                -row[1]["n"], row[0]["exam"], int(row[0]["question"]), int(row[0]["option"]),
            ),
        )  # fmt: skip

    @cached_property
    def reliability(self) -> list[tuple[dict[str, str], dict]]:
        """Each set of questions of an exam: its row, and what a chart needs of it."""
        used = Counter((a.exam, a.questions) for a in self.used)
        rows, found = [], self.oracle.reliability(self.results_of_used)
        for key in {(a.exam, a.questions): 0 for a in self.real if a.questions}:
            of = used[key]
            n, mean_score, deviation, kr20, error = found.get(key, (0, None, None, None, None))
            deviation = None if n < 2 else deviation
            if of == 0:
                why = "No attempt at these questions is the first of its session."
            elif n == 0:
                why = "No attempt has a result for each of its questions."
            elif n == 1:
                why = "There is one attempt only."
            elif len(key[1]) == 1:
                why = "There is one question only."
            else:
                why = "All attempts have the same score."
            verdict = verdicts.on_exam(n, kr20, why)
            row = {
                "exam": self.labels[key],
                "KR-20": fixed(kr20, 2),
                "verdict": verdict,
                "standard error": fixed(error, 2),
                "questions": whole(len(key[1]) if key in self.results else 0),
                "of": self.population(key[0]),
                "scored attempts": whole(n),
                "left out": whole(of - n),
                "mean correct": fixed(mean_score, 2),
                "standard deviation": fixed(deviation, 2),
            }
            rows.append((row, {"n": n, "x": kr20}))
        return sorted(rows, key=lambda row: (-row[1]["n"], row[0]["exam"]))

    def _files(self) -> list[dict]:
        rows = []
        for messages in self.files:
            first, landed = messages[0], len({row.record for row in messages})
            rows.append(
                {
                    "file": first.source,
                    "complete": yes(landed == first.records and not len(messages) % landed),
                    "records": whole(first.records),
                    "landed": whole(landed),
                    "missing": whole(first.records - landed),
                    "messages": whole(len(messages)),
                    "last landed (UTC)": minute(max(row.landed_at for row in messages)),
                    "SHA-256": first.source_sha256[:12],
                }
            )
        return rows

    def became(self, rows: list[Delivery]) -> dict[str, int]:
        """How many of these messages were accepted, duplicates, rejected."""
        rejected = {id(row) for row, _ in self.rejected}
        accepted = {id(attempt.deliveries[0]) for attempt in self.attempts}
        found = Counter(
            "rejected" if id(row) in rejected
            else "accepted" if id(row) in accepted
            else "duplicates"
            for row in rows
        )  # fmt: skip
        return {kind: found[kind] for kind in ("accepted", "duplicates", "rejected")}

    def _loads(self) -> list[dict]:
        rows = []
        for messages in self.loads:
            load = messages[0].load_id
            records = [a.record for a in self.attempts if a.deliveries[0].load_id == load]
            questions = [question for record in records for question in questions_of(record)]
            rows.append(
                {"load": str(load), "accounted for": "yes", "messages": whole(len(messages))}
                | {kind: whole(number) for kind, number in self.became(messages).items()}
                | {
                    "questions": whole(len(questions)),
                    "options": whole(sum(len(options_of(question)) for question in questions)),
                    "landed (UTC)": minute(messages[0].landed_at),
                }
            )
        return rows

    def _rejected(self) -> list[dict]:
        by_reason = defaultdict(list)
        for row, reason in self.rejected:
            by_reason[reason].append(row)
        return [
            {
                "reason": reason,
                "messages": whole(len(rows)),
                "last landed (UTC)": minute(max(row.landed_at for row in rows)),
            }
            for reason, rows in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
        ]

    def _repeated(self) -> list[dict]:
        return [
            {
                "exam": attempt.record["exam_name"],
                "attempt (keen_id)": attempt.record["keen_id"],
                "deliveries": whole(len(attempt.deliveries)),
                "first published (UTC)": minute(min(d.published_at for d in attempt.deliveries)),
                "last published (UTC)": minute(max(d.published_at for d in attempt.deliveries)),
            }
            for attempt in self.repeated
        ]

    # Sentences.

    def built_from(self) -> str:
        """The line that says of which data a page is."""
        newest = max(row.landed_at for row in self.rows)
        return (
            f"from {several(len(self.rows), 'message')}, the newest landed {minute(newest)} UTC; "
            f"{several(len(self.files), 'file')}: {names([rows[0].source for rows in self.files])}."
        )

    def index(self) -> list[str]:
        """The text of the index page, without its footer."""
        exams = {attempt.exam for attempt in self.attempts}
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
            "Files", whole(len(self.files)),
            "Messages", whole(len(self.rows)),
            "Attempts", whole(len(self.attempts)),
            "Exams", whole(len(exams)),
        ]  # fmt: skip

    def text(self) -> list[str]:
        """The text of the report, line by line, without its footer, tables and charts."""
        return [
            "Skip to the content",
            "Assessment report",
            f"{self._period()} Index and documentation",
            "Eight answers", "When", "Which and how well", "Retakes", "Questions", "Reliability",
            "Trust",
            *self._tiles(),
            "The eight answers",
            self._on_repetition(),
            *self._answers(),
            "When exams are taken",
            *self._when(),
            "Which exams, and how well they go",
            *self._which(),
            "Retakes",
            *self._retakes(),
            "Which questions work",
            *self._items(),
            "How reliable each exam is",
            "KR-20 says how far the scores would come out in the same order if the exam were taken "
            "again with other questions of its kind: 1 is perfect. From 0.7 on it is enough to "
            "compare groups of learners. The standard error says how far, in questions, a score "
            "typically lies from the true one. Exams of few questions cannot be very reliable.",
            "Reliability of the exams with at least 30 scored attempts",
            "the line is at 0.7; scored attempts, of first attempts where retakes could be "
            "inferred; each set of questions by itself",
            *self._unless(
                any(of["n"] >= 30 and of["x"] is not None for _, of in self.reliability),
                "No exam has 30 scored attempts that differ; the table has those with fewer.",
            ),
            *self._around("reliability"),
            "How far the data can be trusted",
            *self._trust(),
        ]  # fmt: skip

    def _period(self) -> str:
        starts = [attempt.start for attempt in self.attempts]
        if not starts:
            return "No attempt has been delivered yet."
        files = names([rows[0].source for rows in self.files])
        return f"Attempts started {minute(min(starts))} to {minute(max(starts))} UTC, from {files}."

    def _tiles(self) -> list[str]:
        lines = ["Attempts", whole(len(self.attempts))]
        lines += ["Exams", whole(len({attempt.exam for attempt in self.attempts}))]
        if self.scores:
            lines += ["Mean score", percent(mean(self.scores))]
        if self.real:
            lines += ["Median duration", lasting(median(a.seconds for a in self.real))]
        lines += ["Messages delivered", whole(len(self.rows))]
        return [*lines, "Accounted for", "all" if self.is_sound else "not all"]

    def _on_repetition(self) -> str:
        if not self.repeated:
            return (
                "No attempt was delivered more than once, so both ways of counting agree."
            )  # fmt: skip
        copies = sum(len(attempt.deliveries) for attempt in self.repeated)
        return (
            f"{several(len(self.repeated), 'attempt')} came more than once, byte for byte the "
            f"same: {several(copies, 'message')} in all. Counted as delivered, each of these "
            "messages counts; here each attempt counts once. Every difference below comes from "
            "this."
        )

    def questions_and_answers(self) -> list[tuple[str, str, str, str | None]]:
        """The eight questions: the answer, the answer as delivered, and what is inferred."""
        answers = [("0", "0"), ("0", "0"), ("nobody by id", "nobody by id")]
        answers += [(self.topic, self.topic), ("0 ids (0 rows)", "0 ids (0 attempts)")]
        answers += [("none", "none"), ("0 rows", "0"), ("none", "none")]
        if self.attempts:
            answers = self.oracle.answers(self.topic)
        inferred = {2: "not known", 3: self._retakes_in_words(), 5: self._people_in_words()}
        return [
            (question, once, delivered, inferred.get(number))
            for number, ((question, _), (delivered, once)) in enumerate(
                zip(QUESTIONS, answers, strict=True), start=1
            )
        ]

    def _retakes_in_words(self) -> str:
        good = [exam for exam in self.inference.values() if exam.is_inferred]
        n, bad = len(self.retaken), len(self.inference) - len(good)
        sessions = len({session for session, number in self.sessions.values() if number > 1})
        chance = sum(exam.chance_links for exam in good)
        return (
            f"{n} attempt{'s' * (n != 1)} in {sessions} session{'s' * (sessions != 1)} of more "
            f"than one; chance gives {'less than one' if chance < 0.5 else f'about {chance:.0f}'}"
            + (f"; not inferred at {bad} exam{'s' * (bad != 1)}" if bad else "")
        )

    def _people_in_words(self) -> str:
        took = [a for a in self.attempts if a.record["exam_name"] == "Learning Git"]
        if not took:
            return "nobody"
        if any(a.record["keen_id"] not in self.sessions for a in took):
            return "not inferred at this exam"
        n = len({self.sessions[a.record["keen_id"]][0] for a in took})
        return (
            f"about {n} {'person' if n == 1 else 'people'} or fewer ({n} session{'s' * (n != 1)})"
        )

    def _answers(self) -> list[str]:
        lines = []
        for (question, once, delivered, inferred), (_, explanation) in zip(
            self.questions_and_answers(), QUESTIONS, strict=True
        ):
            lines += [question, "The answer: each attempt once", once]
            lines += ["As delivered: every message counts", delivered]
            lines += ["Inferred about people", inferred] if inferred else []
            lines.append(explanation)
        return lines

    @property
    def _all(self) -> str:
        tests = len(self.attempts) - len(self.real)
        included = f", {several(tests, 'test attempt')} included" if tests else ""
        return several(len(self.attempts), "attempt") + included

    def _without_tests(self, number: int) -> str:
        left_out = ", test attempts left out" if len(self.real) < len(self.attempts) else ""
        return several(number, "attempt") + left_out

    @staticmethod
    def _unless(drawn: object, nothing: str) -> list[str]:
        return [] if drawn else [nothing]

    def _around(self, table: str) -> list[str]:
        """What stands around a table."""
        caption, rows = self.tables[table]
        if not rows:
            return [f"{caption}: none."]
        if len(rows) <= 5:
            return [caption]
        shown = f"rows: {whole(min(12, len(rows)))} of {whole(len(rows))}"
        more = [f"Show all {whole(len(rows))}"] if len(rows) > 12 else []
        return [caption, "Filter", shown, *more]

    def _behind(self, table: str) -> list[str]:
        return ["The same figures as a table", *self._around(table)]

    def _when(self) -> list[str]:
        lines = []
        if self.attempts:
            hours, most = self.popular_hours
            tie = len(hours) > 1
            weekend = sum(attempt.start.weekday() > 4 for attempt in self.attempts)
            lines.append(
                f"More attempts start from {' and from '.join(f'{h}:00 to {h}:59' for h in hours)} "
                f"UTC than in {'each' if tie else 'any'} other hour: {whole(most)} of "
                f"{whole(len(self.attempts))}{' in each' * tie}. Saturdays and Sundays have "
                f"{percent(weekend / len(self.attempts))} of all attempts; 29 % would be their "
                "part of the week."
            )
        nothing = self._unless(self.attempts, "No attempt has been delivered yet.")
        n = self._all
        lines += ["Attempts by hour of the day", n, *nothing, *self._behind("hours")]
        return [*lines, "Attempts by day", n, *nothing, *self._behind("days")]

    def _which(self) -> list[str]:
        lines, n, exams = [], self._without_tests(len(self.real)), len(self.by_exam)
        if self.real:
            often = floor(median(len(attempts) for _, attempts in self.by_exam))
            score = (
                f", and {'on average ' * (len(self.scores) > 1)}{percent(mean(self.scores))} of "
                "the questions were answered "
                "correctly" if self.scores else ""
            )  # fmt: skip
            tests = " besides the test exam" * (len(self.real) < len(self.attempts))
            lines.append(
                (f"The only exam{tests} was taken {several(len(self.real), 'time')}. "
                 if exams == 1 else
                 f"Half of the {exams:,} exams{tests} were taken {several(often, 'time')} or "
                 "less. ")
                + ("The attempt lasted " if len(self.real) == 1
                   else "Half of the attempts lasted less than ")
                + f"{lasting(median(a.seconds for a in self.real))}{score}."
            )  # fmt: skip
        scored = several(len(self.scored), "attempt") + " with a score"
        with_both = [  # of each exam with a mean score and a median duration: attempts with a score
            number
            for _, attempts in self.by_exam
            if (number := sum(attempt.score is not None for attempt in attempts))
            and median(attempt.seconds for attempt in attempts) > 0
        ]
        drawn = sum(len(attempts) for _, attempts in self.by_exam[:20])
        return [
            *lines,
            "The exams taken most",
            f"{several(min(20, exams), 'exam')} of {exams}; {self._without_tests(drawn)}",
            *self._unless(exams, "No exam has been taken yet."),
            "Attempts by score", scored,
            *self._unless(self.scored, "No attempt has a score yet."),
            *self._behind("scores"),
            "Attempts by duration", n,
            *self._unless(self.real, "No exam has been taken yet."),
            *self._behind("durations"),
            "Score and duration of each exam",
            f"{several(len(with_both), 'exam')}, larger for more attempts; "
            f"{several(sum(with_both), 'attempt')} with a score",
            *self._unless(with_both, "No exam has a score and a duration yet."),
            *self._around("exams"),
        ]  # fmt: skip

    def _retakes(self) -> list[str]:
        several_of = Counter(session for session, _ in self.sessions.values())
        retaken = len(self.retaken)
        retakes_n = several(retaken, "retake")
        scored = several(len(self.gains), "retake") + " with both scores"
        return [
            *self._on_ids(),
            "An attempt follows another one if it starts at most 60 seconds after the other one "
            "ended, and no attempt at the exam starts or ends in between. An attempt that follows "
            "another one is a retake. Attempts that follow one another are a session, and count as "
            "those of one person.",
            *self._on_retakes(several_of),
            *self._on_gaps(),
            *self._on_gains(),
            "How soon a retake starts", retakes_n,
            *self._unless(retaken, "No attempt follows another one."),
            *self._behind("retake_gaps"),
            "What a retake gains", scored,
            *self._unless(self.gains, "No retake and the attempt before both have a score."),
            *self._behind("retake_gains"),
            *self._on_retaken_exams(),
            "The exams retaken most",
            "the table above has the sessions and retakes of all exams",
            *self._unless(self.retaken_exams, "No attempt follows another one."),
            *self._on_retaken_questions(),
            *self._around("retaken_questions"),
            *self._on_chance(),
            "All of this is inferred. The inference misses people who come back later, after an "
            "hour or next week: such a person counts as somebody new. So the first attempt of a "
            "session is not known to be a person's first.",
            *self._around("inference"),
        ]  # fmt: skip

    def _on_ids(self) -> list[str]:
        n = len(self.attempts)
        ids = len({attempt.record["user_exam_id"] for attempt in self.attempts})
        if not n:
            return []
        if ids < n:
            said = (
                f"{several(n, 'attempt')} have {several(ids, 'user_exam_id')}, so ids tell little "
                "about who came back."
            )
        elif n > 1:
            said = (
                f"Each of the {whole(n)} attempts has a user_exam_id of its own: ids are of "
                "attempts, not of people, and do not tell who came back."
            )
        else:
            said = "The only attempt has a user_exam_id of its own."
        return [f"{said} Retakes are therefore inferred from the times of the attempts."]

    def _on_retakes(self, lengths: Counter) -> list[str]:
        n, retaken = len(self.sessions), len(self.retaken)
        left_out = " at exams where retakes can be inferred" if n < len(self.attempts) else ""
        if not n:
            return []
        if not retaken:
            return [f"Of {several(n, 'attempt')}{left_out}, none follows another one."]
        tests = sum(after.is_test for _, after, _ in self.retaken)
        among = f" ({several(tests, 'test attempt')} among them)"
        more = sum(length > 1 for length in lengths.values())
        return [
            f"Of {several(n, 'attempt')}{left_out}, {whole(retaken)} "
            f"follow{'s' * (retaken == 1)} another one{among if tests else ''}. So the "
            f"attempts make {several(len(lengths), 'session')}: {whole(more)} of more than one "
            f"attempt, the longest of {whole(max(lengths.values()))}, and "
            f"{whole(len(lengths) - more)} of a single attempt."
        ]

    def _on_gaps(self) -> list[str]:
        seconds = [seconds for *_, seconds in self.retaken]
        if not seconds:
            return []
        after = f"{lasting(median(seconds))} after the end of the attempt before."
        return [
            f"The retake starts {after}" if len(seconds) == 1
            else f"Half of the retakes start within {after}"
        ]  # fmt: skip

    def _on_gains(self) -> list[str]:
        if not self.gains:
            return []
        gain = mean(self.gains)
        change = (
            "neither higher nor lower" if abs(gain) < 0.005
            else f"{several(int(rounded(abs(100 * gain), '.0f')), 'point')} of 100 "
            + ("higher" if gain > 0 else "lower")
        )  # fmt: skip
        last = {}
        for attempt in self.real:
            session, number = self.sessions.get(attempt.record["keen_id"], (None, 0))
            if session and number > last.get(session, (0, None))[0]:
                last[session] = number, attempt
        scores = [
            percent(average(attempt.share for attempt in attempts))
            for attempts in (self.firsts(self.real), [attempt for _, attempt in last.values()])
        ]
        ups = sum(gain > 0 for gain in self.gains)
        downs = sum(gain < 0 for gain in self.gains)
        return [
            f"The score of a retake is on average {change} than that of the attempt before: of "
            f"{several(len(self.gains), 'retake')} with both scores, {whole(ups)} went up, "
            f"{whole(downs)} down, and {whole(len(self.gains) - ups - downs)} stayed equal. First "
            f"attempts have a mean score of {scores[0]}, the last attempts of the same sessions of "
            f"{scores[1]}."
        ]

    @cached_property
    def retaken_exams(self) -> list[tuple[str, list[Attempt], int]]:
        """Each exam with retakes: its attempts, and how many are retakes; most retakes first."""
        found = Counter(after.exam for _, after, _ in self.retaken if not after.is_test)
        exams = [(exam, of, found[exam]) for exam, of in self.by_exam if found[exam]]
        return sorted(exams, key=lambda row: -row[2])

    def _on_retaken_exams(self) -> list[str]:
        if not self.retaken_exams:
            return []
        n, most = len(self.retaken_exams), self.retaken_exams[0][2]
        first = [self.exam_names[exam] for exam, _, n in self.retaken_exams if n == most]
        return [
            f"{several(n, 'exam')} of {whole(len(self.by_exam))} {'has' if n == 1 else 'have'} "
            f"retakes. Most: {names(first)} ({whole(most)})."
        ]

    def _on_retaken_questions(self) -> list[str]:
        counts = sum(self.answered_again.values(), Counter())
        said = []
        for was, verb, adjective in ((False, "corrected", "wrong"), (True, "lost", "correct")):
            n = counts[was, True] + counts[was, False]
            if n:
                said.append(
                    f"Of {several(n, 'answer')} that {'was' if n == 1 else 'were'} {adjective}, "
                    f"the retake {verb} {percent(counts[was, not was] / n)}."
                )
        found = [row["verdict"] for row, _ in self.retaken_questions]
        if stay := found.count("mostly stays wrong"):
            said.append(
                f"At {several(stay, 'question')} more than half of the wrong answers stay wrong, "
                f"by the 95 % interval: the table begins with {'it' if stay == 1 else 'them'}."
            )
        return [" ".join(said)] if said else []

    def _on_chance(self) -> list[str]:
        if not self.attempts:
            return []
        good = [exam for exam in self.inference.values() if exam.is_inferred]
        bad = [exam for exam in self.inference.values() if not exam.is_inferred]
        later = sum(exam.later_links for exam in good)
        said = (
            "People who start by chance right after somebody else would give about "
            f"{fixed(sum(exam.chance_links for exam in good), 1)} of the "
            f"{several(len(self.retaken), 'retake')}. Two other estimates: the same rule with time "
            f"reversed finds {whole(sum(exam.reversed_links for exam in good))}, and "
            f"{whole(later)} start{'s' * (later == 1)} ten minutes later, between 600 and 660 s "
            "after another one's end. "
        )
        if not bad:
            return [f"{said}Chance explains too many at no exam."]
        links = sum(len(exam.links) for exam in bad)
        refused = names([row["exam"] for row in self._inference()][: len(bad)])
        return [
            f"{said}At {several(len(bad), 'exam')} ({refused}) with "
            f"{several(sum(exam.attempts for exam in bad), 'attempt')}, chance may explain more "
            f"than 5 % of the {several(links, 'attempt')} that would follow another one. There no "
            "retake is inferred; the table says why."
        ]

    def _items(self) -> list[str]:
        rows = [row for row, _ in self.questions]
        found = Counter(row["verdict"] for row in rows)
        judged = len(rows) - found["too few attempts"]
        counted = (
            f" Of {several(judged, 'question')} judged, "
            f"{found['sound']} {'is' if found['sound'] == 1 else 'are'} sound, "
            f"{found['too easy']} too easy, {found['too hard']} too hard, and "
            f"{found['does not separate']} do{'es' * (found['does not separate'] == 1)} not "
            "separate." if judged else ""
        )  # fmt: skip
        both = sum(of["y"] is not None for _, of in self.questions)
        sets = [row["of"] for row, _ in self.reliability]
        firsts = sets.count("first attempts")
        left = len(sets) - firsts
        others = f"; {whole(left)} use{'s' * (left == 1)} all attempts" if left else ""
        use = (
            f" That is so for {whole(firsts)} of {several(len(sets), 'question set')}"
            f"{others}." if sets else ""
        )  # fmt: skip
        return [
            "Where retakes could be inferred, only the first attempt of each session counts here "
            "and in the section on reliability: somebody who answers again is not another person."
            f"{use}",
            "A question is judged from 30 attempts on. It is too easy when more than 90 % answer "
            "correctly, too hard when less than 30 % do, and does not separate good from weak "
            "when its discrimination (the correlation of answering it correctly with the score in "
            f"the other questions, from \N{MINUS SIGN}1 to 1) is below 0.2.{counted}",
            "Difficulty and discrimination of each question",
            f"{several(both, 'question')} of {len(rows)} allow{'s' * (both == 1)} both figures; "
            "those presented often "
            "enough are shown",
            *self._unless(
                both, "No question has attempts that differ enough to tell how well it separates."
            ),
            *self._around("questions"),
            "A good wrong option draws the weak and not the strong. One that the strong choose "
            "more often than the weak points to a wrong key or an ambiguous text; one that less "
            "than 5 % choose only costs time to read.",
            "Who chose which option",
            "share of the weakest and the strongest third of the scored attempts by total score; "
            "✓ a right option, ? the attempts disagree",
            *self._unless(
                any(of["low"] is not None for _, of in self.options),
                "No exam has the three attempts that it takes to tell weak from strong.",
            ),
            *self._around("options"),
        ]

    def _trust(self) -> list[str]:
        became, files = self.became(self.rows), len(self.files)
        there = "The file is" if files == 1 else f"All {files} files are"
        assert self.is_sound
        return [
            f"Every message is accounted for: {whole(len(self.rows))} delivered = "
            f"{whole(became['accepted'])} accepted + {whole(became['duplicates'])} byte-identical "
            f"again + {whole(became['rejected'])} rejected, and no question or option was lost. "
            f"{there} there completely.",
            "What became of the messages",
            f"{several(len(self.rows), 'message')} in {several(len(self.loads), 'load')}",
            *self._around("files"),
            *self._around("loads"),
            *self._around("rejected"),
            *self._around("repeated"),
        ]


def score_of(attempt: Attempt) -> tuple[int, int]:
    return attempt.score


def kind_of(day: date) -> str:
    return "weekend" if f"{day:%a}" in ("Sat", "Sun") else "Monday to Friday"


def numbered(places: dict[tuple, list[int]]) -> dict[tuple, int]:
    """Keys by all of their parts but the last: from 1 on, by mean place, then by the last part."""
    found = {}
    for _, keys in groupby(
        sorted(places, key=lambda key: (key[:-1], mean(places[key]), key[-1])),
        lambda key: key[:-1],
    ):
        found |= {key: number for number, key in enumerate(keys, 1)}
    return found


# The eight questions, each with what the report says below the answers.
QUESTIONS = [
    (
        "1. How many assessments are in the dataset?",
        "As delivered: every readable message. The answer: byte-identical deliveries of an attempt "
        "count once.",
    ),
    (
        "2. How many user_exam_ids took only one assessment?",
        "As delivered: user_exam_ids in exactly one message. The answer: user_exam_ids with "
        "exactly one attempt. Inferred: a user_exam_id is not known to be a person, and a session "
        "stays within one exam, so nothing tells how many people took only one assessment.",
    ),
    (
        "3. Were there individuals that retook an exam?",
        "As delivered: user_exam_ids in more than one message. The answer: with more than one "
        "attempt; the same bytes delivered again are not a retake. Inferred: attempts that start "
        "at most 60 s after another one at the same exam ended, with nobody else in between.",
    ),
    (
        "4. What is the name of the Kafka topic?",
        "The topic that the messages were read from.",
    ),
    (
        "5. How many people took Learning Git?",
        "Distinct user_exam_ids among the attempts at exams of this name, and in brackets as "
        "delivered their messages, in the answer their attempts. Inferred: an attempt that follows "
        "another one is the same person's; who comes back later counts as somebody new.",
    ),
    (
        "6. What is the least common exam, and the most common?",
        "Exams by name. As delivered: by messages. The answer: by attempts. Ties in alphabetical "
        "order.",
    ),
    (
        "7. Is there test data?",
        "Records with the base_exam_id example-id. As delivered: messages. The answer: attempts.",
    ),
    (
        "8. What is the most popular hour to start (UTC)?",
        "The hour of started_at in UTC, and how many started in it. As delivered: messages. The "
        "answer: attempts.",
    ),
]
