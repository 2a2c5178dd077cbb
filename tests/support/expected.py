"""Each row and column that each model must have, computed from the raw table with plain Python.

Nothing is shared with the models. Values are those of JSON: times are text in UTC, bytes Base64.
"""

import json
from base64 import b64encode
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256
from statistics import mean, median

from scipy.stats import binomtest

from tests.support import expected_results, expected_sums, judge, retakes, verdicts
from tests.support.oracle import Oracle, count, first_by_id, options_of, questions_of, utc
from tests.support.planted import PLACES

Row = dict[str, object]
PLACE = ("load_id", "topic", "partition", "offset")
# What questions and options say of the attempt's exam.
OF_EXAM = ("base_exam_id", "question_set_id", "exam_name", "is_test")
SOURCE = ("source_file", "source_sha256", "source_position", "source_records")


def place(row: Row) -> tuple:
    return tuple(row[column] for column in PLACE)


def time(moment: datetime | None) -> str | None:
    return moment and f"{moment:%FT%T.%f}Z"


def of_any_year(since_1970: timedelta) -> str:
    """A time as time() shows it; also of years that datetime lacks."""
    cycles, rest = divmod(since_1970, timedelta(days=146_097))  # 400 years
    moment = datetime(1970, 1, 1) + rest
    year = moment.year + 400 * cycles
    return f"{'+' if year > 9999 else ''}{year:04}-{moment:%m-%dT%H:%M:%S.%f}Z"


