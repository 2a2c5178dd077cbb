"""A browser, and pages that must ask for nothing from elsewhere and log no error."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.integration.conftest import Run
from tests.support.chromium import NoChromiumError, find_chromium
from tests.support.commands import Pipeline

# A closed network is no error of the pages: Chromium itself must not look anything up.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 375, "height": 800}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    with sync_playwright() as playwright:
        try:
            path = find_chromium(playwright.chromium.executable_path)
        except NoChromiumError as error:
            pytest.fail(str(error), pytrace=False)
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=["make run", "sample"])
def dataset(request) -> Run:
    """What `make run` left; and the sample, which is another dataset where there is a reference."""
    if request.param == "make run":
        return request.getfixturevalue("run")
    pipeline = request.getfixturevalue("built")
    return Run(pipeline, request.getfixturevalue("sample"), write_site(pipeline))


def write_site(pipeline: Pipeline) -> str:
    """What `make docs` does; what it printed."""
    pipeline.dbt("docs", "generate", "--static")
    report = [sys.executable, "-m", "report", "site"]
    return pipeline.sandbox.run(*report, **pipeline.environment).stdout


@dataclass
class Tab:
    """A page in a browser context of its own, and what went wrong in it."""

    page: Page
    site: Path
    problems: list[str] = field(default_factory=list)

    def open(self, name: str) -> Page:
        """Open a file of the site, and wait for all of its charts."""
        self.page.goto("about:blank")  # else another fragment would not load the page anew
        self.page.goto(f"{self.site.as_uri()}/{name}")
        self.page.wait_for_function(
            "document.querySelectorAll('[data-spec]:not([data-drawn])').length === 0"
        )
        return self.page

    def serious(self) -> list[str]:
        """What axe finds serious or critical in the page as it is now."""
        return [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in Axe().run(self.page).response["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]


def open_tab(browser: Browser, site: Path, **options) -> Iterator[Tab]:
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)  # milliseconds
    tab = Tab(context.new_page(), site)

    def on_request(request):
        inside = request.url.startswith((f"{site.as_uri()}/", "data:", "about:"))
        if not inside or request.failure:
            tab.problems.append(f"request: {request.url}")

    def on_console(message):
        if message.type == "error":
            tab.problems.append(f"console: {message.text}")

    tab.page.on("request", on_request)
    tab.page.on("requestfailed", lambda r: tab.problems.append(f"failed: {r.url}"))
    tab.page.on("console", on_console)
    tab.page.on("pageerror", lambda error: tab.problems.append(f"error: {error}"))
    yield tab
    context.close()
    assert tab.problems == []


@pytest.fixture(params=["light", "dark"])
def tab_of_each_scheme(request, browser, dataset) -> Iterator[Tab]:
    """A tab for a user who prefers light, and for one who prefers dark."""
    yield from open_tab(browser, dataset.pipeline.site, color_scheme=request.param)


@pytest.fixture
def tab(browser, dataset) -> Iterator[Tab]:
    """A tab on a large screen."""
    yield from open_tab(browser, dataset.pipeline.site, viewport={"width": 1280, "height": 900})


@pytest.fixture(scope="session")
def report(browser, dataset) -> Iterator[Page]:
    """The report, opened once for all tests that only read it."""
    for tab in open_tab(browser, dataset.pipeline.site, viewport={"width": 1280, "height": 900}):
        yield tab.open("report.html")


@pytest.fixture
def phone(browser, dataset) -> Iterator[Tab]:
    """A tab on a phone."""
    yield from open_tab(browser, dataset.pipeline.site, viewport=PHONE)
