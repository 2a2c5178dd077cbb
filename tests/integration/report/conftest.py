"""A browser, and pages that must ask for nothing from elsewhere and log no error."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from sample.generator import write_sample
from tests.support import telling_records
from tests.support.chromium import NoChromiumError, find_chromium
from tests.support.commands import ForkedPipeline
from tests.support.expected import Dataset
from tests.support.independent import loads, slices
from tests.support.planted import Message

# A closed network is no error of the pages: Chromium itself must not look anything up.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"viewport": {"width": 375, "height": 800}, "is_mobile": True, "has_touch": True}
# The pages say everything in UTC and in English, wherever they are read.
ELSEWHERE = {"timezone_id": "America/Los_Angeles", "locale": "de-DE"}
# What scrolls by itself may be wider than the screen.
BEYOND = """() => [...document.querySelectorAll("body *")].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && box.right > innerWidth + 1
        && !element.closest(".table-scroll, nav ul, #vg-tooltip-element");
}).map(element => element.outerHTML.slice(0, 200))"""
# A chart cuts off what does not fit into it. Labels that Vega leaves out are there, transparent.
CUT_OFF = """() => [...document.querySelectorAll("svg text")].filter(text => {
    const [inner, outer] = [text, text.closest("svg")].map(e => e.getBoundingClientRect());
    const beyond = inner.right > outer.right + 1 || inner.left < outer.left - 1;
    return beyond && text.getAttribute("opacity") !== "0";
}).map(text => text.closest("figure").id + ": " + text.textContent)"""
# Along an axis: visible labels that lie over the next one. A slanted label's box is larger than it.
CROWDED = """() => [...document.querySelectorAll("[aria-roledescription=axis]")].flatMap(axis => {
    const labels = [...axis.querySelectorAll(".role-axis-label text")].filter(text =>
        text.textContent && text.getAttribute("opacity") !== "0"
        && !text.getAttribute("transform").includes("rotate"));
    const boxes = labels.map(label => label.getBoundingClientRect());
    return labels.filter((label, n) => boxes.slice(n + 1).some(box =>
        box.left < boxes[n].right && box.right > boxes[n].left
        && box.top < boxes[n].bottom && box.bottom > boxes[n].top
    )).map(label => label.closest("figure").id + ": " + label.textContent);
})"""
# Horizontal axes for which long names leave too little.
SHORT = """() => [...document.querySelectorAll("[aria-label^=X] .role-axis-domain > line")]
    .filter(line => line.getBoundingClientRect().width <= 100)
    .map(line => line.closest("figure").id)"""
# What is larger than its box, and in which way that is dealt with.
SCROLLING = """elements => elements.filter(element => element.checkVisibility()
        && (element.scrollWidth > element.clientWidth + 1
            || element.scrollHeight > element.clientHeight + 1))
    .map(element => [getComputedStyle(element).overflowX, getComputedStyle(element).overflowY])"""


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


@pytest.fixture(scope="session")
def sample_site(built) -> Path:
    """The pages of the sample, which open faster than those of the reference dataset."""
    results = Path(built.environment["DBT_TARGET_PATH"]) / "run_results.json"
    of_the_build = results.read_bytes()
    assert "The eight answers" in printed(built, "-m", "report", "site")
    assert results.read_bytes() == of_the_build, "dbt retry needs those of the build"
    return built.site


def write_site(pipeline: ForkedPipeline, **environment: str) -> str:
    """Write the pages with documentation that dbt has generated; what that printed."""
    return printed(pipeline, "-c", WRITE_SITE, **environment)


WRITE_SITE = """
from report.frames import read
from report.site import write_site
from report.terminal import print_answers, print_where_next

