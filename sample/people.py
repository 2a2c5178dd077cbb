"""People who take an exam, and retake it, as the reference dataset shows.

A person with wrong answers often tries again, mostly within seconds, and then does better. No
record says who that is: a retake has ids of its own.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import exp, log
from random import Random
from typing import Any

from sample.exams import TEST_ID, Exam, Option, Question, new_uuid

EPOCH = datetime(1970, 1, 1)  # naive, always UTC
DAY_MS = 86_400_000
FIRST_DAY_MS = 1_709_510_400_000  # Monday 2024-03-04, midnight UTC
DAYS = 70
REVISED_AT_MS = FIRST_DAY_MS + DAYS * DAY_MS // 2  # when the revised exams change their questions
HOUR_WEIGHTS = [2, 2, 2, 2, 2, 3, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 14, 6, 5, 5, 4, 4, 3, 3]
HASTY_SHARE = 0.07  # attempts that leave about half of the questions unanswered

# Who tries again: after a first attempt, a second, a later one; and after all answers right.
AGAIN, AGAIN_ALL_RIGHT = (0.525, 0.75, 0.91), 0.055
GAP, GAP_SPREAD, LONGEST_GAP = 19, 0.88, 300  # seconds between two attempts: lognormal
LATER_SHARE, LATEST = 0.08, 3 * 86_400  # the share that comes back only after minutes or days
LEARNED, REMEMBERED = 0.42, 2.1  # logits that a wrong answer, and a right one, add at its question


def start(rng: Random, progress: float) -> int:
    """Return a start in epoch milliseconds, in the week that the file's progress has reached."""
    while True:
        day = int(DAYS * (0.9 * progress + 0.1 * rng.random()))
        if day % 7 < 5 or rng.random() < 0.5:  # weekends are quieter
            break
    hour = rng.choices(range(24), HOUR_WEIGHTS)[0]
    return FIRST_DAY_MS + day * DAY_MS + hour * 3_600_000 + rng.randrange(3_600_000)


def attempts_of_a_person(rng: Random, exam: Exam, started: int) -> Iterator[bytes]:
    """Generate the attempts of a new person at an exam, in order of time, as JSON in UTF-8."""
    ability = rng.gauss(0, 1.2)
    learned: defaultdict[str, float] = defaultdict(float)  # by question, in logits
    number = 0
    while started < FIRST_DAY_MS + DAYS * DAY_MS:
        # Whoever knows the questions needs less time.
        seconds = exp(rng.gauss(3.45, 0.7) if number else rng.gauss(4.8, 1.05))
        duration = int(1000 * min(max(seconds, 1.5), 25_000))
        questions = exam.sets[-1 if started >= REVISED_AT_MS else 0]
        skipped = 0.5 if rng.random() < HASTY_SHARE else 0.0
        answers = []
        for question in rng.sample(questions, len(questions)):
            checked = _choose(rng, question, ability + learned[question.id])
            answers.append((question, [] if rng.random() < skipped else checked))
        yield _record(rng, exam, started, duration, answers)
        right = [_result(*answer) == "correct" for answer in answers]
        again = AGAIN_ALL_RIGHT if all(right) else AGAIN[min(number, len(AGAIN) - 1)]
        if rng.random() >= again:
            return
        for (question, _), was_right in zip(answers, right, strict=True):
            learned[question.id] += REMEMBERED if was_right else LEARNED
        started += duration + _gap(rng)
        number += 1


def _gap(rng: Random) -> int:
    """Return the milliseconds between the end of an attempt and the start of the next."""
    if rng.random() < LATER_SHARE:
        return int(1000 * exp(rng.uniform(log(LONGEST_GAP), log(LATEST))))
    return int(1000 * min(max(exp(rng.gauss(log(GAP), GAP_SPREAD)), 1), LONGEST_GAP))


