"""Texts of others reach a terminal as text: no markup, no emoji, no command."""

import errno
import io
import json
import logging
import os
import re
import subprocess
import sys
from datetime import datetime, timezone

import msgspec
import pytest
from rich.text import Text

from cli import ROOT, console
from cli.console import out, print_json, visible
from cli.errors import UserError
from ingest.ledger import Publication
from ingest.status_view import print_status
from ingest.verify import Verdict, verdict_table
from tests.support.example_status import DAY, NOW

STEERING = [
    *range(0x20), *range(0x7F, 0xA0),  # C0, DEL, C1
    0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A),  # direction of text
    0x2028, 0x2029, 0xD800, 0xDCFF, 0xDFFF,
]  # fmt: skip
ATTACK = "quiz [red]x[/red] [/b] :100: \x1b]0;owned\x07\x1b[2J\x9b31m\u202efdp\x7f\r\nrow"
SHOWN = "quiz [red]x[/red] [/b] :100: ␛]0;owned␇␛[2J�31m�fdp␡␍␊row"


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setattr(out, "_width", 160)  # Rich reads COLUMNS once, and xdist sets it


def steers(text: str) -> bool:
    return any(chr(code) in text.replace("\n", "") for code in STEERING)


def test_each_character_that_steers_a_terminal_has_a_symbol():
    for code in STEERING:
        assert len(visible(chr(code))) == 1
        assert visible(chr(code)).isprintable()
    assert visible(ATTACK) == SHOWN
    for text in ("Crêpe 🎓 \N{NO-BREAK SPACE}~ ", "שלום ‌ نیم‌فاصله", "日本", ""):
        assert visible(text) == text


@pytest.mark.parametrize("tty", [False, True])
def test_whatever_is_printed_is_text(monkeypatch, tty):
    monkeypatch.setattr(out, "_force_terminal", tty)
    monkeypatch.setattr(out, "no_color", True)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    out.print(ATTACK, soft_wrap=True)
    out.print(Text(visible(ATTACK)))
    out.print(Text(f"made elsewhere: {ATTACK}"))
    out.print(verdict_table([Verdict(ATTACK, "a", 7, 7, 7, 7, 0, 0, 0)]))
    unfinished = Publication(ATTACK, "b", 10, 12, 1, 3, datetime.now(timezone.utc), "id")
    print_status(msgspec.structs.replace(NOW, published=[unfinished]))
    printed = sys.stdout.getvalue()
    assert not steers(printed)
    assert printed.count(SHOWN) == 5
    assert "\nrow" not in printed.partition("made elsewhere")[0]


def test_a_progress_bar_is_text():
    bar = console.progress()
    bar.disable = False
    bar.add_task(f"producing {ATTACK}", total=3)
    with console.err.capture() as printed:
        console.err.print(bar.get_renderable())
    assert "producing quiz [red]x[/red] [/b] :100: ␛]0;owned" in printed.get()
    assert not steers(printed.get())


def ended(error: Exception, capsys, monkeypatch) -> str:
    """What a command line prints whose command raises this error."""

    def app() -> None:
        raise error

    monkeypatch.setattr(logging.root, "handlers", [])  # instead of pytest's
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(logging.root, "level", logging.root.level)
    with pytest.raises(SystemExit):
        console.main(app)
    return capsys.readouterr().err


@pytest.mark.parametrize("debug", ["", "1"])
def test_errors_and_log_lines_are_text(capsys, monkeypatch, debug):
    monkeypatch.setenv("INGEST_DEBUG", debug)
    printed = ended(UserError(f"{ATTACK} cannot be read"), capsys, monkeypatch)
    assert printed.splitlines()[-1] == f"error: {SHOWN} cannot be read"
    assert printed.count("\n") == 1 or debug
    assert not steers(printed)
    logging.getLogger("some.library").warning("of %s", ATTACK)
    assert capsys.readouterr().err == f"warning: some.library: of {SHOWN}\n"
    sys.excepthook(ValueError, ValueError(ATTACK), None)
    printed = capsys.readouterr().err
    assert "ValueError: quiz [red]x[/red] [/b] :100: ␛]0;owned" in printed
    assert not steers(printed)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("name", [None, "a.html"])
def test_what_cannot_be_written_is_named(capsys, monkeypatch, number, name):
    said = ended(OSError(number, os.strerror(number), name), capsys, monkeypatch)
    assert said == (
        f"error: {name or 'standard output or a file'} cannot be written: {os.strerror(number)}; "
        "make room, or write elsewhere\n"
    )


@pytest.mark.parametrize("debug", ["", "1"])
def test_log_lines_of_libraries_are_for_who_wants_them(capsys, monkeypatch, debug):
    monkeypatch.setenv("INGEST_DEBUG", debug)
    muted = logging.getLogger(f"some.muted{debug}")
    console.mute(muted.name)
    ended(UserError(""), capsys, monkeypatch)
    muted.error("of it")
    logging.getLogger("some.library").info("of it")
    lines = ["error: some.muted1: of it", "some.library: of it"] if debug else []
    assert capsys.readouterr().err.splitlines() == lines


def test_lines_for_programs_hold_the_text_itself(capsys, monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "json")
    printed = ended(UserError(ATTACK + os.fsdecode(b"\xff")), capsys, monkeypatch)
    assert printed.isascii()
    assert not steers(printed)
    entry = json.loads(printed)
    assert (entry["level"], entry["message"]) == ("error", ATTACK + "\N{REPLACEMENT CHARACTER}")


def test_json_is_exactly_the_data(capsys):
    file = Publication(ATTACK + "é🎓", "a", 1, 2, 3, 4, DAY, "id")
    now = msgspec.structs.replace(NOW, published=[file])
    print_json(now)
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert not steers(printed)
    assert printed.count("\n") == 1
    assert json.loads(printed) == json.loads(msgspec.json.encode(now))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_any_file_name_is_printed_in_any_encoding(tmp_path, encoding, log_format):
    name = os.fsencode(tmp_path) + "/é▶\x1b[1m".encode() + b"\xff.json"
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "sample", "--attempts", "2", name],
        env={**os.environ, "LOG_FORMAT": log_format, "PYTHONIOENCODING": encoding},
        stderr=subprocess.PIPE, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count(b"\n")) == (0, 1)
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stderr
    assert b": 2 records" in done.stderr


def test_standard_output_takes_any_text_in_any_encoding(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    console.main(lambda: out.print("é▶ 日"))
    sys.stdout.flush()
    assert written.getvalue() == rb"\xe9\u25b6 \u65e5" + b"\n"


def test_nothing_else_writes_to_the_terminal():
    for folder in ("ingest", "services", "refresh", "report", "bench"):
        for file in (ROOT / folder).glob("*.py"):
            if file.name != "packages.py":  # which runs before any package is installed
                found = re.findall(
                    r"(?<![.\w])print\(|std(?:out|err)\.write|Console\(", file.read_text()
                )
                assert not found, file
