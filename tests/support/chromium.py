"""A Chromium: the machine's, else Debian's package, else Playwright's own download."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
DOWNLOAD = [sys.executable, "-m", "playwright", "install", "chromium"]


class NoChromiumError(Exception):
    """No Chromium is to be had; the message is the one line that installs it."""


def find_chromium(downloaded: str) -> str:
    """The path of a Chromium, installed first where none is.

    Args:
        downloaded: where Playwright keeps the one that it downloads.

    Raises:
        NoChromiumError: none is there, and none can be installed.
    """
    if found := _on_machine():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _succeeds("apt-get", "update")
        if _succeeds(*APT) and (found := _on_machine()):
            return found
    if Path(downloaded).exists() or (_succeeds(*DOWNLOAD) and Path(downloaded).exists()):
        return downloaded
    raise NoChromiumError(
        "the browser tests need Chromium, and it could not be installed; install it with: "
        "sudo apt-get install chromium"
    )


def _on_machine() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _succeeds(*command: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    return done.returncode == 0
