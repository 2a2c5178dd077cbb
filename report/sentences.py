"""The sentences of the report, each computed from the marts.

Each function whose name begins with `on_` is a sentence: it takes the frames, and returns "" if
there is nothing to say.
"""

import pandas as pd

from cli.console import listed, plural
from report.frames import Frames, limits, only_row
from report.text import count, decimals, duration, exact_share, number, points, share

STAYS_WRONG = "mostly stays wrong"  # a verdict of question_retakes


def on_repeated(frames: Frames) -> str:
    """What was delivered more than once."""
    repeated = frames["repeated"]
    if repeated.empty:
        return "No attempt was delivered more than once, so both ways of counting agree."
    return (
        f"{plural(len(repeated), 'attempt')} came more than once, byte for byte the same: "
        f"{plural(int(repeated.deliveries.sum()), 'message')} in all. Counted as delivered, each "
        "of these messages counts; here each attempt counts once. Every difference below comes "
        "from this."
    )


def on_hours(frames: Frames) -> str:
    """In which hours most attempts start."""
    hours, attempts = frames["hours"], only_row(frames["totals"]).attempts
    popular = hours[hours.is_most_popular]
    if not attempts:
        return ""
    names = " and from ".join(f"{hour}:00 to {hour}:59" for hour in popular.start_hour)
    others, each = ("each", " in each") if len(popular) > 1 else ("any", "")
    return (
        f"More attempts start from {names} UTC than in {others} other hour: "
        f"{count(popular.attempts.iloc[0])} of {count(attempts)}{each}."
    )


def on_weekends(frames: Frames) -> str:
    """How many attempts start on Saturdays and Sundays."""
    days, attempts = frames["days"], only_row(frames["totals"]).attempts
    if not attempts:
        return ""
    return (
        f"Saturdays and Sundays have {share(days[days.is_weekend].attempts.sum() / attempts)} of "
        f"all attempts; {share(2 / 7)} would be their part of the week."
    )


def on_exams(frames: Frames) -> str:
    """How often exams are taken, how long attempts last, and how well they go."""
    exams, totals = frames["exams"], only_row(frames["totals"])
    if exams.empty:
        return ""
    besides = " besides the test exam" if totals.exams > len(exams) else ""
    often = (
        f"The only exam{besides} was taken {plural(int(exams.attempts.sum()), 'time')}."
        if len(exams) == 1
        else f"Half of the {count(len(exams))} exams{besides} were taken "
        f"{plural(int(exams.attempts.median()), 'time')} or less."
    )
    length = duration(totals.median_duration_seconds)
    lasted = (
        f"The attempt lasted {length}"
        if totals.real_attempts == 1
        else f"Half of the attempts lasted less than {length}"
    )
    average = "" if totals.attempts_with_score == 1 else "on average "
    score = (
        f", and {average}{share(totals.mean_score)} of the questions were answered correctly"
        if totals.attempts_with_score
        else ""
    )
    return f"{often} {lasted}{score}."


def on_ids(frames: Frames) -> str:
    """What the ids in the records tell of people."""
    totals = only_row(frames["totals"])
    if not totals.attempts:
        return ""
    if totals.user_exam_ids < totals.attempts:
        told = (
            f"{plural(totals.attempts, 'attempt')} have "
            f"{plural(totals.user_exam_ids, 'user_exam_id')}, so ids tell little about who came "
            "back."
        )
    elif totals.attempts == 1:
        told = "The only attempt has a user_exam_id of its own."
    else:
        told = (
            f"Each of the {count(totals.attempts)} attempts has a user_exam_id of its own: ids "
            "are of attempts, not of people, and do not tell who came back."
        )
    return f"{told} Retakes are therefore inferred from the times of the attempts."