frames = read()
write_site(frames)
print_answers(frames)
print_where_next()
"""


def printed(pipeline: ForkedPipeline, *options: str, **environment: str) -> str:
    """What Python with these options printed."""
    variables = {**pipeline.environment, **environment}
    return pipeline.sandbox.run(sys.executable, *options, **variables).stdout


@dataclass(frozen=True)
class Site:
    """Pages, what was printed when they were written, and what they must be about."""

    pipeline: ForkedPipeline
    printed: str
    data: Dataset

    @property
    def folder(self) -> Path:
        return Path(self.pipeline.environment["SITE_DIR"])


def landed(pipeline: ForkedPipeline, problems: dict[bytes, str], *files: Path) -> Dataset:
    """The raw table, whose values are the records of the files, some with problems."""
    raw, values = loads(pipeline), {path.name: slices(path) for path in files}
    for row in raw:
        assert row["value"] == values[row["source_file"]][row["source_position"]]
        assert row["topic"] == pipeline.name
    return Dataset(raw, [Message(row["value"], problems.get(row["value"])) for row in raw])


STAGES = ("none", "one", "few")
SITES = ("make run", *STAGES)


@pytest.fixture(scope="session")
def stages(sandbox, tmp_path_factory) -> dict[str, Site]:
    """One pipeline after a message that is no attempt, after one attempt, and after telling ones.

    It has the tables of the report, and after the telling ones those of the page of questions. Its
    documentation has no catalogue of the tables: that costs a second, and these pages need no more
    of it than that it is there.
    """
    folder = tmp_path_factory.mktemp("stages")
    pipeline = ForkedPipeline.new(sandbox, "stages")
    none, one = folder / "none.json", folder / "one.json"
    none.write_text("[{}]")
    write_sample(one, attempts=1)
    few, problems = telling_records.write(folder)
    more = folder / "more.json"
    more.write_text("[{}, {}]")
    problems[b"{}"] = NOTHING_IS_THERE
    sites, files = {}, []
    for stage, path in zip(STAGES, (none, one, few), strict=True):
        files.append(path)
        tables = ["+exposure:report"]
        if stage == "few":  # a load of two files
            files.append(more)
            pipeline.ingest("produce", more)
            tables.append("+exposure:questions")
        pipeline.ingest("run", path)
        pipeline.dbt("run", "--select", *tables)
        if stage == "none":
            pipeline.dbt("docs", "generate", "--static", "--empty-catalog")
        at = replace(pipeline, overrides={"SITE_DIR": str(pipeline.folder / f"site-{stage}")})
        sites[stage] = Site(at, write_site(at), landed(pipeline, problems, *files))
    return sites


NOTHING_IS_THERE = (
    "keen_id is missing; user_exam_id is missing; base_exam_id is missing; exam_name is missing; "
    "started_at is missing; keen_timestamp is missing; sequences is missing."
)


@pytest.fixture(scope="session", params=SITES)
def site(request) -> Site:
    """The pages of each dataset."""
    if request.param in STAGES:
        return request.getfixturevalue("stages")[request.param]
    run = request.getfixturevalue("run")
    return Site(run.pipeline, run.printed, landed(run.pipeline, {}, run.path))


@pytest.fixture(scope="session")
def few(stages) -> Site:
    """The pages of records in which a wrong figure differs from the right one."""
    return stages["few"]


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
    context = browser.new_context(**ELSEWHERE, **options)
    context.set_default_timeout(30_000)  # milliseconds: a deadline, for a busy machine
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


@pytest.fixture
def tab(browser, run) -> Iterator[Tab]:
    """A tab on a large screen."""
    yield from open_tab(browser, run.pipeline.site, viewport={"width": 1280, "height": 900})


@pytest.fixture(scope="session")
def report(browser, run) -> Iterator[Page]:
    """The report, opened once for all tests that only read it."""
    for tab in open_tab(browser, run.pipeline.site, viewport={"width": 1280, "height": 900}):
        yield tab.open("report.html")


@pytest.fixture(scope="session")
def opened(browser, site) -> Iterator[Page]:
    """The report of each dataset, opened once for all tests that only read it."""
    for tab in open_tab(browser, site.folder, viewport={"width": 1280, "height": 900}):
        yield tab.open("report.html")


@pytest.fixture
def phone(browser, run) -> Iterator[Tab]:
    """A tab on a phone."""
    yield from open_tab(browser, run.pipeline.site, **PHONE)
