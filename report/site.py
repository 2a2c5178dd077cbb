"""The folder that people open: the documentation of the models, the report, and an index."""

import os
from datetime import datetime, timezone
from pathlib import Path

from cli.errors import UserError
from report.documentation import mended
from report.frames import Frames
from report.page import index, note, report


def site_folder() -> Path:
    """Where the site is written."""
    return Path(os.environ.get("SITE_DIR", "site"))


def check_documentation() -> Path:
    """The file that `dbt docs generate --static` made.

    Raises:
        UserError: there is none.
    """
    path = Path(os.environ.get("DBT_TARGET_PATH", "target")) / "static_index.html"
    if not path.exists():
        raise UserError(f"{path} is missing: run make docs, which makes it first")
    return path


def write_site(frames: Frames) -> None:
    """Write the site; each of its pages is replaced at once, the index last.

    Raises:
        UserError: the documentation is missing.
    """
    built_at = datetime.now(timezone.utc)
    documentation = mended(check_documentation().read_text(), note(frames, built_at))
    _write(site_folder() / "docs" / "index.html", documentation)
    _write(site_folder() / "report.html", report(frames, built_at))
    _write(site_folder() / "index.html", index(frames, built_at))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text)
    unfinished.replace(path)
