"""The exams of the sample: names, questions and options, all invented."""

import uuid
from random import Random
from typing import NamedTuple

FORMS = ["Introduction to {}", "Advanced {}", "{} Essentials", "{}: A Beginner's Guide"]
FORMS += ["{}, Step by Step", "{} in Practice", "The Theory of {}", "{} & Safety"]
SUBJECTS = ["Soil Science", "Beekeeping", "Bread Baking", "Cartography", "Celestial Navigation"]
SUBJECTS += ["Choral Singing", "Clock Repair", "Crêpe Making", "Drystone Walling", "First Aid"]
SUBJECTS += ["Fly Fishing", "Forestry", "Glass Blowing", "Glaciology", "Greenhouse Keeping"]
SUBJECTS += ["Harbour Piloting", "Heraldry", "Hot-Air Ballooning", "Lighthouse Keeping"]
SUBJECTS += ["Meteorology", "Mosaics", "Mountain Rescue", "Origami", "Pottery", "Puppetry"]
SUBJECTS += ["Sign Painting", "Tea Tasting", "Typesetting", "Volcanology", "Weaving"]

EXAMS = 100  # base_exam_ids in regular use, most popular first; rank 0 is by far the most popular
SINGLES = 4  # exams taken exactly once in a file of at least 200 attempts
SAME_NAME = {14: 3, 23: 7, 31: 12, 38: 20}  # rank → the rank with which it shares its name
REVISED = {2, 6, 11}  # ranks with an old and a new set of questions
UNCERTIFIED = {9, 20, 30}  # ranks with a null certification: about 4 % of the attempts
TEST_ID = "example-id"


class Option(NamedTuple):
    """An option. `correct`: None for wrong, not stated. `pull`: its weight among wrong choices."""

    id: str
    correct: bool | None
    pull: float


class Question(NamedTuple):
    """A question. `difficulty`: in logits; at equal ability half of the answers are correct."""

    id: str
    options: list[Option]
    difficulty: float


class Exam(NamedTuple):
    """An exam. `sets`: its set of questions; a revised exam has an old set and a new one."""

    id: str
    name: str
    certification: str | None
    sets: list[list[Question]]


def catalogue(rng: Random) -> tuple[list[Exam], list[Exam], Exam]:
    """Return the exams by popularity, those taken once, and the test exam."""
    names = [form.format(subject) for form in FORMS for subject in SUBJECTS]
    names = rng.sample(names, EXAMS + SINGLES)
    exams = []
    for rank in range(EXAMS):
        name = names[SAME_NAME.get(rank, rank)]
        certification = None if rank in UNCERTIFIED else "false"
        # The most popular exam has five questions, as in the reference dataset.
        count = None if rank else 5
        sets = [_questions(rng, count) for _ in range(2 if rank in REVISED else 1)]
        exams.append(Exam(new_uuid(rng), name, certification, sets))
    singles = [
        # Only the first of them marks wrong options ("correct": false).
        Exam(new_uuid(rng), name, "false", [_questions(rng, wrong=None if index else False)])
        for index, name in enumerate(names[EXAMS:])
    ]
    test = Exam(TEST_ID, "Test Exam, Please Ignore", "false", [_questions(rng)])
    return exams, singles, test


def _questions(rng: Random, count: int | None = None, wrong: bool | None = None) -> list[Question]:
    exam_difficulty = rng.gauss(-0.8, 0.5)
    questions = []
    for _ in range(count or rng.choices(range(1, 11), [6, 4, 15, 50, 16, 6, 5, 1, 1, 2])[0]):
        size = rng.choices(range(2, 7), [4, 25, 65, 2, 4])[0]
        several = size > 2 and rng.random() < 0.35
        correct = rng.randrange(2, size + 1) if several else 1  # perhaps all of them
        options = [
            # Squared, so that in many questions one distractor draws most of the wrong answers.
            Option(new_uuid(rng), True if index < correct else wrong, 0.05 + rng.random() ** 2)
            for index in range(size)
        ]
        difficulty = exam_difficulty + rng.gauss(0, 0.8) + (1.2 if several else 0)
        questions.append(Question(new_uuid(rng), options, difficulty))
    return questions


def new_uuid(rng: Random) -> str:
    """Return a random UUID of version 4."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
