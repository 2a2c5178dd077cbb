"""Where the browser comes from, tried with commands that only write down that they were called."""

import os
from pathlib import Path

import pytest

from tests.support import chromium


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose only commands are those that the test makes."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def command(name: str, script: str = "") -> str:
        path = tmp_path / name
        path.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/called\n{script}\n')
        path.chmod(0o755)
        return str(path)

    command.called = lambda: _lines(tmp_path / "called")
    return command


def _lines(path: Path) -> list[str]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.replace(f"{path.parent}/", "") for line in lines]


def no_download(monkeypatch, machine, script="exit 1"):
    monkeypatch.setattr(chromium, "DOWNLOAD", [machine("download", script)])


def test_the_machines_own_comes_first(machine, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    machine("apt-get")
    there = machine("chromium")
    assert chromium.find_chromium(str(tmp_path / "downloaded")) == there
    assert machine.called() == []


def test_root_gets_debians_package(machine, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    new = tmp_path / "chromium"
    machine("apt-get", f"[ $1 = update ] || (: > {new}; /bin/chmod 755 {new})")
    assert chromium.find_chromium(str(tmp_path / "downloaded")) == str(new)
    assert machine.called() == [
        "apt-get update",
        "apt-get install --yes --no-install-recommends chromium",
    ]


@pytest.mark.parametrize("user", [0, 1000])
def test_else_playwright_downloads(machine, monkeypatch, tmp_path, user):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    machine("apt-get", "exit 100")
    downloaded = tmp_path / "downloaded"
    no_download(monkeypatch, machine, f": > {downloaded}")
    assert chromium.find_chromium(str(downloaded)) == str(downloaded)
    apt = [line for line in machine.called() if line.startswith("apt-get")]
    assert bool(apt) == (user == 0)


def test_else_one_line_says_how_to_install_it(machine, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    no_download(monkeypatch, machine)
    with pytest.raises(chromium.NoChromiumError) as error:
        chromium.find_chromium(str(tmp_path / "downloaded"))
    assert "sudo apt-get install chromium" in str(error.value)
    assert "\n" not in str(error.value)
    assert machine.called() == ["download "]
