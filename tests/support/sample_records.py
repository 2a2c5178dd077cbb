"""Records of the sample, generated once, and what is read of them."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache

from sample.generator import records as generate
from tests.support import retakes


@lru_cache(maxsize=4)  # they are large
def delivered(attempts, seed=0):
    return list(generate(attempts, seed))


@lru_cache(maxsize=4)  # they are large
def distinct(attempts, seed=0):
    return [json.loads(raw) for raw in dict.fromkeys(delivered(attempts, seed))]


def parsed(attempts, seed=0):
    return [json.loads(raw) for raw in delivered(attempts, seed)]


def is_test(record):
    return record["base_exam_id"] == "example-id"


def graded(attempts, seed=0):
    """Return the distinct attempts that are not test rows."""
    return [record for record in distinct(attempts, seed) if not is_test(record)]


def questions(records):
    return [question for record in records for question in record["sequences"]["questions"]]


def started(record):
    return datetime.strptime(record["started_at"], "%Y-%m-%dT%H:%M:%S.%f%z")


def taken(records):
    """Each attempt by its times in microseconds, as the models see it: the person is not known."""
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    return [
        retakes.Taken(
            record["base_exam_id"],
            record["keen_id"],
            (started(record) - epoch) // timedelta(microseconds=1),
            int(Decimal(record["keen_created_at"]) * 1_000_000),
        )
        for record in records
    ]