def encoded(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()


def document(value: bytes | None) -> dict | None:
    """The record that a value is; None: it is none."""

    if judge.unreadable(value):
        return None
    found = json.loads(value)
    return found if isinstance(found, dict) else None


def text(value: object) -> str | None:
    """A value where text belongs."""
    return (
        value
        if value is None or isinstance(value, str)
        else json.dumps(value, separators=(",", ":"))
    )


def started(record: dict) -> datetime | None:
    try:
        return utc(record["started_at"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def finished(record: dict) -> datetime | None:
    """The time of keen_timestamp, cut to microseconds."""
    return seconds_since_1970(record.get("keen_timestamp"))


def seconds_since_1970(value: object) -> datetime | None:
    """The time of a text of seconds, cut to microseconds; None: it is none."""
    whole, point, digits = str(value).partition(".")
    if not (whole.isdecimal() and len(whole) <= 11) or (point and not digits.isdecimal()):
        return None
    micros = int(whole + digits[:6].ljust(6, "0"))
    return datetime(1970, 1, 1) + timedelta(microseconds=micros)


def duration(record: dict) -> float:
    """Seconds, from all nine decimals of the end."""
    end = Decimal(record["keen_timestamp"]).quantize(Decimal("1e-9"), ROUND_HALF_UP)
    start = (started(record) - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    return float(end - Decimal(start).scaleb(-6))


def set_id(questions: list[dict]) -> str | None:
    """The question_set_id."""
    ids = sorted({question["id"] for question in questions})
    listed = json.dumps(ids, separators=(",", ":"), ensure_ascii=False)
    return sha256(listed.encode()).hexdigest() if ids else None


def typed(path: str, thing: dict | None, **inner: object) -> dict | None:
    """All fields that the thing at this place may have."""
    if thing is None:
        return None
    return {field: inner.get(field, thing.get(field)) for field in PLACES[path][1]}


def typed_questions(record: dict) -> list[dict] | None:
    if record["sequences"].get("questions") is None:
        return None
    return [
        typed(
            "sequences.questions.",
            question,
            options=None
            if question.get("options") is None
            else [typed("sequences.questions.options.", option) for option in question["options"]],
        )
        for question in record["sequences"]["questions"]
    ]


def unknown_fields(record: dict | None) -> list[str]:
    """Paths of the fields that nobody knows."""
    objects = defaultdict(list)
    objects[""] = [record]
    sequences = (record or {}).get("sequences")
    objects["sequences."] = [sequences]
    if isinstance(sequences, dict):
        objects["sequences.counts."] = [sequences.get("counts")]
        questions = sequences.get("questions")
        objects["sequences.questions."] = questions if isinstance(questions, list) else []
        for question in objects["sequences.questions."]:
            options = question.get("options") if isinstance(question, dict) else None
            objects["sequences.questions.options."] += options if isinstance(options, list) else []
    found = (
        path + (f"`{field}`" if set(field) & set(".`") else field)
        for path, things in objects.items()
        for thing in things
        if isinstance(thing, dict)
        for field in sorted(thing)
        if field not in PLACES[path][1]
    )
    return list(dict.fromkeys(found))


class Expected:
    """What the models must say of a raw table.

    Args:
        raw: its rows.
        dispositions: (disposition, rejection_reason) of each, by its place.
    """

    def __init__(self, raw: list[Row], dispositions: dict[tuple, tuple]) -> None:
        self.raw = sorted(raw, key=place)
        self.dispositions = dispositions
        self.records = {place(row): document(row["value"]) for row in self.raw}
        self.accepted = self._of("accepted")
        self.attempt = {self.records[place(row)]["keen_id"]: row for row in self.accepted}
        self.duplicates = Counter(self._keen_id(row) for row in self._of("duplicate"))
        self.readable = [row for row in self.raw if self.dispositions[place(row)][0] != "rejected"]
        self.oracle = Oracle([row["value"].decode() for row in self.readable])
        self.scored = self.oracle.scored()
        self.taken = self._taken()
        self.exams = retakes.exams(self.taken)
        self.sessions = retakes.sessions(self.taken)
        first = {keen_id for keen_id, (_, number) in self.sessions.items() if number == 1}
        self.populations = {
            "first_attempts": self.oracle.scored(first),
            "all_attempts": self.scored,
        }

    def _of(self, disposition: str) -> list[Row]:
        return [row for row in self.raw if self.dispositions[place(row)][0] == disposition]

    def _keen_id(self, row: Row) -> str:
        return self.records[place(row)]["keen_id"]

    def stg_assess__messages(self) -> Iterable[Row]:
        for row in self.raw:
            disposition, reason = self.dispositions[place(row)]
            record = self.records[place(row)]
            known = record or {}
            value = row["value"]
            yield {
                **{column: row[column] for column in PLACE},
                "message_sha256": None if value is None else sha256(value).hexdigest(),
                "disposition": disposition,
                "rejection_reason": reason,
                "unknown_fields": unknown_fields(record),
                **{
                    field: text(known.get(field))
                    for field in (
                        "keen_id", "user_exam_id", "base_exam_id", "exam_name", "certification",
                        "max_attempts",
                    )
                },
                "started_at": time(started(known)),
                "finished_at": time(finished(known)),
                "keen_created_at": time(seconds_since_1970(known.get("keen_created_at"))),
                "key": encoded(row["key"]),
                **{c: row[c] for c in SOURCE},
                "rejected_value": encoded(value) if disposition == "rejected" else None,
                "published_at": time(row["timestamp"]),
                "landed_at": time(row["landed_at"]),
                # Nobody reads these of what was rejected.
                **(self._content(record) if disposition != "rejected" else {}),
            }  # fmt: skip

    def _content(self, record: dict) -> Row:
        questions, listed = questions_of(record), typed_questions(record)
        sequences = typed("sequences.", record["sequences"])
        recorded = typed("sequences.counts.", record["sequences"].get("counts"))
        used = ("submitted", "correct", "incorrect", "incomplete", "unanswered")
        is_whole = recorded is not None and all(recorded[name] is not None for name in used)
        counts = recorded if is_whole and listed is not None else {}
        return {
            "duration_seconds": duration(record),
            "sequence_id": sequences["id"],
            "attempt_number": sequences["attempt"],
            **{f"count_{name}": counts.get(name) for name in ("total", *used)},
            "is_all_correct": (recorded or {}).get("all_correct"),
            "questions": listed,
            "questions_presented": len(questions),
            "options_presented": sum(len(options_of(question)) for question in questions),
            "question_set_id": set_id(questions),
        }

    def int_deliveries(self) -> Iterable[Row]:
        for message in self.stg_assess__messages():
            if message["disposition"] == "rejected":
                continue
            questions, correct = message["questions_presented"], message["count_correct"]
            yield {
                **{
                    column: message[column]
                    for column in (
                        "keen_id", "user_exam_id", "base_exam_id", "exam_name", "certification",
                        "max_attempts", "started_at", "finished_at", "keen_created_at",
                        "duration_seconds", "questions_presented", "options_presented",
                        "question_set_id", "sequence_id", "attempt_number", "count_total",
                        "count_submitted", "count_correct", "count_incorrect", "count_incomplete",
                        "count_unanswered", "is_all_correct",
                        "disposition", "source_file", "source_position", "published_at",
                        "landed_at", *PLACE,
                    )
                },
                "start_hour": int(message["started_at"][11:13]),
                "questions_scored": None if correct is None else questions,
                "score": correct / questions if questions and correct is not None else None,
                "is_test": message["base_exam_id"] == "example-id",
                "question_list": message["questions"] or [],
            }  # fmt: skip

    def _attempts(self) -> Iterable[Row]:
        """Each attempt once."""
        return (row for row in self.int_deliveries() if row["disposition"] == "accepted")

    def int_questions(self) -> Iterable[Row]:
        for attempt in self._attempts():
            seen = set()
            for position, question in enumerate(attempt["question_list"], start=1):
                yield {
                    "keen_id": attempt["keen_id"],
                    "question_position": position,
                    "question_id": question["id"],
                    **{c: attempt[c] for c in OF_EXAM},
                    "is_first_presentation": question["id"] not in seen,
                    "result": question["user_result"],
                    "is_correct": question["user_correct"],
                    "is_incomplete": question["user_incomplete"],
                    "is_submitted": question["user_submitted"],
                    "option_list": question["options"] or [],
                    "load_id": attempt["load_id"],
                }
                seen.add(question["id"])

    def int_options(self) -> Iterable[Row]:
        for question in self.int_questions():
            seen = set()
            for position, option in enumerate(question["option_list"], start=1):
                yield {
                    **{
                        column: question[column]
                        for column in (
                            "keen_id", "question_position", "question_id", "load_id", *OF_EXAM
                        )
                    },
                    "option_position": position,
                    "option_id": option["id"],
                    "is_first_presentation": (
                        question["is_first_presentation"] and option["id"] not in seen
                    ),
                    "is_chosen": option["checked"],
                    "is_correct": option["correct"] is True,
                    "is_submitted": option["submitted"] is not None and option["submitted"] >= 1,
                    "changed_at": option["at"] and of_any_year(judge.moment(option["at"])),
                }  # fmt: skip
                seen.add(option["id"])

    fct_option_choices = int_options

    def fct_question_responses(self) -> Iterable[Row]:
        for question in self.int_questions():
            options = question.pop("option_list")
            result = question["result"]
            yield {
                **question,
                "is_unanswered": None if result is None else result == "unanswered",
                "options_presented": len(options),
                "options_chosen": sum(option["checked"] is True for option in options),
            }

    @staticmethod
    def _columns(delivery: Row, *more: str) -> Row:
        """The columns that fct_attempts and fct_deliveries share."""
        same = (
            "keen_id", "user_exam_id", "base_exam_id", "question_set_id", "sequence_id",
            "exam_name", "certification", "max_attempts", "attempt_number", "started_at",
            "finished_at", "keen_created_at", "duration_seconds", "start_hour",
            "questions_presented", "questions_scored", "score", "is_all_correct", "is_test",
            *PLACE, *more,
        )  # fmt: skip
        counts = {
            "submitted": "submitted", "correct": "correct", "incorrect": "incorrect",
            "missed_some": "incomplete", "unanswered": "unanswered",
        }  # fmt: skip
        return {
            **{column: delivery[column] for column in same},
            **{column: delivery[f"count_{name}"] for column, name in counts.items()},
        }

    def fct_deliveries(self) -> Iterable[Row]:
        for delivery in self.int_deliveries():
            yield self._columns(
                delivery,
                "options_presented", "disposition", "source_file", "source_position",
                "published_at", "landed_at",
            )  # fmt: skip

    def fct_attempts(self) -> Iterable[Row]:
        lengths = Counter(session for session, _ in self.sessions.values())
        for attempt in self._attempts():
            keen_id = attempt["keen_id"]
            session, number = self.sessions.get(keen_id, (None, None))
            exam = self.exams[attempt["base_exam_id"]]
            links = exam.links if exam.is_inferred else {}
            follows, seconds = links.get(keen_id, (None, None))
            yield {
                **self._columns(attempt),
                "session_id": session,
                "attempt_in_session": number,
                "attempts_in_session": session and lengths[session],
                "is_first_in_session": session and number == 1,
                "is_last_in_session": session and number == lengths[session],
                "follows_keen_id": follows,
                "seconds_since_followed": seconds,
                "session_reason": self._why_refused(exam),
                "deliveries": 1 + self.duplicates[keen_id],
            }

    @staticmethod
    def _why_refused(exam: retakes.Exam) -> str | None:
        if exam.is_inferred:
            return None
        links = len(exam.links)
        seem = "1 attempt that seems" if links == 1 else f"{links} attempts that seem"
        return (
            f"Retakes at this exam cannot be told from chance: of {seem} to follow another one, "
            f"chance may explain {exam.chance_links_high}, which is more than 5 %."
        )

    def _taken(self) -> list[retakes.Taken]:
        def micros(moment: datetime) -> int:
            return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)

        records = [self._record(keen_id) for keen_id in self.attempt]
        return [
            retakes.Taken(
                record["base_exam_id"], record["keen_id"],
                micros(started(record)), micros(finished(record)),
            )
            for record in records
        ]  # fmt: skip

    def int_exam_events(self) -> Iterable[Row]:
        for exam, found in self.exams.items():
            events = retakes.events_of(a for a in self.taken if a.exam == exam)
            for number, (at, is_start, keen_id) in enumerate(events):
                before, was_start, other = events[number - 1] if number else (None, None, keen_id)
                record, is_other = self._record(keen_id), other != keen_id
                after = events[number + 1][0] if number + 1 < len(events) else None
                yield {
                    "base_exam_id": exam,
                    "keen_id": keen_id,
                    "is_start": is_start,
                    "happened_at": time(started(record) if is_start else finished(record)),
                    "is_after_an_end": is_start
                    and is_other
                    and not was_start
                    and started(self._record(other)) <= started(record),
                    "is_end_after_a_start": not is_start and is_other and was_start,
                    "follows_keen_id": found.links.get(keen_id, (None,))[0] if is_start else None,
                    "seconds_since_previous": before and (at - before) / retakes.SECOND,
                    "seconds_until_next": after and (after - at) / retakes.SECOND,
                }

    def int_retake_inference(self) -> Iterable[Row]:
        for exam, found in self.exams.items():
            yield {
                "base_exam_id": exam,
                "attempts": found.attempts,
                "links": len(found.links),
                "reversed_links": found.reversed_links,
                "later_links": found.later_links,
                "chance_links": found.chance_links,
                "chance_links_high": found.chance_links_high,
                "is_inferred": found.is_inferred,
                "reason": self._why_refused(found),
            }

    def retake_inference(self) -> Iterable[Row]:
        exams = {row["base_exam_id"]: row for row in self.dim_exams()}
        for row in self.int_retake_inference():
            exam = row["base_exam_id"]
            ids = [a.keen_id for a in self.taken if a.exam == exam]
            found = Counter(self.sessions[k][0] for k in ids if k in self.sessions)
            yield {
                **row,
                "exam_name": exams[exam]["exam_name"],
                "is_test": exams[exam]["is_test"],
                "retakes": row["links"] if row["is_inferred"] else None,
                "sessions": len(found) or None,
                "sessions_of_several": sum(n > 1 for n in found.values()) if found else None,
            }

    def int_retakes(self) -> Iterable[Row]:
        for exam, found in self.exams.items():
            for keen_id, (follows, seconds) in found.links.items() if found.is_inferred else ():
                session, number = self.sessions[keen_id]
                yield {
                    "keen_id": keen_id,
                    "follows_keen_id": follows,
                    "base_exam_id": exam,
                    "session_id": session,
                    "attempt_in_session": number,
                    "seconds_since_followed": seconds,
                }

    def fct_retaken_questions(self) -> Iterable[Row]:
        for retake in self.int_retakes():
            before, after = (
                {
                    question["id"]: question["user_result"] == "correct"
                    for question in first_by_id(questions)
                    if question.get("user_result") is not None
                }
                for questions in (
                    questions_of(self._record(retake[column]))
                    for column in ("follows_keen_id", "keen_id")
                )
            )
            for question in before.keys() & after.keys():
                yield {
                    **{c: retake[c] for c in ("keen_id", "follows_keen_id", "base_exam_id")},
                    "question_id": question,
                    "was_correct": before[question],
                    "is_correct": after[question],
                }

    def fct_retakes(self) -> Iterable[Row]:
        attempts = {row["keen_id"]: row for row in self.fct_attempts()}
        questions = defaultdict(Counter)
        for row in self.fct_retaken_questions():
            questions[row["keen_id"]][row["was_correct"], row["is_correct"]] += 1
        for retake in self.int_retakes():
            attempt, before = attempts[retake["keen_id"]], attempts[retake["follows_keen_id"]]
            scores = attempt["score"], before["score"]
            yield {
                **{
                    column: attempt[column]
                    for column in (
                        "keen_id", "follows_keen_id", "base_exam_id", "exam_name", "is_test",
                        "session_id", "attempt_in_session", "started_at", "score",
                        "seconds_since_followed",
                    )
                },
                "score_before": before["score"],
                "gain": None if None in scores else scores[0] - scores[1],
                **self._transitions("questions_compared", questions[retake["keen_id"]]),
            }  # fmt: skip

    @staticmethod
    def _transitions(total: str, counts: Counter) -> Row:
        return {
            total: counts.total(),
            "right_then_right": counts[True, True],
            "wrong_then_right": counts[False, True],
            "right_then_wrong": counts[True, False],
            "wrong_then_wrong": counts[False, False],
        }

    def question_retakes(self) -> Iterable[Row]:
        exams = {row["base_exam_id"]: row for row in self.dim_exams()}
        questions = defaultdict(Counter)
        for row in self.fct_retaken_questions():
            key = row["base_exam_id"], row["question_id"]
            questions[key][row["was_correct"], row["is_correct"]] += 1
        for (exam, question), counts in questions.items():
            corrected, lost = counts[False, True], counts[True, False]
            wrong = corrected + counts[False, False]
            right = lost + counts[True, True]
            low, high = (
                binomtest(corrected, wrong).proportion_ci(0.95, "wilson") if wrong else (None, None)
            )
            yield {
                "base_exam_id": exam,
                "question_id": question,
                "exam_name": exams[exam]["exam_name"],
                "is_test": exams[exam]["is_test"],
                **self._transitions("retakes", counts),
                "wrong_before": wrong,
                "corrected_share": corrected / wrong if wrong else None,
                "corrected_share_low": low,
                "corrected_share_high": high,
                "right_before": right,
                "lost_share": lost / right if right else None,
                "verdict": "not known"
                if not wrong
                else "mostly stays wrong"
                if high < 0.5
                else "mostly gets corrected"
                if low > 0.5
                else "not known",
            }

    def retakes_by_gap(self) -> Iterable[Row]:
        found = list(self.fct_retakes())
        for number in range(12):
            rows = [
                row
                for row in found
                if 5 * number <= row["seconds_since_followed"] < 5 * number + 5
                or (number == 11 and row["seconds_since_followed"] == 60)
            ]
            gains = [row["gain"] for row in rows if row["gain"] is not None]
            yield {
                "bin": number + 1,
                "from_seconds": 5.0 * number,
                "to_seconds": 5.0 * number + 5,
                "retakes": len(rows),
                "mean_gain": sum(gains) / len(gains) if gains else None,
            }

    def _grouped(self, *columns: str) -> dict[tuple, list[Row]]:
        groups = defaultdict(list)
        for attempt in self.fct_attempts():
            groups[tuple(attempt[column] for column in columns)].append(attempt)
        return groups

    def attempts_by_day(self) -> Iterable[Row]:
        days = defaultdict(list)
        for attempt in self.fct_attempts():
            days[date.fromisoformat(attempt["started_at"][:10])].append(attempt)
        for number in range((max(days) - min(days)).days + 1):
            day = min(days) + timedelta(days=number)
            yield {
                "started_on": day.isoformat(),
                "is_weekend": f"{day:%a}" in ("Sat", "Sun"),
                **self._totals(days.get(day, [])),
            }

    def attempts_by_hour(self) -> Iterable[Row]:
        hours = self._grouped("start_hour")
        most = max(len(attempts) for attempts in hours.values())
        for hour in range(24):
            attempts = hours.get((hour,), [])
            yield {
                "start_hour": hour,
                **self._totals(attempts),
                "is_most_popular": len(attempts) == most,
            }

    @staticmethod
    def _totals(attempts: list[Row]) -> Row:
        return {
            "attempts": len(attempts),
            "deliveries": sum(attempt["deliveries"] for attempt in attempts),
            "test_attempts": sum(attempt["is_test"] for attempt in attempts),
        }

    def attempts_by_score(self) -> Iterable[Row]:
        tenths = Counter(
            min(10 * attempt["correct"] // attempt["questions_presented"], 9)
            for attempt in self.fct_attempts()
            if attempt["score"] is not None and not attempt["is_test"]
        )
        for tenth in range(10):
            last = 100 if tenth == 9 else 10 * tenth + 9
            yield {
                "bin": tenth + 1,
                "label": f"{10 * tenth} to {last} %",
                "from_score": tenth / 10,
                "to_score": (tenth + 1) / 10,
                "attempts": tenths[tenth],
            }

    def attempts_by_duration(self) -> Iterable[Row]:
        labels = [
            "under 15 s", "15 to 30 s", "30 s to 1 min", "1 to 2 min", "2 to 5 min", "5 to 15 min",
            "15 min to 1 h", "over 1 h",
        ]  # fmt: skip
        ends = [15, 30, 60, 120, 300, 900, 3600]
        found = Counter(
            bisect(ends, attempt["duration_seconds"])
            for attempt in self.fct_attempts()
            if not attempt["is_test"]
        )
        for number, (label, *limits) in enumerate(
            zip(labels, [None, *ends], [*ends, None], strict=True)
        ):
            yield {
                "bin": number + 1,
                "label": label,
                "from_seconds": limits[0],
                "to_seconds": limits[1],
                "attempts": found[number],
            }

    def totals(self) -> Iterable[Row]:
        attempts = list(self.fct_attempts())
        real = [attempt for attempt in attempts if not attempt["is_test"]]
        scores = [attempt["score"] for attempt in real if attempt["score"] is not None]
        starts = [attempt["started_at"] for attempt in attempts]
        yield {
            "attempts": len(attempts),
            "deliveries": len(self.readable),
            "user_exam_ids": len({attempt["user_exam_id"] for attempt in attempts}),
            "exams": len({attempt["base_exam_id"] for attempt in attempts}),
            "test_attempts": len(attempts) - len(real),
            "real_attempts": len(real),
            "attempts_with_score": len(scores),
            "mean_score": mean(scores) if scores else None,
            "median_duration_seconds": (
                median(attempt["duration_seconds"] for attempt in real) if real else None
            ),
            "first_attempt_at": min(starts),
            "last_attempt_at": max(starts),
        }

    def retakes_by_gain(self) -> Iterable[Row]:
        words = [
            "lost 60 points or more", "lost 40 to 59", "lost 20 to 39", "lost less than 20",
            "the same score",
            "gained less than 20", "gained 20 to 39", "gained 40 to 59", "gained 60 points or more",
        ]  # fmt: skip
        ends = [-1, -0.6, -0.4, -0.2, 0, 0, 0.2, 0.4, 0.6, 1]
        found = Counter()
        for gain in self._gains():
            fifths = abs(gain) // Fraction(1, 5)
            found[((gain > 0) - (gain < 0)) * (1 + min(fifths, 3))] += 1
        for number, label in enumerate(words):
            yield {
                "bin": number + 1,
                "label": label,
                "from_gain": float(ends[number]),
                "to_gain": float(ends[number + 1]),
                "retakes": found[number - 4],
            }

    def _gains(self) -> list[Fraction]:
        """The gains of all retakes that are no test attempts and have both scores."""
        found = []
        for retake in self.int_retakes():
            scores = []
            for keen_id in (retake["follows_keen_id"], retake["keen_id"]):
                record = self._record(keen_id)
                right = (record["sequences"].get("counts") or {}).get("correct")
                if right is not None and questions_of(record):
                    scores.append(Fraction(right, len(questions_of(record))))
            if len(scores) == 2 and retake["base_exam_id"] != "example-id":
                found.append(scores[1] - scores[0])
        return found

    def retake_totals(self) -> Iterable[Row]:
        attempts = [attempt for attempt in self.fct_attempts() if attempt["session_id"]]
        retaken, gains = list(self.fct_retakes()), self._gains()
        real = [row for row in retaken if not row["is_test"]]
        scored = [row for row in real if row["gain"] is not None]
        inferred = [exam for exam in self.exams.values() if exam.is_inferred]
        refused = [exam for exam in self.exams.values() if not exam.is_inferred]
        lengths = Counter(attempt["session_id"] for attempt in attempts)

        def average(rows: list[Row], column: str) -> float | None:
            values = [row[column] for row in rows if row[column] is not None]
            return mean(values) if values else None

        ends = {
            name: [a for a in attempts if a[f"is_{name}_in_session"] and not a["is_test"]]
            for name in ("first", "last")
        }
        yield {
            "exams": len(inferred),
            "attempts": len(attempts),
            "sessions": len(lengths),
            "sessions_of_several": sum(length > 1 for length in lengths.values()),
            "most_attempts_in_session": max(lengths.values(), default=0),
            "retakes": len(retaken),
            "test_retakes": len(retaken) - len(real),
            "median_seconds_since_followed": (
                median(row["seconds_since_followed"] for row in retaken) if retaken else None
            ),
            "scored_retakes": len(gains),
            "mean_score_before": average(scored, "score_before"),
            "mean_score": average(scored, "score"),
            "mean_gain": float(sum(gains) / len(gains)) if gains else None,
            "gains": sum(gain > 0 for gain in gains),
            "losses": sum(gain < 0 for gain in gains),
            "equal_scores": sum(gain == 0 for gain in gains),
            "mean_first_score": average(ends["first"], "score"),
            "mean_last_score": average(ends["last"], "score"),
            **{
                column: sum(row[column] for row in real)
                for column in (
                    "right_then_right", "wrong_then_right", "right_then_wrong", "wrong_then_wrong"
                )
            },
            "chance_links": sum(exam.chance_links for exam in inferred),
            "reversed_links": sum(exam.reversed_links for exam in inferred),
            "later_links": sum(exam.later_links for exam in inferred),
            "refused_exams": len(refused),
            "refused_attempts": sum(exam.attempts for exam in refused),
            "refused_links": sum(len(exam.links) for exam in refused),
        }  # fmt: skip

    def dim_exams(self) -> Iterable[Row]:
        for (exam,), attempts in self._grouped("base_exam_id").items():
            starts = [attempt["started_at"] for attempt in attempts]
            latest = max(attempts, key=lambda a: (a["started_at"], *place(a)))
            sets = {attempt["question_set_id"] for attempt in attempts} - {None}
            yield {
                "base_exam_id": exam,
                "exam_name": latest["exam_name"],
                "exam_names": len({attempt["exam_name"] for attempt in attempts}),
                "question_sets": len(sets),
                "attempts": len(attempts),
                "deliveries": sum(attempt["deliveries"] for attempt in attempts),
                "first_attempt_at": min(starts),
                "last_attempt_at": max(starts),
                "is_test": exam == "example-id",
            }

    def _exam_results(self, *columns: str) -> Iterable[Row]:
        attempts, responses = (
            expected_results.grouped((row for row in rows if not row["is_test"]), *columns)
            for rows in (self.fct_attempts(), self.fct_question_responses())
        )
        for key, rows in attempts.items():
            yield {
                **dict(zip(columns, key, strict=True)),
                **expected_results.exam_figures(rows, responses[key]),
            }

    def exam_results(self) -> Iterable[Row]:
        names = {row["base_exam_id"]: row["exam_name"] for row in self.dim_exams()}
        for row in self._exam_results("base_exam_id"):
            yield {**row, "exam_name": names[row["base_exam_id"]]}

    def exam_name_results(self) -> Iterable[Row]:
        exams = defaultdict(set)
        for attempt in self.fct_attempts():
            exams[attempt["exam_name"]].add(attempt["base_exam_id"])
        for row in self._exam_results("exam_name"):
            yield {**row, "exams": len(exams[row["exam_name"]] - {"example-id"})}

    def _results(self, facts: Iterable[Row], *columns: str) -> Iterable[tuple[Row, list[Row]]]:
        """The first presentations of facts, by columns; each group with what names it."""
        names = {row["base_exam_id"]: row["exam_name"] for row in self.dim_exams()}
        rows = (row for row in facts if row["is_first_presentation"] and not row["is_test"])
        for key, group in expected_results.grouped(rows, *columns).items():
            named = dict(zip(columns, key, strict=True))
            yield {**named, "exam_name": names[named["base_exam_id"]]}, group

    def question_results(self) -> Iterable[Row]:
        deliveries = {row["keen_id"]: row["deliveries"] for row in self.fct_attempts()}
        facts = self.fct_question_responses()
        for named, rows in self._results(facts, "base_exam_id", "question_id"):
            yield {**named, **expected_results.question_figures(rows, deliveries)}

    def option_results(self) -> Iterable[Row]:
        deliveries = {row["keen_id"]: row["deliveries"] for row in self.fct_attempts()}
        facts = self.fct_option_choices()
        for named, rows in self._results(facts, "base_exam_id", "question_id", "option_id"):
            yield {**named, **expected_results.option_figures(rows, deliveries)}

    def answers(self) -> Iterable[Row]:
        """Without what is asked and explained: the unit test has that."""
        [topic] = {row["topic"] for row in self.raw}
        inferred = {2: "not known", 3: self._retakes(), 5: self._people("Learning Git")}
        for number, (as_delivered, answer) in enumerate(self.oracle.answers(topic), start=1):
            yield {
                "question_number": number,
                "answer_as_delivered": as_delivered,
                "answer": answer,
                "answer_inferred": inferred.get(number),
            }

    def _retakes(self) -> str:
        found = [exam for exam in self.exams.values() if exam.is_inferred]
        retaken = sum(len(exam.links) for exam in found)
        several = len({session for session, number in self.sessions.values() if number > 1})
        chance = sum(exam.chance_links for exam in found)
        left_out = len(self.exams) - len(found)
        return (
            f"{count(retaken, 'attempt')} in {count(several, 'session')} of more than one; "
            f"chance gives {f'about {chance:.0f}' if chance >= 0.5 else 'less than one'}"
            + (f"; not inferred at {count(left_out, 'exam')}" if left_out else "")
        )

    def _people(self, exam_name: str) -> str:
        took = [row for row in self.fct_attempts() if row["exam_name"] == exam_name]
        sessions = {row["session_id"] for row in took}
        if not took:
            return "nobody"
        if None in sessions:
            return "not inferred at this exam"
        people = "1 person" if len(sessions) == 1 else f"{len(sessions)} people"
        return f"about {people} or fewer ({count(len(sessions), 'session')})"

    def fct_scored_responses(self) -> Iterable[Row]:
        for (exam, questions), results in self.scored.items():
            for keen_id, row in results.iterrows():
                positions = self._positions(keen_id)
                for question, result in row.items():
                    yield {
                        "keen_id": keen_id,
                        "question_id": question,
                        "question_position": positions[question],
                        "base_exam_id": exam,
                        "question_set_id": set_id([{"id": q} for q in questions]),
                        "exam_name": self._record(keen_id)["exam_name"],
                        "result": result,
                        "item_score": int(result == "correct"),
                        "total_score": int((row == "correct").sum()),
                        "distinct_questions": len(questions),
                        "load_id": self.attempt[keen_id]["load_id"],
                    }

    def _record(self, keen_id: str) -> dict:
        return self.records[place(self.attempt[keen_id])]

    def _positions(self, keen_id: str) -> dict[str, int]:
        """Where the attempt shows each question first, from 1."""
        ids = [question["id"] for question in questions_of(self._record(keen_id))]
        return {question: ids.index(question) + 1 for question in ids}

    def _preferred(self, exam: str) -> dict[str, bool]:
        """The populations of an exam, and whether each is the one to read."""
        if self.exams[exam].is_inferred:
            return {"first_attempts": True, "all_attempts": False}
        return {"all_attempts": True}

    def population_attempts(self) -> Iterable[Row]:
        scores, thirds = {}, {}
        for population, scored in self.populations.items():
            for results in scored.values():
                ranked, lower, upper = self.oracle.thirds(results)
                thirds |= {(population, keen_id): "middle" for keen_id in ranked}
                thirds |= {(population, keen_id): "lower" for keen_id in lower}
                thirds |= {(population, keen_id): "upper" for keen_id in upper}
                scores |= (results == "correct").sum(axis=1).to_dict()
        for attempt in self.fct_attempts():
            keen_id = attempt["keen_id"]
            for population, is_preferred in self._preferred(attempt["base_exam_id"]).items():
                is_in = population == "all_attempts" or attempt["is_first_in_session"]
                if is_in and not attempt["is_test"]:
                    yield {
                        "population": population,
                        **{c: attempt[c] for c in ("keen_id", "base_exam_id", "question_set_id")},
                        "is_preferred": is_preferred,
                        "deliveries": attempt["deliveries"],
                        "total_score": scores.get(keen_id),
                        "third": thirds.get((population, keen_id)),
                    }

    def population_changes(self) -> Iterable[Row]:
        """Added up over all builds, as question_sums and option_sums are."""
        columns = "population", "keen_id", "deliveries", "total_score", "third"
        for row in self.population_attempts():
            yield {**{column: row[column] for column in columns}, "weight": 1}

    def question_sums(self) -> Iterable[Row]:
        return expected_sums.question_sums(
            self.population_attempts(), self.fct_question_responses()
        )

    def option_sums(self) -> Iterable[Row]:
        return expected_sums.option_sums(self.population_attempts(), self.fct_option_choices())

    def dim_question_sets(self) -> Iterable[Row]:
        names = {row["base_exam_id"]: row["exam_name"] for row in self.dim_exams()}
        by_name = defaultdict(list)
        for (exam, questions), attempts in self._grouped("base_exam_id", "question_set_id").items():
            if questions is not None and exam != "example-id":
                starts = sorted(attempt["started_at"] for attempt in attempts)
                by_name[names[exam]].append((starts[0], exam, questions, starts))
        for name, rows in by_name.items():
            sets = Counter()
            for version, (first, exam, questions, starts) in enumerate(sorted(rows), start=1):
                sets[exam] += 1
                yield {
                    "base_exam_id": exam,
                    "question_set_id": questions,
                    "exam_name": name,
                    "question_set_number": sets[exam],
                    "exam_label": f"{name} · version {version}" if len(rows) > 1 else name,
                    "attempts": len(starts),
                    "first_attempt_at": first,
                    "last_attempt_at": starts[-1],
                }

    def exam_reliability(self) -> Iterable[Row]:
        lengths = {self._set(key): len(key[1]) for key in self.scored}
        figures = {
            (population, *self._set(key)): row
            for population, scored in self.populations.items()
            for key, row in self.oracle.reliability(scored).items()
        }
        attempts = Counter(
            (row["population"], row["base_exam_id"], row["question_set_id"])
            for row in self.population_attempts()
        )
        for of in self.dim_question_sets():
            questions = of["base_exam_id"], of["question_set_id"]
            k = lengths.get(questions, 0)
            for population, is_preferred in self._preferred(of["base_exam_id"]).items():
                key = population, *questions
                n, mean, deviation, kr20, error = figures.get(key, (0, None, None, None, None))
                reason = (
                    None
                    if kr20 is not None
                    else "No attempt at these questions is the first of its session."
                    if not attempts[key]
                    else "No attempt has a result for each of its questions."
                    if n == 0
                    else "There is one attempt only."
                    if n == 1
                    else "There is one question only."
                    if k == 1
                    else "All attempts have the same score."
                )
                yield {
                    **{column: value for column, value in of.items() if column != "attempts"},
                    "population": population,
                    "is_preferred": is_preferred,
                    "scored_attempts": n,
                    "attempts_left_out": attempts[key] - n,
                    "distinct_questions": k,
                    "mean_total_score": mean,
                    "stddev_total_score": deviation,
                    "kr20": kr20,
                    "standard_error_of_measurement": error,
                    "verdict": verdicts.on_exam(n, kr20, reason),
                    "reason": reason,
                }

    @staticmethod
    def _set(key: tuple[str, tuple[str, ...]]) -> tuple[str, str]:
        """The exam and the id of its questions."""
        exam, questions = key
        return exam, set_id([{"id": question} for question in questions])

    def _sets(self) -> dict[tuple, Row]:
        """By exam and set: what item_analysis and distractor_analysis say of each, too."""
        names = "base_exam_id", "question_set_id", "exam_name", "question_set_number", "exam_label"
        return {
            (row["base_exam_id"], row["question_set_id"]): {name: row[name] for name in names}
            for row in self.dim_question_sets()
        }

    def _question_numbers(self) -> dict[tuple, int]:
        """By exam, ids of its questions, and question: its number, of all scored attempts."""
        numbers = {}
        for (exam, questions), results in self.scored.items():
            positions = Counter()
            for keen_id in results.index:
                positions.update(self._positions(keen_id))
            ranked = sorted((positions[question], question) for question in questions)
            for number, (_, question) in enumerate(ranked, start=1):
                numbers[exam, questions, question] = number
        return numbers

    def item_analysis(self) -> Iterable[Row]:
        sets = self._sets()
        figures = {population: self.oracle.items(s) for population, s in self.populations.items()}
        for (exam, questions, question), number in self._question_numbers().items():
            for population, is_preferred in self._preferred(exam).items():
                results = self.populations[population].get((exam, questions))
                row = figures[population].get(
                    (exam, questions, question), [0] * 4 + [None] * 7 + [0]
                )
                correct, incorrect, missed_some, unanswered, *shares, discrimination, other = row
                names = ("difficulty", "difficulty_low", "difficulty_high")
                n = 0 if results is None else len(results)
                yield {
                    **sets[self._set((exam, questions))],
                    "population": population,
                    "is_preferred": is_preferred,
                    "question_id": question,
                    "question_number": number,
                    "presented": n,
                    "answered": n - unanswered,
                    "correct": correct,
                    "incorrect": incorrect,
                    "missed_some": missed_some,
                    "unanswered": unanswered,
                    "other": other,
                    **dict(zip(names, shares[:3], strict=True)),
                    **dict(zip((f"answered_{name}" for name in names), shares[3:], strict=True)),
                    "unanswered_rate": unanswered / n if n else None,
                    "discrimination": discrimination,
                    "verdict": verdicts.on_question(n, shares[0], discrimination),
                    "reason": self._why_no_discrimination(results, question, discrimination)
                    if n
                    else "No figures: no scored attempt of the population presented the question.",
                }

    @staticmethod
    def _why_no_discrimination(results, question: str, discrimination: float | None) -> str | None:
        reasons = []
        if set(results[question]) == {"unanswered"}:
            reasons.append("No difficulty of the answered: nobody answered.")
        if discrimination is None:
            right = results[question] == "correct"
            if len(results) == 1:
                why = "there is one attempt only"
            elif not right.any():
                why = "nobody answered correctly"
            elif right.all():
                why = "everybody answered correctly"
            elif len(results.columns) == 1:
                why = "there is no other question"
            else:
                why = "all have the same score in the other questions"
            reasons.append(f"No discrimination: {why}.")
        return " ".join(reasons) or None

    def distractor_analysis(self) -> Iterable[Row]:
        sets, numbers, shown = self._sets(), self._question_numbers(), self._shown()
        ranks = defaultdict(list)
        for key, options in shown.items():
            mean = sum(position for position, _ in options) / len(options)
            ranks[key[:3]].append((mean, key[3]))
        figures = {
            population: self.oracle.distractors(s) for population, s in self.populations.items()
        }
        for key, options in shown.items():
            exam, questions, question, option = key
            correct = {correct for _, correct in options}
            is_correct = correct.pop() if len(correct) == 1 else None
            order = [ranked for _, ranked in sorted(ranks[key[:3]])]
            for population, is_preferred in self._preferred(exam).items():
                row = figures[population].get(key, (0,) * 6)
                presented, chosen, lower, lower_chosen, upper, upper_chosen = row
                shares = [
                    part / whole if whole else None
                    for whole, part in zip(row[::2], row[1::2], strict=True)
                ]
                reasons = ["Not known to be correct or not: the attempts disagree."]
                reasons = reasons if is_correct is None else []
                if not presented:
                    reasons.append(
                        "No figures: no scored attempt of the population presented the option."
                    )
                elif not lower or not upper:
                    reasons.append("No thirds: there are too few attempts.")
                yield {
                    **sets[self._set((exam, questions))],
                    "population": population,
                    "is_preferred": is_preferred,
                    "question_id": question,
                    "option_id": option,
                    "question_number": numbers[exam, questions, question],
                    "option_number": order.index(option) + 1,
                    "is_correct": is_correct,
                    "presented": presented,
                    "chosen": chosen,
                    "chosen_share": shares[0],
                    "lower_presented": lower,
                    "lower_chosen": lower_chosen,
                    "lower_chosen_share": shares[1],
                    "upper_presented": upper,
                    "upper_chosen": upper_chosen,
                    "upper_chosen_share": shares[2],
                    "verdict": verdicts.on_option(presented, is_correct, *shares),
                    "reason": " ".join(reasons) or None,
                }

    def _shown(self) -> dict[tuple, list[tuple[int, bool]]]:
        """By exam, ids of its questions, question and option: its places, and if correct there."""
        shown = defaultdict(list)
        for (exam, questions), results in self.scored.items():
            for keen_id in results.index:
                for question in first_by_id(questions_of(self._record(keen_id))):
                    ids = [option["id"] for option in options_of(question)]
                    for option in first_by_id(options_of(question)):
                        shown[exam, questions, question["id"], option["id"]].append(
                            (ids.index(option["id"]) + 1, option.get("correct") is True)
                        )
        return shown

    def limits(self) -> Iterable[Row]:
        """Without what they mean and where they come from: the unit test has that."""
        for name, value in {
            "min_attempts": 30.0,
            "max_difficulty": 0.9,
            "min_difficulty": 0.3,
            "min_discrimination": 0.2,
            "min_distractor_share": 0.05,
            "min_kr20": 0.7,
            "low_score": 0.7,
            "retake_window_seconds": 60.0,
            "max_chance_share": 0.05,
        }.items():
            yield {"limit_name": name, "value": value}  # fmt: skip

    def load_reconciliation(self) -> Iterable[Row]:
        loads = defaultdict(list)
        for row in self.raw:
            loads[row["load_id"]].append(row)
        for load, rows in loads.items():
            kinds = Counter(self.dispositions[place(row)][0] for row in rows)
            questions = [q for q in self.int_questions() if q["load_id"] == load]
            options = sum(len(question["option_list"]) for question in questions)
            offsets = defaultdict(list)
            for row in rows:
                offsets[row["topic"], row["partition"]].append(row["offset"])
            yield {
                "load_id": load,
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

    def rejected_messages(self) -> Iterable[Row]:
        values = {place(row): row["value"] for row in self.raw}
        for message in self.stg_assess__messages():
            if message["disposition"] != "rejected":
                continue
            value = values[place(message)]
            try:
                as_text = value and value.decode("utf-8")
            except ValueError:
                as_text = None
            yield {
                **{
                    column: message[column]
                    for column in (
                        *PLACE, "rejection_reason", "keen_id", "user_exam_id", "key",
                        "message_sha256", "source_file", "source_position", "published_at",
                        "landed_at",
                    )
                },
                "value": encoded(value),
                "value_as_text": "" if value == b"" else as_text,
            }  # fmt: skip

    def rejection_reasons(self) -> Iterable[Row]:
        landed = defaultdict(list)
        for row in self._of("rejected"):
            landed[self.dispositions[place(row)][1]].append(row["landed_at"])
        for reason, times in landed.items():
            yield {
                "rejection_reason": reason,
                "messages": len(times),
                "first_landed_at": time(min(times)),
                "last_landed_at": time(max(times)),
            }

    def repeated_deliveries(self) -> Iterable[Row]:
        delivered = defaultdict(list)
        for row in self.readable:
            delivered[self._keen_id(row)].append(row)
        for keen_id, rows in delivered.items():
            if len(rows) > 1:
                record = self._record(keen_id)
                yield {
                    "keen_id": keen_id,
                    **{c: record[c] for c in ("user_exam_id", "base_exam_id", "exam_name")},
                    "deliveries": len(rows),
                    "first_published_at": time(min(row["timestamp"] for row in rows)),
                    "last_published_at": time(max(row["timestamp"] for row in rows)),
                    "delivered_in": [
                        {
                            **{c: row[c] for c in (*PLACE, "source_file", "source_position")},
                            "published_at": time(row["timestamp"]),
                        }
                        for row in rows
                    ],
                }

    def source_files(self) -> Iterable[Row]:
        files = defaultdict(list)
        for row in self.raw:
            if row["source_sha256"] is not None:
                files[row["source_sha256"]].append(row)
        for digest, rows in files.items():
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
