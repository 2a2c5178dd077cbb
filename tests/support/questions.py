"""The queries on the page of questions (models/_questions.md), answers, and published figures."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from cli import ROOT
from tests.support.oracle import utc

WAYS = ("as_delivered", "each_attempt_once")
PAGE = ROOT / "models" / "_questions.md"
# Of the reference dataset, computed anew by another program; a figure for each way of counting.
PUBLISHED = json.loads((Path(__file__).parent / "published_figures.json").read_text())


def questions() -> dict[str, dict[str, str]]:
    """By question, in lower case: the query of each way of counting."""
    found: dict[str, dict[str, str]] = {}
    for section in PAGE.read_text().split("\n### ")[1:]:
        title = section.splitlines()[0].lower()
        [block] = re.findall(r"^```sql\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        _, *parts = re.split(r"^-- (.+)\n", block, flags=re.MULTILINE)
        found[title] = {
            way.replace(" ", "_"): query.strip()
            for ways, query in zip(parts[::2], parts[1::2], strict=True)
            for way in ways.split(", and ")
        }
    return found


QUERIES = questions()


def flat(value: object) -> list:
    """The values of rows, of lists or of a single value; times as in UTC, numbers as floats."""
    if isinstance(value, (list, tuple)):
        return [inner for part in value for inner in flat(part)]
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[ T].*:", value):
        zone = "" if value.endswith("Z") else "Z"
        return [utc(value.replace(" ", "T") + zone)]
    return [value if isinstance(value, (str, datetime)) or value is None else float(value)]


def is_same(found: object, expected: object) -> bool:
    found, expected = flat(found), flat(expected)
    return len(found) == len(expected) and all(
        one == (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other)
        for one, other in zip(found, expected, strict=True)
    )


def answer(pipeline, question: str, way: str) -> list[tuple]:
    query = QUERIES[question.lower()][way]
    return pipeline.query(re.sub(r"\bfrom (\w+)", r"from {analytics}.\1", query))
