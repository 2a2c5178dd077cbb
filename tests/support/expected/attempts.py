"""The rows of the marts of attempts, and the eight answers."""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import mean, median

from tests.support.expected.dataset import PLACE, Dataset, Row, once, place
from tests.support.expected.intermediate import (
    accepted,
    int_deliveries,
    int_options,
    int_questions,
    why_refused,
)
from tests.support.oracle import count

# Columns that fct_attempts and fct_deliveries share with int_deliveries, and counts by its names.
SAME = (
    "keen_id", "user_exam_id", "base_exam_id", "question_set_id", "sequence_id", "exam_name",
    "certification", "max_attempts", "attempt_number", "started_at", "finished_at",
    "keen_created_at", "duration_seconds", "start_hour", "questions_presented", "questions_scored",
    "score", "is_all_correct", "is_test", *PLACE,
)  # fmt: skip
COUNTS = {
    "submitted": "submitted", "correct": "correct", "incorrect": "incorrect",
    "missed_some": "incomplete", "unanswered": "unanswered",
}  # fmt: skip
OF_DELIVERY = (
    "options_presented", "disposition", "source_file", "source_position", "published_at",
    "landed_at",
)  # fmt: skip


def columns_of(delivery: Row, *more: str) -> Row:
    return {
        **{column: delivery[column] for column in (*SAME, *more)},
        **{column: delivery[f"count_{name}"] for column, name in COUNTS.items()},
    }


@once
def fct_deliveries(data: Dataset) -> Iterable[Row]:
    return (columns_of(delivery, *OF_DELIVERY) for delivery in int_deliveries(data))


@once
def fct_attempts(data: Dataset) -> Iterable[Row]:
    deliveries = Counter(delivery["keen_id"] for delivery in int_deliveries(data))
    lengths = Counter(session for session, _ in data.sessions.values())
    for attempt in accepted(data):
        keen_id = attempt["keen_id"]
        session, number = data.sessions.get(keen_id, (None, None))
        exam = data.exams[attempt["base_exam_id"]]
        links = exam.links if exam.is_inferred else {}
        follows, seconds = links.get(keen_id, (None, None))
        yield {
            **columns_of(attempt),
            "session_id": session,
            "attempt_in_session": number,
            "attempts_in_session": session and lengths[session],
            "is_first_in_session": session and number == 1,
            "is_last_in_session": session and number == lengths[session],
            "follows_keen_id": follows,
            "seconds_since_followed": seconds,
            "session_reason": why_refused(exam),
            "deliveries": deliveries[keen_id],
        }


@once
def fct_question_responses(data: Dataset) -> Iterable[Row]:
    for question in int_questions(data):
        options, result = question["option_list"], question["result"]
        yield {
            **{column: value for column, value in question.items() if column != "option_list"},
            "is_unanswered": None if result is None else result == "unanswered",
            "options_presented": len(options),
            "options_chosen": sum(option["checked"] is True for option in options),
        }


fct_option_choices = int_options


def grouped(rows: Iterable[Row], *columns: str) -> dict[tuple, list[Row]]:
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return groups


def counts(attempts: list[Row]) -> Row:
    return {
        "attempts": len(attempts),
        "deliveries": sum(attempt["deliveries"] for attempt in attempts),
        "test_attempts": sum(attempt["is_test"] for attempt in attempts),
    }


@once
def attempts_by_day(data: Dataset) -> Iterable[Row]:
    days = defaultdict(list)
    for attempt in fct_attempts(data):
        days[date.fromisoformat(attempt["started_at"][:10])].append(attempt)
    for number in range((max(days) - min(days)).days + 1 if days else 0):
        day = min(days) + timedelta(days=number)
        yield {
            "started_on": day.isoformat(),
            "is_weekend": f"{day:%a}" in ("Sat", "Sun"),
            **counts(days.get(day, [])),
        }


@once
def attempts_by_hour(data: Dataset) -> Iterable[Row]:
    hours = grouped(fct_attempts(data), "start_hour")
    most = max((len(attempts) for attempts in hours.values()), default=None)
    for hour in range(24):
        attempts = hours.get((hour,), [])
        yield {
            "start_hour": hour,
            **counts(attempts),
            "is_most_popular": len(attempts) == most,
        }


