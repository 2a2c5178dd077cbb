"""Every line and every cell of the pages, and of the terminal, against independent figures."""

import re
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from tests.integration.report.conftest import open_tab, write_site
from tests.support.expected.trust import rejection_reasons
from tests.support.expected_report.answers import questions_and_answers
from tests.support.expected_report.page import built_from, index, text
from tests.support.expected_report.tables import tables

# What can be read on a page, with all that can be unfolded, but without tables and charts.
LINES = """() => {
    const style = document.createElement("style");
    style.textContent = "table, svg, .vega-bindings { display: none !important; }";
    document.head.append(style);
    const closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
    const text = document.body.innerText;
    for (const details of closed) details.open = false;
    style.remove();
    return text.split("\\n").map(line => line.trim()).filter(line => line);
}"""


def lines(page) -> list[str]:
    """The lines that can be read on a page, without the footer; which says when it was built."""
    *text, footer = page.evaluate(LINES)
    return text, footer


def assert_built(said: str, site) -> None:
    """The line that says of which data a page is; and when it was made: before its file was."""
    built = re.match(r"Built (\d{4}-\d\d-\d\d \d\d:\d\d) UTC ", said)
    assert built, said
    at = datetime.strptime(built[1], "%Y-%m-%d %H:%M").replace(tzinfo=timezone.utc)
    written = datetime.fromtimestamp((site.folder / "report.html").stat().st_mtime, timezone.utc)
    assert timedelta(0) <= written - at < timedelta(minutes=3)
    assert said[built.end() :] == built_from(site.data)


def test_every_line_of_the_report(opened, site):
    said, footer = lines(opened)
    assert said == text(site.data)
    assert_built(footer, site)


def test_the_outline_of_the_report(few, browser):
    """Which lines are headings, and of what level: what a screen reader jumps along."""
    for tab in open_tab(browser, few.folder, reduced_motion="reduce"):
        page = tab.open("report.html")
        assert page.title() == "Assessment report"
        assert page.locator("h1").all_inner_texts() == ["Assessment report"]
        sections = {
            section.locator("h2").inner_text(): section.locator("h3").all_text_contents()
            for section in page.locator("main > section").all()
        }
        assert list(sections) == [
            "The eight answers",
            "When exams are taken",
            "Which exams, and how well they go",
            "Retakes",
            "Which questions work",
            "How reliable each exam is",
            "How far the data can be trusted",
        ]
        said = iter(text(few.data))
        assert all(heading in said for found in sections.values() for heading in found)
        for heading in sections:
            region = page.get_by_role("region", name=heading, exact=True)
            assert region.locator("h2").all_inner_texts() == [heading]
        short = ["Eight answers", "When", "Which and how well", "Retakes", "Questions"]
        short += ["Reliability", "Trust"]
        links = page.locator("nav a")
        assert links.all_inner_texts() == short
        for link, heading in zip(links.all(), sections, strict=True):
            link.click()
            target = page.locator(f"{link.get_attribute('href')} h2")
            assert target.inner_text() == heading
            nav = page.locator("nav").bounding_box()
            assert nav["y"] >= 0  # it stays in sight
            assert target.bounding_box()["y"] >= nav["y"] + nav["height"]


def test_every_line_of_the_index(site, browser):
    for tab in open_tab(browser, site.folder):
        page = tab.open("index.html")
        said, footer = lines(page)
        assert page.title() == said[0]
        assert page.locator("html").get_attribute("lang") == "en"
        assert said == index(site.data)
        assert_built(footer, site)


def test_the_line_above_the_documentation(site, browser):
    for tab in open_tab(browser, site.folder):
        page = tab.open("docs/index.html")
        page.locator(".app-content h1").first.wait_for()
        note = page.locator(".site-note")
        below = note.bounding_box()["y"] + note.bounding_box()["height"]
        assert page.locator(".app").bounding_box()["y"] >= below - 1
        assert_built(note.locator("span").inner_text(), site)
        links = [(a.inner_text(), a.get_attribute("href")) for a in note.locator("a").all()]
        assert links == [("Index", "../index.html"), ("Report", "../report.html")]


# The headings of each table, its caption, and the text of each cell, hidden rows included.
TABLES = """() => Object.fromEntries([...document.querySelectorAll("table")].map(table => {
    const block = table.closest(".table");
    const texts = cells => [...cells].map(cell => cell.textContent);
    return [block.id.replace("table-", ""), {
        caption: document.getElementById(table.getAttribute("aria-labelledby")).textContent,
        headings: texts(table.tHead.rows[0].cells),
        rows: [...table.tBodies[0].rows].map(row => texts(row.cells)),
    }];
}))"""


