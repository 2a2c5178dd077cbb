"""Which questions work, and how reliable each exam is."""

from collections import Counter

from tests.support.expected.dataset import Dataset
from tests.support.expected_report import shown
from tests.support.expected_report.formats import several, unless, whole
from tests.support.expected_report.tables import around


def section(data: Dataset) -> list[str]:
    questions = shown.questions(data)
    both = sum(row["discrimination"] is not None for row in questions)
    has_thirds = any(row["lower_chosen_share"] is not None for row in shown.options(data))
    return [
        "Which questions work",
        "Where retakes could be inferred, only the first attempt of each session counts here "
        "and in the section on reliability: somebody who answers again is not another person."
        + on_populations(data),
        "A question is judged from 30 attempts on. It is too easy when more than 90 % answer "
        "correctly, too hard when less than 30 % do, and does not separate good from weak "
        "when its discrimination (the correlation of answering it correctly with the score in "
        "the other questions, from \N{MINUS SIGN}1 to 1) is below 0.2." + on_verdicts(data),
        "Difficulty and discrimination of each question",
        f"{several(both, 'question')} of {len(questions)} allow{'s' * (both == 1)} both figures; "
        "those presented often enough are shown",
        *unless(both, "No question has attempts that differ enough to tell how well it separates."),
        *around(data, "questions"),
        "A good wrong option draws the weak and not the strong. One that the strong choose "
        "more often than the weak points to a wrong key or an ambiguous text; one that less "
        "than 5 % choose only costs time to read.",
        "Who chose which option",
        "share of the weakest and the strongest third of the scored attempts by total score; "
        "✓ a right option, ? the attempts disagree",
        *unless(
            has_thirds, "No exam has the three attempts that it takes to tell weak from strong."
        ),
        *around(data, "options"),
    ]


def on_populations(data: Dataset) -> str:
    sets = [row["population"] for row in shown.reliability(data)]
    if not sets:
        return ""
    firsts, left = sets.count("first_attempts"), sets.count("all_attempts")
    others = f"; {whole(left)} use{'s' * (left == 1)} all attempts" if left else ""
    return f" That is so for {whole(firsts)} of {several(len(sets), 'question set')}{others}."


def on_verdicts(data: Dataset) -> str:
    found = Counter(row["verdict"] for row in shown.questions(data))
    judged = found.total() - found["too few attempts"]
    if not judged:
        return ""
    return (
        f" Of {several(judged, 'question')} judged, "
        f"{found['sound']} {'is' if found['sound'] == 1 else 'are'} sound, "
        f"{found['too easy']} too easy, {found['too hard']} too hard, and "
        f"{found['does not separate']} do{'es' * (found['does not separate'] == 1)} not separate."
    )


def on_reliability(data: Dataset) -> list[str]:
    is_drawn = any(
        row["scored_attempts"] >= 30 and row["kr20"] is not None for row in shown.reliability(data)
    )
    return [
        "How reliable each exam is",
        "KR-20 says how far the scores would come out in the same order if the exam were taken "
        "again with other questions of its kind: 1 is perfect. From 0.7 on it is enough to "
        "compare groups of learners. The standard error says how far, in questions, a score "
        "typically lies from the true one. Exams of few questions cannot be very reliable.",
        "Reliability of the exams with at least 30 scored attempts",
        "the line is at 0.7; scored attempts, of first attempts where retakes could be "
        "inferred; each set of questions by itself",
        *unless(
            is_drawn, "No exam has 30 scored attempts that differ; the table has those with fewer."
        ),
        *around(data, "reliability"),
    ]
