"""What the benchmark is made of; never a time."""

import json
import math
import os
import re
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import duckdb
import psutil
import pytest

import bench.environment
from bench.__main__ import app
from bench.context import Context
from bench.dataset import load_dataset
from bench.measure import SAMPLE_SECONDS, Run, peak, timed
from bench.page import cells, write_page
from bench.results import Environment, Result, Stage
from bench.row import Measurement, Row, times_as_fast, times_the_time
from bench.rows import MEASUREMENTS, ROWS, land, make
from bench.rows.models import compare
from bench.session import session
from cli import ROOT
from cli.errors import UserError

FOLDER = Path(bench.__file__).parent
RESULTS = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("results/*.json")}
PAGE = (FOLDER / "RESULTS.md").read_text()


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    monkeypatch.delenv("ASSESSMENTS_FILE", raising=False)
    return load_dataset(tmp_path)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    return tmp_path


def environment(**fields):
    known = {"commit": "abc", "dataset": "data", "records": 10, "machine": "m", "versions": {}}
    return Environment(**{**known, **fields})


def result(row="produce", ours=(), peer=(), copies=1, stages=(), **fields):
    return Result(
        row=row,
        measured_at="2026-01-01",
        environment=environment(**fields),
        copies=copies,
        ours=[Run(*run) for run in ours],
        peer=[Run(*run) for run in peer],
        stages=list(stages),
    )


def page(folder, *results):
    for each in results:
        each.write(folder / "results")
    write_page(folder)
    return (folder / "RESULTS.md").read_text()


def test_copies_share_no_id_and_are_the_same_otherwise(dataset, tmp_path):
    assert dataset.name == "the project's sample of 3,280 attempts"
    once = json.loads(dataset.write(tmp_path / "once.json", 1, first=7).read_text())
    thrice = json.loads(dataset.write(tmp_path / "thrice.json", 3, first=7).read_text())
    assert len(once) == dataset.records
    assert len(thrice) == 3 * dataset.records
    assert thrice[: len(once)] == once
    assert len({r["keen_id"] for r in thrice}) == 3 * len({r["keen_id"] for r in once})
    assert len({r["user_exam_id"] for r in thrice}) == 3 * len({r["user_exam_id"] for r in once})
    for record in (*once, *thrice):
        record["keen_id"] = record["keen_id"][4:]
        record["user_exam_id"] = record["user_exam_id"][4:]
        record["sequences"]["id"] = record["sequences"]["id"][4:]
    assert thrice == 3 * once


def test_other_copies_are_another_file(dataset, tmp_path):
    context = Context(None, dataset, environment(), tmp_path, tmp_path, copies=2, runs=1)
    ids = [
        {record["keen_id"] for record in json.loads(path.read_text())}
        for path in (context.file(), context.file(first=2), context.file(1, first=4))
    ]
    assert not ids[0] & ids[1] and not ids[2] & (ids[0] | ids[1])
    assert len(ids[0]) == len(ids[1]) == 2 * len(ids[2])


