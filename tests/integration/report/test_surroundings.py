"""The report on paper, on a phone, by keyboard, with little motion, and without scripts."""

import pytest

from tests.integration.report.conftest import (
    BEYOND,
    CROWDED,
    CUT_OFF,
    PHONE,
    SCROLLING,
    SHORT,
    open_tab,
)
from tests.support.contrast import contrast, over, parse
from tests.support.expected_report.shown import exams, questions

# Each colour of a text, with an opaque colour that stands behind it.
TEXTS = """() => {
    const seen = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
        if (element.closest("script, style, svg")) continue;
        let behind = element, colour;
        do {
            colour = behind ? getComputedStyle(behind).backgroundColor : "rgb(255, 255, 255)";
            behind = behind?.parentElement;
        } while (colour === "rgba(0, 0, 0, 0)");
        seen.set(getComputedStyle(element).color + "|" + colour, element.outerHTML.slice(0, 90));
    }
    return [...seen].map(([colours, text]) => [...colours.split("|"), text]);
}"""


def focus(page):
    """The tag of the element that has the focus, and its outline."""
    return page.evaluate(
        """() => {
            const { outlineStyle, outlineWidth, outlineColor } =
                getComputedStyle(document.activeElement);
            const outline = { style: outlineStyle, width: outlineWidth, color: outlineColor };
            return [document.activeElement.tagName, outline];
        }"""
    )


def test_on_paper_only_what_can_be_read_there(browser, few):
    for tab in open_tab(browser, few.folder, color_scheme="dark"):
        page = tab.open("report.html")
        page.emulate_media(media="print", color_scheme="dark")
        for selector in ("nav", ".skip", ".table-tools label", ".more", "summary"):
            places = page.locator(selector).all()
            assert places
            assert not any(place.is_visible() for place in places), selector
        assert "12 of " in page.locator("#table-exams .table-tools").inner_text()
        for name in (
            "main h2", "figure svg", "#table-exams tbody tr:not([hidden])", "#table-exams output",
            "footer",
        ):  # fmt: skip
            assert all(place.is_visible() for place in page.locator(name).all()), name
        for colour, behind, text in page.evaluate(TEXTS):
            assert contrast(parse(colour), parse(behind)) >= 4.5, text
            assert min(parse(behind)[:3]) > 0.9, text  # paper
        arrows = page.evaluate(
            "getComputedStyle(document.querySelector('thead button'), '::after').content"
        )
        assert arrows == "none"
        for table in page.locator(".table-scroll").all():  # on paper nobody scrolls
            assert table.evaluate("element => getComputedStyle(element).overflowX") == "visible"
        for place, selectors in {
            "breakInside": ("figure", ".answers li", "tr", ".tiles div"),
            "breakAfter": ("h2", "h3", "thead"),
        }.items():
            breaks = f"all => [...new Set(all.map(each => getComputedStyle(each).{place}))]"
            for selector in selectors:
                assert page.eval_on_selector_all(selector, breaks) == ["avoid"], selector
        # Paper may be narrower than the screen on which the charts were drawn.
        narrow = "all => all.forEach(each => each.style.width = '300px')"
        page.eval_on_selector_all(".chart", narrow)
        for svg in page.locator(".chart svg").all():
            assert svg.bounding_box()["width"] <= 300
        assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["report.html", "index.html"])
def test_every_text_can_be_read(browser, few, scheme, name):
    for tab in open_tab(browser, few.folder, color_scheme=scheme):
        page = tab.open(name)
        page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
        if name == "report.html":
            page.locator("#chart-exams .mark-rect.role-mark > *").first.hover()
            page.locator("#vg-tooltip-element.visible").wait_for()
        texts = page.evaluate(TEXTS)
        assert len(texts) > 2
        for colour, behind, text in texts:
            assert contrast(parse(colour), parse(behind)) >= 4.5, text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_arrows_borders_and_the_focus_can_be_seen(browser, few, scheme):
    for tab in open_tab(browser, few.folder, color_scheme=scheme):
        page = tab.open("report.html")
        style = "(element, pseudo) => ({...getComputedStyle(element, pseudo)})"
        card = parse(page.locator("#table-exams .table-scroll").evaluate(style)["backgroundColor"])
        button = page.locator("#table-exams thead button").first
        for text in ("↕", "↑", "↓"):
            arrow = button.evaluate(style, "::after")
            assert text in arrow["content"]
            assert contrast(parse(arrow["color"]), card) >= 4.5
            button.click()
        page.locator("#table-exams input").focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        field = page.locator("#table-exams input").evaluate(style)
        assert contrast(parse(field["borderTopColor"]), card) >= 3
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        for _ in range(2):
            _, outline = focus(page)
            assert (outline["style"], outline["width"]) == ("solid", "3px")
            assert contrast(over(parse(outline["color"]), card), card) >= 3
            page.keyboard.press("Tab")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_that_can_have_the_focus_shows_it(browser, few, scheme):
    for tab in open_tab(browser, few.folder, color_scheme=scheme):
        for name in ("report.html", "index.html"):
            page = tab.open(name)
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            seen = set()
            for _ in range(40):
                page.keyboard.press("Tab")
                tag, outline = focus(page)
                if tag == "BODY":  # after the last one
                    break
                seen.add(tag)
                assert (outline["style"], outline["width"]) == ("solid", "3px"), tag
                assert contrast(parse(outline["color"]), parse(paper)) >= 3, tag
            assert seen >= ({"A", "INPUT", "BUTTON"} if name == "report.html" else {"A"})


