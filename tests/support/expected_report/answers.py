"""The eight answers: on the report, and what the terminal prints of them."""

from tests.support.expected.attempts import answers
from tests.support.expected.dataset import Dataset
from tests.support.expected_report import shown
from tests.support.expected_report.formats import several


def questions_and_answers(data: Dataset) -> list[tuple[str, str, str, str | None]]:
    """The eight questions: the answer, the answer as delivered, and what is inferred."""
    return [
        (question, row["answer"], row["answer_as_delivered"], row["answer_inferred"])
        for question, row in zip(QUESTIONS, answers(data), strict=True)
    ]


def section(data: Dataset) -> list[str]:
    lines = ["The eight answers", on_repetition(data)]
    for question, once, delivered, inferred in questions_and_answers(data):
        lines += [question, "The answer: each attempt once", once]
        lines += ["As delivered: every message counts", delivered]
        lines += ["Inferred about people", inferred] if inferred else []
        lines.append(QUESTIONS[question])
    return lines


def on_repetition(data: Dataset) -> str:
    repeated = shown.repeated(data)
    if not repeated:
        return "No attempt was delivered more than once, so both ways of counting agree."
    copies = sum(row["deliveries"] for row in repeated)
    return (
        f"{several(len(repeated), 'attempt')} came more than once, byte for byte the "
        f"same: {several(copies, 'message')} in all. Counted as delivered, each of these "
        "messages counts; here each attempt counts once. Every difference below comes from "
        "this."
    )


# The eight questions, each with what the report says below the answers.
QUESTIONS = {
    "1. How many assessments are in the dataset?": (
        "As delivered: every readable message. The answer: byte-identical deliveries of an attempt "
        "count once."
    ),
    "2. How many user_exam_ids took only one assessment?": (
        "As delivered: user_exam_ids in exactly one message. The answer: user_exam_ids with "
        "exactly one attempt. Inferred: a user_exam_id is not known to be a person, and a session "
        "stays within one exam, so nothing tells how many people took only one assessment."
    ),
    "3. Were there individuals that retook an exam?": (
        "As delivered: user_exam_ids in more than one message. The answer: with more than one "
        "attempt; the same bytes delivered again are not a retake. Inferred: attempts that start "
        "at most 60 s after another one at the same exam ended, with nobody else in between."
    ),
    "4. What is the name of the Kafka topic?": "The topic that the messages were read from.",
    "5. How many people took Learning Git?": (
        "Distinct user_exam_ids among the attempts at exams of this name, and in brackets as "
        "delivered their messages, in the answer their attempts. Inferred: an attempt that follows "
        "another one is the same person's; who comes back later counts as somebody new."
    ),
    "6. What is the least common exam, and the most common?": (
        "Exams by name. As delivered: by messages. The answer: by attempts. Ties in alphabetical "
        "order."
    ),
    "7. Is there test data?": (
        "Records with the base_exam_id example-id. As delivered: messages. The answer: attempts."
    ),
    "8. What is the most popular hour to start (UTC)?": (
        "The hour of started_at in UTC, and how many started in it. As delivered: messages. The "
        "answer: attempts."
    ),
}