def test_a_command_has_its_variables_its_folder_and_the_memory_of_its_servers(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("WHOSE", "the machine's")
    test = ["bash", "-c", '[ "$WHOSE" = ours ] && [ "$(pwd -P)" = "$0" ]', str(tmp_path.resolve())]
    timed(test, {"WHOSE": "ours"}, folder=tmp_path)
    hold = "held = bytearray(b'x' * 60_000_000); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=-1, stdout=-1) as server:
        server.stdout.readline()
        run = timed(["sleep", "0.3"], {}, servers=[server.pid])
        server.communicate(b"\n")
    assert run.memory > 60_000_000


def test_figures_of_changed_code_are_marked(dataset, tmp_path, monkeypatch):
    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@localhost")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    git("init")
    for content in ("committed", "changed"):
        (tmp_path / "file").write_text(content)
        git("add", "file")
        if content == "committed":
            git("commit", "-m", "one")
        monkeypatch.setattr(bench.environment, "ROOT", tmp_path)
        now = bench.environment.environment(dataset)
        assert now.commit.endswith("+") == (content == "changed")
        assert (now.dataset, now.records) == (dataset.name, dataset.records)
        memory = psutil.virtual_memory().total
        assert f", {memory / 1024**3:.0f} GiB, " in now.machine


class Clone:
    """A checkout that notes what would run."""

    def __init__(self):
        self.ran = []

    def run(self, command, before=":"):
        self.ran.append((before, command))
        return Run(1.0)


def test_only_a_fresh_clone_downloads_what_is_there(dataset, tmp_path, monkeypatch):
    asked = []

    def checkouts(_, **how):
        asked.append(how)
        return nullcontext((Clone(), Clone()))

    monkeypatch.setattr(make, "checkouts", checkouts)
    context = Context(None, dataset, environment(), tmp_path, tmp_path, copies=1, runs=1)
    for measure in (make.fresh, make.again, make.suite):
        assert [*measure(context)]
    assert asked == [{"downloads": True}] * 2 + [{}] * 2


def test_make_is_measured_on_what_is_new_and_on_what_is_not(dataset, tmp_path, monkeypatch):
    clones = Clone(), Clone()
    monkeypatch.setattr(make, "checkouts", lambda _: nullcontext(clones))
    context = Context(None, dataset, environment(), tmp_path, tmp_path, copies=1, runs=2)
    assert [r.row for r in make.again(context)] == [row.name for row in make.AGAIN.rows]
    for clone in clones:
        new, rest = clone.ran[:3], clone.ran[3:]
        assert len(set(new)) == 3  # one unmeasured, two measured
        nothing_new = new[-1][1]
        assert rest[:2] == [(":", nothing_new)] * 2
        assert [before for before, _ in rest[2:4]] == [make.EDIT] * 2
        assert rest[4:6] == [(":", "make docs")] * 2
        assert rest[-4:] == [(make.DOWN, nothing_new)] * 2 + [(make.DOWN, "make up")] * 2


def test_a_copy_changes_the_first_characters_of_ids_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "attempts.json"
    records = [
        '{"keen_id": "aaaa1",  "user_exam_id": "bbbb2", "exam_name": "aaaa1x"}',
        '{"keen_id": "cccc3", "sequences": {"id": "dddd4", "questions": [{"id": "eeee5"}]}}',
        '{"keen_id": 7, "sequences": "broken"}',
        "[]",
    ]
    path.write_text(f"[{','.join(records)}]")
    monkeypatch.setenv("ASSESSMENTS_FILE", str(path))
    named = load_dataset(tmp_path)
    assert (named.name, named.records) == ("the reference dataset", 4)
    assert named.write(tmp_path / "copies.json", 2, first=254).read_text() == (
        '[{"keen_id": "00fe1",  "user_exam_id": "00fe2", "exam_name": "aaaa1x"}, '
        '{"keen_id": "00fe3", "sequences": {"id": "00fe4", "questions": [{"id": "eeee5"}]}}, '
        '{"keen_id": 7, "sequences": "broken"}, [], '
        '{"keen_id": "00ff1",  "user_exam_id": "00ff2", "exam_name": "aaaa1x"}, '
        '{"keen_id": "00ff3", "sequences": {"id": "00ff4", "questions": [{"id": "eeee5"}]}}, '
        '{"keen_id": 7, "sequences": "broken"}, []]'
    )


def test_ids_that_would_not_stay_distinct_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "attempts.json"
    path.write_text('[{"keen_id": "0000same"}, {"keen_id": "1111same"}]')
    monkeypatch.setenv("ASSESSMENTS_FILE", str(path))
    with pytest.raises(UserError, match="would not be distinct"):
        load_dataset(tmp_path)


def test_ratios_are_those_of_the_pairs():
    row = Row("a", "{records:,} of {copy_records:,}", "peer", times_as_fast(10), as_speed=True)
    measured = result(
        ours=[(1.0, 10_000_000), (2.0, 20_000_000), (1.0,)],
        peer=[(10.0,), (10.0,), (40.0,)],
        copies=200,
    )
    assert cells(row, measured) == [
        "a", "2,000 of 10", "1.00 s", "10.00 s: peer", "10.00 times as fast", "5.00 to 40.00", "3",
        "20 MB", "at least 10 times as fast: **reached**",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "ours", "reached"),
    [
        (times_as_fast(4), [2.5, 99, 2.5], True),
        (times_as_fast(4), [2.6, 0.1, 2.6], False),
        (times_the_time(1.5), [15, 99, 15], True),
        (times_the_time(1.5), [15.1, 0.1, 15.1], False),
        (land.ROW.target, [13.5, 99, 13.5], True),
        (land.ROW.target, [13.6, 0.1, 13.6], False),
    ],
)
def test_a_target_is_reached_or_missed_by_the_median(target, ours, reached):
    _, is_reached = target
    measured = result(ours=[(seconds,) for seconds in ours], peer=[(10.0,)] * len(ours))
    assert is_reached(measured) is reached


