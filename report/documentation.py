"""dbt's static documentation, patched: one file that fetches nothing."""

import re
from importlib.resources import files

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
    style = (templates / "documentation.css").read_text()
    page = page.replace("<head>", f"<head>{(templates / 'policy.html').read_text()}", 1)
    return page.replace("</head><body>", f"<style>{style}</style></head><body>{note}", 1)
