"""No content of a message stops anything: each one is accepted or rejected for its true reason."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from confluent_kafka import Producer

from tests.integration.report.conftest import write_site
from tests.support.commands import ForkedPipeline
from tests.support.expected import Dataset, expected_rows
from tests.support.expected.attempts import fct_question_responses
from tests.support.expected.trust import source_files
from tests.support.independent import loads
from tests.support.judge import problem
from tests.support.model_rows import by_key, rows_of, same
from tests.support.mutations import Sent, messages
from tests.support.planted import Message

BUGS = Path(__file__).parents[2] / "support" / "bugs"
# What depends on each part of a record; the other marts are made of these.
MODELS = (
    "stg_assess__messages",
    "int_deliveries",
    "fct_attempts",
    "fct_question_responses",
    "fct_option_choices",
    "item_analysis",
    "rejected_messages",
    "repeated_deliveries",
    "attempts_by_day",
    "source_files",
)
# When the messages were published, which test_all_land_as_they_were_sent compares.
TIMES = {"published_at", "first_published_at", "last_published_at", "delivered_in"}
# What is read of a rejected message, for people who look for the reason.
CONTENT = {
    "keen_id", "user_exam_id", "base_exam_id", "exam_name", "certification", "max_attempts",
    "started_at", "finished_at", "keen_created_at", "unknown_fields",
}  # fmt: skip


def is_rejected(row: dict) -> bool:
    return row.get("rejection_reason") is not None


@pytest.fixture(scope="module")
def sent(tmp_path_factory) -> list[Sent]:
    """Mutations, and messages that stopped a pipeline once."""
    bugs = [line for path in sorted(BUGS.glob("*")) for line in path.read_bytes().splitlines()]
    assert len(bugs) > 20
    return messages(tmp_path_factory.mktemp("mutations"), seed=0) + list(map(Sent, bugs))


@pytest.fixture(scope="module")
def mutated(sandbox, sent) -> ForkedPipeline:
    """A pipeline in which all of them landed at once."""
    pipeline = ForkedPipeline.new(sandbox, "mutations")
    with sandbox.kafka() as client:
        client.create_topics(
            {
                pipeline.name: {
                    "num_partitions": 2,
                    "replication_factor": 1,
                    # As a broker older than 4.0 does.
                    "configs": {
                        "message.timestamp.after.max.ms": str(2**63 - 1),
                        "max.message.bytes": "20000000",
                    },
                }
            }
        )
    producer = Producer(
        {"bootstrap.servers": sandbox.broker, "acks": "all", "message.max.bytes": 20_000_000}
    )
    for number, message in enumerate(sent):
        producer.produce(
            pipeline.name,
            message.value,
            message.key,
            partition=number % 2,
            headers=message.headers,
            timestamp=message.timestamp,
        )
        producer.poll(0)
    assert producer.flush(60) == 0
    pipeline.ingest("land")
    return pipeline


@pytest.fixture(scope="module")
def printed(mutated) -> str:
    """What a build as in `make run` prints; it must end well."""
    return mutated.dbt("build", "--exclude-resource-type", "unit_test").stdout


@pytest.fixture(scope="module")
def data(mutated) -> Dataset:
    raw = loads(mutated)
    told = {
        row["value"]: problem(row["value"], row["landed_at"].replace(tzinfo=None)) for row in raw
    }
    return Dataset(raw, [Message(*item) for item in told.items()])


def test_all_land_as_they_were_sent(mutated, sent):
    landed = loads(mutated)
    assert len(sent) > 2500
    assert Counter((r["value"], r["key"]) for r in landed) == Counter(m[:2] for m in sent)
    headers = Counter(
        (header["key"], header["value"]) for row in landed for header in row["headers"] or []
    )
    assert headers == Counter(header for m in sent for header in m.headers or [])
    # Python has no time after the year 9999.
    times = mutated.query("select unix_millis(timestamp) from {raw}")
    assert Counter(time for (time,) in times) == Counter(m.timestamp for m in sent)


def test_a_build_ends_well_and_warns(printed, data):
    assert re.search(r"ERROR=0 SKIP=0", printed)
    known = {"correct", "incorrect", "missed_some", "unanswered", None}
    new = sum(row["result"] not in known for row in fct_question_responses(data))
    assert new > 50
    assert re.search(rf"WARN {new} no_new_values_fct_question_responses_result", printed)
    files = source_files(data)
    assert len(files) == sum(not file["is_complete"] for file in files) == 4
    assert re.search(r"WARN 4 each_source_file_is_complete", printed)


@pytest.mark.parametrize("model", MODELS)
def test_each_message_becomes_what_it_must(mutated, printed, data, model):
    found = by_key(model, rows_of(mutated, model))
    computed = by_key(model, expected_rows(model, data))
    assert found.keys() == computed.keys()
    differences = [
        (key, column, str(found[key][column])[:200], str(value)[:200])
        for key, row in computed.items()
        for column, value in row.items()
        if column not in (TIMES | CONTENT if is_rejected(row) else TIMES)
        and not same(found[key][column], value)
    ]
    assert not differences, (len(differences), differences[:5])


def test_the_pages_are_written(mutated, printed, tmp_path):
    """A page works for every value that a column's type can hold."""
    mutated.dbt("docs", "generate", "--static", "--empty-catalog")
    write_site(mutated, SITE_DIR=str(tmp_path))
    assert "</html>" in (tmp_path / "report.html").read_text()


def test_peek_and_status_read_what_others_sent(mutated):
    mutated.ingest("peek", "-n", "10000")
    status = json.loads(mutated.ingest("status", "--json").stdout)
    assert status["newest_message_at"].startswith("9999-01-01")
