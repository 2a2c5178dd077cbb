"""What the page says where data are not as they should be, or not there: on frames made by hand."""

import json
import re
from datetime import datetime
from html import unescape

import pandas as pd
import pytest

from cli.errors import UserError
from report.documentation import AMENDMENTS, patched
from report.frames import LIMITS, NAMES
from report.page import FIGURES, as_json, figures, index, note, report
from report.tables import TABLES

BUILT = datetime(2024, 5, 6, 7, 8, 59)
AT = pd.Timestamp("2024-03-04 05:06:07")


def frame(name: str, *rows: dict) -> pd.DataFrame:
    fields = [column[0] for column in TABLES[name][1]] if name in TABLES else []
    return pd.DataFrame(list(rows), columns=list(rows[0]) if rows else fields)


def load(number: int, **fields: object) -> dict:
    return {
        "load_id": number,
        "is_reconciled": True,
        "messages": 10,
        "accepted": 7,
        "duplicates": 2,
        "rejected": 1,
        "question_responses": 5,
        "option_choices": 6,
        "landed_at": AT + pd.Timedelta(days=number),
        **fields,
    }


def file(name: str, **fields: object) -> dict:
    return {
        "source_file": name,
        "is_complete": True,
        "source_records": 3,
        "landed": 3,
        "missing": 0,
        "messages": 3,
        "last_landed_at": AT,
        "source_sha256": "0" * 64,
        **fields,
    }


def frames(loads: list[dict], files: list[dict], attempts: int = 0) -> dict[str, pd.DataFrame]:
    """Frames of what landed; the attempts themselves are not there."""
    found = {name: frame(name) for name in NAMES}
    found["loads"], found["files"] = frame("loads", *loads), frame("files", *files)
    found["answers"] = pd.DataFrame(columns=["question_number", "question", "answer"])
    found["hours"] = found["hours"].assign(is_most_popular=pd.Series(dtype=bool))
    found["days"] = found["days"].astype({"attempts": int})
    if attempts:
        hour = {"start_hour": 5, "attempts": 2, "deliveries": 3, "test_attempts": 2}
        found["hours"] = frame("hours", {**hour, "is_most_popular": True})
    found["totals"] = pd.DataFrame(
        [
            {
                "attempts": attempts,
                "exams": attempts,
                "test_attempts": attempts,
                "real_attempts": 0,
                "scored_attempts": 0,
                "mean_score": None,
                "median_seconds": None,
                "first_started_at": AT if attempts else pd.NaT,
                "last_started_at": AT if attempts else pd.NaT,
            }
        ]
    )
    return found


def words(page: str) -> str:
    page = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


LOADS = [load(2, messages=1000, accepted=997), load(1)]


def test_all_is_accounted_for():
    page = report(frames(LOADS, [file("a.json"), file("b.json")]), BUILT)
    assert (
        "Every message is accounted for: 1,010 delivered = 1,004 accepted + 4 byte-identical again "
        "+ 2 rejected, and no question or option was lost. All 2 files are there completely."
    ) in words(page)
    assert "Accounted for all " in words(page)
    assert '<p class="verdict">' in page


@pytest.mark.parametrize(
    ("loads", "files", "said"),
    [
        (
            LOADS,
            [file("a.json"), file("b.json", is_complete=False)],
            "1 file incomplete; 0 loads not accounted for.",
        ),
        (
            [load(2, is_reconciled=False), load(1)],
            [file("a.json")],
            "0 files incomplete; 1 load not accounted for.",
        ),
        (
            [load(2, is_reconciled=False), load(1, is_reconciled=False)],
            [file("a.json", is_complete=False), file("b.json", is_complete=False)],
            "2 files incomplete; 2 loads not accounted for.",
        ),
    ],
    ids=["a file", "a load", "both"],
)
def test_what_is_not_accounted_for_is_said(loads, files, said):
    page = report(frames(loads, files), BUILT)
    assert f"trusted {said} Ask an engineer before using these numbers." in words(page)
    assert "Accounted for not all " in words(page)
    assert '<p class="verdict bad">' in page
    assert "Every message" not in page


