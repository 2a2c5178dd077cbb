"""The pages under attack: by what they are made of, and by what might happen in them."""

import time

import pytest

from tests.integration.report.conftest import open_tab
from tests.support.attacks import DO, REQUESTS, server
from tests.support.telling_records import ATTACKS, CONTROL

PAGES = ["report.html", "index.html", "docs/index.html"]


@pytest.fixture(params=PAGES)
def attacked(request, browser, few):
    """A page, in a context where it is no error that it is kept from what it tries."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{few.folder.as_uri()}/{request.param}")
    yield page
    context.close()


def test_no_request_leaves_a_page(attacked):
    with server() as (address, asked):
        for elsewhere in (
            address,
            address.replace("127.0.0.1", "localhost"),
            f"https{address[4:]}",
        ):
            for name, (action, directive) in REQUESTS.items():
                blocked = attacked.evaluate(DO, [action, f"{elsewhere}/{name}", 10_000])
                assert blocked == directive, (elsewhere, name)
        assert asked == []


@pytest.mark.parametrize("name", REQUESTS)
def test_the_same_requests_leave_a_page_without_a_policy(browser, tmp_path, name):
    """Else the test above would prove nothing."""
    page = browser.new_page()
    (tmp_path / "page.html").write_text("<title>No policy</title><body></body>")
    with server() as (address, asked):
        page.goto((tmp_path / "page.html").as_uri())
        page.evaluate(DO, [REQUESTS[name][0], f"{address}/{name}", 0])
        until = time.monotonic() + 10
        while not asked and time.monotonic() < until:
            page.evaluate("new Promise(resolve => setTimeout(resolve, 20))")
        assert asked
    page.close()


def test_no_base_moves_the_links_of_a_page(attacked):
    before = attacked.evaluate("document.baseURI")
    after = attacked.evaluate(
        "() => { const base = document.createElement('base'); base.href = 'http://127.0.0.1:9/';"
        " document.head.append(base); return document.baseURI; }"
    )
    assert after == before


@pytest.mark.parametrize("name", PAGES)
def test_names_of_exams_and_files_are_text_to_a_page(browser, few, name):
    titles = {
        "report.html": "Assessment report",
        "index.html": "Assessment analytics",
        "docs/index.html": "Assessment analytics: documentation",
    }
    for tab in open_tab(browser, few.folder):
        page = tab.open(name)
        page.wait_for_load_state("networkidle")
        assert page.title() == titles[name]
        assert page.locator("body img[src=x], body b").count() == 0
        if name == "report.html":
            read = page.locator("main").inner_text()
            assert all(attack in read for attack in ATTACKS)
            assert page.locator("script").count() == 2 + page.locator("figure svg").count()


def test_names_of_exams_are_text_to_a_chart_and_its_tooltip(browser, few):
    for tab in open_tab(browser, few.folder, viewport={"width": 1280, "height": 900}):
        page = tab.open("report.html")
        bars, found = page.locator("#chart-exams .mark-rect.role-mark > *"), []
        for bar in bars.all():
            if (label := bar.get_attribute("aria-label")) and any(
                f"exam: {name}" in label for name in [*ATTACKS, CONTROL]
            ):
                bar.hover()
                tooltip = page.locator("#vg-tooltip-element.visible")
                tooltip.wait_for()
                found.append(tooltip.locator("tr").first.locator("td.value").inner_text())
                assert tooltip.locator("img, script, a, b").count() == 0
        assert len(found) > 2
        assert set(found) <= {*ATTACKS, CONTROL}
        assert page.title() == "Assessment report"
