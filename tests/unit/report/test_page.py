"""What the page says where data are not as they should be, or not there: on frames made by hand."""

import json
import re
from datetime import datetime
from html import unescape
from itertools import chain

import pandas as pd
import pytest

from cli import ROOT
from cli.errors import UserError
from report.documentation import AMENDMENTS, patched
from report.frames import names, statement
from report.page import FIGURES, as_json, figures, index, note, report
from report.sentences import on_exams, on_late_loads, on_retaken_exams, on_verdicts, sentences
from report.tables import TABLES, tables
from tests.support.report_frames import (
    AT,
    LIMITS,
    LOADS,
    RETAKE_TOTALS,
    file,
    frame,
    frames,
    load,
)

BUILT = datetime(2024, 5, 6, 7, 8, 59)
LIMITS_AS_SHOWN = LIMITS | {"min_attempts": 30}
OTHER_LIMITS = dict(
    zip(LIMITS, (12.0, 0.875, 0.23, 0.17, 0.61, 0.035, 0.73, 45.0, 0.115), strict=True)
)


def words(page: str) -> str:
    page = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_all_is_accounted_for():
    page = report(frames(LOADS, [file("a.json"), file("b.json")]), BUILT)
    assert (
        "Every message is accounted for: 1,010 delivered = 1,004 accepted + 4 byte-identical again "
        "+ 2 rejected, and no question or option was lost. All 2 files are there completely."
    ) in words(page)
    assert "Accounted for all " in words(page)
    assert '<p class="verdict">' in page
    first = index(frames(LOADS, [file("a.json"), file("b.json")]), BUILT)
    assert "online assessments: nothing lost, nothing counted twice, every number" in words(first)
    assert 'class="verdict' not in first


