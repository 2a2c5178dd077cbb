"""The report in a real browser, its figures held against the marts."""

import re
from collections import Counter

import pytest

from report.frames import statement
from tests.integration.report.conftest import BEYOND, CROWDED, CUT_OFF, SHORT, open_tab, printed


@pytest.fixture
def tab(browser, sample_site):
    """A tab on a large screen; what it does there does not depend on the data."""
    yield from open_tab(browser, sample_site, viewport={"width": 1280, "height": 900})


def shown(page, table: str) -> Counter:
    """The values of all rows of a table, hidden ones included, whatever their order."""
    return Counter(normal(row) for row in page.evaluate(VALUES, f"#table-{table} tbody tr"))


VALUES = (
    "rows => [...document.querySelectorAll(rows)]"
    ".map(row => [...row.cells].map(cell => cell.dataset.value))"
)


def normal(row) -> tuple:
    """Numbers as floats, nothing as "", times as in ISO 8601."""
    return tuple(_normal(value) for value in row)


def _normal(value):
    if value is None or isinstance(value, bool):
        return str(value if value is not None else "")
    try:
        return float(value)
    except (TypeError, ValueError):
        return value.isoformat() if hasattr(value, "isoformat") else str(value)


# By table: its columns, asked of the marts in plain words.
FIGURES = {
    "hours": "select start_hour, attempts, deliveries, test_attempts "
    "from {analytics}.attempts_by_hour",
    "days": "select started_on, initcap(string(dayofweek(started_on) in (1, 7))),"
    " attempts, deliveries, test_attempts from {analytics}.attempts_by_day",
    "files": "select source_file, is_complete, source_records, landed, missing, messages,"
    " last_landed_at, source_sha256 from {analytics}.source_files",
    "loads": "select load_id, is_reconciled, messages, accepted, duplicates, rejected,"
    " question_responses, option_choices, landed_at from {analytics}.load_reconciliation",
    "scores": "select bin, attempts from {analytics}.attempts_by_score",
    "durations": "select bin, attempts from {analytics}.attempts_by_duration",
    "exams": "select exam_name, attempts, sessions, retakes, mean_score, mean_first_score,"
    " median_duration_seconds, lower_quartile_duration_seconds, upper_quartile_duration_seconds,"
    " question_sets, last_attempt_at from {analytics}.exam_results",
    "retake_gaps": "select from_seconds, to_seconds, retakes, mean_gain"
    " from {analytics}.retakes_by_gap",
    "retake_gains": "select bin, retakes from {analytics}.retakes_by_gain",
    "retaken_questions": "select exam_name, question_id, verdict, wrong_before, corrected_share,"
    " corrected_share_low, corrected_share_high, right_before, lost_share"
    " from {analytics}.question_retakes where not is_test",
    "inference": "select exam_name, attempts, links, is_inferred, chance_links, chance_links_high,"
    " reversed_links, later_links, reason from {analytics}.retake_inference",
    "questions": "select exam_label, question_number, verdict, population, presented, difficulty,"
    " difficulty_low, difficulty_high, discrimination, unanswered_rate, reason"
    " from {analytics}.item_analysis where is_preferred",
    "options": "select exam_label, question_number, option_number, is_correct, verdict, presented,"
    " chosen_share, lower_chosen_share, upper_chosen_share"
    " from {analytics}.distractor_analysis where is_preferred",
    "reliability": "select exam_label, kr20, verdict, standard_error_of_measurement,"
    " distinct_questions, population, scored_attempts, attempts_left_out, mean_total_score,"
    " stddev_total_score"
    " from {analytics}.exam_reliability where is_preferred",
    "repeated": "select exam_name, keen_id, deliveries, first_published_at, last_published_at"
    " from {analytics}.repeated_deliveries",
}


IN_KOLKATA = """
from ingest.spark import session
from report.frames import fetch
with session("reading") as spark:
    spark.conf.set("spark.sql.session.timeZone", "Asia/Kolkata")
    frames = fetch(spark, "{schema}", "loads")
print(f"{{frames['loads'].landed_at.max():%F %T.%f}}")
"""


def test_times_are_in_utc_whatever_the_time_zone_of_spark(few):
    code = IN_KOLKATA.format(schema=few.pipeline.schema)
    [(landed_at,)] = few.pipeline.query(
        "select date_format(max(landed_at), 'yyyy-MM-dd HH:mm:ss.SSSSSS') "
        "from {analytics}.load_reconciliation"
    )
    assert printed(few.pipeline, "-c", code).strip() == landed_at


