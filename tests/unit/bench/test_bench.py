"""What the benchmark is made of; never a time."""

import json

import pytest

from bench.data import load_dataset
from bench.measure import Peak, Row, Run
from bench.results import Results, Section, cells
from bench.timeline import NODE
from bench.warm_build import sent
from ingest.errors import IngestError


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    monkeypatch.delenv("ASSESSMENTS_FILE", raising=False)
    return load_dataset(tmp_path)


def test_copies_share_no_id_and_are_the_same_otherwise(dataset, tmp_path):
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


def test_ids_that_would_not_stay_distinct_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "attempts.json"
    path.write_text('[{"keen_id": "0000same"}, {"keen_id": "1111same"}]')
    monkeypatch.setenv("ASSESSMENTS_FILE", str(path))
    with pytest.raises(IngestError, match="would not be distinct"):
        load_dataset(tmp_path)


def test_ratios_are_those_of_the_pairs():
    row = Row("a", "what", "peer", "reach", as_speed=True)
    row.ours = [Run(1.0, 10_000_000), Run(2.0, 20_000_000), Run(1.0)]
    row.peer = [Run(10.0), Run(10.0), Run(40.0)]
    row.reached = True
    assert cells(row) == [
        "what", "1.00 s", "10.00 s: peer", "10.00 times as fast", "5.00 to 40.00", "3", "20 MB",
        "reach: **reached**",
    ]  # fmt: skip


def test_what_is_measured_anew_replaces_what_was_before(tmp_path):
    Results(tmp_path, "data").add("one", [Section("First", "old")])
    Results(tmp_path, "data").add("two", [Section("Second", "kept")])
    Results(tmp_path, "data").add("one", [Section("First", "new")])
    page = (tmp_path / "RESULTS.md").read_text()
    assert "kept" in page and "new" in page and "old" not in page


def test_a_section_that_has_grown_stands_there_once(tmp_path):
    found = [Section("Growth", "one size"), Section("Growth", "two sizes")]
    Results(tmp_path, "data").add("scale", found)
    page = (tmp_path / "RESULTS.md").read_text()
    assert page.count("## Growth") == 1 and "two sizes" in page and "one size" not in page


def test_a_peak_is_the_highest_reading():
    readings = iter([3, 9, 4])
    with Peak(lambda: next(readings, 0)) as watch:
        while watch.peak < 9:
            pass
    assert watch.peak == 9


def test_a_reading_that_fails_is_told():
    with pytest.raises(ZeroDivisionError), Peak(lambda: 1 // 0):
        pass


def test_measurements_of_two_commits_are_told_apart(tmp_path):
    for name, commit in (("one", "abc"), ("two", "def")):
        results = Results(tmp_path, "data")
        results.commit = commit
        results.add(name, [Section(name, "text")])
    page = (tmp_path / "RESULTS.md").read_text()
    assert "- **one**" in page and "of commit abc" in page
    assert "- **two**" in page and "of commit def" in page


def test_what_was_measured_otherwise_says_so(tmp_path):
    Results(tmp_path, "the data").add("one", [Section("First", "here")])
    Results(tmp_path, "other data").add("two", [Section("Second", "there")])
    Results(tmp_path, "the data").add("three", [Section("Third", "here again")])
    page = (tmp_path / "RESULTS.md").read_text()
    alike, alone = (line for line in page.splitlines() if line.startswith("- **"))
    assert alike.startswith("- **one, three**") and "Data: the data" in alike
    assert alone.startswith("- **two**") and "Data: other data" in alone


def test_the_statements_are_those_of_the_last_command(tmp_path):
    events = ["MainReportVersion", "SQLQuery", "MainReportVersion", "SQLQuery", "Other"]
    lines = [
        json.dumps({"info": {"name": name}, "data": {"sql": f"select {number}"}})
        for number, name in enumerate(events)
    ]
    log = tmp_path / "dbt.log"
    log.write_text("\n".join(lines))
    assert sent(log) == ["select 3"]
    log.write_text("as text\n")
    with pytest.raises(IngestError, match="no statements"):
        sent(log)


@pytest.mark.parametrize(
    ("line", "what", "seconds"),
    [
        (
            "10:49:37  3 of 19 OK created sql table model analytics.dim_exams ..... [OK in 8.96s]",
            "dim_exams",
            8.96,
        ),
        (
            "10:49:37  7 of 19 PASS no_nulls_in_answers ......... [PASS in 0.50s]",
            "no_nulls_in_answers",
            0.5,
        ),
    ],
)
def test_what_dbt_prints_of_a_node_is_understood(line, what, seconds):
    found = NODE.search(line)
    assert (found["what"], float(found["seconds"])) == (what, seconds)
