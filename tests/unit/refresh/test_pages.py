"""Which pages are written again, by what has changed; programs in place of dbt and the report."""

from dataclasses import replace
from pathlib import Path

import pytest

from refresh import pages
from refresh.state import State

STATE = State({"DBT_SCHEMA": "a"}, "1", "2026-01-02", {"exams": "3"}, is_green=True)


@pytest.fixture
def written(monkeypatch, tmp_path):
    """Pages that were written once; the next call returns what it writes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBT_TARGET_PATH", "target")
    monkeypatch.setenv("SITE_DIR", "site")
    for name in ("report/style.css", "cli/console.py", "target/static_index.html", "site/a.html"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("")
    done = []

    class Dbt:
        def run(self, *arguments: str) -> None:
            assert arguments == ("--quiet", "docs", "generate", "--static")
            done.append("documentation")

    monkeypatch.setattr(pages, "write_site", lambda frames: done.append("site"))
    for name in ("read", "print_answers", "print_where_next"):
        monkeypatch.setattr(pages, name, lambda *_: None)

    def write(state: State) -> list[str]:
        done.clear()
        pages.write(Dbt(), state)
        return done

    assert write(STATE) == ["documentation", "site"]
    return write


def test_nothing_is_written_twice(written):
    assert written(STATE) == []


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"versions": {"exams": "4"}}, ["site"]),
        ({"versions": {"exams": "3", "facts": "1"}}, ["documentation", "site"]),
        ({"project": "2"}, ["documentation", "site"]),
        # Everything is built anew then.
        ({"made_with": {}, "versions": {"exams": "4"}}, ["documentation", "site"]),
    ],
)
def test_a_changed_project_or_table(written, change, again):
    assert written(replace(STATE, **change)) == again
    assert written(replace(STATE, **change)) == []


def test_documentation_that_another_command_generated_is_not_published(written):
    Path("target/static_index.html").write_text("of another schema")
    assert written(replace(STATE, versions={"exams": "4"})) == ["documentation", "site"]


def test_documentation_that_was_deleted_is_generated(written):
    Path("target/static_index.html").unlink()
    assert written(replace(STATE, versions={"exams": "4"})) == ["documentation", "site"]


@pytest.mark.parametrize(
    ("file", "again"),
    [
        ("report/style.css", ["site"]),
        ("cli/console.py", ["site"]),
        ("site/a.html", ["site"]),
        ("target/pages.json", ["documentation", "site"]),
    ],
)
def test_a_changed_file(written, file, again):
    Path(file).write_text("changed")
    assert written(STATE) == again
