"""Attempts of people who retake an exam. No record says whose attempt it is; only the test knows.

Nothing is shared with the sample or with the models. Gaps are those of the reference dataset.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from math import exp, log
from random import Random
from typing import NamedTuple
from uuid import UUID

START = datetime(2021, 3, 1)
DAY = 86_400
BY_HOUR = [3, 3, 3, 3, 4, 4, 6, 6, 6, 6, 6, 8, 6, 10, 10, 10, 9, 9, 6, 7, 7, 9, 6, 4]
SHORTLY, SPREAD, SHORTEST, LONGEST = 20, 0.88, 0.5, 300  # seconds: the median, and the limits
MUCH_LATER, LATEST = 0.15, 7 * DAY  # the share of the retakes that are minutes to days later
QUESTIONS = 2


class Attempt(NamedTuple):
    """An attempt. `started`, `ended`: microseconds since START. `gap`: those since the person's
    attempt before (`before`: its keen_id) ended; both are None at a person's first attempt."""

    person: int
    exam: str
    keen_id: str
    started: int
    ended: int
    before: str | None
    gap: int | None
    record: bytes


class Level(NamedTuple):
    """How busy an exam is: people a day, the share of attempts that are repeated, days."""

    per_day: float
    share_repeated: float
    days: int


def load(rng: Random, levels: list[Level], exams: int) -> tuple[dict[str, Level], list[Attempt]]:
    """Return several exams of each level, and the attempts at all of them in random order."""
    level_of = {_uuid(rng): level for level in levels for _ in range(exams)}
    attempts = [
        attempt
        for number, (exam, level) in enumerate(level_of.items())
        for attempt in people(rng, *level, exam=exam, exam_name=f"Exam {number}")
    ]
    rng.shuffle(attempts)
    return level_of, attempts


def people(
    rng: Random,
    per_day: float,
    share_repeated: float,
    days: int,
    *,
    exam: str = "00000000-0000-4000-8000-000000000000",
    exam_name: str = "Planted People",
) -> Iterator[Attempt]:
    """The attempts at one exam, person by person.

    The people come at random (a Poisson process, busier in some hours of the day). An attempt is
    repeated with the same chance whatever came before, so there are share / (1 - share) retakes a
    person.
    """
    arrives = 0.0
    for person in count():
        arrives += rng.expovariate(per_day)
        if arrives >= days:
            return
        second = rng.choices(range(24), BY_HOUR)[0] * 3600 + rng.random() * 3600
        started = int(1e6 * (int(arrives) * DAY + second)) // 1000 * 1000
        before, gap, ability = None, None, rng.gauss(0.3, 1)
        while True:
            # A retake takes less time than a first attempt.
            seconds = exp(rng.gauss(*((4.1, 1.2) if before is None else (3.3, 0.8))))
            ended = started + int(1e6 * min(max(seconds, 1), 25_000))
            keen_id = f"{rng.getrandbits(96):024x}"
            record = _record(rng, exam, exam_name, keen_id, started, ended, ability)
            yield Attempt(person, exam, keen_id, started, ended, before, gap, record)
            if rng.random() >= share_repeated:
                break
            # A start is stated in milliseconds, an end in microseconds.
            started = -(-(ended + int(1e6 * _gap(rng))) // 1000) * 1000
            before, gap, ability = keen_id, started - ended, ability + 0.5


def _gap(rng: Random) -> float:
    """Return the seconds between a person's attempts."""
    if rng.random() < MUCH_LATER:
        return exp(rng.uniform(log(LONGEST), log(LATEST)))
    while True:
        gap = exp(rng.gauss(log(SHORTLY), SPREAD))
        if SHORTEST <= gap <= LONGEST:
            return gap


def _record(
    rng: Random, exam: str, name: str, keen_id: str, started: int, ended: int, ability: float
) -> bytes:
    right = [rng.random() < 1 / (1 + exp(-ability)) for _ in range(QUESTIONS)]
    at = START + timedelta(microseconds=ended)
    created = f"{(at - datetime(1970, 1, 1)) // timedelta(seconds=1)}.{at.microsecond:06}"
    questions = [
        {
            "user_incomplete": False,
            "user_correct": is_right,
            "options": [
                {"checked": is_right, "id": f"{exam}-{number}-a", "correct": True},
                {"checked": not is_right, "id": f"{exam}-{number}-b"},
            ],
            "user_submitted": True,
            "id": f"{exam}-{number}",
            "user_result": "correct" if is_right else "incorrect",
        }
        for number, is_right in enumerate(right)
    ]
    counts = {
        "incomplete": 0,
        "submitted": QUESTIONS,
        "incorrect": QUESTIONS - sum(right),
        "all_correct": all(right),
        "correct": sum(right),
        "total": QUESTIONS,
        "unanswered": 0,
    }
    record = {
        "keen_timestamp": created,
        "max_attempts": "1.0",
        "started_at": (START + timedelta(microseconds=started)).isoformat(timespec="milliseconds")
        + "Z",
        "base_exam_id": exam,
        "user_exam_id": _uuid(rng),
        "sequences": {"questions": questions, "attempt": 1, "id": _uuid(rng), "counts": counts},
        "keen_created_at": created,
        "certification": "false",
        "keen_id": keen_id,
        "exam_name": name,
    }
    return json.dumps(record, separators=(",", ":")).encode()


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
