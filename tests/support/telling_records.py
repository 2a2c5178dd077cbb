"""Records in which a wrong figure differs from the right one, and whose texts attack the pages.

Means and medians, attempts and deliveries, figures with and without test attempts are all
different; scores and durations lie on the limits of their ranges; every verdict on a question, an
option and an exam is given.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

# A page that took one of these for its own would have another title, or other text.
ATTACKS = [
    "</script><script>document.title='x'</script>",
    "<img src=x onerror=\"document.title='x'\">",
    "{{7*7}} ${7*7} [a](javascript:alert(1)) **bold** <b>&amp;</b>",
    "\"]})[0] || (document.title = 'x') // \\",
    "[red]markup[/red] [link=http://localhost]of rich[/link]",
]
# In a terminal these would colour what follows, and ring.
CONTROL = "Control \x1b[31mred\x1b]0;title\x07"
FILE = "few {{7*7}} <b>&amp;.json"
MONDAY = datetime(2024, 3, 4)


class Writer:
    """Writes records one after the other."""

    def __init__(self) -> None:
        self.records: list[dict] = []

    def attempt(
        self,
        exam: str,
        name: str,
        results: Sequence[str],
        start: datetime,
        seconds: float = 45,
        choices: Sequence[int | None] = (),
        version: str = "",
    ) -> dict:
        """Add an attempt; `choices`: the options ticked, where results do not tell."""
        number = len(self.records)
        questions = []
        for place, result in enumerate(results):
            ticked = choices[place] if choices else {"correct": 0, "incorrect": 1}.get(result)
            questions.append(
                {
                    "id": f"{exam}{version}-q{place}",
                    "user_result": result,
                    "user_correct": result == "correct",
                    "user_incomplete": result == "missed_some",
                    "user_submitted": result != "unanswered",
                    "options": [
                        {
                            "id": f"{exam}{version}-q{place}-o{option}",
                            "checked": option == ticked,
                            **({"correct": True} if option == 0 else {}),
                        }
                        for option in range(4)
                    ],
                }
            )
        found = {kind: list(results).count(kind) for kind in KINDS}
        counts = {
            "correct": found["correct"],
            "incorrect": found["incorrect"],
            "incomplete": found["missed_some"],
            "unanswered": found["unanswered"],
            "submitted": len(results) - found["unanswered"],
            "total": len(results),
            "all_correct": found["correct"] == len(results),
        }
        end = (start - datetime(1970, 1, 1)) / timedelta(seconds=1) + seconds
        record = {
            "keen_timestamp": f"{end:.3f}",
            "keen_created_at": f"{end:.3f}",
            "max_attempts": "1.0",
            "certification": "false",
            "started_at": start.isoformat(timespec="milliseconds") + "Z",
            "base_exam_id": exam,
            "user_exam_id": f"user-{number}",
            "keen_id": f"<i>keen</i>-{number:03}",
            "exam_name": name,
            "sequences": {
                "id": f"s-{number}", "attempt": 1, "questions": questions, "counts": counts,
            },
        }  # fmt: skip
        self.records.append(record)
        return record


KINDS = ("correct", "incorrect", "missed_some", "unanswered")


def right(*which: bool) -> list[str]:
    return ["correct" if is_right else "incorrect" for is_right in which]


def at(hour: int, day: int = 0, minutes: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minutes)


def write(folder: Path) -> tuple[Path, dict[bytes, str]]:
    """Write the file; its path, and why records in it must be rejected."""
    writer = Writer()

    # Judged questions and options: 40 attempts, from the weakest to the strongest.
    for i in range(40):
        results = right(i >= 3, i >= 30, i >= 15, i >= 20, i % 2 == 0, i < 18, i >= 10)
        choices = [0 if result == "correct" else 1 for result in results]
        choices[2] = 0 if i >= 15 else 2 if i == 7 else 1  # one only takes option 2
        choices[1] = 0 if i >= 30 else 3 if i >= 20 else 1  # the stronger ones take option 3
        attempt = writer.attempt(
            "stats", "Learning Git", results, at(i % 6, i % 9, i), 20 + 7 * i, choices
        )
        # Of this option the attempts do not agree whether it is right.
        attempt["sequences"]["questions"][6]["options"][3]["correct"] = i > 0
    # A reliable exam; then its questions change.
    for i in range(32):
        results = right(i >= 4, i >= 10, i >= 16, i >= 22, i >= 28)
        writer.attempt("chem", "Chemistry", results, at(9 + i % 3, 10 + i % 5, i), 500 + 31 * i)
    for i in range(3):
        results = right(i > 0, i > 1)
        writer.attempt("chem", "Chemistry", results, at(12, 20 + i), 3000 + i, version="-new")
    # Two exams of one name: each has a version of its own.
    for exam, day, rest in (("twin-b", 22, 1), ("twin-a", 23, 2)):
        for i in range(3):
            start = at(13, day + rest * i, i)
            writer.attempt(exam, "Twins", right(i > 0, True), start, 61 + i)
    # Each score in tens, and each duration at which a range ends.
    edges = [15, 30, 60, 120, 300, 900, 3600, 7200, 14.999, 29.999, 3599.999]
    for tens, seconds in zip(range(11), edges, strict=True):
        results = right(*(place < tens for place in range(10)))
        writer.attempt("tens", "Ten questions", results, at(14, 5 + tens % 2, tens), seconds)
    # Where clocks disagree, an attempt ends before it starts.
    writer.attempt("early", "Before the start", right(True), at(15, 11), -5)
    # What other attempts have is not there: counts, a result, questions.
    bare = writer.attempt("bare", "Without counts", right(True, False), at(15, 12), 33)
    del bare["sequences"]["counts"]
    partly = writer.attempt("partly", "Without a result", right(True, False), at(15, 13), 34)
    del partly["sequences"]["questions"][0]["user_result"], partly["sequences"]["counts"]
    empty = writer.attempt("empty", "Without questions", [], at(15, 14), 35)
    del empty["sequences"]["counts"]
    # Each other result, and everybody alike.
    for i in range(4):
        results = ["unanswered", "missed_some", "correct", "correct" if i else "incorrect"]
        writer.attempt("kinds", "Kinds of results", results, at(16, 15, i), 70 + i)
    for i in range(2):
        writer.attempt("alike", "All alike", right(True, False), at(16, 16, i), 80 + i)
    for i, name in enumerate([*ATTACKS, CONTROL]):
        writer.attempt(f"attack-{i}", name, right(True, False), at(17, 17, i), 90 + i)
    for i in range(6):
        writer.attempt(f"more-{i}", f"One more, {i}", right(i > 2), at(18, 18 + i), 100 + 2 * i)
    # Test attempts, which have counts, bad scores and long durations, on a weekend.
    for i in range(12):
        writer.attempt("example-id", "Test, ignore", right(False, False), at(3, 5, i), 9000 + i)

    # Sessions: of four questions one stays wrong, one is mostly corrected, two are lost. The gaps
    # lie on both sides of the ends of bins, and at the end of the window.
    gaps = [0, 4.999, 5, 9, 10, 14.5, 29.999, 30, 59, 60, 12, 13]
    for i, gap in enumerate(gaps):
        start = at(5 * i % 24, 2 * i)
        writer.attempt("again", "Taken again", right(i > 9, False, False, True), start, 40)
        start += timedelta(seconds=40 + gap)
        again = right(i == 10, i == 4, i not in (6, 11), i not in (3, 11))
        writer.attempt("again", "Taken again", again, start, 50)
        if i < 2:
            start += timedelta(seconds=60)
            writer.attempt("again", "Taken again", right(True, i > 0, True, True), start, 20)
    # A retake of which one score is not known.
    writer.attempt("once-more", "Once more", right(True), at(4, 6), 30)
    scoreless = writer.attempt(
        "once-more", "Once more", right(True), at(4, 6) + timedelta(seconds=45)
    )
    del scoreless["sequences"]["counts"]
    # A retake of a test attempt.
    for start in (at(7, 13), at(7, 13) + timedelta(seconds=33)):
        writer.attempt("example-id", "Test, ignore", right(start.second > 0), start, 30)

    # One id in two attempts: a retake, as far as ids tell.
    writer.records[11]["user_exam_id"] = writer.records[10]["user_exam_id"]

    records = [json.dumps(record, ensure_ascii=False) for record in writer.records]
    # More messages than attempts, so that another hour, weekday and exam comes first.
    for number, copies in ((42, 2), (60, 14), (80, 1), (-1, 3)):
        records += [records[number]] * copies
    problems = {}
    # Two reasons are equally frequent; in alphabetical order the later one comes first.
    reasons = ["<b>soon</b>", "<b>soon</b>", "</script>", "</script>"]
    for i, reason in enumerate(reasons):
        flawed = {**writer.records[0], "keen_id": f"flawed-{i}", "started_at": reason}
        records.append(json.dumps(flawed))
        problems[records[-1].encode()] = f"started_at is not a possible date and time: {reason}."
    # What an earlier load held too: a reason is as new as its latest message.
    records.append("{}")
    path = folder / FILE
    path.write_text(f"[{', '.join(records)}]")
    return path, problems