@pytest.mark.parametrize(
    ("loads", "files", "said"),
    [
        (
            LOADS,
            [file("a.json"), file("b.json", is_complete=False)],
            "1 file is incomplete.",
        ),
        (
            [load(2, is_reconciled=False), load(1)],
            [file("a.json")],
            "1 load is not accounted for.",
        ),
        (
            [load(2, is_reconciled=False), load(1, is_reconciled=False)],
            [file("a.json", is_complete=False), file("b.json", is_complete=False)],
            "2 files are incomplete and 2 loads are not accounted for.",
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
    first = index(frames(loads, files), BUILT)
    assert "online assessments: every number explained." in words(first)
    assert f"explained. {said} Ask an engineer before using these numbers. The rep" in words(first)
    assert '<p class="verdict bad">' in first


def test_a_load_that_landed_while_the_tables_were_built_is_no_alarm():
    found = frames(LOADS, [file("a.json")])
    one = found | {"late_loads": frame("late_loads", {"load_id": 3, "messages": 5})}
    page = words(report(one, BUILT))
    assert "Accounted for all " in page
    assert (
        "Every message is accounted for: 1,010 delivered = 1,004 accepted + 4 byte-identical again "
        "+ 2 rejected, and no question or option was lost. The file is there completely. 1 load of "
        "5 messages landed while the tables were built and counts nowhere yet: the next make run "
        "adds it. What became of the messages 1,010 messages in 2 loads "
    ) in page
    assert "Messages 1,010 " in words(index(one, BUILT))
    late = ({"load_id": 4, "messages": 1}, {"load_id": 3, "messages": 5})
    assert on_late_loads({"late_loads": frame("late_loads", *late)}) == (
        "2 loads of 6 messages landed while the tables were built and count nowhere yet: the next "
        "make run adds them."
    )


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
    assert (
        "How far the data can be trusted The tables hold no message yet. What became of the" in page
    )
    assert page.endswith("Built 2024-05-06 07:08 UTC from 0 messages.")


def test_messages_of_no_known_file():
    found = frames([load(1)], [], attempts=2)
    found["days"] = frame(
        "days",
        {"started_on": AT.date(), "is_weekend": True, "attempts": 2, "deliveries": 3,
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
    for name, figure in FIGURES.items():
        assert f"<h3>{figure.title.format(**LIMITS_AS_SHOWN)}</h3>" in page
        assert f"<p>{figure.nothing.format(**LIMITS_AS_SHOWN)}</p>" in page
        assert figures(found)[name].spec is None


def test_data_in_a_script_cannot_end_it():
    value = {"</script>": "<!--", "at": AT}
    assert "<" not in as_json(value)
    assert json.loads(as_json(value)) == {"</script>": "<!--", "at": "2024-03-04 05:06:07"}


def test_a_limit_of_the_page_is_one_of_the_mart():
    assert len({*OTHER_LIMITS.values(), *LIMITS.values()}) == 9 + len({*LIMITS.values()})
    found = frames([], [])
    found["limits"] = pd.DataFrame(OTHER_LIMITS.items(), columns=["limit_name", "value"])
    found["retake_totals"] = pd.DataFrame([RETAKE_TOTALS | {"attempts": 1, "refused_exams": 1}])
    found["inference"] = found["inference"].astype({"is_inferred": bool})
    page = words(report(found, BUILT))
    for said in (
        "A question is judged from 12 attempts on. It is too easy when more than 87.5 % answer",
        "too hard when less than 23 % do",
        "to 1) is below 0.17.",
        "one that less than 3.5 % choose only costs time to read.",
        "Reliability of the exams with at least 12 scored attempts the line is at 0.61;",
        "No exam has 12 scored attempts that differ",
        "From 0.61 on it is enough to compare groups",
        "if it starts at most 45 seconds after the other one ended",
        "between 600 and 645 s after another one's end.",
        "chance may explain more than 11.5 % of the",
    ):
        assert said in page
    assert not re.search(
        r"\b30 (scored )?attempts|\b60 seconds|\b660 s|(?<![.\d])(5|30|90) %", page
    )


@pytest.mark.parametrize(
    ("seconds", "window", "later"),
    [(1209600.0, "1,209,600", "1,210,200"), (100000.5, "100,000.5", "100,600.5")],
    ids=["two weeks", "half a second more than whole ones"],
)
def test_a_large_or_small_limit_has_all_its_digits(seconds, window, later):
    found = frames([], [])
    others = {"min_attempts": 1234567.0, "min_discrimination": 0.00001, "min_kr20": 0.00002}
    limits = LIMITS | others | {"retake_window_seconds": seconds}
    found["limits"] = pd.DataFrame(limits.items(), columns=["limit_name", "value"])
    found["retake_totals"] = pd.DataFrame([RETAKE_TOTALS | {"attempts": 1}])
    gap = {"from_seconds": 0.0, "to_seconds": seconds, "retakes": 1, "mean_gain": None}
    found["retake_gaps"] = frame("retake_gaps", gap)
    [[row]] = figures(found)["retake_gaps"].spec["datasets"].values()
    assert row["label"] == f"0 to {window}"
    page = words(report(found, BUILT))
    for said in (
        f"if it starts at most {window} seconds after the other one ended",
        f"between 600 and {later} s after another one's end.",
        f"mean gain in score 0 {window} 1 — ",
        "A question is judged from 1,234,567 attempts on.",
        "to 1) is below 0.00001.",
        "From 0.00002 on it is enough to compare groups",
        "Reliability of the exams with at least 1,234,567 scored attempts the line is at 0.00002;",
        "No exam has 1,234,567 scored attempts that differ",
    ):
        assert said in page


def test_a_limit_of_a_chart_is_one_of_the_mart():
    found = frames([], [])
    found["limits"] = pd.DataFrame(OTHER_LIMITS.items(), columns=["limit_name", "value"])
    for name, lines in {
        "questions": [{"difficulty": 0.23}, {"difficulty": 0.875}, {"discrimination": 0.17}],
        "reliability": [{"kr20": 0.61}],
    }.items():
        row = dict.fromkeys((field for field, *_ in TABLES[name][1]), 1)
        found[name] = frame(name, row | {"presented": 99, "scored_attempts": 12})
        *drawn, [_] = figures(found)[name].spec["datasets"].values()  # at last the one point
        assert [*chain(*drawn)] == lines
    [least] = figures(found)["questions"].spec["params"]
    assert least["value"] == 12


def test_the_slider_reaches_the_number_of_attempts_that_is_enough():
    found = frames([], [])
    limits = {**LIMITS, "min_attempts": 150}
    found["limits"] = pd.DataFrame(limits.items(), columns=["limit_name", "value"])
    row = dict.fromkeys((field for field, *_ in TABLES["questions"][1]), 1)
    found["questions"] = frame("questions", row | {"presented": 300})
    [least] = figures(found)["questions"].spec["params"]
    assert (least["value"], least["bind"]["max"]) == (150, 150)


def test_a_bound_of_a_gap_need_not_be_a_whole_number():
    found = frames([], [])
    gap = {"from_seconds": 7.5, "to_seconds": 15.0, "retakes": 1, "mean_gain": None}
    found["retake_gaps"] = frame("retake_gaps", gap)
    [[row]] = figures(found)["retake_gaps"].spec["datasets"].values()
    assert row["label"] == "7.5 to 15"


def test_every_day_of_a_long_history_is_drawn():
    found = frames([], [])
    first = AT.normalize()
    rows = [
        {"started_on": (first + pd.Timedelta(days=day)).date(), "is_weekend": False, "attempts": 1,
         "deliveries": 1, "test_attempts": 0}
        for day in range(5001)
    ]  # fmt: skip
    found["days"] = frame("days", *rows)
    [drawn] = figures(found)["days"].spec["datasets"].values()
    assert len(drawn) == 5001


def test_several_hours_may_be_the_most_popular():
    found = frames([load(1)], [], attempts=5)
    hour = {"attempts": 2, "deliveries": 3, "test_attempts": 0}
    popular = {5: True, 6: False, 17: True}
    rows = [{"start_hour": n, **hour, "is_most_popular": most} for n, most in popular.items()]
    found["hours"] = frame("hours", *rows)
    assert (
        "More attempts start from 5:00 to 5:59 and from 17:00 to 17:59 UTC than in each other "
        "hour: 2 of 5 in each."
    ) in words(report(found, BUILT))


@pytest.mark.parametrize(
    ("separates", "said"),
    [
        ([0.5], "1 question of 1 allows both figures"),
        ([0.5, None], "1 question of 2 allows both figures"),
        ([0.5, 0.5], "2 questions of 2 allow both figures"),
    ],
)
def test_one_question_allows_and_two_allow(separates, said):
    found = frames([], [])
    columns = dict.fromkeys((field for field, *_ in TABLES["questions"][1]), 1)
    questions = [{**columns, "discrimination": value, "population": "all"} for value in separates]
    found["questions"] = frame("questions", *questions)
    assert said in words(report(found, BUILT))
    # Each was presented once, which is less than enough; they are drawn all the same.
    [least] = figures(found)["questions"].spec["params"]
    assert least["value"] == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (9.0, "2 exams, larger for more attempts; 14 attempts with a score"),
        (0.0, "1 exam, larger for more attempts; 7 attempts with a score"),
        (-5.0, "1 exam, larger for more attempts; 7 attempts with a score"),
    ],
)
def test_an_exam_without_a_duration_is_neither_drawn_nor_counted(seconds, said):
    """If clocks disagree, half of the attempts at an exam may end before they start."""
    found = frames([], [])
    found["totals"] = found["totals"].assign(median_duration_seconds=60.0)
    exam = dict.fromkeys((field for field, *_ in TABLES["exams"][1]), 1)
    exam |= {"exam_name": "A", "attempts_with_score": 7, "last_attempt_at": AT}
    exam |= {"median_duration_seconds": 60.0}
    found["exams"] = frame(
        "exams",
        exam,
        {**exam, "attempts_with_score": 0, "mean_score": None},
        {**exam, "median_duration_seconds": seconds},
    )
    assert said in words(report(found, BUILT))
    [rows] = figures(found)["score_and_duration"].spec["datasets"].values()
    assert said.startswith(f"{len(rows)} exam")


def test_a_page_may_load_nothing_but_what_it_holds():
    [policy] = re.findall(
        r'Content-Security-Policy" content="(.+?)"', report(frames([], []), BUILT)
    )
    sources = {source for directive in policy.split("; ") for source in directive.split()[1:]}
    assert sources <= {"'none'", "'unsafe-inline'", "'unsafe-eval'", "data:"}


@pytest.mark.parametrize("page", [report, index])
def test_a_phone_shows_a_page_in_its_own_width_and_may_zoom(page):
    viewports = re.findall(r'<meta name="viewport" (.+?)>', page(frames([], []), BUILT))
    assert viewports == ['content="width=device-width, initial-scale=1"']


def test_every_figure_and_table_is_on_the_page():
    page = report(frames([], []), BUILT)
    assert re.findall(r'<figure id="(\w+)">', page) != []
    assert set(re.findall(r'<figure id="(\w+)">', page)) == set(FIGURES)
    assert set(re.findall(r'id="table-(\w+)"', page)) == set(TABLES)


def test_a_query_only_selects():
    """Rules, joins and groups belong to dbt, which tests and documents them."""
    for name in names():
        sql = statement(name, "marts")
        select = r"select\n    \w+(,\n    \w+)*\nfrom marts\.\w+"
        rest = r"(\nwhere (not )?is_\w+)?(\norder by [\w, ]+)?\n"
        assert re.fullmatch(select + rest, sql), name


def test_the_exposure_names_each_mart_that_the_report_reads():
    text = (ROOT / "models" / "marts" / "_exposures.yml").read_text()
    exposed = re.findall(r"ref\('(\w+)'\)", text[text.index("name: report") :])
    read = {re.search(r"from marts\.(\w+)", statement(name, "marts"))[1] for name in names()}
    assert exposed == sorted(read)


# By what is changed of a dataset of 5 attempts without a retake: sentences that must be there.
SESSIONS = {"attempts": 5, "sessions": 5, "chance_links": 0.04}
ONE = {
    **SESSIONS, "sessions": 4, "sessions_of_several": 1, "most_attempts_in_session": 2,
    "retakes": 1, "median_seconds_since_followed": 12.4,
}  # fmt: skip
SAID = {
    "no retake": (
        SESSIONS,
        {
            "on_retakes": "Of 5 attempts, none follows another one.",
            "on_gaps": "",
            "on_gains": "",
            "on_retaken_exams": "",
            "on_retaken_questions": "",
            "on_chance": "would give about 0.0 of the 0 retakes. Two other",
        },
    ),
    "one retake": (
        ONE | {"later_links": 1, "wrong_then_wrong": 1},
        {
            "on_retakes": "Of 5 attempts, 1 follows another one. So the attempts make 4 sessions: "
            "1 of more than one attempt, the longest of 2, and 3 of a single attempt.",
            "on_gaps": "The retake starts 12 s after the end of the attempt before.",
            "on_gains": "",
            "on_retaken_questions": "Of 1 answer that was wrong, the retake corrected 0 %.",
            "on_chance": "of the 1 retake. Two other estimates: the same rule with time reversed "
            "finds 0, and 1 starts ten minutes later, between 600 and 660 s after another one's "
            "end. Chance explains too many at no exam.",
        },
    ),
    "a small gain": (
        ONE | {"scored_retakes": 1, "mean_gain": 0.0125, "gains": 1},
        {"on_gains": "The score of a retake is on average 1 point of 100 higher than that of the"},
    ),
    "a loss": (
        ONE | {"scored_retakes": 1, "mean_gain": -0.25, "losses": 1, "mean_first_score": 0.5,
               "mean_last_score": 0.25, "right_then_wrong": 1, "right_then_right": 1,
               "wrong_then_right": 3, "wrong_then_wrong": 1},
        {
            "on_gains": "The score of a retake is on average 25 points of 100 lower than that of "
            "the attempt before: of 1 retake with both scores, 0 went up, 1 down, and 0 stayed "
            "equal. First attempts have a mean score of 50 %, the last attempts of the same "
            "sessions of 25 %.",
            "on_retaken_questions": "Of 4 answers that were wrong, the retake corrected 75 %. Of 2 "
            "answers that were correct, the retake lost 50 %.",
        },
    ),
    "a first attempt without a score": (
        ONE | {"scored_retakes": 1, "mean_gain": 0.5, "gains": 1, "mean_last_score": 0.5},
        {"on_gains": "0 down, and 0 stayed equal."},
    ),
    "a last attempt without a score": (
        ONE | {"scored_retakes": 1, "mean_gain": 0.5, "gains": 1, "mean_first_score": 0.5},
        {"on_gains": "0 down, and 0 stayed equal."},
    ),
    "neither": (
        ONE | {"scored_retakes": 1, "mean_gain": 0.001, "gains": 1, "mean_first_score": 0.5,
               "mean_last_score": 0.5},
        {"on_gains": "The score of a retake is on average neither higher nor lower than"},
    ),
    "a refusal": (
        ONE | {"attempts": 3, "sessions": 2, "refused_exams": 1, "refused_attempts": 2,
               "refused_links": 1, "test_retakes": 1},
        {
            "on_retakes": "Of 3 attempts at exams where retakes can be inferred, 1 follows another "
            "one (1 test attempt among them).",
            "on_chance": "At 1 exam (Busy) with 2 attempts, chance may explain more than 5 % of "
            "the 1 attempt that would follow another one. There no retake is inferred; the table "
            "says why.",
        },
    ),
    "nothing but refusals": (
        {"refused_exams": 1, "refused_attempts": 5, "refused_links": 2},
        {
            "on_retakes": "",
            "on_chance": "At 1 exam (Busy) with 5 attempts, chance may explain more than 5 % of "
            "the 2 attempts that would follow another one.",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_a_sentence_on_retakes_is_right_for_none_one_and_few(case):
    changed, said = SAID[case]
    found = frames([], [], attempts=5)
    found["retake_totals"] = pd.DataFrame([RETAKE_TOTALS | changed])
    figures = {field: 0 for field, *_ in TABLES["inference"][1]}
    found["inference"] = frame(
        "inference",
        {**figures, "exam_name": "Calm", "is_inferred": True},
        {**figures, "exam_name": "Busy", "is_inferred": False},
    )
    sentence = sentences(found)
    for name, text in said.items():
        assert text in sentence[name] if text else sentence[name] == "", name
    both = {"mean_first_score", "mean_last_score"} <= changed.keys()
    assert ("First attempts" in sentence["on_gains"]) == both
    page = words(report(found, BUILT))
    assert [text for text in sentence.values() if text not in page] == []


def test_one_test_attempt_one_repeated_attempt_and_one_retake_are_not_several():
    found = frames([load(1)], [], attempts=1)
    found["retake_totals"] = pd.DataFrame(
        [RETAKE_TOTALS | ONE | {"scored_retakes": 1, "mean_gain": 0.5, "gains": 1}]
    )
    times = {"first_published_at": AT, "last_published_at": AT}
    repeated = {"exam_name": "A", "keen_id": "a", "deliveries": 2, **times}
    found["repeated"] = frame("repeated", repeated)
    page = words(report(found, BUILT))
    for said in (
        "Attempts by hour of the day 1 attempt, 1 test attempt included",
        "1 attempt came more than once, byte for byte the same: 2 messages in all.",
        "How soon a retake starts 1 retake No attempt",
        "What a retake gains 1 retake with both scores No retake",
    ):
        assert said in page


@pytest.mark.parametrize(("attempts", "rows", "said"), [(3, 3, False), (4, 3, True)])
def test_a_table_that_is_too_long_for_a_page_says_how_much_it_shows(
    monkeypatch, attempts, rows, said
):
    monkeypatch.setattr("report.tables.MOST_ROWS", 3)
    found = frames([], [], attempts=1)
    times = {"first_published_at": AT, "last_published_at": AT}
    found["repeated"] = frame(
        "repeated",
        *(
            {"exam_name": "A", "keen_id": f"k{n}", "deliveries": 2, **times}
            for n in range(attempts)
        ),
    )
    page = report(found, BUILT)
    assert [f"k{n}<" in page for n in range(attempts)] == [n < rows for n in range(attempts)]
    left_out = "These are the first 3 rows of 4. The tables of the database have all."
    assert (left_out in words(page)) is said
    assert f"{attempts} attempts came more than once" in words(page)


@pytest.mark.parametrize(
    ("attempts", "ids", "said"),
    [
        (1, 1, "The only attempt has a user_exam_id of its own. Retakes are"),
        (5, 5, "Each of the 5 attempts has a user_exam_id of its own: ids are of attempts, not of"),
        (5, 4, "5 attempts have 4 user_exam_ids, so ids tell little about who came back."),
        (2, 1, "2 attempts have 1 user_exam_id, so ids tell little about who came back."),
    ],
)
def test_ids_are_called_ids(attempts, ids, said):
    found = frames([], [], attempts=attempts)
    found["totals"] = found["totals"].assign(user_exam_ids=ids)
    assert sentences(found)["on_ids"].startswith(said)


@pytest.mark.parametrize(
    ("retakes", "said"),
    [
        ([None, 0], ""),
        ([None, 3], "1 exam of 2 has retakes. Most: B (3)."),
        ([5, 3], "2 exams of 2 have retakes. Most: A (5)."),
        ([3, 3], "2 exams of 2 have retakes. Most: A, B (3)."),
    ],
)
def test_the_exams_retaken_most_are_named(retakes, said):
    found = frames([], [], attempts=5)
    found["exams"] = pd.DataFrame({"exam_name": ["A", "B"], "retakes": retakes})
    assert on_retaken_exams(found) == said


@pytest.mark.parametrize(
    ("attempts", "scored", "said"),
    [
        ([], 0, ""),
        ([1], 1, "The only exam was taken 1 time. The attempt lasted 59 s, and 50 % of the "
         "questions were answered correctly."),
        ([3], 0, "The only exam was taken 3 times. Half of the attempts lasted less than 59 s."),
        ([1, 1], 2, "Half of the 2 exams were taken 1 time or less. Half of the attempts lasted "
         "less than 59 s, and on average 50 % of the questions were answered correctly."),
        ([1, 2], 2, "Half of the 2 exams were taken 1 time or less. Half of the attempts lasted "
         "less than 59 s, and on average 50 % of the questions were answered correctly."),
        ([2], 1, "The only exam besides the test exam was taken 2 times. Half of the attempts "
         "lasted less than 59 s, and 50 % of the questions were answered correctly."),
        ([1, 1, 1], 1, "Half of the 3 exams besides the test exam were taken 1 time or less. Half "
         "of the attempts lasted less than 59 s, and 50 % of the questions were answered "
         "correctly."),
        ([1, 2, 1000], 1, "Half of the 3 exams were taken 2 times or less. Half of the attempts "
         "lasted less than 59 s, and 50 % of the questions were answered correctly."),
    ],
)  # fmt: skip
def test_one_exam_and_one_attempt_are_not_several(attempts, scored, said):
    found = frames([], [], attempts=5)
    found["exams"] = pd.DataFrame({"attempts": attempts})
    found["totals"] = found["totals"].assign(
        real_attempts=sum(attempts), attempts_with_score=scored, mean_score=0.5,
        median_duration_seconds=59.0, exams=len(attempts) + ("the test exam" in said),
    )  # fmt: skip
    assert on_exams(found) == said


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ({}, ""),
        ({"too few attempts": 2}, ""),
        ({"sound": 1, "too few attempts": 4},
         "Of 1 question judged, 1 is sound, 0 too easy, 0 too hard, and 0 do not separate."),
        ({"does not separate": 1, "too easy": 3, "too hard": 2, "sound": 1000},
         "Of 1,006 questions judged, 1,000 are sound, 3 too easy, 2 too hard, and 1 does not "
         "separate."),
    ],
)  # fmt: skip
def test_one_question_judged_is_not_several(verdicts, said):
    found = frames([], [])
    names = [name for name, number in verdicts.items() for _ in range(number)]
    found["questions"] = pd.DataFrame({"verdict": names}, dtype=object)
    assert on_verdicts(found) == said


@pytest.mark.parametrize(
    ("populations", "said"),
    [
        ([], "another person."),
        (["all_attempts"], "0 of 1 question set; 1 uses all attempts."),
        (["first_attempts"], "That is so for 1 of 1 question set."),
        (["first_attempts"] * 2, "That is so for 2 of 2 question sets."),
        (["first_attempts", "all_attempts"], "1 of 2 question sets; 1 uses all attempts."),
    ],
)
def test_question_sets_that_use_all_attempts_are_named_where_there_are_any(populations, said):
    found = frames([], [])
    found["reliability"] = pd.DataFrame({"population": pd.Series(populations, dtype=object)})
    assert sentences(found)["on_populations"].endswith(said)


@pytest.mark.parametrize(("number", "said"), [(1, "1 question … it"), (2, "2 questions … them")])
def test_one_question_that_stays_wrong_is_not_several(number, said):
    found = frames([], [])
    found["retaken_questions"] = pd.DataFrame({"verdict": ["mostly stays wrong"] * number})
    how_many, which = said.split(" … ")
    assert sentences(found)["on_retaken_questions"] == (
        f"At {how_many} more than half of the wrong answers stay wrong, by the 95 % interval: the "
        f"table begins with {which}."
    )


def test_of_a_file_that_is_not_complete_each_figure_stands_below_its_heading():
    fields = {"source_records": 9, "landed": 7, "missing": 2, "messages": 8}
    table = tables(frames([], [file("a", is_complete=False, **fields)]))["files"]
    [row] = table.rows()
    assert {c.title: text for c, (text, _) in zip(table.columns, row, strict=True)} == {
        "file": "a", "complete": "no", "records": "9", "landed": "7", "missing": "2",
        "messages": "8", "last landed (UTC)": "2024-03-04 05:06", "SHA-256": "0" * 12,
    }  # fmt: skip


def documentation() -> str:
    return f"<html><head>{''.join(AMENDMENTS)}</head><body><p>dbt</p></body></html>"


def test_the_documentation_is_amended():
    page = patched(documentation(), "<p>a note</p>")
    assert page.index("Content-Security-Policy") < page.index("Assessment analytics: documentation")
    assert "</head><body><p>a note</p><p>dbt</p>" in page
    for wrong, right in AMENDMENTS.items():
        assert right in page
        assert wrong not in page.replace(right, "")


def test_sizes_that_the_metastore_does_not_correct_are_not_shown():
    sizes = "".join(
        f'"{name}": {{"id": "{name}", "label": "{name}", "value": 0, "include": true, '
        '"description": null}, '
        for name in ("rows", "bytes")
    )
    kept = '"has_stats": {"id": "has_stats", "label": "Has Stats?", "include": false}}'
    page = patched(documentation().replace("dbt</p>", f'{{"stats": {{{sizes}{kept}</p>'), "")
    assert f'{{"stats": {{{kept}' in page


@pytest.mark.parametrize("part", [*AMENDMENTS, "<head>", "</head><body>"])
def test_a_documentation_that_is_not_as_expected_is_refused(part):
    with pytest.raises(UserError) as error:
        patched(documentation().replace(part, ""), "")
    assert f"dbt's static_index.html has no {part}: " in str(error.value)
    assert "run make install" in str(error.value)
