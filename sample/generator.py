"""A seeded synthetic dataset with the shape and the anomalies of real assessment attempts.

Everything is drawn from one `random.Random(seed)`, so the same arguments give the same bytes.
Records are generated one at a time, so the memory does not grow with their number.
"""

import gzip
import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import Any, BinaryIO

from sample.exams import Exam, catalogue
from sample.people import attempts_of_a_person, start

POPULAR_SHARE = 0.12
WHOLE = 200  # a file of at least this many attempts has all anomalies
DECK = 1000  # attempts after which each exam was taken, and popularity is as it should be
TEST_EVERY, TEST_AT = 1250, {60, 120}  # 0.16 % of the records are test attempts
AGAIN_EVERY, NEAR_AT, FAR_AT, THIRD_AT = 250, 180, 181, 182  # 1.2 % are re-deliveries
KEPT = 100  # records remembered for a later re-delivery
APART, FARTHEST = 3, 20  # a record stands that many places later than it was made: mean, maximum


def write_sample(out: Path, attempts: int = 1000, seed: int = 0) -> int:
    """Write a dataset atomically. The same arguments give the same bytes.

    Args:
        out: the file; an existing one is replaced, and a device or a pipe is written to. Its name
            selects the format: JSON Lines if it ends in `.jsonl`, otherwise one JSON array on one
            line; a further `.gz` selects gzip.
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
    if out.exists() and not out.is_file():
        with out.open("wb") as file:
            return _write(stream, out.name, file)
    target = out.resolve()  # of a link, what it leads to
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            written = _write(stream, out.name, file)
        part.replace(target)
    except BaseException:  # Ctrl-C too
        part.unlink(missing_ok=True)
        raise
    return written


def _write(stream: Iterator[bytes], name: str, out: BinaryIO) -> int:
    lines = name.removesuffix(".gz").endswith(".jsonl")
    start, between, end = (b"", b"\n", b"\n") if lines else (b"[", b", ", b"]\n")
    written = 0
    with ExitStack() as stack:
        file: Any = out
        if name.endswith(".gz"):  # the header has no name and no time: same seed, same bytes
            file = stack.enter_context(gzip.GzipFile("", "wb", 6, out, mtime=0))
        file.write(start)
        for record in stream:
            file.write(between + record if written else record)
            written += 1
        if written or not lines:
            file.write(end)
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
    exams, singles, test = catalogue(rng)
    taken = _attempts(attempts, rng, exams, singles)
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
            yield next(attempts_of_a_person(rng, test, start(rng, position / attempts)))
        else:
            is_single, record = next(taken)
            yield record
            if not is_single:
                once.append(record)
            if len(once) > KEPT:  # mostly forget the last but one, so that some records grow old
                del once[-2 if rng.random() < 0.9 else rng.randrange(KEPT)]


def _attempts(
    attempts: int, rng: Random, exams: list[Exam], singles: list[Exam]
) -> Iterator[tuple[bool, bytes]]:
    """Generate each attempt once, without end, and whether its exam is taken only once.

    A person's attempts stand near each other, in any order, as in the reference dataset.
    """
    deck = _Deck(rng, max(WHOLE, min(attempts, DECK)), exams, singles)
    waiting: list[tuple[float, bool, bytes]] = []
    made = 0
    while True:
        while not waiting or waiting[0][0] > made:
            exam = deck.draw()
            started = start(rng, min(made / attempts, 1))
            person: list[bytes] = []
            for record in attempts_of_a_person(rng, exam, started):
                if person and not deck.draw_again(exam):
                    break
                person.append(record)
            rng.shuffle(person)
            for record in person:
                place = made + min(rng.expovariate(1 / APART), FARTHEST)
                heappush(waiting, (place, exam in singles, record))
                made += 1
        yield heappop(waiting)[1:]


class _Deck:
    """The exams of all attempts, as a shuffled deck of places, refilled without end.

    The first deck has each single once and each other exam at least twice, so exactly the singles
    are taken once. A small file uses fewer exams, so that their popularity still differs.
    """

    def __init__(self, rng: Random, window: int, exams: list[Exam], singles: list[Exam]) -> None:
        self._rng, self._singles = rng, singles
        self._popular, *self._others = used = exams[: window // 5]
        self._weights = [1 / (rank + 3.5) for rank in range(1, len(used))]
        self._places: list[Exam | None] = [*singles, *used, *used]  # None: any of the others
        again = sum(p % AGAIN_EVERY in (NEAR_AT, FAR_AT, THIRD_AT) for p in range(window))
        tests = sum(p % TEST_EVERY in TEST_AT for p in range(window))
        self._fill(window - again - tests - FARTHEST)  # so that all of it stands in the file

    def _fill(self, size: int) -> None:
        popular = round(POPULAR_SHARE * size) - self._places.count(self._popular)
        self._places += [self._popular] * popular
        self._places += [None] * (size - len(self._places))
        self._rng.shuffle(self._places)

    def draw(self) -> Exam:
        """Return the exam of a new person."""
        if not self._places:
            self._fill(DECK)
        return self._places.pop() or self._rng.choices(self._others, self._weights)[0]

    def draw_again(self, exam: Exam) -> bool:
        """Take a place for a retake; False: there is none."""
        if not self._places:
            self._fill(DECK)
        for place in (exam,) if exam in (self._popular, *self._singles) else (exam, None):
            if place in self._places:
                self._places.remove(place)
                return True
        return False
