"""The report of a single message: one that is no attempt, and then one that is."""

from uuid import uuid4

from ingest.sample import write_sample
from tests.integration.report.conftest import PHONE, open_tab, write_site
from tests.support.commands import Pipeline


def build(pipeline, path) -> str:
    """What `make run` does, without the tests of dbt; what it printed."""
    pipeline.ingest("run", str(path))
    pipeline.dbt("run")
    return write_site(pipeline)


def read(browser, pipeline) -> list[str]:
    """Open the report; its sentences in the place of charts."""
    for tab in open_tab(browser, pipeline.site, viewport=PHONE):
        page = tab.open("report.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert tab.serious() == []
        said = page.locator("figure > p").all_inner_texts()
        drawn = page.locator("figure svg").count()
        assert len(said) + drawn == page.locator("figure").count()
        assert "nan" not in page.locator("main").inner_text().lower().split()
    return said


def test_without_and_with_a_single_attempt(sandbox, browser, tmp_path):
    pipeline = Pipeline(sandbox, f"almost_empty_{uuid4().hex[:6]}")
    (tmp_path / "none.json").write_text("[{}]")
    printed = build(pipeline, tmp_path / "none.json")
    assert "How many assessments are in the dataset?" in printed
    said = read(browser, pipeline)
    assert len(said) == 9, said  # all but what became of the messages
    assert "No attempt has been delivered yet." in said

    write_sample(tmp_path / "one.json", attempts=1)
    build(pipeline, tmp_path / "one.json")
    said = read(browser, pipeline)
    assert said == [
        "No question has attempts that differ enough to tell how well it separates.",
        "No exam has the three attempts that it takes to tell weak from strong.",
        "No exam has 30 scored attempts that differ; the table has those with fewer.",
    ]
