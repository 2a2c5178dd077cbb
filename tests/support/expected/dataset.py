"""What landed, and what several models take from it; each thing is computed once."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from functools import cached_property, wraps

import pandas as pd

from tests.support import retakes
from tests.support.expected.values import document, finished, micros, set_id, started
from tests.support.oracle import Oracle, first_by_id, questions_of
from tests.support.planted import Landed, Message, dispositions

Row = dict[str, object]
PLACE = ("load_id", "topic", "partition", "offset")


def place(row: Row) -> tuple:
    return tuple(row[column] for column in PLACE)


class Dataset:
    """The rows of a raw table, and what must become of them.

    Args:
        raw: the rows.
        messages: each value among them, and why it must be rejected.
    """

    def __init__(self, raw: list[Row], messages: list[Message]) -> None:
        self.raw = sorted(raw, key=place)
        found = dispositions((Landed(*place(row), row["value"]) for row in raw), messages)
        # By place: disposition and rejection_reason, and the record if there is one.
        self.dispositions = {row[:4]: disposition for row, disposition in found.items()}
        self.records = {place(row): document(row["value"]) for row in self.raw}
        became = [(row, self.dispositions[place(row)][0]) for row in self.raw]
        accepted = [row for row, disposition in became if disposition == "accepted"]
        self.accepted = {self.records[place(row)]["keen_id"]: row for row in accepted}
        self.oracle = Oracle([row["value"].decode() for row, d in became if d != "rejected"])
        self.computed: dict[Callable, object] = {}

    def attempt(self, keen_id: str) -> dict:
        """The record of an attempt."""
        return self.records[place(self.accepted[keen_id])]

    def positions(self, keen_id: str) -> dict[str, int]:
        """Where an attempt shows each question first, from 1."""
        ids = [question["id"] for question in questions_of(self.attempt(keen_id))]
        return {question: ids.index(question) + 1 for question in ids}

    @cached_property
    def taken(self) -> list[retakes.Taken]:
        """When each attempt starts and ends."""
        return [
            retakes.Taken(
                record["base_exam_id"], record["keen_id"],
                micros(started(record)), micros(finished(record)),
            )
            for record in map(self.attempt, self.accepted)
        ]  # fmt: skip

    @cached_property
    def exams(self) -> dict[str, retakes.Exam]:
        """What can be inferred at each exam."""
        return retakes.exams(self.taken)

    @cached_property
    def sessions(self) -> dict[str, tuple[str, int]]:
        """By keen_id: its session, and its number in the session; where retakes are inferred."""
        return retakes.sessions(self.taken)

    @cached_property
    def scored(self) -> dict[tuple, pd.DataFrame]:
        """By exam and question set: the result of each attempt in each question."""
        return self.scored_of(self.accepted)

    @cached_property
    def populations(self) -> dict[str, dict[tuple, pd.DataFrame]]:
        """Of each population: what is scored."""
        first = {keen_id for keen_id, (_, number) in self.sessions.items() if number == 1}
        return {"first_attempts": self.scored_of(first), "all_attempts": self.scored}

    def scored_of(self, keen_ids: Container[str]) -> dict[tuple, pd.DataFrame]:
        """Of these attempts; without test attempts, and those that lack a result."""
        rows = defaultdict(dict)
        for keen_id in self.accepted:
            record = self.attempt(keen_id)
            results = {q["id"]: q.get("user_result") for q in first_by_id(questions_of(record))}
            exam = record["base_exam_id"]
            has_all = results and None not in results.values()
            if keen_id in keen_ids and exam != "example-id" and has_all:
                rows[exam, set_id(results)][keen_id] = results
        return {
            key: pd.DataFrame.from_dict(attempts, orient="index").sort_index(axis=1)
            for key, attempts in rows.items()
        }


def once(compute: Callable[[Dataset], Iterable]) -> Callable[[Dataset], list]:
    """Make a function compute its list once for each dataset."""

    @wraps(compute)
    def computed(data: Dataset) -> list:
        if compute not in data.computed:
            data.computed[compute] = list(compute(data))
        return data.computed[compute]

    return computed
