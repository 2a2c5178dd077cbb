"""The pages, written again where what they show has changed."""

import json

from cli.console import info
from refresh import last_run
from refresh.dbt import Dbt
from refresh.last_run import State, digest
from report.__main__ import print_answers, print_where_next, site
from report.site import site_folder


def write(dbt: Dbt, state: State) -> None:
    """Write the pages if they are not those of this state; print the eight answers.

    Raises:
        UserError: a page cannot be written.
    """
    made_of = {
        "versions": state.versions,
        "project": state.project,
        "report": digest("report"),
    }
    record = last_run.FOLDER / "pages.json"
    try:
        left = json.loads(record.read_text())
    except (OSError, ValueError):
        left = None
    if left == {**made_of, "pages": _written()}:
        info(f"pages: {site_folder()} is as the last run left it")
        print_answers()
        print_where_next()
        return
    dbt.run("--quiet", "docs", "generate", "--static")
    site()
    record.write_text(json.dumps({**made_of, "pages": _written()}))


def _written() -> dict[str, str]:
    """By path of a page: its digest."""
    return {str(path): digest(str(path)) for path in site_folder().rglob("*.html")}
