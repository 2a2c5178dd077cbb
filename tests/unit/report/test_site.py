"""Where the pages are written, what is said of it, and what a failure leaves behind."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from cli import ROOT
from cli.dbt_folders import target_path
from cli.errors import UserError
from report.documentation import AMENDMENTS
from report.frames import schema
from report.site import site_folder, write_site
from report.terminal import print_answers, print_where_next
from tests.support.report_frames import LOADS, file, frames
from tests.support.worst_environment import ODD

# Where the pages are written, and what they say of where the tables are.
SETTINGS = (
    *("SITE_DIR", "DBT_TARGET_PATH", "DBT_SCHEMA"),
    *("SPARK_THRIFT_HOST", "SPARK_THRIFT_PORT"),
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with dbt's documentation, in which the pages are written."""
    folder = tmp_path / ODD
    (folder / "target").mkdir(parents=True)
    page = f"<html><head>{''.join(AMENDMENTS)}</head><body></body></html>"
    (folder / "target" / "static_index.html").write_text(page)
    monkeypatch.chdir(folder)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return folder


def test_the_three_pages_are_written_and_nothing_else(folder):
    write_site(frames(LOADS, [file("a.json")]))
    written = {str(path.relative_to(folder / "site")) for path in (folder / "site").rglob("*.*")}
    assert written == {"report.html", "index.html", "docs/index.html"}
    for name in written:
        assert "1 file: a.json" in (folder / "site" / name).read_text()


def test_a_file_whose_messages_do_not_name_it_stops_no_page(folder):
    write_site(frames(LOADS, [file(None), file("b.json")], attempts=3))
    for name in ("report.html", "index.html", "docs/index.html"):
        page = (folder / "site" / name).read_text()
        assert "a file without a name, b.json" in page


def test_the_settings_say_where(folder, monkeypatch):
    monkeypatch.setenv("SITE_DIR", f"elsewhere {ODD}")
    monkeypatch.setenv("DBT_TARGET_PATH", "other")
    (folder / "target").rename(folder / "other")
    write_site(frames(LOADS, []))
    assert (folder / f"elsewhere {ODD}" / "index.html").exists()
    assert not (folder / "site").exists()


def test_empty_settings_are_none(folder, monkeypatch, capsys):
    for name in SETTINGS:
        monkeypatch.setenv(name, "")
    assert site_folder() == Path("site")
    assert target_path() == Path("target")
    print_where_next()
    assert "jdbc:hive2://localhost:10000/analytics" in capsys.readouterr().out
    monkeypatch.setenv("SPARK_THRIFT_HOST", "far")
    print_where_next()
    assert "jdbc:hive2://far:10000/analytics" in capsys.readouterr().out


def test_pages_are_utf_8_in_every_locale(folder):
    code = (
        "from pathlib import Path; from report.site import _write; "
        "_write(Path('page.html'), '\\u65e5')"
    )
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment = {**os.environ, **ascii_only, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert (folder / "page.html").read_bytes() == "日".encode()


def test_a_failure_leaves_all_old_pages(folder):
    write_site(frames(LOADS, [file("old.json")]))
    broken = frames(LOADS, [file("new.json")])
    del broken["exams"]
    with pytest.raises(KeyError):
        write_site(broken)
    with pytest.raises(UserError, match="dbt failed"):
        write_site(frames(LOADS, [file("new.json")]), dbt_fails)
    for page in (folder / "site").rglob("*.html"):
        assert "old.json" in page.read_text()
        assert "new.json" not in page.read_text()


def dbt_fails() -> str:
    raise UserError("dbt failed")


def test_a_full_disk_leaves_the_old_pages_whole(folder, monkeypatch):
    def write_half(path: Path, text: str, encoding: str) -> None:
        path.write_bytes(text[: len(text) // 2].encode(encoding))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_site(frames(LOADS, [file("old.json")]))
    pages = [*(folder / "site").rglob("*.html")]
    old = [page.read_text() for page in pages]
    assert len(old) == 3
    monkeypatch.setattr(Path, "write_text", write_half)
    with pytest.raises(UserError, match="cannot be written: No space left on device; make room"):
        write_site(frames(LOADS, [file("new.json")]))
    assert [page.read_text() for page in pages] == old


def test_defaults_are_those_of_make(folder, capsys):
    assert schema() == "analytics"
    assert str(site_folder()) == "site"
    print_where_next()
    assert [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()] == [
        "",
        "Where to look next",
        "what the data says, for everyone site/report.html",
        "every table and column, for analysts site/docs/index.html",
        "the tables, for SQL jdbc:hive2://localhost:10000/analytics",
        "the state of topic, files and loads python -m ingest status",
    ]


def test_an_answer_stands_below_its_question_and_as_delivered_only_where_that_differs(capsys):
    rows = [
        (1, "How many?", "2", "3", None),
        (2, "Which?", "same", "same", "\x1b[1m"),
        (3, "[b]?", "[i]", "\x1b[1m", "[b]"),
    ]
    fields = ["question_number", "question", "answer", "answer_as_delivered", "answer_inferred"]
    print_answers({"answers": pd.DataFrame(rows, columns=fields)})
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "",
        "The eight answers, each attempt counted once",
        "1 How many?",
        "    2   as delivered: 3",
        "2 Which?",
        "    same   inferred about people: \N{SYMBOL FOR ESCAPE}[1m",
        "3 [b]?",
        "    [i]   as delivered: \N{SYMBOL FOR ESCAPE}[1m   inferred about people: [b]",
    ]


def test_pages_that_cannot_be_written_are_named(folder):
    (folder / "site").write_text("not a folder")
    with pytest.raises(UserError) as error:
        write_site(frames(LOADS, []))
    assert str(error.value) == (
        "site/docs/index.html cannot be written: Not a directory; make room, or set SITE_DIR to a "
        "folder that can be written"
    )
