"""The queries on the page of questions (models/_questions.md), and published figures."""

import json
import re
from pathlib import Path

from cli import ROOT

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
