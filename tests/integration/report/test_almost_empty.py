"""The report of a message that is no attempt, of one that is, and of a few; on a phone."""

from tests.integration.report.conftest import PHONE, open_tab


def read(browser, site) -> list[str]:
    """Open the report; its sentences in the place of charts."""
    for tab in open_tab(browser, site.folder, **PHONE):
        page = tab.open("report.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert tab.serious() == []
        said = page.locator("figure > p").all_inner_texts()
        drawn = page.locator("figure svg").count()
        assert len(said) + drawn == page.locator("figure").count()
        assert "nan" not in page.locator("main").inner_text().lower().split()
    return said


def test_without_an_attempt(browser, stages):
    said = read(browser, stages["none"])
    assert len(said) == 12, said  # all but what became of the messages
    assert "No attempt has been delivered yet." in said
    assert "How many assessments are in the dataset?" in stages["none"].printed


def test_with_a_single_attempt(browser, stages):
    assert read(browser, stages["one"]) == [
        "No attempt follows another one.",
        "No retake and the attempt before both have a score.",
        "No attempt follows another one.",
        "No question has attempts that differ enough to tell how well it separates.",
        "No exam has the three attempts that it takes to tell weak from strong.",
        "No exam has 30 scored attempts that differ; the table has those with fewer.",
    ]


def test_with_a_few_attempts(browser, few):
    assert read(browser, few) == []