def bins(labels: list[str], ends: list[float | None], found: Counter, of: str, what: str) -> list:
    """Ranges between ends, with how many were found in each, from 0 on."""
    return [
        {
            "bin": number + 1,
            "label": label,
            f"from_{of}": ends[number],
            f"to_{of}": ends[number + 1],
            what: found[number],
        }
        for number, label in enumerate(labels)
    ]


@once
def attempts_by_score(data: Dataset) -> Iterable[Row]:
    tenths = Counter(
        min(10 * attempt["correct"] // attempt["questions_presented"], 9)
        for attempt in fct_attempts(data)
        if attempt["score"] is not None and not attempt["is_test"]
    )
    labels = [f"{10 * n} to {10 * n + 9} %" for n in range(9)] + ["90 to 100 %"]
    return bins(labels, [n / 10 for n in range(11)], tenths, "score", "attempts")


@once
def attempts_by_duration(data: Dataset) -> Iterable[Row]:
    labels = [
        "under 15 s", "15 to 30 s", "30 s to 1 min", "1 to 2 min", "2 to 5 min", "5 to 15 min",
        "15 min to 1 h", "over 1 h",
    ]  # fmt: skip
    ends = [15, 30, 60, 120, 300, 900, 3600]
    found = Counter(
        bisect(ends, attempt["duration_seconds"])
        for attempt in fct_attempts(data)
        if not attempt["is_test"]
    )
    return bins(labels, [None, *ends, None], found, "seconds", "attempts")


@once
def totals(data: Dataset) -> Iterable[Row]:
    attempts = fct_attempts(data)
    real = [attempt for attempt in attempts if not attempt["is_test"]]
    scores = [attempt["score"] for attempt in real if attempt["score"] is not None]
    durations = [attempt["duration_seconds"] for attempt in real]
    starts = [attempt["started_at"] for attempt in attempts]
    yield {
        "attempts": len(attempts),
        "deliveries": len(int_deliveries(data)),
        "user_exam_ids": len({attempt["user_exam_id"] for attempt in attempts}),
        "exams": len({attempt["base_exam_id"] for attempt in attempts}),
        "test_attempts": len(attempts) - len(real),
        "real_attempts": len(real),
        "attempts_with_score": len(scores),
        "mean_score": mean(scores) if scores else None,
        "median_duration_seconds": median(durations) if durations else None,
        "first_attempt_at": min(starts, default=None),
        "last_attempt_at": max(starts, default=None),
    }


@once
def dim_exams(data: Dataset) -> Iterable[Row]:
    for (exam,), attempts in grouped(fct_attempts(data), "base_exam_id").items():
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


def exam_names(data: Dataset) -> dict[str, str]:
    """By base_exam_id."""
    return {row["base_exam_id"]: row["exam_name"] for row in dim_exams(data)}


@once
def answers(data: Dataset) -> Iterable[Row]:
    """Without what is asked and explained: the unit test has that."""
    [topic] = {row["topic"] for row in data.raw}
    inferred = {2: "not known", 3: retakes_in_words(data), 5: people(data, "Learning Git")}
    for number, (as_delivered, answer) in enumerate(data.oracle.answers(topic), start=1):
        yield {
            "question_number": number,
            "answer_as_delivered": as_delivered,
            "answer": answer,
            "answer_inferred": inferred.get(number),
        }


def retakes_in_words(data: Dataset) -> str:
    found = [exam for exam in data.exams.values() if exam.is_inferred]
    retaken = sum(len(exam.links) for exam in found)
    several = len({session for session, number in data.sessions.values() if number > 1})
    chance = sum(exam.chance_links for exam in found)
    left_out = len(data.exams) - len(found)
    return (
        f"{count(retaken, 'attempt')} in {count(several, 'session')} of more than one; "
        f"chance gives {f'about {chance:.0f}' if chance >= 0.5 else 'less than one'}"
        + (f"; not inferred at {count(left_out, 'exam')}" if left_out else "")
    )


def people(data: Dataset, exam_name: str) -> str:
    took = [row for row in fct_attempts(data) if row["exam_name"] == exam_name]
    sessions = {row["session_id"] for row in took}
    if not took:
        return "nobody"
    if None in sessions:
        return "not inferred at this exam"
    persons = "1 person" if len(sessions) == 1 else f"{len(sessions)} people"
    return f"about {persons} or fewer ({count(len(sessions), 'session')})"
