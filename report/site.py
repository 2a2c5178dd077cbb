"""The site: a folder with the documentation of the models, the report, and an index."""

import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from cli.errors import UserError
from report.documentation import generated, patched
from report.frames import Frames
from report.page import index, note, report


def site_folder() -> Path:
    """The folder of the site."""
    return Path(os.environ.get("SITE_DIR") or "site")


def write_site(frames: Frames, documentation: Callable[[], str] = generated) -> None:
    """Write the site. Each page is replaced atomically, the index last.

    Args:
        frames: what the pages show.
        documentation: returns dbt's documentation. It is called last, since dbt may still write.

    Raises:
        UserError: dbt's documentation is not as the pinned version of dbt writes it, or a page
            cannot be written.
    """
    built_at = datetime.now(timezone.utc)
    pages = {"report.html": report(frames, built_at), "index.html": index(frames, built_at)}
    documented = patched(documentation(), note(frames, built_at))
    for name, page in {"docs/index.html": documented, **pages}.items():
        _write(site_folder() / name, page)


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}; make room, or set SITE_DIR to a folder "
            "that can be written"
        ) from error