def test_the_sides_of_a_pair_take_turns_and_keep_their_runs(tmp_path):
    started, seconds = [], count(1)

    def side(name):
        def run():
            started.append(name)
            return Run(float(next(seconds)))

        return run

    context = Context(None, None, environment(), tmp_path, tmp_path, copies=7, runs=3)
    measured = context.pairs("produce", side("ours"), side("peer"))
    assert started == ["ours", "peer", "peer", "ours", "ours", "peer"]
    assert measured.ours == [Run(1), Run(4), Run(5)]
    assert measured.peer == [Run(2), Run(3), Run(6)]
    assert (measured.row, measured.copies, measured.environment) == ("produce", 7, environment())


def test_a_command_that_fails_is_not_measured():
    with pytest.raises(UserError, match=r"(?s)^bash -c .*: exit status 3\nwhy\n$"):
        timed(["bash", "-c", "echo why; exit 3"], {})


HOLD = "import mmap, sys, time; f = open(sys.argv[1], 'r+b'); "
HOLD += "m = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ); n = sum(m[::4096]); "
HOLD += "held = bytearray(b'x' * 40_000_000); time.sleep(0.4)"


def test_memory_is_that_of_all_processes_and_time_that_of_the_whole_command(tmp_path):
    file = tmp_path / "mapped"
    file.write_bytes(b"x" * 300_000_000)  # pages of a file are no anonymous memory
    grandchild = ["bash", "-c", '"$0" -c "$1" "$2" & wait', sys.executable, HOLD, str(file)]
    run = timed(["bash", "-c", '"$@" & wait', "-", *grandchild], {})
    assert 40_000_000 < run.memory < 200_000_000
    assert run.seconds > 0.4


def test_what_is_asked_of_the_command_line_reaches_the_measurement(
    tmp_path, monkeypatch, capsys, dataset, folder
):
    seen = []

    def measure(context):
        assert "KAFKA_BOOTSTRAP_SERVERS" not in os.environ  # the user's own
        seen.append((context.copies, context.runs))
        yield context.pairs("produce", lambda: Run(1.0), lambda: Run(4.0))

    def never(_):
        raise AssertionError("it is long or cannot be measured, and was not named")

    entry = Measurement((ROWS["produce"],), measure, copies=9, runs=4)
    entries = {
        "produce": entry,
        "scale": Measurement((ROWS["scale"],), never, is_long=True),
        "land": Measurement((ROWS["land"],), never, programs=("no-such-program",)),
    }
    monkeypatch.setattr(bench.__main__, "MEASUREMENTS", entries)
    monkeypatch.setattr(bench.__main__, "load_dataset", lambda _: dataset)
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka.example:9092")
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        for options in ([], ["--runs", "2", "--copies", "5"]):
            app([*options, "--out", str(folder)], standalone_mode=False)
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert seen == [(9, 4), (5, 2)]
    assert "no-such-program not found" in (said := capsys.readouterr().err)
    assert "not measured until then: land" in said
    with pytest.raises(UserError, match="no-such-program not found"):
        app(["land", "--out", str(folder)], standalone_mode=False)
    written = json.loads((folder / "results" / "produce.json").read_text())
    at = datetime.strptime(written["measured_at"].replace("UTC", "+0000"), "%Y-%m-%d %H:%M %z")
    assert abs(datetime.now(timezone.utc) - at) < timedelta(minutes=2)
    assert (written["copies"], len(written["ours"]), len(written["peer"])) == (5, 2, 2)
    assert "4.00 times as fast" in (folder / "RESULTS.md").read_text()