def test_every_cell_below_its_heading_in_the_order_of_rows(opened, site):
    found = opened.evaluate(TABLES)
    expected = {name: table for name, table in tables(site.data).items() if table[1]}
    assert list(found) == [name for name in ORDER if name in expected]
    for name, (caption, rows) in expected.items():
        table = found[name]
        assert (table["caption"], table["headings"]) == (caption, list(rows[0])), name
        said = [dict(zip(table["headings"], row, strict=True)) for row in table["rows"]]
        for number, (row, other) in enumerate(zip(said, rows, strict=True)):
            assert row == other, f"{name}, row {number}"


ORDER = ("hours", "days", "scores", "durations", "exams", "retake_gaps", "retake_gains")
ORDER += ("retaken_questions", "inference", "questions", "options", "reliability")
ORDER += ("files", "loads", "rejected", "repeated")


def test_a_reason_is_shown_with_its_latest_message(browser, few):
    """The time that the table sorts by, which is not cut to the minute."""
    reasons = rejection_reasons(few.data)
    latest = [datetime.fromisoformat(row["last_landed_at"].rstrip("Z")) for row in reasons]
    assert sum(row["messages"] for row in reasons) > len(reasons)
    for tab in open_tab(browser, few.folder):
        cells = tab.open("report.html").locator("#table-rejected tbody .time")
        values = cells.evaluate_all("cells => cells.map(cell => cell.dataset.value)")
        shown = [datetime.fromisoformat(value.replace("Z", "+00:00")) for value in values]
        assert sorted(map(in_utc, shown)) == sorted(latest)


def in_utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment


def test_the_terminal_says_the_eight_answers_and_where_to_look_next(site):
    expected = ["The eight answers, each attempt counted once"]
    for question, once, delivered, inferred in questions_and_answers(site.data):
        expected += [question.replace(".", "", 1), once]
        if delivered != once:
            expected.append(f"as delivered: {delivered}")
        if inferred:
            expected.append(f"inferred about people: {inferred}")
    expected += where_to_look_next(site)
    said = site.printed[site.printed.rindex("The eight answers") :]
    assert "".join(said.split()) == "".join(visible(" ".join(expected)).split())
    assert site.printed.count("The eight answers") == 1


def test_the_answers_can_be_printed_again(few):
    report = [sys.executable, "-m", "report"]
    printed = few.pipeline.sandbox.run(*report, **few.pipeline.environment).stdout
    answers, _, _ = few.printed.partition("Where to look next")
    assert printed.strip() == answers.strip()
    assert printed.count("The eight answers") == 1


def test_what_has_not_been_built_is_said(few):
    report = [sys.executable, "-m", "report"]
    environment = {**few.pipeline.environment, "DBT_SCHEMA": "nothing"}
    done = few.pipeline.sandbox.run(*report, check=False, **environment)
    assert (done.returncode, done.stdout) == (1, "")
    said = "error: there is no table nothing.answers: run make run, or dbt build\n"
    assert done.stderr == said


def where_to_look_next(site) -> list[str]:
    port = site.pipeline.sandbox.port("SPARK_THRIFT_PORT")
    return [
        "Where to look next",
        f"what the data says, for everyone {site.folder}/report.html",
        f"every table and column, for analysts {site.folder}/docs/index.html",
        f"the tables, for SQL jdbc:hive2://localhost:{port}/{site.pipeline.schema}",
        "the state of topic, files and loads python -m ingest status",
    ]


@pytest.mark.parametrize("colour", [{"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}], ids=" ".join)
def test_the_end_of_make_run_fits_a_terminal(few, colour):
    """However long the path of the checkout is."""
    folder = few.folder / ("a-folder-with-a-long-name/" * 5)
    site = replace(few, pipeline=replace(few.pipeline, overrides={"SITE_DIR": str(folder)}))
    printed = write_site(site.pipeline, COLUMNS="80", **colour)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", printed)
    assert (plain != printed) == ("FORCE_COLOR" in colour)
    assert max(map(len, plain.splitlines())) <= 80
    assert re.search(r"^1 How many assessments", plain, re.MULTILINE)
    end = plain[plain.index("Where to look next") :]
    assert "".join(end.split()) == "".join(" ".join(where_to_look_next(site)).split())


def visible(text: str) -> str:
    """Characters that would steer a terminal are shown, not obeyed."""
    return re.sub(r"[\x00-\x1f]", lambda found: chr(0x2400 + ord(found[0])), text)