def test_the_latest_twenty_loads_are_drawn_and_all_are_listed():
    loads = [load(number) for number in range(21, 0, -1)]
    found = frames(loads, [file("a.json")])
    assert "What became of the messages 210 messages, the latest 20 loads of 21" in words(
        report(found, BUILT)
    )
    spec = figures(found)["dispositions"].spec
    [rows] = spec["datasets"].values()
    assert {row["load_id"] for row in rows} == set(range(2, 22))
    assert "What became of the messages 200 messages in 20 loads" in words(
        report(frames(loads[:20], []), BUILT)
    )


def test_before_anything_has_landed():
    page = words(report(frames([], []), BUILT))
    assert "No attempt has been delivered yet. Index and documentation" in page
    assert "How far the data can be trusted Nothing has landed yet. What became of the" in page
    assert page.endswith("Built 2024-05-06 07:08 UTC from 0 messages.")


def test_messages_of_no_known_file():
    found = frames([load(1)], [], attempts=2)
    found["days"] = frame(
        "days",
        {"started_on": AT.date(), "kind": "weekend", "attempts": 2, "deliveries": 3,
         "test_attempts": 2},
    )  # fmt: skip
    page = words(report(found, BUILT))
    assert (
        "Attempts started 2024-03-04 05:06 to 2024-03-04 05:06 UTC, from messages of no known file."
    ) in page
    assert "no question or option was lost. What became" in page
    # All of them are test attempts.
    assert "Mean score" not in page
    assert "Median duration" not in page
    assert "Attempts by hour of the day 2 attempts, 2 test attempts included" in page
    assert "Attempts by duration 0 attempts, test attempts left out No exam" in page
    assert page.endswith("from 10 messages, the newest landed 2024-03-05 05:06 UTC.")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["a"], "1 file: a."),
        (["a", "b", "c", "d", "e"], "5 files: a, b, c and 2 more."),
    ],
)
def test_each_page_says_when_and_of_what_it_was_built(files, said):
    found = frames(LOADS, [file(name) for name in files])
    line = (
        "Built 2024-05-06 07:08 UTC from 1,010 messages, "
        f"the newest landed 2024-03-06 05:06 UTC; {said}"
    )
    assert words(report(found, BUILT)).endswith(line)
    assert words(index(found, BUILT)).endswith(line)
    assert words(note(found, BUILT)) == f"Index Report {line}"


def test_where_there_is_nothing_to_draw_the_page_says_so():
    found = frames([], [])
    page = report(found, BUILT)
    for name, (_, title, nothing) in FIGURES.items():
        assert f"<h3>{title}</h3>" in page
        assert f"<p>{nothing}</p>" in page
        assert figures(found)[name].spec is None


def test_data_in_a_script_cannot_end_it():
    value = {"</script>": "<!--", "at": AT}
    assert "<" not in as_json(value)
    assert json.loads(as_json(value)) == {"</script>": "<!--", "at": "2024-03-04 05:06:07"}


def test_limits_are_those_of_the_literature():
    assert LIMITS == {
        "enough_attempts": 30,
        "too_easy": 0.9,
        "too_hard": 0.3,
        "separates": 0.2,
        "reliable": 0.7,
        "idle": 0.05,
        "shown": 20,
    }


def documentation() -> str:
    return f"<html><head>{''.join(AMENDMENTS)}</head><body><p>dbt</p></body></html>"


def test_the_documentation_is_amended():
    page = patched(documentation(), "<p>a note</p>")
    assert page.index("Content-Security-Policy") < page.index("Assessment analytics: documentation")
    assert "</head><body><p>a note</p><p>dbt</p>" in page
    for wrong, right in AMENDMENTS.items():
        assert right in page
        assert wrong not in page.replace(right, "")


@pytest.mark.parametrize("part", [*AMENDMENTS, "<head>", "</head><body>"])
def test_a_documentation_that_is_not_as_expected_is_refused(part):
    with pytest.raises(UserError) as error:
        patched(documentation().replace(part, ""), "")
    assert f"dbt's static_index.html has no {part}: " in str(error.value)
    assert "run make install" in str(error.value)
