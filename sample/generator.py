"""A seeded synthetic dataset with the shape and the anomalies of real assessment attempts.

Everything is drawn from one `random.Random(seed)`, so the same arguments give the same bytes.
Records are generated one at a time, so the memory does not grow with their number.
"""

import gzip
import json
import os
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from math import exp
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

EPOCH = datetime(1970, 1, 1)  # naive, always UTC
DAY_MS = 86_400_000
FIRST_DAY_MS = 1_709_510_400_000  # Monday 2024-03-04, midnight UTC
DAYS = 70
REVISED_AT_MS = FIRST_DAY_MS + DAYS * DAY_MS // 2  # when the revised exams change their questions
HOUR_WEIGHTS = [2, 2, 2, 2, 2, 3, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 12, 6, 5, 5, 4, 4, 3, 3]

FORMS = ["Introduction to {}", "Advanced {}", "{} Essentials", "{}: A Beginner's Guide"]
FORMS += ["{}, Step by Step", "{} in Practice", "The Theory of {}", "{} & Safety"]
SUBJECTS = ["Soil Science", "Beekeeping", "Bread Baking", "Cartography", "Celestial Navigation"]
SUBJECTS += ["Choral Singing", "Clock Repair", "Crêpe Making", "Drystone Walling", "First Aid"]
SUBJECTS += ["Fly Fishing", "Forestry", "Glass Blowing", "Glaciology", "Greenhouse Keeping"]
SUBJECTS += ["Harbour Piloting", "Heraldry", "Hot-Air Ballooning", "Lighthouse Keeping"]
SUBJECTS += ["Meteorology", "Mosaics", "Mountain Rescue", "Origami", "Pottery", "Puppetry"]
SUBJECTS += ["Sign Painting", "Tea Tasting", "Typesetting", "Volcanology", "Weaving"]

EXAMS = 100  # base_exam_ids in regular use, most popular first; rank 0 is by far the most popular
SINGLES = 4  # exams taken exactly once in a file of at least WHOLE attempts
POPULAR_SHARE = 0.12
SAME_NAME = {14: 3, 23: 7, 31: 12, 38: 20}  # rank → the rank with which it shares its name
REVISED = {2, 6, 11}  # ranks with an old and a new set of questions
UNCERTIFIED = {8, 19, 30}  # ranks with a null certification: about 4 % of the attempts
HASTY_SHARE = 0.07  # learners who leave about half of the questions unanswered

WHOLE = 200  # a file of at least this many attempts has all anomalies
TEST_ID = "example-id"
TEST_EVERY, TEST_AT = 1250, {60, 120}  # 0.16 % of the records are test attempts
AGAIN_EVERY, NEAR_AT, FAR_AT, THIRD_AT = 250, 180, 181, 182  # 1.2 % are re-deliveries
KEPT = 100  # records remembered for a later re-delivery


class Option(NamedTuple):
    """An option. `correct`: None for wrong, not stated. `pull`: its weight among wrong choices."""

    id: str
    correct: bool | None
    pull: float


class Question(NamedTuple):
    """A question. `difficulty`: in logits; at equal ability half of the answers are correct."""

    id: str
    options: list[Option]
    difficulty: float


class Exam(NamedTuple):
    """An exam. `sets`: its set of questions; a revised exam has an old set and a new one."""

    id: str
    name: str
    certification: str | None
    sets: list[list[Question]]


def write_sample(out: Path, attempts: int = 1000, seed: int = 0) -> int:
    """Write a dataset atomically. The same arguments give the same bytes.

    Args:
        out: the file; an existing one is replaced. Its name selects the format: JSON Lines if it
            ends in `.jsonl`, otherwise one JSON array on one line; a further `.gz` selects gzip.
        attempts: the number of records, re-deliveries and test attempts included.
        seed: the seed of the random numbers.

    Returns:
        The number of records written.

    Raises:
        ValueError: `attempts` is negative.
        OSError: the folder is missing, or the file cannot be written.
    """
    stream = records(attempts, seed)
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no such folder: {out.parent}")
    lines = out.name.removesuffix(".gz").endswith(".jsonl")
    start, between, end = (b"", b"\n", b"\n") if lines else (b"[", b", ", b"]\n")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    written = 0
    try:
        with ExitStack() as stack:
            file: Any = stack.enter_context(part.open("wb"))
            if out.suffix == ".gz":  # the header has no name and no time: same seed, same bytes
                file = stack.enter_context(gzip.GzipFile("", "wb", 6, file, mtime=0))
            file.write(start)
            for record in stream:
                file.write(between + record if written else record)
                written += 1
            if written or not lines:
                file.write(end)
        part.replace(out)
    except BaseException:  # Ctrl-C too
        part.unlink(missing_ok=True)
        raise
    return written


