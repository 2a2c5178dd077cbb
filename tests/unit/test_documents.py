"""The documents name tests and files that exist."""

import re
from pathlib import Path

import pytest

from cli import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "bench" / "TUNING.md"]
NAMES = re.compile(r"`(test_[a-z0-9_]+)`")
NO_TESTS = {"test_exam_id", "test_theory"}  # a variable of dbt, a folder
ANCHORS = re.compile(r"\]\(((?!https?:)[^)#]*#[^)]+)\)")
LINKS = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")


def pairs(pattern: re.Pattern) -> list[tuple[Path, str]]:
    return [(path, name) for path in DOCUMENTS for name in pattern.findall(path.read_text())]


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """The names of all tests."""
    files = ROOT.glob("tests/**/*.py")
    return {name for file in files for name in re.findall(r"def (test_\w+)", file.read_text())}


@pytest.mark.parametrize("name", sorted({name for _, name in pairs(NAMES)} - NO_TESTS))
def test_a_test_that_is_named_exists(tests, name):
    assert name in tests


@pytest.mark.parametrize(
    ("path", "link"), pairs(LINKS), ids=lambda value: getattr(value, "name", value)
)
def test_a_file_that_is_linked_exists(path, link):
    assert (path.parent / link).exists()


@pytest.mark.parametrize(
    ("path", "link"), pairs(ANCHORS), ids=lambda value: getattr(value, "name", value)
)
def test_a_heading_that_is_linked_exists(path, link):
    name, _, anchor = link.partition("#")
    text = (path.parent / name if name else path).read_text()
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    # As GitHub makes anchors of headings.
    assert anchor in {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
