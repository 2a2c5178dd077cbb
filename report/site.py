"""The site: a folder with the documentation of the models, the report, and an index."""

import os
from datetime import datetime, timezone
from pathlib import Path

from cli.errors import UserError
from report.documentation import patched
from report.frames import Frames
from report.page import index, note, report


def site_folder() -> Path:
    """The folder of the site."""
    return Path(os.environ.get("SITE_DIR", "site"))


def generated_documentation() -> Path:
    """The path of the file that `dbt docs generate --static` writes.

    Raises:
        UserError: the file does not exist.
    """
    path = Path(os.environ.get("DBT_TARGET_PATH", "target")) / "static_index.html"
    if not path.exists():
        raise UserError(f"{path} is missing: run make docs, which makes it first")
    return path


def write_site(frames: Frames) -> None:
    """Write the site. Each page is replaced atomically, the index last.

    Raises:
        UserError: dbt's documentation is missing, or not as the pinned version of dbt writes it.
    """
    built_at = datetime.now(timezone.utc)
    documentation = patched(generated_documentation().read_text(), note(frames, built_at))
    _write(site_folder() / "docs" / "index.html", documentation)
    _write(site_folder() / "report.html", report(frames, built_at))
    _write(site_folder() / "index.html", index(frames, built_at))


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text)
        unfinished.replace(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}; make room, or set SITE_DIR to a folder "
            "that can be written"
        ) from error
