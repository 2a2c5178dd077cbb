"""What is selected, by what is known of the last run; dbt's own selectors are tested on a stack."""

from dataclasses import dataclass, field, replace

import pytest

from cli.errors import UserError
from refresh.selection import select
from refresh.state import STATE_OPTION, State


@dataclass
class Project:
    """A project of two models, and what dbt finds modified."""

    modified: list[str]
    described: list[str] = field(default_factory=list)  # of these, with another description only
    failed: list[str] = field(default_factory=list)  # in the last build, or skipped
    materializations: dict[str, str] = field(
        default_factory=lambda: {"facts": "incremental", "exams": "table"}
    )

    def names(self, *selectors: str) -> list[str]:
        """As dbt does, also the models that are selected by name."""
        named = [name for name in self.materializations if f"{name}+" in selectors]
        parts = any(selector.startswith("state:modified.") for selector in selectors)
        left_out = self.described if parts else []
        failed = self.failed if "result:skipped+" in selectors else []
        return [*(name for name in self.modified if name not in left_out), *failed, *named]


LOADS = {"1": "2026-01-01 7", "2": "2026-01-02 5"}
MORE = {**LOADS, "3": "2026-01-03 1"}
GREEN = State({"DBT_SCHEMA": "a"}, "1", LOADS, {"exams": "3", "facts": "4"}, is_green=True)
NOTHING = ()
ANOTHER = "the raw table is not that of the last run"


def chosen(last, now, modified=NOTHING):
    return select(Project(list(modified)), last, now)


def test_nothing_new():
    assert chosen(GREEN, replace(GREEN, is_green=False)) is None


@pytest.mark.parametrize(
    ("last", "now", "reason"),
    [
        (None, {}, "no earlier run is known"),
        ({}, {"made_with": {"DBT_SCHEMA": "b"}}, "DBT_SCHEMA changed"),
        ({"loads": None}, {}, ANOTHER),
        ({}, {"loads": {"2": LOADS["2"]}}, ANOTHER),
        ({}, {"loads": {**MORE, "1": "2026-01-01 6"}}, ANOTHER),
        ({}, {"loads": {"1": "2026-01-04 7", "2": "2026-01-04 5"}}, ANOTHER),
        ({}, {"loads": {**LOADS, "3": "2026-01-01 9"}}, ANOTHER),
        ({"loads": {"2": LOADS["2"]}}, {"loads": MORE}, ANOTHER),
    ],
    ids=[
        "no run",
        "setting",
        "no loads known",
        "load deleted",
        "message deleted",
        "landed again",
        "clock put back",
        "older load back, with a new one",
    ],
)
def test_everything_is_made_anew(last, now, reason):
    selection = chosen(
        None if last is None else replace(GREEN, **last), replace(GREEN, is_green=False, **now)
    )
    assert selection.reason == reason
    assert selection.command == (
        "build", "--exclude-resource-type", "unit_test", "--full-refresh"
    )  # fmt: skip


def test_where_nobody_knows_how_new_the_source_is_nothing_is_built():
    with pytest.raises(UserError, match="how new the raw table is"):
        chosen(GREEN, replace(GREEN, loads=None))


def test_an_empty_raw_table_and_its_first_load():
    empty = replace(GREEN, loads={})
    assert chosen(empty, empty) is None
    assert chosen(empty, GREEN).reason == "there is a new load"


def test_a_setting_that_an_older_version_did_not_know():
    older = replace(GREEN, made_with={})
    assert chosen(older, GREEN).reason == "DBT_SCHEMA changed"


def test_a_build_that_failed_goes_on():
    failed = replace(GREEN, is_green=False, newest_load=7)
    assert chosen(failed, replace(failed, newest_load=None)).command == ("retry", *STATE_OPTION)


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ({"loads": MORE}, "there is a new load"),
        ({"versions": {"exams": "9", "facts": "4"}}, "exams changed in the database"),
    ],
)
def test_a_build_that_failed_does_not_only_go_on_where_the_data_changed(now, says):
    failed = replace(GREEN, is_green=False, newest_load=7)
    selection = chosen(failed, replace(failed, **now))
    assert selection.reason == f"the last build failed; {says}"
    assert {"source_status:fresher+", "result:skipped+"} <= set(selection.selectors)