@pytest.mark.parametrize("selector", ["#questions .vega-bind input", "#options .vega-bind select"])
def test_what_steers_a_chart_shows_that_it_has_the_focus(browser, few, selector):
    for tab in open_tab(browser, few.folder):
        page = tab.open("report.html")
        control = page.locator(selector)
        control.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert control.evaluate("element => element === document.activeElement")
        _, outline = focus(page)
        assert (outline["style"], outline["width"]) == ("solid", "3px")
        card = parse(
            page.locator("#questions").evaluate("e => getComputedStyle(e).backgroundColor")
        )
        assert contrast(parse(outline["color"]), card) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_verdict_is_marked_by_its_border(browser, few, scheme):
    for tab in open_tab(browser, few.folder, color_scheme=scheme):
        verdict = tab.open("report.html").locator(".verdict")
        border = "element => getComputedStyle(element).borderLeftColor"
        good = parse(verdict.evaluate(border))
        assert good[1] > max(good[0], good[2])  # green
        verdict.evaluate("element => element.classList.add('bad')")
        bad = parse(verdict.evaluate(border))
        assert bad[0] > max(bad[1], bad[2])  # red


# A small phone, a large one, and a tablet; the other tests have a phone of 375 pixels.
@pytest.mark.parametrize("width", [320, 414, 768])
@pytest.mark.parametrize("name", ["report.html", "index.html"])
def test_nothing_overflows_on_narrow_screens(browser, few, width, name):
    for tab in open_tab(browser, few.folder, **on_screen_of(width)):
        page = tab.open(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for wrong in (BEYOND, CUT_OFF, CROWDED, SHORT):
            assert page.evaluate(wrong) == []


def on_screen_of(width: int) -> dict:
    return {**PHONE, "viewport": {"width": width, "height": 800}}


# The widest screen that counts as a phone has 40 rem.
@pytest.mark.parametrize("width", [375, 640])
def test_on_a_phone_names_fit_and_stay_while_the_figures_scroll(browser, few, width):
    for tab in open_tab(browser, few.folder, **on_screen_of(width)):
        page = tab.open("report.html")
        assert page.evaluate(BEYOND) == []
        assert page.evaluate(CUT_OFF) == []
        for selector in ("nav ul", ".table-scroll") if width == 375 else (".table-scroll",):
            overflows = page.eval_on_selector_all(selector, SCROLLING)
            assert overflows
            assert {horizontal for horizontal, _ in overflows} == {"auto"}, selector
        shown = page.locator("#chart-exams [aria-label^=Y] .role-axis-label text")
        names = [row["exam_name"] for row in exams(few.data)[:20]]
        for text, exam in zip(shown.all_text_contents(), names, strict=True):
            assert len(text) >= min(10, len(exam)), exam
        scroll = page.locator("#table-exams .table-scroll")
        name = scroll.locator("tbody th").first
        before = name.bounding_box()["x"]
        scroll.evaluate("element => element.scrollLeft = 200")
        assert scroll.evaluate("element => element.scrollLeft") == 200
        assert name.bounding_box()["x"] == pytest.approx(before, abs=2)
        for above in (name, page.locator("nav")):  # what scrolls beneath it does not show
            colour = above.evaluate("element => getComputedStyle(element).backgroundColor")
            assert parse(colour)[3] == 1, colour
        page.locator("#table-exams input").focus()
        page.keyboard.press("Tab")
        assert scroll.evaluate("element => element === document.activeElement")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 200")


@pytest.mark.parametrize(("motion", "scrolls"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_motion_is_for_those_who_like_it(browser, few, motion, scrolls):
    for tab in open_tab(browser, few.folder, reduced_motion=motion):
        page = tab.open("report.html")
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == scrolls


def test_the_first_link_is_seen_when_it_has_the_focus(browser, few):
    for tab in open_tab(browser, few.folder):
        page = tab.open("report.html")
        skip = page.locator(".skip")
        assert skip.bounding_box()["x"] < 0
        page.keyboard.press("Tab")
        assert skip.bounding_box()["x"] >= 0


def test_the_whole_of_a_door_leads_to_its_page(browser, few):
    for tab in open_tab(browser, few.folder):
        page = tab.open("index.html")
        for number, target in enumerate(["/report.html", "/docs/index.html"]):
            page = tab.open("index.html")
            page.locator(".doors li").nth(number).click(position={"x": 5, "y": 5})
            page.wait_for_load_state()
            assert target in page.url


def test_without_scripts_all_rows_are_there(browser, few):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{few.folder.as_uri()}/report.html")
    rows = page.locator("#table-questions tbody tr")
    assert rows.count() == len(questions(few.data)) > 12
    assert rows.last.is_visible()
    assert not page.locator(".more").first.is_visible()
    context.close()


def test_a_chart_that_cannot_be_drawn_says_so(browser, few):
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'vegaEmbed', {get: () => () =>"
        " Promise.reject(new Error('<b>broken</b>')), set: () => {}})"
    )
    page = context.new_page()
    page.goto(f"{few.folder.as_uri()}/report.html")
    place = page.locator("#chart-hours")
    place.get_by_text("This chart could not be drawn: <b>broken</b>").wait_for()
    assert page.locator("#table-exams").is_visible()
    context.close()