def on_retakes(frames: Frames) -> str:
    """How many attempts follow another one."""
    totals = only_row(frames["retake_totals"])
    if not totals.attempts:
        return ""
    where = " at exams where retakes can be inferred" if totals.refused_exams else ""
    if not totals.retakes:
        return f"Of {plural(totals.attempts, 'attempt')}{where}, none follows another one."
    tests = f" ({plural(totals.test_retakes, 'test attempt')} among them)"
    single = totals.sessions - totals.sessions_of_several
    return (
        f"Of {plural(totals.attempts, 'attempt')}{where}, {count(totals.retakes)} "
        f"{'follows' if totals.retakes == 1 else 'follow'} another one"
        f"{tests if totals.test_retakes else ''}. So the attempts make "
        f"{plural(totals.sessions, 'session')}: {count(totals.sessions_of_several)} of more than "
        f"one attempt, the longest of {count(totals.most_attempts_in_session)}, and "
        f"{count(single)} of a single attempt."
    )


def on_gaps(frames: Frames) -> str:
    """How soon retakes start."""
    totals = only_row(frames["retake_totals"])
    if not totals.retakes:
        return ""
    after = duration(totals.median_seconds_since_followed)
    if totals.retakes == 1:
        return f"The retake starts {after} after the end of the attempt before."
    return f"Half of the retakes start within {after} after the end of the attempt before."


def on_gains(frames: Frames) -> str:
    """What retakes gain."""
    totals = only_row(frames["retake_totals"])
    if not totals.scored_retakes:
        return ""
    gain = points(totals.mean_gain)
    sessions = (
        f" First attempts have a mean score of {share(totals.mean_first_score)}, the last attempts "
        f"of the same sessions of {share(totals.mean_last_score)}."
        if pd.notna(totals.mean_first_score) and pd.notna(totals.mean_last_score)
        else ""
    )
    of_100 = f"{gain[1:]} {'point' if gain[1:] == '1' else 'points'} of 100"
    change = {"+": f"{of_100} higher", "-": f"{of_100} lower"}
    return (
        f"The score of a retake is on average {change.get(gain[0], 'neither higher nor lower')} "
        f"than that of the attempt before: of {plural(totals.scored_retakes, 'retake')} with both "
        f"scores, {count(totals.gains)} went up, {count(totals.losses)} down, and "
        f"{count(totals.equal_scores)} stayed equal.{sessions}"
    )


def on_retaken_exams(frames: Frames) -> str:
    """Which exams are retaken."""
    exams = frames["exams"].dropna(subset=["retakes"])
    retaken = exams[exams.retakes > 0]
    if retaken.empty:
        return ""
    most = retaken[retaken.retakes == retaken.retakes.max()]
    return (
        f"{plural(len(retaken), 'exam')} of {count(len(frames['exams']))} "
        f"{'has' if len(retaken) == 1 else 'have'} retakes. "
        f"Most: {listed(most.exam_name.tolist())} ({count(most.retakes.iloc[0])})."
    )


def on_retaken_questions(frames: Frames) -> str:
    """What becomes of wrong and of correct answers."""
    totals = only_row(frames["retake_totals"])
    wrong = totals.wrong_then_right + totals.wrong_then_wrong
    right = totals.right_then_right + totals.right_then_wrong
    said = []
    if wrong:
        said.append(
            f"Of {plural(wrong, 'answer')} that {_was(wrong)} wrong, the retake corrected "
            f"{share(totals.wrong_then_right / wrong)}."
        )
    if right:
        said.append(
            f"Of {plural(right, 'answer')} that {_was(right)} correct, the retake lost "
            f"{share(totals.right_then_wrong / right)}."
        )
    if stay := int((frames["retaken_questions"].verdict == STAYS_WRONG).sum()):
        said.append(
            f"At {plural(stay, 'question')} more than half of the wrong answers stay wrong, by the "
            f"95 % interval: the table begins with {'it' if stay == 1 else 'them'}."
        )
    return " ".join(said)


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def on_chance(frames: Frames) -> str:
    """How many retakes chance would give, and where none are inferred."""
    totals, limit = only_row(frames["retake_totals"]), limits(frames)
    if not totals.attempts + totals.refused_attempts:
        return ""
    until = number(600 + limit["retake_window_seconds"])
    said = (
        f"People who start by chance right after somebody else would give about "
        f"{decimals(totals.chance_links, 1)} of the {plural(totals.retakes, 'retake')}. Two other "
        f"estimates: the same rule with time reversed finds {count(totals.reversed_links)}, and "
        f"{count(totals.later_links)} {'starts' if totals.later_links == 1 else 'start'} ten "
        f"minutes later, between 600 and {until} s after another one's end."
    )
    if not totals.refused_exams:
        return f"{said} Chance explains too many at no exam."
    inference = frames["inference"]
    refused = listed(inference[~inference.is_inferred].exam_name.tolist())
    return (
        f"{said} At {plural(totals.refused_exams, 'exam')} ({refused}) with "
        f"{plural(totals.refused_attempts, 'attempt')}, chance may explain more than "
        f"{exact_share(limit['max_chance_share'])} of the "
        f"{plural(totals.refused_links, 'attempt')} that would follow another one. There no retake "
        "is inferred; the table says why."
    )