def test_the_tenth_load_is_one_more():
    nine = {str(load): f"2026-01-0{load} 5" for load in range(1, 10)}
    last, now = replace(GREEN, loads=nine), replace(GREEN, loads={**nine, "10": "2026-01-10 5"})
    assert chosen(last, now).reason == "there is a new load"


@pytest.mark.parametrize(
    ("failed", "modified", "says"),
    [
        ([], [], ""),
        (["exams"], [], ""),
        (["facts"], [], ""),
        (["exams"], ["exams"], "; exams changed in the project"),
    ],
    ids=["a test that is gone", "a table", "a table that builds append to", "mended"],
)
def test_after_a_failed_build_what_failed_or_changed_is_built(failed, modified, says):
    """What was to be appended anew, and was not reached, cannot be told from what was."""
    last = replace(GREEN, is_green=False, newest_load=7)
    selection = select(Project(modified, failed=failed), last, replace(last, project="2"))
    assert selection.reason == f"the last build failed{says}"
    assert {"state:modified+", "result:error+", "result:fail+", "result:skipped+"} <= set(
        selection.selectors
    )
    assert ("--full-refresh" in selection.command) is ("facts" in failed)
    assert "--vars" not in selection.command


@pytest.mark.parametrize(
    ("now", "modified", "is_alone"),
    [
        ({}, (), True),
        ({}, ("exams",), False),
        ({}, ("unique_facts_id",), False),
        ({"versions": {"exams": "9", "facts": "4"}}, (), False),
    ],
    ids=["alone", "with a changed model", "with a changed test", "with a written table"],
)
def test_only_a_new_load_that_comes_alone_is_tested_alone(now, modified, is_alone):
    last = replace(GREEN, newest_load=7)
    selection = chosen(last, replace(GREEN, loads=MORE, **now), modified)
    assert ("{tested_loads: 7}" in selection.command) is is_alone
    assert ("--vars" in selection.command) is is_alone


@pytest.mark.parametrize(
    ("versions", "touched"),
    [
        ({"exams": "9", "facts": "4"}, ["exams"]),
        ({"facts": "4"}, ["exams"]),
        ({}, ["exams", "facts"]),
    ],
    ids=["written", "dropped", "not known"],
)
def test_tables_that_changed_in_the_database(versions, touched):
    selection = chosen(GREEN, replace(GREEN, versions=versions))
    assert selection.reason == f"{', '.join(touched)} changed in the database"
    assert {f"{name}+" for name in touched} <= set(selection.command)
    assert ("--full-refresh" in selection.command) is ("facts" in touched)


def test_a_new_model_has_not_changed_in_the_database():
    project = Project(["totals"])
    project.materializations["totals"] = "table"
    assert select(project, GREEN, GREEN).reason == "totals changed in the project"


def test_versions_that_were_never_known_are_not_taken_for_unchanged():
    unknown = replace(GREEN, versions={})
    assert chosen(unknown, unknown).reason == "exams, facts changed in the database"


def test_a_description_changes_no_row():
    selection = select(Project(["exams", "facts"], described=["facts"]), GREEN, GREEN)
    assert selection.reason == "exams, facts changed in the project"
    assert "--full-refresh" not in selection.command


@pytest.mark.parametrize("modified", [["exams"], ["exams", "facts"]])
def test_a_new_load_and_modified_models(modified):
    """Rows that a changed model has appended are made anew."""
    selection = chosen(GREEN, replace(GREEN, loads=MORE), modified)
    names = ", ".join(modified)
    assert selection.reason == f"there is a new load; {names} changed in the project"
    assert "source_status:fresher+" in selection.command
    assert "state:modified+" in selection.command
    assert ("--full-refresh" in selection.command) is ("facts" in modified)
