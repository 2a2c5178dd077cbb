"""What is kept of a run, and forgotten while tables change; a program in place of dbt."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli import ROOT
from cli.errors import UserError
from refresh import __main__ as command
from refresh import state
from refresh.selection import Selection
from refresh.state import State

STATE = State({}, "1", {"1": "2026-01-01 7"}, {"exams": "1"}, newest_load=1, is_green=True)


class Freshness(list):
    def write(self, path: str) -> None:
        Path(path).write_text(self[0].max_loaded_at)


class Dbt:
    """A project of one table; `state_while_building` is what was known while dbt built."""

    def __init__(self, **build) -> None:
        self.build = build
        self.materializations = {"exams": "table"}
        self.version = 1
        self.loads = ["1=2026-01-01 7", "2=2026-01-02 5"]
        self.freshness = [SimpleNamespace(max_loaded_at="2026-01-02")]
        self.state_while_building = None
        self.of_others = None  # what another command writes into sources.json meanwhile

    def invoke(self, *arguments: str) -> SimpleNamespace:
        if "freshness" in arguments:
            result = Freshness(self.freshness) if self.freshness is not None else None
            return SimpleNamespace(success=True, result=result)
        self.state_while_building = state.read()
        if self.of_others:
            Path("target/sources.json").write_text(self.of_others)
        self.loads.append("3=2026-01-03 1")  # another load lands meanwhile
        done = {"success": True, "exception": None, "version": 2, **self.build}
        self.version = done.pop("version")
        return SimpleNamespace(**done)

    def logged(self, macro: str) -> list[str] | None:
        return {
            "table_versions": [f"exams={self.version}"],
            "newest_load": ["2"],
            "raw_loads": self.loads and list(self.loads),
        }[macro]

    def names(self, *_: str) -> list[str]:
        return []


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBT_TARGET_PATH", "target")
    for name in state.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(state, "FOLDER", tmp_path / "target" / "last_run")
    return tmp_path


@pytest.fixture
def refresh(monkeypatch, folder):
    """A refresh after a green run and a new load, by this dbt."""
    monkeypatch.setattr(command.pages, "write", lambda *_: None)

    def run(dbt: Dbt) -> None:
        state.write(replace(state.current(dbt), loads={"1": "2026-01-01 7"}, is_green=True))
        monkeypatch.setattr(command, "Dbt", lambda: dbt)
        command.refresh()

    (folder / "target").mkdir()
    return run


@pytest.mark.parametrize("success", [True, False])
def test_a_run_is_forgotten_while_tables_change_and_the_next_one_is_kept(refresh, success):
    dbt = Dbt(success=success)
    if success:
        refresh(dbt)
    else:
        with pytest.raises(UserError, match="a model or a test failed"):
            refresh(dbt)
    assert dbt.state_while_building is None
    kept = state.read()
    assert (kept.versions, kept.newest_load, kept.is_green) == ({"exams": "2"}, 2, success)
    # A load that landed during the build is new for the next run.
    assert kept.loads == {"1": "2026-01-01 7", "2": "2026-01-02 5"}


@pytest.mark.parametrize(("version", "is_kept"), [(1, True), (2, False)])
def test_a_build_that_ends_by_an_error_is_forgotten_if_tables_changed(refresh, version, is_kept):
    dbt = Dbt(success=False, exception=RuntimeError(), version=version)
    with pytest.raises(UserError, match="could not build the models"):
        refresh(dbt)
    assert (state.read() is not None) is is_kept


def test_how_new_the_source_was_is_not_taken_for_how_new_it_is(folder):
    dbt = Dbt()
    (folder / "target").mkdir()
    assert state.current(dbt).loads == {"1": "2026-01-01 7", "2": "2026-01-02 5"}
    for failed in (None, [SimpleNamespace(status="runtime error")]):
        dbt.freshness = failed
        assert state.current(dbt).loads is None


def test_loads_that_cannot_be_read_are_not_taken_for_none(folder):
    dbt = Dbt()
    dbt.loads = None
    (folder / "target").mkdir()
    assert state.current(dbt).loads is None


@pytest.mark.parametrize("resumes", [False, True])
def test_a_load_that_another_command_saw_while_dbt_built_is_new_for_the_next_run(
    refresh, folder, monkeypatch, resumes
):
    """dbt finds a new load by comparing its sources.json with the one that is kept here."""
    dbt = Dbt()
    dbt.of_others = "2026-01-03"
    seen = "2026-01-02"
    if resumes:
        # What succeeded before is not built again, so it lacks a load that has landed since.
        selection = Selection("the last build failed", resumes=True)
        monkeypatch.setattr(command, "select", lambda *_: selection)
        before, seen = dbt.freshness, "2026-01-01"
        dbt.freshness = [SimpleNamespace(max_loaded_at=seen)]
        read = state.read  # the first that a refresh does
        monkeypatch.setattr(state, "read", lambda: setattr(dbt, "freshness", before) or read())
    refresh(dbt)
    assert (folder / "target/last_run/sources.json").read_text() == seen


def test_a_load_that_lands_after_the_loads_were_read_is_one_of_the_next_run(folder):
    """Otherwise dbt would build nothing for a load that is then kept as built."""

    class Landing(Dbt):
        def invoke(self, *arguments: str) -> SimpleNamespace:
            if "freshness" in arguments:
                self.loads.append("3=2026-01-03 1")
            return super().invoke(*arguments)

    (folder / "target").mkdir()
    assert "3" not in state.current(Landing()).loads


@pytest.mark.parametrize("text", ['{"x": 1}', '{"made_with": {}', "[]", ""])
def test_a_state_that_another_version_or_half_a_run_wrote_is_none(text):
    state.write(STATE)
    assert state.read() == STATE
    (state.FOLDER / state.STATE_FILE).write_text(text)
    assert state.read() is None


@pytest.mark.parametrize(
    ("name", "dbt_sees_it"),
    [
        ("dbt_project.yml", False),
        ("profiles/profiles.yml", False),
        ("requirements.txt", False),
        ("macros/overrides/of_dbt.sql", False),
        ("macros/ours.sql", True),
        ("models/marts/exams.yml", True),
        ("tests/dbt/exams.sql", True),
    ],
)
def test_each_file_of_the_project_is_compared(folder, name, dbt_sees_it):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    (folder / "target").mkdir()
    file.write_text("a")
    before = state.current(Dbt())
    file.write_text("b")
    after = state.current(Dbt())
    assert after.project != before.project
    assert (after.made_with == before.made_with) is dbt_sees_it


def test_each_variable_that_decides_what_is_built_or_where_is_compared():
    files = ("profiles/profiles.yml", "models/staging/_sources.yml")
    text = "".join((ROOT / name).read_text() for name in files)
    how = {
        *("DBT_THREADS", "DBT_ENV_SECRET_SPARK_THRIFT_PASSWORD", "SPARK_THRIFT_AUTH"),
        *("SPARK_THRIFT_USER", "SPARK_THRIFT_KERBEROS_SERVICE", "SPARK_THRIFT_USE_SSL"),
    }
    assert set(state.VARIABLES) == set(re.findall(r"env_var\('(\w+)'", text)) - how
