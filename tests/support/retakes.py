"""Which attempts follow another one, computed anew: from pairs of neighbours in a sorted list.

Times are whole microseconds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from scipy.stats import poisson

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR


@dataclass(frozen=True)
class Taken:
    """An attempt at an exam."""

    exam: str
    keen_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Exam:
    """What can be inferred at an exam."""

    attempts: int
    links: dict[str, tuple[str, float]]  # by keen_id: the attempt that it follows, seconds between
    reversed_links: int
    later_links: int
    chance_links: float
    chance_links_high: int

    @property
    def is_inferred(self) -> bool:
        return not self.links or self.chance_links_high <= 0.05 * len(self.links)


def events_of(attempts: Iterable[Taken]) -> list[tuple[int, bool, str]]:
    """(time, whether it is a start, keen_id), in order: ends before starts, then keen_id."""
    listed = list(attempts)
    ends = [(a.end, False, a.keen_id) for a in listed]
    return sorted([(a.start, True, a.keen_id) for a in listed] + ends)


def exam(attempts: list[Taken], window: int = 60) -> Exam:
    """What can be inferred at the exam of these attempts; the window is in seconds."""
    events = events_of(attempts)
    started = {a.keen_id: a.start for a in attempts}
    links, backwards, later = {}, 0, 0
    for (before, was_start, other), (at, is_start, keen_id) in pairwise(events):
        gap = at - before
        if other == keen_id or was_start == is_start:
            continue
        if not is_start:
            backwards += gap <= window * SECOND
        elif started[other] <= at:
            later += 600 * SECOND <= gap <= (600 + window) * SECOND
            if gap <= window * SECOND:
                links[keen_id] = other, gap / SECOND
    starts = [a.start for a in attempts]
    days = max(starts) // DAY - min(starts) // DAY + 1
    firsts = Counter(a.start // HOUR % 24 for a in attempts if a.keen_id not in links)
    chance = 0.0
    for number, (at, is_start, _) in enumerate(events):
        if not is_start:
            following = events[number + 1 : number + 2]
            exposed = min([window] + [(time - at) / SECOND for time, *_ in following])
            chance += exposed * firsts[at // HOUR % 24] / (days * 3600)
    high = int(poisson.ppf(0.95, chance)) if chance else 0
    return Exam(len(attempts), links, backwards, later, chance, high)


def exams(attempts: Iterable[Taken], window: int = 60) -> dict[str, Exam]:
    """By exam, what can be inferred at it."""
    by_exam = defaultdict(list)
    for attempt in attempts:
        by_exam[attempt.exam].append(attempt)
    return {name: exam(taken, window) for name, taken in by_exam.items()}


def sessions(attempts: Iterable[Taken], window: int = 60) -> dict[str, tuple[str, int]]:
    """By keen_id: its session, and its number in it. Without the exams that are refused."""
    listed = list(attempts)
    found = exams(listed, window)
    places = {}
    for attempt in listed:
        links = found[attempt.exam].links
        if found[attempt.exam].is_inferred:
            first, number = attempt.keen_id, 1
            while first in links:
                first, number = links[first][0], number + 1
            places[attempt.keen_id] = first, number
    return places