def records(attempts: int, seed: int) -> Iterator[bytes]:
    """Generate each record as JSON in UTF-8, in the file's order.

    Args:
        attempts: the number of records, re-deliveries and test attempts included.
        seed: the seed of the random numbers. The same arguments give the same bytes.

    Raises:
        ValueError: `attempts` is negative.
    """
    if attempts < 0:
        raise ValueError(f"attempts must not be negative: {attempts}")
    return _stream(attempts, Random(seed))  # noqa: S311


def _stream(attempts: int, rng: Random) -> Iterator[bytes]:
    exams, singles, test = _catalogue(rng)
    weights = [1 / (rank + 4) for rank in range(len(exams))]
    weights[0] = sum(weights[1:]) * POPULAR_SHARE / (1 - POPULAR_SHARE)
    deck = _deck(rng, attempts, exams, singles, weights)
    once: list[bytes] = []  # delivered once, oldest first
    twice: deque[bytes] = deque(maxlen=KEPT // 5)
    for position in range(attempts):
        cycle = position % AGAIN_EVERY
        if cycle == THIRD_AT:
            index = rng.randrange(len(twice))
            yield twice[index]
            del twice[index]
        elif cycle in (NEAR_AT, FAR_AT):
            # Removed from `once`, so that a record gets only one second delivery.
            twice.append(once.pop(-1 if cycle == NEAR_AT else rng.randrange(len(once) // 2)))
            yield twice[-1]
        elif position % TEST_EVERY in TEST_AT:
            yield _attempt(rng, test, position, attempts)
        else:
            exam = deck.pop() if deck else rng.choices(exams, weights)[0]
            yield (record := _attempt(rng, exam, position, attempts))
            if exam not in singles:
                once.append(record)
            if len(once) > KEPT:  # mostly forget the last but one, so that some records grow old
                del once[-2 if rng.random() < 0.9 else rng.randrange(KEPT)]


def _deck(
    rng: Random, attempts: int, exams: list[Exam], singles: list[Exam], weights: list[float]
) -> list[Exam]:
    """Return the exams of the first attempts, shuffled; the exams after them are left to chance.

    The deck has each single once and each other exam at least twice, so exactly the singles are
    taken once. A small file uses fewer exams, so that their popularity still differs.
    """
    window = max(WHOLE, min(attempts, 1000))
    again = sum(p % AGAIN_EVERY in (NEAR_AT, FAR_AT, THIRD_AT) for p in range(window))
    size = window - again - sum(p % TEST_EVERY in TEST_AT for p in range(window))
    used = min(len(exams), window // 5)
    deck = singles + exams[:used] * 2 + exams[:1] * (round(POPULAR_SHARE * size) - 2)
    deck += rng.choices(exams[1:used], weights[1:used], k=size - len(deck))
    rng.shuffle(deck)
    return deck


def _catalogue(rng: Random) -> tuple[list[Exam], list[Exam], Exam]:
    """Return the exams by popularity, those taken once, and the test exam."""
    names = [form.format(subject) for form in FORMS for subject in SUBJECTS]
    names = rng.sample(names, EXAMS + SINGLES)
    exams = []
    for rank in range(EXAMS):
        name = names[SAME_NAME.get(rank, rank)]
        certification = None if rank in UNCERTIFIED else "false"
        # The most popular exam has five questions, as in the reference dataset.
        count = None if rank else 5
        sets = [_questions(rng, count) for _ in range(2 if rank in REVISED else 1)]
        exams.append(Exam(_uuid(rng), name, certification, sets))
    singles = [
        # Only the first of them marks wrong options ("correct": false).
        Exam(_uuid(rng), name, "false", [_questions(rng, wrong=None if index else False)])
        for index, name in enumerate(names[EXAMS:])
    ]
    test = Exam(TEST_ID, "Test Exam, Please Ignore", "false", [_questions(rng)])
    return exams, singles, test


def _questions(rng: Random, count: int | None = None, wrong: bool | None = None) -> list[Question]:
    exam_difficulty = rng.gauss(-1.3, 0.5)
    questions = []
    for _ in range(count or rng.choices(range(1, 11), [6, 4, 15, 50, 16, 6, 5, 1, 1, 2])[0]):
        size = rng.choices(range(2, 7), [4, 25, 65, 2, 4])[0]
        several = size > 2 and rng.random() < 0.35
        correct = rng.randrange(2, size + 1) if several else 1  # perhaps all of them
        options = [
            # Squared, so that in many questions one distractor draws most of the wrong answers.
            Option(_uuid(rng), True if index < correct else wrong, 0.05 + rng.random() ** 2)
            for index in range(size)
        ]
        difficulty = exam_difficulty + rng.gauss(0, 0.8) + (1.2 if several else 0)
        questions.append(Question(_uuid(rng), options, difficulty))
    return questions


def _attempt(rng: Random, exam: Exam, position: int, attempts: int) -> bytes:
    is_test = exam.id == TEST_ID
    started = _start(rng, position / attempts)
    duration = int(1000 * min(max(exp(rng.gauss(4.08, 1.2)), 2), 25_000))
    questions = exam.sets[-1 if started >= REVISED_AT_MS else 0]
    ability = rng.gauss(0, 1.2)
    skipped = 0.5 if rng.random() < HASTY_SHARE else 0.0
    answered = []
    for number, question in enumerate(rng.sample(questions, len(questions))):
        checked = [] if rng.random() < skipped else _choose(rng, question, ability)
        options = []
        for option in rng.sample(question.options, len(question.options)):
            # Some options are ticked and unticked again; they keep the time of the change.
            touched = option in checked or rng.random() < 0.03
            at = started + int(duration * (number + rng.random()) / len(questions))
            sent = not is_test and option in checked
            options.append(_option(option, option in checked, at if touched else None, sent))
        bare = {"options": options, "id": question.id}
        answered.append(bare if is_test else _graded(question, checked, options))
    sequences: dict[str, Any] = {"questions": answered, "attempt": 1, "id": _uuid(rng)}
    if not is_test:
        sequences["counts"] = _counts([str(question["user_result"]) for question in answered])
    seconds, milliseconds = divmod(started + duration, 1000)
    more = rng.choices(range(5), [1, 12, 86, 388, 513])[0]  # decimals after the milliseconds
    decimals = "".join(str(rng.randrange(1, 10)) for _ in range(more))
    created = f"{seconds}.{milliseconds:03}{decimals}"
    record = {
        "keen_timestamp": created,
        "max_attempts": "1.0",
        "started_at": _iso(started),
        "base_exam_id": exam.id,
        "user_exam_id": _uuid(rng),
        "sequences": sequences,
        "keen_created_at": created,
        "certification": exam.certification,
        # The parts of a MongoDB ObjectId: seconds, random bits, a counter.
        "keen_id": f"{seconds:08x}{rng.getrandbits(40):010x}{position % 2**24:06x}",
        "exam_name": exam.name,
    }
    return json.dumps(record, ensure_ascii=False).encode()


def _start(rng: Random, progress: float) -> int:
    """Return a start in epoch milliseconds, in the week that the file's progress has reached."""
    while True:
        day = int(DAYS * (0.9 * progress + 0.1 * rng.random()))
        if day % 7 < 5 or rng.random() < 0.5:  # weekends are quieter
            break
    hour = rng.choices(range(24), HOUR_WEIGHTS)[0]
    return FIRST_DAY_MS + day * DAY_MS + hour * 3_600_000 + rng.randrange(3_600_000)


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


def _graded(question: Question, checked: list[Option], options: list[Any]) -> dict[str, Any]:
    if not checked:
        result = "unanswered"
    elif not all(option.correct for option in checked):
        result = "incorrect"
    elif len(checked) < sum(bool(option.correct) for option in question.options):
        result = "missed_some"
    else:
        result = "correct"
    return {
        "user_incomplete": result == "missed_some",
        "user_correct": result == "correct",
        "options": options,
        "user_submitted": result != "unanswered",
        "id": question.id,
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


def _uuid(rng: Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
