"""The rows of the intermediate models: deliveries, questions, options, and inferred retakes."""

from collections.abc import Iterable

from tests.support import judge, retakes
from tests.support.expected.dataset import PLACE, Dataset, Row, once
from tests.support.expected.staging import stg_assess__messages
from tests.support.expected.values import finished, of_any_year, started, time

# What questions and options say of the attempt's exam.
OF_EXAM = ("base_exam_id", "question_set_id", "exam_name", "is_test")
OF_MESSAGE = (
    "keen_id", "user_exam_id", "base_exam_id", "exam_name", "certification", "max_attempts",
    "started_at", "finished_at", "keen_created_at", "duration_seconds", "questions_presented",
    "options_presented", "question_set_id", "sequence_id", "attempt_number", "count_total",
    "count_submitted", "count_correct", "count_incorrect", "count_incomplete", "count_unanswered",
    "is_all_correct", "disposition", "source_file", "source_position", "published_at", "landed_at",
    *PLACE,
)  # fmt: skip


@once
def int_deliveries(data: Dataset) -> Iterable[Row]:
    for message in stg_assess__messages(data):
        if message["disposition"] == "rejected":
            continue
        questions, correct = message["questions_presented"], message["count_correct"]
        yield {
            **{column: message[column] for column in OF_MESSAGE},
            "start_hour": int(message["started_at"][11:13]),
            "questions_scored": None if correct is None else questions,
            "score": correct / questions if questions and correct is not None else None,
            "is_test": message["base_exam_id"] == "example-id",
            "question_list": message["questions"] or [],
        }


def accepted(data: Dataset) -> list[Row]:
    """The rows of int_deliveries with each attempt once."""
    return [row for row in int_deliveries(data) if row["disposition"] == "accepted"]


@once
def int_questions(data: Dataset) -> Iterable[Row]:
    for attempt in accepted(data):
        seen = set()
        for position, question in enumerate(attempt["question_list"], start=1):
            yield {
                "keen_id": attempt["keen_id"],
                "question_position": position,
                "question_id": question["id"],
                **{column: attempt[column] for column in OF_EXAM},
                "is_first_presentation": question["id"] not in seen,
                "result": question["user_result"],
                "is_correct": question["user_correct"],
                "is_incomplete": question["user_incomplete"],
                "is_submitted": question["user_submitted"],
                "option_list": question["options"] or [],
                "load_id": attempt["load_id"],
            }
            seen.add(question["id"])


@once
def int_options(data: Dataset) -> Iterable[Row]:
    same = "keen_id", "question_position", "question_id", "load_id", *OF_EXAM
    for question in int_questions(data):
        seen = set()
        for position, option in enumerate(question["option_list"], start=1):
            yield {
                **{column: question[column] for column in same},
                "option_position": position,
                "option_id": option["id"],
                "is_first_presentation": (
                    question["is_first_presentation"] and option["id"] not in seen
                ),
                "is_chosen": option["checked"],
                "is_correct": option["correct"] is True,
                "is_submitted": option["submitted"] is not None and option["submitted"] >= 1,
                "changed_at": option["at"] and of_any_year(judge.moment(option["at"])),
            }
            seen.add(option["id"])


@once
def int_exam_events(data: Dataset) -> Iterable[Row]:
    for exam, inferred in data.exams.items():
        links, events = inferred.links, retakes.events_of(a for a in data.taken if a.exam == exam)
        for number, (at, is_start, keen_id) in enumerate(events):
            before, was_start, other = events[number - 1] if number else (None, None, keen_id)
            record, is_other = data.attempt(keen_id), other != keen_id
            after = events[number + 1][0] if number + 1 < len(events) else None
            yield {
                "base_exam_id": exam,
                "keen_id": keen_id,
                "is_start": is_start,
                "happened_at": time(started(record) if is_start else finished(record)),
                "is_after_an_end": is_start
                and is_other
                and not was_start
                and started(data.attempt(other)) <= started(record),
                "is_end_after_a_start": not is_start and is_other and was_start,
                "follows_keen_id": links.get(keen_id, (None,))[0] if is_start else None,
                "seconds_since_previous": before and (at - before) / retakes.SECOND,
                "seconds_until_next": after and (after - at) / retakes.SECOND,
            }


@once
def int_retake_inference(data: Dataset) -> Iterable[Row]:
    for exam, found in data.exams.items():
        yield {
            "base_exam_id": exam,
            "attempts": found.attempts,
            "links": len(found.links),
            "reversed_links": found.reversed_links,
            "later_links": found.later_links,
            "chance_links": found.chance_links,
            "chance_links_high": found.chance_links_high,
            "is_inferred": found.is_inferred,
            "reason": why_refused(found),
        }


def why_refused(exam: retakes.Exam) -> str | None:
    if exam.is_inferred:
        return None
    links = len(exam.links)
    seem = "1 attempt that seems" if links == 1 else f"{links} attempts that seem"
    return (
        f"Retakes at this exam cannot be told from chance: of {seem} to follow another one, "
        f"chance may explain {exam.chance_links_high}, which is more than 5 %."
    )


@once
def int_retakes(data: Dataset) -> Iterable[Row]:
    for exam, found in data.exams.items():
        for keen_id, (follows, seconds) in found.links.items() if found.is_inferred else ():
            session, number = data.sessions[keen_id]
            yield {
                "keen_id": keen_id,
                "follows_keen_id": follows,
                "base_exam_id": exam,
                "session_id": session,
                "attempt_in_session": number,
                "seconds_since_followed": seconds,
            }
