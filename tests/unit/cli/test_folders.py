"""The folders of dbt's files are made before dbt starts."""

import pytest

from cli.dbt_folders import make_folders
from cli.errors import UserError
from refresh.dbt import Dbt


@pytest.fixture(autouse=True)
def folders(monkeypatch, tmp_path):
    for variable in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
        monkeypatch.setenv(variable, str(tmp_path / variable / "made"))


def test_they_are_made_and_left_empty(tmp_path):
    make_folders()
    made = tmp_path.rglob("*/*")
    assert sorted(path.parent.name for path in made) == ["DBT_LOG_PATH", "DBT_TARGET_PATH"]


@pytest.mark.parametrize("variable", ["DBT_TARGET_PATH", "DBT_LOG_PATH"])
@pytest.mark.parametrize("folder", ["/proc/sys", "/dev/null/folder"])  # not even root may write
def test_one_that_cannot_be_written_is_named_with_its_variable(monkeypatch, variable, folder):
    monkeypatch.setenv(variable, folder)
    line = rf"^{folder} cannot be written: [^;]+; set {variable} to a folder that can be written$"
    with pytest.raises(UserError, match=line):
        make_folders()


def test_dbt_starts_only_with_folders_that_it_can_write(monkeypatch):
    monkeypatch.setenv("DBT_TARGET_PATH", "/proc/sys")
    with pytest.raises(UserError, match=r"^/proc/sys cannot be written"):
        Dbt()
