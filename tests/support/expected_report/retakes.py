"""The section on retakes."""

from tests.support.expected.dataset import Dataset
from tests.support.expected_report import shown
from tests.support.expected_report.formats import (
    fixed,
    lasting,
    names,
    percent,
    rounded,
    several,
    unless,
    whole,
)
from tests.support.expected_report.tables import around, behind


def section(data: Dataset) -> list[str]:
    totals, exams = shown.retake_totals(data), shown.retaken_exams(data)
    retaken, scored = totals["retakes"], totals["scored_retakes"]
    return [
        "Retakes",
        *on_ids(data),
        "An attempt follows another one if it starts at most 60 seconds after the other one ended, "
        "and no attempt at the exam starts or ends in between. An attempt that follows another one "
        "is a retake. Attempts that follow one another are a session, and count as those of one "
        "person.",
        *on_sessions(data),
        *on_gaps(data),
        *on_gains(data),
        "How soon a retake starts",
        several(retaken, "retake"),
        *unless(retaken, "No attempt follows another one."),
        *behind(data, "retake_gaps"),
        "What a retake gains",
        f"{several(scored, 'retake')} with both scores",
        *unless(scored, "No retake and the attempt before both have a score."),
        *behind(data, "retake_gains"),
        *on_exams(data),
        "The exams retaken most",
        "the table above has the sessions and retakes of all exams",
        *unless(exams, "No attempt follows another one."),
        *on_questions(data),
        *around(data, "retaken_questions"),
        *on_chance(data),
        "All of this is inferred. The inference misses people who come back later, after an hour "
        "or next week: such a person counts as somebody new. So the first attempt of a session is "
        "not known to be a person's first.",
        *around(data, "inference"),
    ]


def on_ids(data: Dataset) -> list[str]:
    totals = shown.totals(data)
    n, ids = totals["attempts"], totals["user_exam_ids"]
    if not n:
        return []
    if ids < n:
        said = (
            f"{several(n, 'attempt')} have {several(ids, 'user_exam_id')}, so ids tell little "
            "about who came back."
        )
    elif n > 1:
        said = (
            f"Each of the {whole(n)} attempts has a user_exam_id of its own: ids are of "
            "attempts, not of people, and do not tell who came back."
        )
    else:
        said = "The only attempt has a user_exam_id of its own."
    return [f"{said} Retakes are therefore inferred from the times of the attempts."]


def on_sessions(data: Dataset) -> list[str]:
    totals = shown.retake_totals(data)
    n, retaken, tests = (totals[name] for name in ("attempts", "retakes", "test_retakes"))
    is_all = n == shown.totals(data)["attempts"]
    of = several(n, "attempt") + ("" if is_all else " at exams where retakes can be inferred")
    if not n:
        return []
    if not retaken:
        return [f"Of {of}, none follows another one."]
    among = f" ({several(tests, 'test attempt')} among them)" if tests else ""
    sessions, more = totals["sessions"], totals["sessions_of_several"]
    return [
        f"Of {of}, {whole(retaken)} follow{'s' * (retaken == 1)} another one{among}. So the "
        f"attempts make {several(sessions, 'session')}: {whole(more)} of more than one "
        f"attempt, the longest of {whole(totals['most_attempts_in_session'])}, and "
        f"{whole(sessions - more)} of a single attempt."
    ]


def on_gaps(data: Dataset) -> list[str]:
    totals = shown.retake_totals(data)
    if not totals["retakes"]:
        return []
    starts = "The retake starts" if totals["retakes"] == 1 else "Half of the retakes start within"
    seconds = lasting(totals["median_seconds_since_followed"])
    return [f"{starts} {seconds} after the end of the attempt before."]


def on_gains(data: Dataset) -> list[str]:
    totals = shown.retake_totals(data)
    gain = totals["mean_gain"]
    if gain is None:
        return []
    change = "neither higher nor lower"
    if abs(gain) >= 0.005:
        size = several(int(rounded(abs(100 * gain), ".0f")), "point")
        change = f"{size} of 100 {'higher' if gain > 0 else 'lower'}"
    return [
        f"The score of a retake is on average {change} than that of the attempt before: of "
        f"{several(totals['scored_retakes'], 'retake')} with both scores, "
        f"{whole(totals['gains'])} went up, {whole(totals['losses'])} down, and "
        f"{whole(totals['equal_scores'])} stayed equal. First attempts have a mean score of "
        f"{percent(totals['mean_first_score'])}, the last attempts of the same sessions of "
        f"{percent(totals['mean_last_score'])}."
    ]


def on_exams(data: Dataset) -> list[str]:
    exams = shown.retaken_exams(data)
    if not exams:
        return []
    most = exams[0]["retakes"]
    first = names([row["exam_name"] for row in exams if row["retakes"] == most])
    return [
        f"{several(len(exams), 'exam')} of {whole(len(shown.exams(data)))} "
        f"{'has' if len(exams) == 1 else 'have'} retakes. Most: {first} ({whole(most)})."
    ]


def on_questions(data: Dataset) -> list[str]:
    totals, said = shown.retake_totals(data), []
    for was, became, verb, adjective in (
        ("wrong", "right", "corrected", "wrong"),
        ("right", "wrong", "lost", "correct"),
    ):
        changed = totals[f"{was}_then_{became}"]
        n = changed + totals[f"{was}_then_{was}"]
        if n:
            said.append(
                f"Of {several(n, 'answer')} that {'was' if n == 1 else 'were'} {adjective}, "
                f"the retake {verb} {percent(changed / n)}."
            )
    found = [row["verdict"] for row in shown.retaken_questions(data)]
    if stay := found.count("mostly stays wrong"):
        said.append(
            f"At {several(stay, 'question')} more than half of the wrong answers stay wrong, "
            f"by the 95 % interval: the table begins with {'it' if stay == 1 else 'them'}."
        )
    return [" ".join(said)] if said else []


def on_chance(data: Dataset) -> list[str]:
    if not shown.totals(data)["attempts"]:
        return []
    totals = shown.retake_totals(data)
    later, exams = totals["later_links"], totals["refused_exams"]
    said = (
        f"People who start by chance right after somebody else would give about "
        f"{fixed(totals['chance_links'], 1)} of the {several(totals['retakes'], 'retake')}. Two "
        f"other estimates: the same rule with time reversed finds "
        f"{whole(totals['reversed_links'])}, and {whole(later)} start{'s' * (later == 1)} ten "
        "minutes later, between 600 and 660 s after another one's end. "
    )
    if not exams:
        return [f"{said}Chance explains too many at no exam."]
    refused = names([row["exam_name"] for row in shown.inference(data)][:exams])
    return [
        f"{said}At {several(exams, 'exam')} ({refused}) with "
        f"{several(totals['refused_attempts'], 'attempt')}, chance may explain more than 5 % of "
        f"the {several(totals['refused_links'], 'attempt')} that would follow another one. There "
        "no retake is inferred; the table says why."
    ]
