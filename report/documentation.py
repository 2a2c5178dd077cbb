"""dbt's static documentation, generated and patched: one file that fetches nothing."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from rich.text import Text

from cli.console import err
from cli.dbt_folders import make_folders, target_path
from cli.errors import UserError

# Texts of dbt's page, and their replacements. The page requests files that do not exist: a favicon
# that its bundler left unresolved, and icons by the text of a template, before AngularJS fills it
# in. Parts that scroll must take the focus, so that the keyboard can scroll them.
AMENDMENTS = {
    "${require('./assets/favicons/favicon.ico')}": "data:,",
    r'xlink:href="{{ getIcon(': r'ng-attr-xlink:href="{{ getIcon(',
    'class="detail-body"': 'class="detail-body" tabindex="0"',
    'class="table-responsive"': 'class="table-responsive" tabindex="0"',
    "<title>dbt Docs</title>": "<title>Assessment analytics: documentation</title>",
}
# Of a table that was replaced, the metastore says "0 rows", and a size that nobody corrects.
SIZES = re.compile(r'"(rows|bytes)": \{"id": "\1", [^{}]*\}, ')


def generated() -> str:
    """The HTML that `dbt docs generate --static` has written."""
    return (target_path() / "static_index.html").read_text(encoding="utf-8")


@contextmanager
def generating() -> Iterator[Callable[[], str]]:
    """Let dbt generate its documentation while other work is done.

    Yields:
        a function that waits for dbt, and returns the HTML.

    Raises:
        UserError: dbt failed, and what it said is printed; or it cannot write its files.
    """
    make_folders()
    command = [
        str(Path(sys.executable).parent / "dbt"), "--use-colors", "--quiet",
        "--no-write-json",  # keeps the results of the last build; the documentation has its files
        "docs", "generate", "--static", "--target-path", str(target_path().absolute()),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="backslashreplace",
    ) as dbt:  # fmt: skip

        def wait() -> str:
            said, _ = dbt.communicate()
            if dbt.returncode:
                said = said.strip() or f"the exit status of dbt is {dbt.returncode}"
                err.print(Text.from_ansi(said), soft_wrap=True)  # with colours on a terminal only
                raise UserError("dbt docs generate failed: see above")
            return generated()

        try:
            yield wait
        finally:
            dbt.kill()


def patched(page: str, note: str) -> str:
    """The page without sizes of tables, with a policy that forbids all requests.

    Args:
        page: the HTML that dbt writes.
        note: the HTML to show above it.

    Raises:
        UserError: the page lacks a text that the pinned version of dbt writes.
    """
    for expected in (*AMENDMENTS, "<head>", "</head><body>"):
        if expected not in page:
            raise UserError(
                f"dbt's static_index.html has no {expected}: report/documentation.py mends the "
                "page of the dbt-core that requirements.txt pins; run make install"
            )
    for wrong, right in AMENDMENTS.items():
        page = page.replace(wrong, right)
    page = SIZES.sub("", page)
    templates = files("report") / "templates"
    style = (templates / "documentation.css").read_text(encoding="utf-8")
    page = page.replace(
        "<head>", f"<head>{(templates / 'policy.html').read_text(encoding='utf-8')}", 1
    )
    return page.replace("</head><body>", f"<style>{style}</style></head><body>{note}", 1)
