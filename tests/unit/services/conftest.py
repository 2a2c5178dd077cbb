"""A program in place of Java."""

from collections.abc import Callable

import pytest


@pytest.fixture
def set_java(tmp_path, monkeypatch) -> Callable[[str], None]:
    """A function that makes a script the Java of the services."""

    def write(script: str) -> None:
        java = tmp_path / "java"
        java.write_text(script)
        java.chmod(0o755)
        monkeypatch.setenv("JAVA", str(java))

    return write
