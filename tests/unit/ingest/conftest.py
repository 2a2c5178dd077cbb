"""Settings that each test reads anew, of an environment that is its own; what commands print."""

import pytest

from cli.console import out
from ingest.settings import Settings, settings
from services.settings import StackSettings


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """No setting of the machine that runs the tests reaches a test, and none stays after it."""
    for name in {*Settings.model_fields, *StackSettings.model_fields}:
        monkeypatch.delenv(name.upper(), raising=False)
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


@pytest.fixture
def wide(monkeypatch):
    """A terminal in which no table is folded."""
    monkeypatch.setattr(out, "_width", 110)


def printed(capsys) -> list[str]:
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]
