"""The index and dbt's documentation in a real browser."""

import json
import re
from pathlib import Path

import pytest

from cli import ROOT
from tests.integration.report.conftest import SCROLLING, open_tab
from tests.support.questions import questions


def go(tab, fragment: str):
    page = tab.open(f"docs/index.html#!/{fragment}")
    page.wait_for_load_state("networkidle")
    return page


def models() -> list[str]:
    return sorted(path.stem for path in ROOT.glob("models/**/*.sql"))


def test_the_index_leads_to_both(tab, run):
    page = tab.open("index.html")
    [(messages, landed)] = run.pipeline.query(
        "select count(*), date_format(max(landed_at), 'yyyy-MM-dd HH:mm') from {raw}"
    )
    for place in ("footer", ".site-note"):
        said = page.locator(place).inner_text()
        assert f"{messages:,} messages" in said
        assert landed in said
        assert run.path.name in said
        assert re.search(r"Built \d{4}-\d\d-\d\d \d\d:\d\d UTC", said)
        page = go(tab, "overview")
    for start, link, title in (
        ("index.html", "The report", "Assessment report"),
        ("index.html", "The documentation", "Assessment analytics: documentation"),
        ("report.html", "Index and documentation", "Assessment analytics"),
    ):
        tab.open(start)
        page.get_by_role("link", name=link).click()
        page.wait_for_load_state()
        assert page.title() == title


def test_the_overview_says_where_to_start(tab):
    page = go(tab, "overview")
    page.get_by_role("heading", name="Where to start").wait_for()
    links = [
        (a.inner_text(), a.get_attribute("href")) for a in page.locator(".app-content td a").all()
    ]
    assert links == [(name, f"#!/model/model.assessments.{name}") for name, _ in links]
    assert {name for name, _ in links} == {path.stem for path in ROOT.glob("models/marts/**/*.sql")}
    page.get_by_role("link", name="report", exact=True).click()
    page.wait_for_load_state()
    assert page.title() == "Assessment report"


def test_the_page_of_questions_shows_their_queries(tab):
    page = go(tab, "overview")
    page.get_by_role("link", name="page of questions").click()
    page.get_by_role("heading", name="Questions that others asked").wait_for()
    shown = page.locator(".app-content pre").all_inner_texts()
    queries = questions()
    assert len(shown) == len(queries)
    for text, ways in zip(shown, queries.values(), strict=True):
        assert all(" ".join(query.split()) in " ".join(text.split()) for query in ways.values())


def test_every_model_has_its_columns_with_types_and_descriptions(tab, run):
    tables = {
        name: run.pipeline.query(f"describe {{analytics}}.{name}")
        for name in ("stg_assess__messages", "int_questions", "fct_attempts", "source_files")
    }
    for name, columns in tables.items():
        page = go(tab, f"model/model.assessments.{name}")
        page.get_by_role("heading", name=name).wait_for()
        rows = page.locator(".app-content table").first.locator("tbody tr.column-row")
        rows.first.wait_for()
        listed = {
            cells[0].strip(): cells[1].strip()
            for cells in (row.locator("td").all_inner_texts() for row in rows.all())
        }
        assert listed.keys() == {column[0] for column in columns}
        assert all(listed.values())


def test_the_catalogue_holds_every_model(tab):
    page = go(tab, "overview")
    tree = page.locator("model-tree")
    layers = ("staging", "intermediate", "marts")
    for folder in ("assessments", "models", *layers, "attempts", "retakes", "test_theory", "trust"):
        tree.get_by_text(folder, exact=True).locator("visible=true").click()
    tree.get_by_text("answers", exact=True).locator("visible=true").wait_for()
    # A long name stands there in two pieces.
    named = {"".join(name.split()) for name in tree.locator("a:visible").all_inner_texts()}
    assert set(models()) <= named


# Cytoscape, which dbt's page draws with, keeps itself where it draws.
NODES = """() => {
    const place = [...document.querySelectorAll("*")].find(element => element._cyreg);
    return place ? place._cyreg.cy.nodes().map(node => node.data("name") ?? node.id()) : [];
}"""
PAINTED = """() => [...document.querySelectorAll("canvas")].map(canvas => {
    if (!canvas.width || !canvas.height) return 0;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.filter((value, index) => index % 4 === 3 && value > 0).length;
}).reduce((sum, number) => sum + number, 0)"""


def test_the_lineage_graph_draws(tab):
    page = go(tab, "model/model.assessments.answers?g_v=1&g_i=%2Banswers")
    page.wait_for_function(f"({PAINTED})() > 1000")
    drawn = page.evaluate(NODES)
    assert {"answers", "fct_attempts", "stg_assess__messages"} <= set(map(str, drawn)), drawn


@pytest.mark.parametrize(
    ("words", "model", "where"),
    [
        ("load_reconciliation", "load_reconciliation", "load_reconciliation"),
        ("difficulty_low", "item_analysis", "columns: difficulty_low"),
    ],
    ids=["a model", "a column"],
)
def test_search_finds(tab, words, model, where):
    page = go(tab, "overview")
    page.get_by_placeholder("Search for models...").fill(words)
    page.get_by_text("search results").wait_for()
    results = page.locator(".app-content").inner_text()
    assert re.search(rf"^{model} model$", results, re.MULTILINE), results
    assert where in results


@pytest.mark.parametrize(
    "fragment",
    [
        "overview",
        "overview/assessments",
        "model/model.assessments.item_analysis",
        "source/source.assessments.raw.assess",
    ],
)
def test_nothing_serious_for_those_who_cannot_see(tab, fragment):
    page = go(tab, fragment)
    page.set_viewport_size({"width": 1280, "height": 6000})  # axe looks at what is in view
    page.locator(".app-content h1").first.wait_for()
    assert tab.serious() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_index_too(browser, few, scheme):
    for tab in open_tab(browser, few.folder, color_scheme=scheme):
        tab.open("index.html")
        assert tab.serious() == []


@pytest.mark.parametrize(
    "fragment", ["overview", "overview/assessments", "model/model.assessments.item_analysis"]
)
def test_nothing_overflows_on_a_phone(phone, fragment):
    page = go(phone, fragment)
    page.locator(".app-content h1").first.wait_for()
    for width in (320, 375, 414, 768):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(BEYOND) == [], width
        [menu] = page.eval_on_selector_all(".app-menu", SCROLLING)
        assert menu == ["auto", "auto"], width


BEYOND = """() => [...document.querySelectorAll(".app-content *")].filter(element =>
    element.getBoundingClientRect().right > innerWidth + 1
    && !element.closest(".detail-body, .table-responsive, pre, .tab-content")
).map(element => element.outerHTML.slice(0, 150))"""


def test_the_catalogue_was_made_of_the_tables(run):
    """dbt writes an empty catalogue without complaint when it finds no tables."""
    path = Path(run.pipeline.environment["DBT_TARGET_PATH"]) / "catalog.json"
    catalogue = json.loads(path.read_text())
    found = {name.rpartition(".")[2] for name in catalogue["nodes"]}
    assert found == set(models())
    assert all(node["columns"] for node in catalogue["nodes"].values())
    assert not catalogue["errors"]