def test_a_late_load_is_none_of_those_that_the_tables_hold(few):
    table = f"{few.pipeline.schema}.load_reconciliation"
    two = (
        "(select * except (load_id, messages, is_late), stack(2, 1, 10, false, 2, 5, true) "
        f"as (load_id, messages, is_late) from (select * from {table} limit 1))"
    )
    loads, late = (
        few.pipeline.query(statement(name, few.pipeline.schema).replace(table, two))
        for name in ("loads", "late_loads")
    )
    assert [row[0] for row in loads] == [1]
    assert late == [(2, 5)]


def test_the_tables_say_what_the_marts_say(report, run):
    for table, sql in FIGURES.items():
        rows = shown(report, table)
        assert rows == Counter(map(normal, run.pipeline.query(sql))), table
        assert rows, table


def test_a_tooltip_says_what_a_bar_stands_for(tab):
    page = tab.open("report.html")
    page.locator("#chart-hours .mark-rect.role-mark > *").nth(14).hover()
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    hour, attempts = page.locator("#rows-hours tr").nth(14).locator("[data-value]").all()[:2]
    assert "hour (UTC)" in tooltip.inner_text()
    assert hour.text_content() in tooltip.inner_text()
    assert attempts.text_content() in tooltip.inner_text()


def test_another_exam_can_be_chosen(tab):
    page = tab.open("report.html")
    options = Counter(row[0] for row in page.evaluate(VALUES, "#table-options tbody tr"))
    select = page.locator("#chart-options select")
    drawn = page.locator("#chart-options .mark-symbol.role-mark > *")
    exams = select.locator("option").all_inner_texts()
    other = next(exam for exam in exams if 2 * options[exam] != drawn.count())
    select.select_option(other)
    page.wait_for_function(
        "number => document.querySelectorAll("
        "'#chart-options .mark-symbol.role-mark > *').length === number",
        arg=2 * options[other],
    )


def column(page, table: str, index: int) -> list[str]:
    """What stands in the visible rows of a column."""
    cells = f"#table-{table} tbody tr:not([hidden]) > :nth-child({index + 1})"
    return page.eval_on_selector_all(cells, "cells => cells.map(cell => cell.dataset.value)")


def test_tables_sort_by_mouse_and_by_keyboard(tab):
    page = tab.open("report.html")
    heads = page.locator("#table-exams th[scope=col]")
    heads.nth(1).get_by_role("button").click()
    heads.nth(1).get_by_role("button").click()
    attempts = sorted(float(row[1]) for row in page.evaluate(VALUES, "#table-exams tbody tr"))
    assert len(attempts) > 12
    assert list(map(float, column(page, "exams", 1))) == attempts[:12]
    page.locator("#table-exams .more").click()

    heads.nth(4).get_by_role("button").click()
    assert heads.nth(4).get_attribute("aria-sort") == "descending"
    scores = [float(value) for value in column(page, "exams", 4) if value]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 2

    heads.nth(0).get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert heads.nth(0).get_attribute("aria-sort") == "ascending"
    assert heads.nth(4).get_attribute("aria-sort") is None
    names = column(page, "exams", 0)
    page.keyboard.press("Enter")
    assert heads.nth(0).get_attribute("aria-sort") == "descending"
    assert names[0] < names[-1]
    assert column(page, "exams", 0)[0] == names[-1]


@pytest.mark.parametrize(
    ("table", "index"), [("reliability", 1), ("questions", 10)], ids=["a number", "a text"]
)
def test_what_is_missing_sorts_last(tab, table, index):
    page = tab.open("report.html")
    page.locator(f"#table-{table} .more").click()
    head = page.locator(f"#table-{table} th[scope=col]").nth(index).get_by_role("button")
    for _ in ("ascending", "descending"):
        head.click()
        found = column(page, table, index)
        assert 0 < found.count("") < len(found)
        assert "" not in found[: len(found) - found.count("")]


def test_tables_filter(tab):
    page = tab.open("report.html")
    name, attempts, *_ = page.evaluate(VALUES, "#table-exams tbody tr")[5]
    field = page.locator("#table-exams").get_by_label("Filter")
    field.fill(name.upper())
    found = column(page, "exams", 0)
    assert found
    assert all(name in other for other in found)
    said = page.locator("#table-exams output").inner_text()
    assert said == f"{len(found)} of {len(found)}"
    assert len(found) <= 12
    assert not page.locator("#table-exams .more").is_visible()
    for in_no_cell in ("no exam has such a name", f"{name}{attempts}"):
        field.fill(in_no_cell)
        assert column(page, "exams", 0) == []
    field.fill("")
    assert len(column(page, "exams", 0)) == 12
    assert page.locator("#table-exams .more").is_visible()


@pytest.fixture(params=["light", "dark"])
def tab_of_each_scheme(request, browser, few):
    """A tab for a user who prefers light, and for one who prefers dark."""
    yield from open_tab(browser, few.folder, color_scheme=request.param)