def test_pairs_that_are_incomplete_have_no_ratio():
    with pytest.raises(ValueError, match="shorter"):
        _ = result(ours=[(1.0,), (1.0,)], peer=[(1.0,)]).ratio


def test_what_is_measured_anew_replaces_what_was_before(folder):
    page(folder, result("make-run-fresh", [(11.0,)], [(1,)]))
    page(folder, result("make-up-again", [(22.0,)], [(1,)]))
    text = page(folder, result("make-run-fresh", [(33.0,)], [(1,)]))
    assert "22.00 s" in text and "33.00 s" in text and "11.00 s" not in text


def test_a_section_that_has_grown_stands_there_once(folder):
    stages = [
        Stage(10 * size, "produce", seconds, 1.26, 1_000_000, 2_000_000, 3_000_000)
        for size, seconds in ((1, 4.0), (10, 9.0))
    ]
    page(folder, result("scale", stages=stages[:1]))
    text = page(folder, result("scale", stages=stages))
    assert text.count("## As data grows") == 1
    assert text.count("| 10 | produce | 4.0 | 2 |  | 1.3 | 1 | 2 | 3 |") == 1
    assert text.count("| 100 | produce | 9.0 | 11 | 2.2 | 1.3 | 1 | 2 | 3 |") == 1
    assert "<svg" in (folder / "scale.svg").read_text()


def test_a_peak_is_the_highest_reading():
    readings, taken = iter([3, 9, 4]), []

    def reading():
        taken.append(next(readings, 0))
        return taken[-1]

    with peak(reading) as highest:
        while len(taken) < 4:
            time.sleep(0.01)
    assert highest.value == 9


def test_memory_is_read_as_often_as_the_page_says():
    assert SAMPLE_SECONDS == 0.1
    assert "of all processes of a command, sampled ten times a second, at its peak" in PAGE


