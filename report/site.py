"""The folder that people open: the documentation of the models, the report, and an index."""

import os
from datetime import datetime, timezone
from pathlib import Path

from ingest.console import say
from ingest.errors import IngestError
from ingest.spark import session
from report.marts import fetch
from report.page import index, report


def site() -> Path:
    """Write the site from the marts and from what `dbt docs generate --static` made.

    Returns:
        The index page; each page is replaced at once.

    Raises:
        IngestError: Spark cannot be reached, a mart is not built yet, or the documentation is not.
    """
    folder = Path(os.environ.get("SITE_DIR", "site"))
    documentation = Path(os.environ.get("DBT_TARGET_PATH", "target")) / "static_index.html"
    if not documentation.exists():
        raise IngestError(f"{documentation} is missing: run make docs, which makes it")
    with session("reading the marts") as spark:
        frames = fetch(spark, os.environ.get("DBT_SCHEMA", "analytics"))
    built_at = datetime.now(timezone.utc)
    write(folder / "docs" / "index.html", documentation.read_text())
    write(folder / "report.html", report(frames, built_at))
    write(folder / "index.html", index(frames, built_at))
    say(f"{folder / 'index.html'}: open it in a browser")
    return folder / "index.html"


def write(path: Path, text: str) -> None:
    """Put a file in the place of one that may be there already, at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text)
    unfinished.replace(path)
