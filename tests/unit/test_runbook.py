"""The runbook and the code name the same errors."""

import ast
import re
from functools import cache

import pytest

from cli import ROOT

ERRORS = ("UserError", "TopicMissingError", "DbtRuntimeError", "SystemExit", "exit")
CODE = ("cli/*.py", "ingest/*.py", "services/**/*.py", "refresh/*.py", "report/*.py")


def text_of(message: ast.expr) -> str:
    """A text in the code, {} for what is filled in."""
    if isinstance(message, ast.Constant):
        return message.value
    if isinstance(message, ast.BinOp):
        return text_of(message.left) + text_of(message.right)
    parts = message.values if isinstance(message, ast.JoinedStr) else [None]
    return "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)


@cache
def messages() -> list[str]:
    """The text of every error that is raised, {} for what is filled in."""
    found = []
    for file in (file for pattern in CODE for file in ROOT.glob(pattern)):
        for node in ast.walk(ast.parse(file.read_text())):
            function = getattr(node, "func", None)
            name = getattr(function, "id", getattr(function, "attr", ""))
            if isinstance(node, ast.Call) and name in ERRORS:
                (message,) = node.args
                if not (isinstance(message, ast.Constant) and isinstance(message.value, int)):
                    found.append(text_of(message))
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