def _choose(rng: Random, question: Question, ability: float) -> list[Option]:
    """Return the options that a learner checks, by the Rasch model (Rasch, 1960)."""
    right = [option for option in question.options if option.correct]
    if rng.random() < 1 / (1 + exp(question.difficulty - ability)):
        return right
    wrong = [option for option in question.options if not option.correct]
    if not wrong or (len(right) > 1 and rng.random() < 0.4):
        return rng.sample(right, rng.randrange(1, len(right)))
    distractor = rng.choices(wrong, [option.pull for option in wrong])
    if len(right) == 1:  # one choice only
        return distractor
    return rng.sample(right, rng.randrange(len(right) + 1)) + distractor


def _result(question: Question, checked: list[Option]) -> str:
    if not checked:
        return "unanswered"
    if not all(option.correct for option in checked):
        return "incorrect"
    right = sum(bool(option.correct) for option in question.options)
    return "missed_some" if len(checked) < right else "correct"


def _record(
    rng: Random,
    exam: Exam,
    started: int,
    duration: int,
    answers: list[tuple[Question, list[Option]]],
) -> bytes:
    is_test = exam.id == TEST_ID
    answered = []
    for number, (question, checked) in enumerate(answers):
        options = []
        for option in rng.sample(question.options, len(question.options)):
            # Some options are ticked and unticked again; they keep the time of the change.
            touched = option in checked or rng.random() < 0.03
            at = started + int(duration * (number + rng.random()) / len(answers))
            sent = not is_test and option in checked
            options.append(_option(option, option in checked, at if touched else None, sent))
        bare = {"options": options, "id": question.id}
        answered.append(bare if is_test else _graded(_result(question, checked), bare))
    sequences: dict[str, Any] = {"questions": answered, "attempt": 1, "id": new_uuid(rng)}
    if not is_test:
        sequences["counts"] = _counts([_result(*answer) for answer in answers])
    seconds, milliseconds = divmod(started + duration, 1000)
    more = rng.choices(range(5), [1, 12, 86, 388, 513])[0]  # decimals after the milliseconds
    decimals = "".join(str(rng.randrange(1, 10)) for _ in range(more))
    created = f"{seconds}.{milliseconds:03}{decimals}"
    record = {
        "keen_timestamp": created,
        "max_attempts": "1.0",
        "started_at": _iso(started),
        "base_exam_id": exam.id,
        "user_exam_id": new_uuid(rng),
        "sequences": sequences,
        "keen_created_at": created,
        "certification": exam.certification,
        # Of the length of a MongoDB ObjectId, which begins with the seconds. A counter would tell
        # which attempts were made together.
        "keen_id": f"{seconds:08x}{rng.getrandbits(64):016x}",
        "exam_name": exam.name,
    }
    return json.dumps(record, ensure_ascii=False).encode()


def _graded(result: str, question: dict[str, Any]) -> dict[str, Any]:
    return {
        "user_incomplete": result == "missed_some",
        "user_correct": result == "correct",
        "options": question["options"],
        "user_submitted": result != "unanswered",
        "id": question["id"],
        "user_result": result,
    }


def _option(option: Option, checked: bool, at: int | None, sent: bool) -> dict[str, Any]:
    correct = {} if option.correct is None else {"correct": option.correct}
    if at is None:
        return {"checked": checked, **correct, "id": option.id}
    submitted = {"submitted": 1} if sent else {}
    return {"checked": checked, "at": _iso(at), "id": option.id, **submitted, **correct}


def _counts(results: Sequence[str]) -> dict[str, int | bool]:
    total, correct = len(results), results.count("correct")
    unanswered = results.count("unanswered")
    return {
        "incomplete": results.count("missed_some"),
        "submitted": total - unanswered,
        "incorrect": results.count("incorrect"),
        "all_correct": correct == total,
        "correct": correct,
        "total": total,
        "unanswered": unanswered,
    }


def _iso(milliseconds: int) -> str:
    return (EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds") + "Z"