def on_verdicts(frames: Frames) -> str:
    """How many questions have each verdict."""
    verdicts = frames["questions"].verdict
    judged = int((verdicts != "too few attempts").sum())
    if not judged:
        return ""
    sound, easy, hard, vague = (
        int((verdicts == verdict).sum())
        for verdict in ("sound", "too easy", "too hard", "does not separate")
    )
    return (
        f"Of {plural(judged, 'question')} judged, {count(sound)} {'is' if sound == 1 else 'are'} "
        f"sound, {count(easy)} too easy, {count(hard)} too hard, and {count(vague)} "
        f"{'does' if vague == 1 else 'do'} not separate."
    )


def on_populations(frames: Frames) -> str:
    """Which attempts test theory uses."""
    sets = frames["reliability"]
    first = int((sets.population == "first_attempts").sum())
    said = (
        "Where retakes could be inferred, only the first attempt of each session counts here and "
        "in the section on reliability: somebody who answers again is not another person."
    )
    if sets.empty:
        return said
    rest = len(sets) - first
    others = f"; {count(rest)} {'uses' if rest == 1 else 'use'} all attempts" if rest else ""
    return f"{said} That is so for {count(first)} of {plural(len(sets), 'question set')}{others}."


def on_losses(frames: Frames) -> str:
    """What was lost on the way from the files to the tables."""
    incomplete = int(frames["files"].is_complete.eq(False).sum())
    wrong = int(frames["loads"].is_reconciled.eq(False).sum())
    lost = [
        f"{plural(number, noun)} {'is' if number == 1 else 'are'} {what}"
        for number, noun, what in (
            (incomplete, "file", "incomplete"),
            (wrong, "load", "not accounted for"),
        )
        if number
    ]
    return f"{' and '.join(lost)}. Ask an engineer before using these numbers." if lost else ""


def on_messages(frames: Frames) -> str:
    """What became of the messages, where nothing was lost."""
    loads, files = frames["loads"], len(frames["files"])
    if loads.empty:
        return "The tables hold no message yet."
    whole = "The file is" if files == 1 else f"All {count(files)} files are"
    return (
        f"Every message is accounted for: {count(loads.messages.sum())} delivered = "
        f"{count(loads.accepted.sum())} accepted + {count(loads.duplicates.sum())} byte-identical "
        f"again + {count(loads.rejected.sum())} rejected, and no question or option was lost."
        f"{f' {whole} there completely.' if files else ''}"
    )


def on_late_loads(frames: Frames) -> str:
    """What landed while the tables were built."""
    late = frames["late_loads"]
    if late.empty:
        return ""
    verb, them = ("counts", "it") if len(late) == 1 else ("count", "them")
    return (
        f"{plural(len(late), 'load')} of {plural(int(late.messages.sum()), 'message')} landed "
        f"while the tables were built and {verb} nowhere yet: the next make run adds {them}."
    )


def sentences(frames: Frames) -> dict[str, str]:
    """All sentences, by the names of their functions."""
    return {name: say(frames) for name, say in globals().items() if name.startswith("on_")}