def test_a_reading_that_fails_is_told():
    with pytest.raises(ZeroDivisionError), peak(lambda: 1 // 0):
        pass


def test_measurements_of_two_commits_are_told_apart(folder):
    first, again = (
        result("make-run-fresh", [(1,)], [(1,)]),
        result("make-up-again", [(1,)], [(1,)], commit="def"),
    )
    text = page(folder, first, again)
    assert "- **make-run-fresh**: 2026-01-01, of commit abc" in text
    assert "- **make-up-again**: 2026-01-01, of commit def" in text


def test_what_was_measured_otherwise_says_so(folder):
    text = page(
        folder,
        result("make-run-fresh", [(1,)], [(1,)]),
        result("make-up-again", [(1,)], [(1,)], dataset="other data"),
        result("make-run-new", [(1,)], [(1,)]),
    )
    alike, alone, *_ = (line for line in text.splitlines() if line.startswith("- **"))
    assert alike.startswith("- **make-run-new, make-run-fresh**") and "Data: data" in alike
    assert alone.startswith("- **make-up-again**") and "Data: other data" in alone


def test_what_was_not_measured_is_named(folder):
    measured = [name for name in ROWS if name not in ("land", "scale")]
    text = page(folder, *(result(name, [(1,)], [(1,)]) for name in measured))
    assert "- **Not measured yet**: land, scale." in text


def parquet(path, select):
    duckdb.sql(f"copy ({select}) to '{path}' (format parquet)")
    return path


SELECT = "select 'a' as id, 0.1::double as rate, timestamptz '2026-01-01 00:00:00Z' as at"


@pytest.mark.parametrize(
    ("ours", "columns"),
    [
        (SELECT, ["id", "rate", "at"]),
        (f"{SELECT}, 7 as load_id", ["id", "rate", "at"]),
        (SELECT.replace("0.1", "0.10000000000001"), ["id", "rate", "at"]),
        ("select 'a' as id, {'b': 1} as peers", ["id"]),
    ],
)
def test_what_both_sides_have_is_compared(tmp_path, ours, columns):
    peer = parquet(tmp_path / "peer.parquet", f"{SELECT}, {{'b': 2}} as peers")
    assert compare(parquet(tmp_path / "ours.parquet", ours), peer) == columns


@pytest.mark.parametrize(
    ("ours", "told"),
    [
        (SELECT.replace("'a'", "'b'"), "peer: a difference of 2 rows in id, such as"),
        (SELECT.replace("0.1", "0.1001"), "peer: a difference of 2 rows in rate, such as"),
        (SELECT.replace("0.1::double", "null"), "peer: a difference of 2 rows in rate, such as"),
        (f"{SELECT} union all {SELECT}", "peer: a difference of 1 row in id"),
        (f"{SELECT} where false", "peer: a difference of 1 row in id"),
        ("select 1 as other", "no column is on both sides"),
    ],
)
def test_other_work_is_no_peer(tmp_path, ours, told):
    peer = parquet(tmp_path / "peer.parquet", SELECT)
    with pytest.raises(UserError, match=told):
        compare(parquet(tmp_path / "ours.parquet", ours), peer)


def test_columns_that_are_equal_alone_may_differ_as_rows(tmp_path):
    ours = parquet(tmp_path / "ours.parquet", "select * from (values (1, 3), (2, 4)) as rows(a, b)")
    peer = parquet(tmp_path / "peer.parquet", "select * from (values (1, 4), (2, 3)) as rows(a, b)")
    with pytest.raises(
        UserError, match="peer: a difference of 4 rows in how values are combined, such as"
    ):
        compare(ours, peer)


def prepare():
    time.sleep(1)
    counted = iter(range(10))

    def run():
        time.sleep(0.05)
        return next(counted)

    return run


def prepare_none():
    raise ValueError("there is no Spark")


def test_a_session_is_prepared_once_and_runs_when_asked(tmp_path):
    with session(prepare, {}, tmp_path / "session.log") as run:
        (first, zero), (_, one) = run(), run()
    assert (zero, one) == (0, 1)
    assert first.memory > 1_000_000
    assert 0.05 <= first.seconds < 1  # its preparation does not count


def test_a_session_that_fails_tells_why(tmp_path):
    with (
        pytest.raises(UserError, match="there is no Spark"),
        session(prepare_none, {}, tmp_path / "session.log"),
    ):
        pass


def test_measurements_and_results_are_of_rows_that_exist():
    names = [row.name for entry in MEASUREMENTS.values() for row in entry.rows]
    assert len(names) == len(set(names))
    assert set(RESULTS) <= set(names)
    assert all(RESULTS[name]["row"] == name for name in RESULTS)


def test_each_missed_target_says_what_it_would_take():
    lines = dict(
        re.findall(r"^- \*\*([\w-]+)\*\*: (.+)$", PAGE.partition("What the missed")[2], re.M)
    )
    assert lines.keys() == {line[0] for line in tables(PAGE)["row"] if "**missed**" in line[-1]}
    target = PAGE.partition("Target: ")[2].splitlines()[0]
    assert ("**missed**" in target) == (ROWS["scale"].would_take in target)


def tables(text):
    """The lines of each table, by the first cell of its head."""
    found = re.findall(r"^\| (\w+) .*\n\|[- |]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    split = re.compile(r" ?(?<!\\)\| ?").split
    return {head: [split(line)[1:-1] for line in body.splitlines()] for head, body in found}


def median(runs):
    return statistics.median(seconds for seconds, _ in runs)


@pytest.mark.parametrize("line", tables(PAGE)["row"], ids=lambda line: line[0])
def test_each_figure_in_the_table_is_that_of_the_runs(line):
    name, what, ours, peer, ratio, spread, pairs, memory, _ = line
    runs = RESULTS[name]
    records = runs["environment"]["records"] * runs["copies"]
    assert (f"{records:,}" in what) == ("{records" in ROWS[name].what)
    assert ours == f"{median(runs['ours']):.2f} s"
    assert int(pairs) == len(runs["ours"])
    peaks = [max(peak for _, peak in runs[side]) for side in ("ours", "peer") if side in runs]
    assert memory == " against ".join(f"{peak / 1e6:,.0f} MB" for peak in peaks if peak)
    if "peer" not in runs:
        assert (peer, ratio, spread) == ("", "", "")
        return
    assert peer.startswith(f"{median(runs['peer']):.2f} s: ")
    times = [o / p for (o, _), (p, _) in zip(runs["ours"], runs["peer"], strict=True)]
    if ratio.endswith("as fast"):
        times = [1 / ratio for ratio in times]
    assert ratio.startswith(f"{statistics.median(times):.2f} times ")
    assert spread == (f"{min(times):.2f} to {max(times):.2f}" if len(times) > 1 else "")


def test_each_figure_of_the_growing_data_is_that_of_its_stage():
    lines, previous = tables(PAGE)["records"], {}
    assert len(lines) == len(RESULTS["scale"]["stages"]) > 0
    for line, stage in zip(lines, RESULTS["scale"]["stages"], strict=True):
        records, name, seconds, cpu, *sizes = stage
        growth = f"{seconds / previous[name]:.1f}" if name in previous else ""
        previous[name] = seconds
        expected = [records, seconds, records / seconds, cpu, *(size / 1e6 for size in sizes)]
        figures = [float(cell.replace(",", "")) for cell in (line[0], *line[2:4], *line[5:])]
        assert (line[1], line[4]) == (name, growth)
        digits = [1, 0.1, 1, 0.1, 1, 1, 1]
        for figure, exact, digit in zip(figures, expected, digits, strict=True):
            assert math.isclose(figure, exact, abs_tol=digit / 2 + 1e-9), (line, exact)


def test_the_page_is_that_of_the_results(folder):
    for path in FOLDER.glob("results/*.json"):
        (folder / "results" / path.name).write_text(path.read_text())
    write_page(folder)
    assert (folder / "RESULTS.md").read_text() == PAGE
    assert (folder / "scale.svg").read_text() == (FOLDER / "scale.svg").read_text()


def test_the_page_names_no_path_of_a_machine():
    assert not re.findall(r"(?<![\w.])/(?:\w+/)+\w+", PAGE)


def test_the_readme_says_how_long_the_largest_dataset_takes():
    readme = (ROOT / "README.md").read_text()
    [minutes] = re.findall(r"3\.28 million attempts .* take \[(\d+) minutes\]", readme)
    stages = ("produce", "land", "verify", "dbt build")
    seconds = [
        stage[2]
        for stage in RESULTS["scale"]["stages"]
        if stage[0] == 3_280_000 and stage[1] in stages
    ]
    assert len(seconds) == len(stages)
    assert int(minutes) == round(sum(seconds) / 60)


def test_the_readme_says_how_long_the_first_run_takes():
    readme = (ROOT / "README.md").read_text()
    [minutes] = re.findall(r"The first run .* takes about (\d+) minutes", readme)
    seconds = statistics.median(run[0] for run in RESULTS["make-run-fresh"]["ours"])
    assert int(minutes) == math.ceil(seconds / 60)
