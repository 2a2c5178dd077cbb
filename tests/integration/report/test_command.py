"""`python -m report site`: if dbt or the report fails, one error says why, and no page changes."""

import sys
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.support.waiting import wait_until


@pytest.fixture
def site(built, sample_site, tmp_path) -> Iterator[Callable[..., str]]:
    """The command, which must fail, and after which each page must be unchanged; what it says."""
    before = {page: page.stat().st_mtime_ns for page in sample_site.rglob("*.html")}
    assert len(before) == 3

    def run(**environment: str) -> str:
        command = (sys.executable, "-m", "report", "site")
        own = {"DBT_TARGET_PATH": str(tmp_path / "target")}  # in which dbt is stopped
        variables = {**built.environment, **own, **environment}
        done = built.sandbox.run(*command, check=False, **variables)
        assert done.returncode == 1
        assert done.stdout == ""
        return done.stderr

    yield run
    assert {page: page.stat().st_mtime_ns for page in sample_site.rglob("*.html")} == before


def test_what_dbt_says_is_shown(site, tmp_path):
    *said, error = site(DBT_PROJECT_DIR=str(tmp_path)).strip().splitlines()
    assert any("dbt_project.yml" in line and str(tmp_path) in line for line in said)
    assert error == "error: dbt docs generate failed: see above"
    assert not any("Warning" in line or "\x1b" in line for line in said)


def test_an_error_of_the_report_stands_alone_and_dbt_is_ended(site):
    schema = "nobody_built_this"
    error = site(DBT_SCHEMA=schema)
    assert error.splitlines() == [error.strip()]
    assert error.startswith("error: there is no table ")
    wait_until(
        lambda: all(
            environ(process).get("DBT_SCHEMA") != schema for process in psutil.process_iter()
        )
    )


def environ(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:  # ended meanwhile
        return {}
