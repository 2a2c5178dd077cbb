"""The command line itself: exit status, what goes where, and what cannot be written."""

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from cli import ROOT
from cli.console import main
from ingest.__main__ import app
from sample.generator import records
from tests.support.unread import unread

COMMANDS = {"sample", "produce", "land", "verify", "run", "status", "clean", "peek"}


@pytest.fixture
def ingest(monkeypatch, capfd):
    """Runs a command in this process: (exit status, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ingest", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main(app)
        return ended.value.code or 0, *capfd.readouterr()

    return run


@pytest.mark.parametrize(
    "wrong",
    [
        ["nonsense"],
        ["produce"],
        ["run"],
        ["produce", "a.json", "b.json"],
        ["produce", "--no-such-option", "a.json"],
        ["sample"],
        ["sample", "--attempts", "-1", "a.json"],
        ["sample", "--attempts", "x", "a.json"],
        ["sample", "--seed", "x", "a.json"],
        ["land", "more"],
        ["verify", "more"],
        ["status", "more"],
        ["clean", "more"],
        ["peek", "-n", "0"],
        ["peek", "-n", "x"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_says_what_would_be_right(ingest, wrong):
    status, out, err = ingest(*wrong)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.endswith(" --help\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["produce"], "missing argument 'FILE': see python -m ingest produce --help"),
        (["peek", "--no"], "no such option: --no: see python -m ingest peek --help"),
        (["nothing"], "no such command 'nothing': see python -m ingest --help"),
    ],
)
def test_wrong_usage_names_what_is_wrong_and_whose_help_says_more(wrong, said):
    done = process(*wrong)
    assert (done.returncode, done.stderr) == (2, f"error: {said}\n")


@pytest.mark.parametrize("program", ["ingest", "services", "refresh", "report", "bench"])
def test_wrong_usage_cannot_steer_the_terminal(program):
    done = subprocess.run(
        [sys.executable, "-m", program, "--x\x1b[31m\u202e\x9b1m\nrow"],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: no such option: --x")
    assert "[31m" in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.strip().isprintable()


def test_wrong_usage_is_a_line_for_programs(ingest, monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "json")
    status, out, err = ingest("land", "more")
    assert (status, out) == (2, "")
    entry = json.loads(err)
    assert entry["level"] == "error"
    assert "(more): see " in entry["message"]


def test_without_a_command_all_are_listed(ingest):
    status, out, err = ingest()
    assert (status, err) == (2, "")
    assert {line.split()[1] for line in out.splitlines() if line.startswith("│ ")} >= COMMANDS
    status, helped, err = ingest("--help")
    assert (status, helped.strip(), err) == (0, out.strip(), "")


@pytest.mark.parametrize(
    ("arguments", "attempts", "seed"),
    [
        ([], 1000, 0),
        (["--attempts", "3", "--seed", "7"], 3, 7),
        (["--attempts", "0"], 0, 0),
        (["--attempts", "1"], 1, 0),
    ],
)
def test_sample_writes_what_was_asked_for(ingest, tmp_path, arguments, attempts, seed):
    path = tmp_path / "a.jsonl"
    said = f"{path}: {attempts:,} record{'s' * (attempts != 1)}\n"
    assert ingest("sample", *arguments, path) == (0, "", said)
    assert path.read_bytes().splitlines() == list(records(attempts, seed))


def test_what_sample_cannot_write_is_said_in_one_line(ingest, tmp_path):
    missing = tmp_path / "none" / "a.json"
    assert ingest("sample", missing) == (
        1,
        "",
        f"error: {missing} cannot be written: no such folder: {missing.parent}\n",
    )
    assert ingest("sample", tmp_path) == (
        1,
        "",
        f"error: {tmp_path} cannot be written: Is a directory\n",
    )


def test_a_wrong_setting_is_said_in_one_line(ingest, monkeypatch):
    monkeypatch.setenv("KAFKA_PORT", "70000")
    for command in ("land", "verify", "status", "clean", "peek"):
        status, out, err = ingest(command)
        assert (status, out) == (1, "")
        assert err.startswith("error: wrong environment variable: KAFKA_PORT: ")
        assert err.count("\n") == 1


def test_a_file_that_is_not_meant_is_refused_before_kafka_is_asked(ingest, monkeypatch, tmp_path):
    monkeypatch.setenv("KAFKA_PORT", "1")
    path = tmp_path / "a.csv"
    path.write_text("keen_id,score\nk-1,3\n17\n")
    for command in ("produce", "run"):
        status, out, err = ingest(command, path)
        assert (status, out) == (1, "")
        assert err.startswith(f"error: {path} is neither a JSON array nor JSON Lines (it looks ")
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "level", "message", "status"),
    [
        (["sample", "--attempts", "2", "{}/a.json"], "info", "{}/a.json: 2 records", 0),
        (["produce", "{}"], "error", "{} cannot be read: Is a directory", 1),
    ],
)
def test_lines_for_programs(ingest, monkeypatch, tmp_path, arguments, level, message, status):
    monkeypatch.setenv("LOG_FORMAT", "json")
    before = datetime.now(timezone.utc)
    *seen, err = ingest(*(a.format(tmp_path) for a in arguments))
    assert seen == [status, ""]
    (line,) = err.splitlines()
    entry = json.loads(line)
    at = datetime.fromisoformat(entry.pop("at").replace("Z", "+00:00"))
    assert entry == {"level": level, "message": message.format(tmp_path)}
    assert before - timedelta(seconds=1) < at < datetime.now(timezone.utc) + timedelta(seconds=1)


def process(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest", *arguments],
        cwd=ROOT, stderr=subprocess.PIPE, text=True, timeout=60, **options,
    )  # fmt: skip


def test_a_reader_that_has_gone_is_no_reason_for_a_word():
    with unread() as output:
        done = process("--help", stdout=output)
    assert (done.returncode, done.stderr) == (1, "")


def test_standard_output_on_a_full_disk_is_said_in_one_line():
    with Path("/dev/full").open("w") as full:
        done = process("--help", stdout=full)
    assert done.returncode == 1
    assert done.stderr == (
        "error: standard output or a file cannot be written: No space left on device; make room, "
        "or write elsewhere\n"
    )
