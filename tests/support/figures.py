"""Figures of a dataset that people ask for, computed from its records with plain Python.

Figures that others have published of the reference dataset are in `published_figures.json`, too.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from statistics import correlation, fmean, median, stdev

from tests.support.oracle import options_of, questions_of, utc

Record = dict
Figure = Callable[[list[Record]], object]
FIGURES: dict[str, Figure] = {}
# Where nobody took this exam, one query gives 0 or null, and the other no row.
OF_LEARNING_GIT: dict[str, Figure] = {}


def figure(question: str, among: dict[str, Figure] = FIGURES) -> Callable[[Figure], Figure]:
    """Register what computes the figure of a question."""

    def register(compute: Figure) -> Figure:
        among[question] = compute
        return compute

    return register


def is_test(record: Record) -> bool:
    return record["base_exam_id"] == "example-id"


def count_of(record: Record, name: str) -> int:
    """One of the counts of a record that has counts."""
    return record["sequences"]["counts"][name]


def with_counts(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if "counts" in record["sequences"]]


def score(record: Record) -> float:
    return count_of(record, "correct") / count_of(record, "total")


def scores(records: Iterable[Record]) -> list[float]:
    return [score(record) for record in with_counts(records)]


def total(records: Iterable[Record], name: str) -> int:
    return sum(count_of(record, name) for record in with_counts(records))


def all_right(records: Iterable[Record]) -> int:
    """How many records have each answer right."""
    return sum(score == 1 for score in scores(records))


def mean_scores(records: Iterable[Record]) -> dict[str, float]:
    """By exam name, where any record has a score."""
    return {n: fmean(found) for n, rows in by_name(records).items() if (found := scores(rows))}


def seconds(record: Record) -> float:
    start = (utc(record["started_at"]) - utc("1970-01-01T00:00:00Z")) // timedelta(microseconds=1)
    return float(Decimal(record["keen_timestamp"]) - Decimal(start) / 1_000_000)


def by_name(records: Iterable[Record]) -> dict[str, list[Record]]:
    """The records of each exam name, test records left out."""
    names = defaultdict(list)
    for record in records:
        if not is_test(record):
            names[record["exam_name"]].append(record)
    return names


def top(figures: dict, number: int, *, ascending: bool = False) -> list[tuple]:
    """The keys with the greatest or the least figures, in alphabetical order where equal."""
    sign = 1 if ascending else -1
    ranked = sorted(figures.items(), key=lambda item: (sign * round(item[1], 12), item[0]))
    return ranked[:number]


def answers(records: Iterable[Record]) -> Iterable[tuple[Record, dict]]:
    """Each question of each record that is no test record."""
    for record in records:
        if not is_test(record):
            for question in questions_of(record):
                yield record, question


def days(records: list[Record]) -> dict:
    """How many records were started on each day, from the first day to the last."""
    found = Counter(utc(record["started_at"]).date() for record in records)
    length = (max(found) - min(found)).days + 1
    return {day: found[day] for n in range(length) if (day := min(found) + timedelta(days=n))}


@figure("Assessments")
def _(records):
    return len(records)


@figure("Exam names")
def _(records):
    return len({record["exam_name"] for record in records})


@figure("Exam ids")
def _(records):
    return len({record["base_exam_id"] for record in records})


@figure("Names with several ids")
def _(records):
    ids = {(record["exam_name"], record["base_exam_id"]) for record in records}
    return sorted(name for name, n in Counter(name for name, _ in ids).items() if n > 1)


@figure("Test records")
def _(records):
    return sum(map(is_test, records))


@figure("Ten most taken exams by name")
def _(records):
    return top({name: len(rows) for name, rows in by_name(records).items()}, 10)


@figure("Exams taken once")
def _(records):
    return sorted(name for name, rows in by_name(records).items() if len(rows) == 1)


def learning_git(records: Iterable[Record]) -> list[Record]:
    return by_name(records)["Learning Git"]


@figure("Learning Git: attempts")
def _(records):
    return [n] if (n := len(learning_git(records))) else []


@figure("Learning Git: mean score", OF_LEARNING_GIT)
def _(records):
    return fmean(scores(learning_git(records)))


@figure("Learning Git: all correct", OF_LEARNING_GIT)
def _(records):
    return all_right(learning_git(records))


@figure("Different user_exam_ids")
def _(records):
    return len({record["user_exam_id"] for record in records})


@figure("Mean number of attempts by exam name, the test exam left out")
def _(records):
    return fmean(len(rows) for rows in by_name(records).values())


@figure("First start")
def _(records):
    return min(utc(record["started_at"]) for record in records)


@figure("Last start")
def _(records):
    return max(utc(record["started_at"]) for record in records)


@figure("Starts by hour")
def _(records):
    found = Counter(utc(record["started_at"]).hour for record in records)
    return [found[hour] for hour in range(24)]


@figure("Starts by weekday, from Monday")
def _(records):
    found = Counter(utc(record["started_at"]).weekday() for record in records)
    return [found[day] for day in range(7)]


@figure("Starts by month")
def _(records):
    return sorted(Counter(f"{utc(record['started_at']):%Y-%m}" for record in records).items())


@figure("Three busiest days")
def _(records):
    return top({str(day): starts for day, starts in days(records).items()}, 3)


@figure("Starts a day, on average")
def _(records):
    return fmean(days(records).values())


@figure("Mean duration in seconds")
def _(records):
    return fmean(map(seconds, records))


@figure("Median duration in seconds")
def _(records):
    return median(map(seconds, records))


@figure("Attempts of more than an hour")
def _(records):
    return sum(seconds(record) > 3600 for record in records)


@figure("Longest median durations by exam name")
def _(records):
    return top({n: median(map(seconds, rows)) for n, rows in by_name(records).items()}, 5)


@figure("Mean score")
def _(records):
    return fmean(scores(records))


@figure("Standard deviation of the score")
def _(records):
    return stdev(scores(records))


@figure("Share of questions answered correctly")
def _(records):
    return total(records, "correct") / total(records, "total")


@figure("Attempts of 90 % or more")
def _(records):
    return sum(score >= 0.9 for score in scores(records))


@figure("Mean score of the five most taken exams")
def _(records):
    most = top({name: len(rows) for name, rows in by_name(records).items()}, 5)
    return [(name, mean_scores(records)[name]) for name, _ in most]


@figure("Highest mean scores by exam name")
def _(records):
    return top(mean_scores(records), 8)


@figure("Lowest mean scores by exam name")
def _(records):
    return [(mean, name) for name, mean in top(mean_scores(records), 5, ascending=True)]


@figure("Most all-correct attempts by exam name")
def _(records):
    return top({name: all_right(rows) for name, rows in by_name(records).items()}, 10)


@figure("Median score")
def _(records):
    return median(scores(records))


@figure("Share of attempts under 70 %")
def _(records):
    return fmean(score < 0.7 for score in scores(records))


@figure("Attempts with all answers right")
def _(records):
    return sum(count_of(r, "correct") == count_of(r, "total") for r in with_counts(records))


@figure("Attempts with no answer right")
def _(records):
    return sum(count_of(record, "correct") == 0 for record in with_counts(records))


@figure("Attempts by score")
def _(records):
    return sorted(Counter(scores(records)).items())


@figure("Mean score by hour of the start")
def _(records):
    hours = defaultdict(list)
    for record in with_counts(records):
        hours[utc(record["started_at"]).hour].append(score(record))
    return [(hour, fmean(found)) for hour, found in sorted(hours.items())]


@figure("Correlation of score and duration")
def _(records):
    scored = with_counts(records)
    return correlation(scores(scored), list(map(seconds, scored)))


@figure("Mean of the mean scores by exam name")
def _(records):
    return fmean(mean_scores(records).values())


@figure("Widest spread of scores among exam names with 30 attempts or more")
def _(records):
    names = {n: scores(rows) for n, rows in by_name(records).items()}
    return top({n: stdev(found) for n, found in names.items() if len(found) >= 30}, 5)


@figure("Highest share of attempts under 70 % among exam names with 30 attempts or more")
def _(records):
    names = {n: scores(rows) for n, rows in by_name(records).items()}
    low = {n: fmean(s < 0.7 for s in found) for n, found in names.items() if len(found) >= 30}
    return top(low, 5)


@figure("Attempts by number of questions")
def _(records):
    return sorted(Counter(len(questions_of(r)) for r in records if not is_test(r)).items())


@figure("Question rows")
def _(records):
    return sum(len(questions_of(record)) for record in records)


@figure("Different question ids, the test exam left out")
def _(records):
    return len({question["id"] for _, question in answers(records)})


@figure("Mean number of questions")
def _(records):
    return fmean(len(questions_of(record)) for record in records)


@figure("Questions by result: correct, incorrect, missed some, unanswered")
def _(records):
    return [total(records, n) for n in ("correct", "incorrect", "incomplete", "unanswered")]


@figure("Share of unanswered questions")
def _(records):
    return total(records, "unanswered") / total(records, "total")


@figure("Attempts with an unanswered question")
def _(records):
    return sum(count_of(record, "unanswered") > 0 for record in with_counts(records))


@figure("Attempts with a question that missed some options")
def _(records):
    return sum(count_of(record, "incomplete") > 0 for record in with_counts(records))


@figure("Questions with the result missed_some by exam name")
def _(records):
    return top({name: total(rows, "incomplete") for name, rows in by_name(records).items()}, 10)


@figure("Highest share of unanswered questions by exam name")
def _(records):
    names = {
        n: (total(rows, "unanswered"), total(rows, "total")) for n, rows in by_name(records).items()
    }
    return top({name: left_out / of for name, (left_out, of) in names.items() if of}, 5)


def missed(records: list[Record], key: Callable, *results: str) -> Counter:
    found = Counter()
    for record, question in answers(records):
        found[key(record, question)] += question.get("user_result") in results
    return found


@figure("Questions most often answered incorrectly")
def _(records):
    return top(missed(records, lambda _, q: q["id"], "incorrect"), 10)


@figure("Questions most often left unanswered")
def _(records):
    return top(missed(records, lambda _, q: q["id"], "unanswered"), 5)


def of_exam(record: Record, question: dict) -> tuple[str, str, str]:
    return record["exam_name"], question["id"], record["base_exam_id"]


@figure("Questions of an exam most often not answered correctly")
def _(records):
    wrong = missed(records, of_exam, "incorrect", "missed_some", "unanswered")
    return [(*key[:2], number) for key, number in top(wrong, 10)]


@figure("Hardest questions of an exam, presented 30 times or more")
def _(records):
    right = missed(records, of_exam, "correct")
    asked = Counter(of_exam(*answer) for answer in answers(records))
    rates = {key: right[key] / times for key, times in asked.items() if times >= 30}
    return [(*key[:2], rate) for key, rate in top(rates, 10, ascending=True)]


@figure("Option rows")
def _(records):
    return sum(len(options_of(q)) for record in records for q in questions_of(record))


@figure("Options presented and chosen, the test exam left out")
def _(records):
    options = [option for _, question in answers(records) for option in options_of(question)]
    return [len(options), sum(option["checked"] for option in options)]


@figure("Wrong options of an exam chosen most often")
def _(records):
    chosen = Counter(
        (record["exam_name"], option["id"], record["base_exam_id"])
        for record, question in answers(records)
        for option in options_of(question)
        if option["checked"] and not option.get("correct")
    )
    return [(*key[:2], number) for key, number in top(chosen, 5)]


@figure("Certification: false, null")
def _(records):
    found = Counter(record.get("certification") for record in records)
    return [found["false"], found[None]]


@figure("max_attempts values")
def _(records):
    return sorted({record["max_attempts"] for record in records})


@figure("sequences.attempt values")
def _(records):
    return sorted({record["sequences"]["attempt"] for record in records})
