"""Retakes are inferred where they can be trusted: known people, and the reference dataset."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta, timezone
from random import Random

import pytest
from jinja2 import Template
from scipy.stats import poisson

from cli import ROOT
from tests.support import people, retakes
from tests.support.commands import ForkedPipeline
from tests.support.people import Attempt, Level

QUIET, EVERYDAY, BUSY = Level(0.5, 0.5, 60), Level(2, 0.5, 60), Level(6, 0.5, 60)
NOBODY_RETAKES, CROWDED = Level(6, 0.05, 60), Level(60, 0.5, 7)
LEVELS = [QUIET, EVERYDAY, BUSY, NOBODY_RETAKES, CROWDED]
EXAMS = 20  # of each level: as many draws
ROBOT_ATTEMPTS = 1100  # more than 2 ** 10


@dataclass(frozen=True)
class Planted:
    """Attempts at exams of several levels, and which attempt each follows in the marts."""

    pipeline: ForkedPipeline
    levels: dict[str, Level]
    attempts: list[Attempt]
    follows: dict[str, str | None]
    refused: set[str]

    def at(self, level: Level) -> list[Attempt]:
        return [a for a in self.attempts if self.levels.get(a.exam) == level]

    def precision(self, level: Level) -> float:
        """Of the attempts that are said to follow another one: how many are by its person."""
        said = [a for a in self.at(level) if self.follows[a.keen_id]]
        return sum(self.follows[a.keen_id] == a.before for a in said) / len(said)


def robot() -> list[Attempt]:
    """Attempts at one exam, each a second after the one before."""
    template = json.loads(next(people.people(Random(0), 1, 0, 60)).record)
    attempts = []
    for number in range(ROBOT_ATTEMPTS):
        start = people.START + timedelta(minutes=number)
        end = start + timedelta(seconds=59)
        keen_id = f"robot-{number}"
        record = template | {
            "base_exam_id": "robot",
            "keen_id": keen_id,
            "started_at": f"{start.isoformat()}Z",
            "keen_timestamp": str(int(end.replace(tzinfo=timezone.utc).timestamp())),
        }
        micros = [(time - people.START) // timedelta(microseconds=1) for time in (start, end)]
        before = attempts[-1].keen_id if attempts else None
        encoded = json.dumps(record).encode()
        attempts.append(Attempt(-1, "robot", keen_id, *micros, before, retakes.SECOND, encoded))
    return attempts


@pytest.fixture(scope="module")
def planted(sandbox, tmp_path_factory) -> Planted:
    """Two loads; chance puts an attempt in one of them, so the second fills gaps of the first."""
    folder = tmp_path_factory.mktemp("people")
    levels, attempts = people.load(Random(0), LEVELS, EXAMS)
    attempts += robot()
    pipeline = ForkedPipeline.new(sandbox, "people")
    for number, half in enumerate((attempts[::2], attempts[1::2])):
        path = folder / f"{number}.jsonl"
        path.write_bytes(b"\n".join(attempt.record for attempt in half))
        pipeline.ingest("run", path)
        pipeline.dbt("run", "--select", "+retake_inference")
    columns = "keen_id, follows_keen_id"
    follows = dict(pipeline.query(f"select {columns} from {{analytics}}.fct_attempts"))
    assert follows.keys() == {attempt.keen_id for attempt in attempts}
    refused = "select base_exam_id from {analytics}.retake_inference where not is_inferred"
    exams = {exam for (exam,) in pipeline.query(refused)}
    return Planted(pipeline, levels, attempts, follows, exams)


def taken(attempts: list[Attempt]) -> list[retakes.Taken]:
    return [retakes.Taken(a.exam, a.keen_id, a.started, a.ended) for a in attempts]


@pytest.mark.parametrize("level", [QUIET, EVERYDAY, BUSY], ids=["quiet", "everyday", "busy"])
def test_who_is_said_to_retake_an_exam_does(planted, level):
    assert planted.precision(level) >= 0.95
    soon = [a for a in planted.at(level) if a.gap is not None and a.gap <= 60 * retakes.SECOND]
    inferred = [a for a in soon if a.exam not in planted.refused]
    found = [a for a in inferred if planted.follows[a.keen_id] == a.before]
    assert len(found) / len(inferred) >= 0.95
    assert len(inferred) / len(soon) >= 0.8  # hardly an exam is refused


@pytest.mark.parametrize("level", [NOBODY_RETAKES, CROWDED], ids=["nobody retakes", "crowded"])
def test_where_chance_makes_the_links_none_is_inferred(planted, level):
    by_exam = defaultdict(list)
    for attempt in planted.at(level):
        by_exam[attempt.exam].append(attempt)
    assert by_exam.keys() <= planted.refused
    said = right = 0
    for attempts in by_exam.values():
        links = retakes.exam(taken(attempts)).links
        said += len(links)
        right += sum(links[a.keen_id][0] == a.before for a in attempts if a.keen_id in links)
    assert right / said < 0.95  # it would have been wrong


def test_two_loads_in_any_order_give_what_all_attempts_give(planted):
    columns = "keen_id, session_id, attempt_in_session"
    sql = f"select {columns} from {{analytics}}.fct_attempts where session_id is not null"
    found = {keen_id: place for keen_id, *place in planted.pipeline.query(sql)}
    expected = retakes.sessions(taken(planted.attempts))
    assert found == {keen_id: [*place] for keen_id, place in expected.items()}


def test_the_estimate_of_chance_is_that_of_the_formula(planted):
    columns = "base_exam_id, links, chance_links, chance_links_high"
    rows = planted.pipeline.query(f"select {columns} from {{analytics}}.retake_inference")
    expected = retakes.exams(taken(planted.attempts))
    assert len(rows) == len(expected) == EXAMS * len(LEVELS) + 1
    for exam, links, chance, high in rows:
        assert links == len(expected[exam].links)
        assert chance == pytest.approx(expected[exam].chance_links, rel=1e-9)
        assert high == expected[exam].chance_links_high
    assert len({high for *_, high in rows}) > 10


def test_a_quantile_is_exact_for_few_links_and_for_many(planted):
    macro = Template((ROOT / "macros" / "figures" / "poisson_quantile.sql").read_text()).module
    means = [0, 0.3, 4.05, 100, 750, 1000, 30_000]
    values = ", ".join(f"({mean}D)" for mean in means)
    for probability in (0.05, 0.95):
        sql = f"select mean, {macro.poisson_quantile('mean', probability)} from values {values}"
        found = dict(planted.pipeline.query(f"{sql} as means (mean)"))
        assert found == {mean: poisson.ppf(probability, mean) for mean in means}


def test_a_session_may_be_long(planted):
    [(longest,)] = planted.pipeline.query(
        "select max(attempts_in_session) from {analytics}.fct_attempts where base_exam_id = 'robot'"
    )
    assert longest == ROBOT_ATTEMPTS


FIGURES = {
    "sum(links)": 1345,
    "sum(reversed_links)": 4,
    "sum(later_links)": 6,
    "count_if(not is_inferred)": 1,
    "sum(if(is_inferred, 0, links))": 2,
    "sum(if(exam_name = 'Learning Git', retakes, 0))": 72,
    "sum(if(exam_name = 'Learning Git', sessions, 0))": 318,
}


@pytest.fixture(scope="module")
def of_reference(run, reference):
    """The marts of the reference dataset."""
    assert run.path == reference
    return run.pipeline


@pytest.mark.parametrize("figure", FIGURES)
def test_the_inference_gives_the_known_figures_of_the_reference_dataset(of_reference, figure):
    [(found,)] = of_reference.query(f"select {figure} from {{analytics}}.retake_inference")
    assert found == FIGURES[figure]


def test_retakes_have_the_known_figures_of_the_reference_dataset(of_reference):
    """The exam that is refused has 2 links with 6 questions; one follows an attempt all right."""
    [row] = of_reference.query(
        "select count(*), round(avg(gain), 3), count_if(gain > 0), count_if(gain < 0), "
        "sum(questions_compared) from {analytics}.fct_retakes"
    )
    assert row == (1345 - 2, 0.181, 854, 96 - 1, 2827 + 1294 + 1428 + 274 - 6)
    lengths = of_reference.query(
        "select attempts_in_session, count(distinct session_id) from {analytics}.fct_attempts "
        "where attempts_in_session > 1 group by 1 order by 1"
    )
    assert lengths == [
        (2, 382 - 2), (3, 172), (4, 84), (5, 46), (6, 13), (7, 6), (8, 2), (9, 4), (10, 4),
    ]  # fmt: skip
    followed = of_reference.query(
        "select is_all_correct, count_if(not is_last_in_session), count(*) "
        "from {analytics}.fct_attempts where not is_test group by 1 order by 1"
    )
    assert followed == [(False, 1306 - 1, 2410), (True, 38 - 1, 827)]
