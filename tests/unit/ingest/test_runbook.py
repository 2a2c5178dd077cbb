"""The runbook and the code name the same errors."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ERRORS = ("UserError", "TopicMissingError", "DbtRuntimeError")
CODE = ("ingest/*.py", "services/**/*.py", "refresh/*.py")


@cache
def messages() -> list[str]:
    """The text of every error that is raised, {} for what is filled in."""
    found = []
    for file in (file for pattern in CODE for file in ROOT.glob(pattern)):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                (message,) = node.args
                parts = message.values if isinstance(message, ast.JoinedStr) else [message]
                text = "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)
                found.append(text)
    for file in ROOT.glob("macros/**/*.sql"):
        errors = re.findall(r"raise_compiler_error\((.*?)\n\s*\) -%}", file.read_text(), re.DOTALL)
        for error in errors:
            quoted = re.findall(r"""'([^']*)'|"([^"]*)\"""", error)
            found.append("{}".join(one or other for one, other in quoted))
    return found


@cache
def phrases() -> list[str]:
    """The first column of the runbook's tables."""
    return re.findall(r"^\| `([^`]+)`", (ROOT / "RUNBOOK.md").read_text(), re.MULTILINE)


def says(message: str, phrase: str) -> bool:
    return re.search(".*".join(map(re.escape, re.split(" ?… ?", phrase))), message) is not None


# A message that is all filled in comes from elsewhere: Java's, in services/prerequisites.py.
@pytest.mark.parametrize("message", [m for m in messages() if m != "{}"])
def test_the_runbook_knows_each_error(message):
    assert any(says(message, phrase) for phrase in phrases())


@pytest.mark.parametrize("phrase", phrases())
def test_the_code_raises_each_error_of_the_runbook(phrase):
    assert any(says(message, phrase) for message in messages())