def test_a_filter_wants_every_word_and_shows_how_many_rows_have_them(tab):
    page = tab.open("report.html")
    rows = [" ".join(row) for row in page.evaluate(TEXTS, "#table-options tbody tr")]
    words = ["attempts", next(row for row in rows if "too few attempts" in row).split()[0].lower()]
    found = [row for row in rows if all(word in row.lower() for word in words)]
    some = [row for row in rows if any(word in row.lower() for word in words)]
    block = page.locator("#table-options")
    block.get_by_label("Filter").fill("  ".join(words).upper())
    assert 0 < len(found) < len(some)
    assert block.locator("output").inner_text() == f"{min(12, len(found))} of {len(found)}"
    block.get_by_label("Filter").fill(words[0])
    many = sum(words[0] in row.lower() for row in rows)
    assert block.locator("output").inner_text() == f"12 of {many:,}"
    more = block.locator(".more")
    assert more.inner_text() == f"Show all {many:,}"
    more.click()
    assert block.locator("output").inner_text() == f"{many:,} of {many:,}"
    assert more.inner_text() == "Show 12 only"
    more.click()
    assert len(column(page, "options", 0)) == 12


TEXTS = (
    "rows => [...document.querySelectorAll(rows)].map(r => [...r.cells].map(c => c.textContent))"
)


# In the order of the bins, which is no order of their texts.
RANGES = {
    "scores": [*(f"{ten}0 to {ten}9 %" if ten else "0 to 9 %" for ten in range(9)), "90 to 100 %"],
    "durations": [
        *("under 15 s", "15 to 30 s", "30 s to 1 min", "1 to 2 min", "2 to 5 min", "5 to 15 min"),
        *("15 min to 1 h", "over 1 h"),
    ],
    "retake_gains": [
        *("lost 60 points or more", "lost 40 to 59", "lost 20 to 39", "lost less than 20"),
        "the same score",
        *("gained less than 20", "gained 20 to 39", "gained 40 to 59", "gained 60 points or more"),
    ],
}


@pytest.mark.parametrize("table", RANGES)
def test_ranges_sort_by_their_place_and_numbers_by_what_they_are(tab, table):
    """Not by what is written."""
    page = tab.open("report.html")
    page.locator(f"#{table} summary").click()
    ranges, numbers = page.locator(f"#table-{table} th[scope=col]").get_by_role("button").all()
    numbers.click()
    counts = [int(value) for value in column(page, table, 1)]
    assert counts == sorted(counts, reverse=True)
    if table == "scores":
        assert [str(n) for n in counts] != sorted(map(str, counts), reverse=True)
    for expected in (RANGES[table], RANGES[table][::-1]):
        ranges.click()
        assert [row[0] for row in page.evaluate(TEXTS, f"#table-{table} tbody tr")] == expected


def test_questions_of_few_attempts_can_be_shown_too(tab):
    page = tab.open("report.html")
    binding = page.locator("#questions .vega-bindings")
    assert binding.inner_text().startswith("presented at least this often")
    field = binding.locator("input")
    assert [field.get_attribute(name) for name in ("min", "max", "step")] == ["1", "100", "1"]
    assert field.input_value() == "30"
    rows = page.evaluate(VALUES, "#table-questions tbody tr")
    presented = [int(row[4]) for row in rows if row[8]]
    for least in (1, max(n for n in presented if n <= 100)):  # one that a question just reaches
        field.fill(str(least))
        number = sum(n >= least for n in presented)
        assert 0 < number < len(rows)
        page.wait_for_function(
            "number => document.querySelectorAll("
            "'#chart-questions .mark-symbol.role-mark > *').length === number",
            arg=number,
        )


def test_the_options_of_the_exam_taken_most_are_shown_first(tab):
    page = tab.open("report.html")
    exams = [row[0] for row in page.evaluate(TEXTS, "#table-options tbody tr") if row[7] != "—"]
    binding = page.locator("#options .vega-bindings")
    assert binding.inner_text().startswith("exam")
    assert binding.locator("option").all_inner_texts() == list(dict.fromkeys(exams))
    assert binding.locator("select").input_value() == exams[0]


def test_nothing_serious_for_those_who_cannot_see(tab_of_each_scheme):
    page = tab_of_each_scheme.open("report.html")
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert tab_of_each_scheme.serious() == []


def test_dark_is_dark(tab_of_each_scheme):
    page = tab_of_each_scheme.open("report.html")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    red, *_ = re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert (int(red) < 60) == dark
    assert (int(red) > 200) != dark


@pytest.mark.parametrize("name", ["report.html", "index.html"])
def test_nothing_overflows_on_a_phone(phone, name):
    page = phone.open(name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for wrong in (BEYOND, CUT_OFF, CROWDED, SHORT):
        assert page.evaluate(wrong) == []


def test_keyboard_reaches_the_content_first(tab):
    page = tab.open("report.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
