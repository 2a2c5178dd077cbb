"""dbt's static documentation, as one file that needs nothing else."""

from importlib.resources import files

from cli.errors import UserError

# What dbt's page asks for although it is not there: a favicon that its bundler left unresolved,
# and icons by the text of a template, before AngularJS fills it in. What scrolls takes the focus.
AMENDMENTS = {
    "${require('./assets/favicons/favicon.ico')}": "data:,",
    r'xlink:href="{{ getIcon(': r'ng-attr-xlink:href="{{ getIcon(',
    'class="detail-body"': 'class="detail-body" tabindex="0"',
    'class="table-responsive"': 'class="table-responsive" tabindex="0"',
    "<title>dbt Docs</title>": "<title>Assessment analytics: documentation</title>",
}


def mended(page: str, note: str) -> str:
    """The page without what it would ask for in vain, and not allowed to fetch anything.

    Args:
        page: as dbt writes it.
        note: HTML that stands above it.

    Raises:
        UserError: it is not as this version of dbt writes it.
    """
    for expected in (*AMENDMENTS, "<head>", "</head><body>"):
        if expected not in page:
            raise UserError(
                f"dbt's static_index.html has no {expected}: report/documentation.py mends the "
                "page of the dbt-core that requirements.txt pins; run make install"
            )
    for wrong, right in AMENDMENTS.items():
        page = page.replace(wrong, right)
    templates = files("report") / "templates"
    style = (templates / "documentation.css").read_text()
    page = page.replace("<head>", f"<head>{(templates / 'policy.html').read_text()}", 1)
    return page.replace("</head><body>", f"<style>{style}</style></head><body>{note}", 1)
