"""Settings that each test reads anew, of an environment that is its own."""

import pytest

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
