"""The pages, written again where what they show has changed."""

import json

from cli.console import info
from cli.dbt_folders import target_path
from refresh.dbt import Dbt
from refresh.state import State, digest
from report.frames import read
from report.site import site_folder, write_site
from report.terminal import print_answers, print_where_next


def write(dbt: Dbt, state: State) -> None:
    """Write the pages if they are not those of this state; print the eight answers.

    Raises:
        UserError: a page cannot be written.
    """
    made_of = {
        "versions": state.versions,
        "project": state.project,
        "report": digest("report", "cli"),
    }
    # dbt documents the project and the columns of the tables, which a new load does not change.
    documented = {
        "project": state.project,
        "made_with": state.made_with,
        "tables": sorted(state.versions),
    }
    record = target_path() / "pages.json"
    try:
        left = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        left = {}
    if left.get("site") == {**made_of, "pages": _written()}:
        info(f"pages: {site_folder()} is as the last run left it")
        frames = read("answers")
    else:
        if left.get("documentation") != {**documented, "file": _generated()}:
            dbt.run("--quiet", "docs", "generate", "--static")
        frames = read()
        write_site(frames)
        now = {
            "site": {**made_of, "pages": _written()},
            "documentation": {**documented, "file": _generated()},
        }
        record.write_text(json.dumps(now), encoding="utf-8")
    print_answers(frames)
    print_where_next()


def _generated() -> str:
    """The digest of the file that dbt generates, of which the page is made."""
    return digest(str(target_path() / "static_index.html"))


def _written() -> dict[str, str]:
    """By path of a page: its digest."""
    return {str(path): digest(str(path)) for path in site_folder().rglob("*.html")}
