"""Figures of a dataset that people ask for, computed from its records with plain Python.

Figures that others have published are in `published_figures.json`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from statistics import correlation, fmean, median, stdev

from tests.support.oracle import options_of, questions_of, utc

Record = dict
Figure = Callable[[list[Record]], object]
FIGURES: dict[str, Figure] = {}


def figure(question: str) -> Callable[[Figure], Figure]:
    """Register what computes the figure of a question."""

    def register(compute: Figure) -> Figure:
        FIGURES[question] = compute
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


def seconds(record: Record) -> float:
    start = utc(record["started_at"])
    return float(record["keen_timestamp"]) - (start - utc("1970-01-01T00:00:00Z")).total_seconds()


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


@figure("Different user_exam_ids")
def _(records):
    return len({record["user_exam_id"] for record in records})


@figure("Mean number of attempts by exam name, the test exam left out")
def _(records):
    return fmean(len(rows) for rows in by_name(records).values())


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
    return fmean(fmean(scores(rows)) for rows in by_name(records).values())


@figure("Widest spread of scores among exam names with 30 attempts or more")
def _(records):
    names = {n: scores(rows) for n, rows in by_name(records).items()}
    return top({n: stdev(found) for n, found in names.items() if len(found) >= 30}, 5)


@figure("Highest share of attempts under 70 % among exam names with 30 attempts or more")
def _(records):
    names = {n: scores(rows) for n, rows in by_name(records).items()}
    low = {n: fmean(s < 0.7 for s in found) for n, found in names.items() if len(found) >= 30}
    return top(low, 5)


@figure("Mean number of questions")
def _(records):
    return fmean(len(questions_of(record)) for record in records)


@figure("Questions by result: correct, incorrect, missed some, unanswered")
def _(records):
    found = Counter(question.get("user_result") for _, question in answers(records))
    return [found[result] for result in ("correct", "incorrect", "missed_some", "unanswered")]


@figure("Share of unanswered questions")
def _(records):
    return fmean(question["user_result"] == "unanswered" for _, question in answers(records))


@figure("Attempts with an unanswered question")
def _(records):
    return len({id(r) for r, q in answers(records) if q["user_result"] == "unanswered"})


@figure("Attempts with a question that missed some options")
def _(records):
    return len({id(r) for r, q in answers(records) if q["user_result"] == "missed_some"})


@figure("Highest share of unanswered questions by exam name")
def _(records):
    names = defaultdict(list)
    for record, question in answers(records):
        names[record["exam_name"]].append(question["user_result"] == "unanswered")
    return top({name: fmean(found) for name, found in names.items()}, 5)


def missed(records: list[Record], key: Callable, *results: str) -> Counter:
    return Counter(key(r, q) for r, q in answers(records) if q["user_result"] in results)


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
