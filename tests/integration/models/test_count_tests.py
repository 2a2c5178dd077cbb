"""Each count test of the dbt project fails on data that is broken on purpose, and names it."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

LOST = "each_load_is_reconciled"
INCOMPLETE = "each_source_file_is_complete"
ATTEMPTS = "no_attempt_is_lost_or_added"
COUNTS = "counts_of_each_record_agree_with_its_questions"
ANSWERS = "answers_are_those_expected_of_the_dataset"
THEORY = "no_attempt_is_lost_in_test_theory"
COUNT_TESTS = ("test_type:singular", LOST, INCOMPLETE)
# Two of them look at these marts, which compare other tables.
MARTS = ("load_reconciliation", "source_files")

# What is done to which table, and how many rows each test must then find.
FILE = (  # some first records of the sample once more, as those of another file
    "insert into {{table}} by name "
    "select * except (disposition, source_file, source_sha256, source_records), "
    "'duplicate' as disposition, {} from {{table}} where source_position in ({})"
)
END = "'end.json' as source_file, 'e' as source_sha256, 3L as source_records"
MIDDLE = "'middle.json' as source_file, 'm' as source_sha256, 3L as source_records"
ROUNDS = {
    "lost": (
        [
            ("stg_assess__messages", "delete from {table} where {duplicate}"),
            ("fct_attempts", "delete from {table} where {attempt}"),
            (
                "fct_question_responses",
                "delete from {table} where {question}",
            ),
            (
                "fct_option_choices",
                "delete from {table} where {option}",
            ),
            ("answers", "delete from {table} where question_number = 4"),
            ("fct_scored_responses", "delete from {table} where {scored}"),
        ],
        # The attempt that fct_attempts lacks is of another exam than the response.
        {LOST: 1, INCOMPLETE: 1, ATTEMPTS: 1, COUNTS: 1, ANSWERS: 1, THEORY: 2},
    ),
    "doubled or added": (
        [
            (
                "stg_assess__messages",
                "insert into {table} select * from {table} where {duplicate}",
            ),
            (
                "fct_attempts",
                "insert into {table} select 'no', * except (keen_id) from {table} limit 1",
            ),
            (
                "fct_question_responses",
                "insert into {table} select * from {table} where {question}",
            ),
            (
                "fct_option_choices",
                "insert into {table} select * from {table} where {option}",
            ),
            ("answers", "update {table} set answer = 'another'"),
            (
                "fct_scored_responses",
                "insert into {table} select * from {table} where {scored}",
            ),
        ],
        {LOST: 1, INCOMPLETE: 1, ATTEMPTS: 1, COUNTS: 1, ANSWERS: 8, THEORY: 2},
    ),
    "changed": (
        [
            (
                "stg_assess__messages",
                "update {table} set disposition = null where {duplicate}",
            ),
            *(
                (
                    "stg_assess__messages",
                    f"update {{table}} set sequences.counts.{field} = {value} "
                    f"where keen_id = '{{counted_{number}}}' and disposition = 'accepted'",
                )
                for number, (field, value) in enumerate(
                    {
                        "total": 99,
                        "submitted": 99,
                        "correct": 99,
                        "incorrect": 99,
                        "incomplete": 99,
                        "unanswered": 99,
                        "all_correct": "not sequences.counts.all_correct",
                    }.items()
                )
            ),
            (
                "fct_question_responses",
                "update {table} set result = 'missed_some' where {question}",
            ),
            (
                "answers",
                "update {table} set answer_as_delivered = 'another'",
            ),
        ],
        {LOST: 1, COUNTS: 8, ANSWERS: 8},
    ),
    "a question lost": (
        [("fct_question_responses", "delete from {table} where {question}")],
        {LOST: 1, COUNTS: 1},
    ),
    "an option lost": (
        [("fct_option_choices", "delete from {table} where {option}")],
        {LOST: 1},
    ),
    "a load that was not staged": (
        [
            (
                "raw",
                "insert into {raw} partition (load_id = 9) by name "
                "select * except (load_id) from {raw} where load_id = 1 and source_position = 0",
            )
        ],
        {LOST: 1},
    ),
    # A record that came twice, a file without its end, and one without its middle.
    "files that are not complete": (
        [
            (
                "stg_assess__messages",
                FILE.format("source_file, source_sha256, source_records", "0"),
            ),
            ("stg_assess__messages", FILE.format(END, "0, 1")),
            ("stg_assess__messages", FILE.format(MIDDLE, "0, 2")),
        ],
        {LOST: 1, INCOMPLETE: 3},
    ),
}


@pytest.fixture(scope="module")
def places(built):
    """The rows that are broken: attempts with a full score, and a message that is a duplicate."""
    attempts = built.query(
        "select keen_id from {analytics}.fct_attempts where score = 1 order by keen_id limit 8"
    )
    duplicate = built.query(
        "select min(offset) from {analytics}.stg_assess__messages where disposition = 'duplicate'"
    )
    scored = built.query(
        "select min_by(keen_id, keen_id), min_by(question_id, keen_id) "
        "from {analytics}.fct_scored_responses where base_exam_id not in "
        f"(select base_exam_id from {{analytics}}.fct_attempts where keen_id = '{attempts[0][0]}')"
    )
    attempt = f"keen_id = '{attempts[0][0]}'"
    return {
        "{attempt}": attempt,
        "{scored}": f"keen_id = '{scored[0][0]}' and question_id = '{scored[0][1]}'",
        "{question}": f"{attempt} and question_position = 1",
        "{option}": f"{attempt} and question_position = 1 and option_position = 1",
        **{f"{{counted_{number}}}": keen_id for number, (keen_id,) in enumerate(attempts[1:])},
        "{duplicate}": f"offset = {duplicate[0][0]}",
    }


@pytest.fixture(scope="module")
def failures(built):
    """A function: the count tests that fail now, and how many rows each finds.

    dbt compiles the tests once; its own way to run them takes ten times as long.
    """
    built.dbt("--quiet", "compile", "--select", *COUNT_TESTS, *MARTS, "--vars", "dataset: sample")
    results = Path(built.environment["DBT_TARGET_PATH"]) / "run_results.json"
    compiled = {
        result["unique_id"].split(".")[2]: result["compiled_code"]
        for result in json.loads(results.read_text())["results"]
    }
    marts = {name: compiled.pop(name) for name in MARTS}
    assert set(compiled) == {LOST, INCOMPLETE, ATTEMPTS, COUNTS, ANSWERS, THEORY}

    def count(name: str) -> int:
        sql = compiled[name]
        for mart, select in marts.items():  # as `dbt build` would build it now
            sql = sql.replace(f"{built.schema}.{mart}", f"({select})")
        return len(built.sandbox.query(sql))

    def failing() -> dict[str, int]:
        with ThreadPoolExecutor(4) as pool:
            counts = dict(zip(compiled, pool.map(count, compiled), strict=True))
        return {name: rows for name, rows in counts.items() if rows}

    yield failing
    assert failing() == {}, "what was broken was not restored"


@pytest.mark.parametrize("name", ROUNDS)
def test_what_is_broken_is_found(built, places, failures, name):
    statements, expected = ROUNDS[name]
    undo = {}
    for table, statement in statements:
        relation = f"{built.environment['DBT_SCHEMA']}.{table}"
        if table != "raw" and relation not in undo:
            undo[relation] = built.query(f"describe history {relation} limit 1")[0][0]
        for place, value in {"{table}": relation, **places}.items():
            statement = statement.replace(place, value)
        built.query(statement)
    try:
        assert failures() == expected
    finally:
        for relation, version in undo.items():
            built.query(f"restore table {relation} to version as of {version}")
        if not undo:
            built.query("alter table {raw} drop partition (load_id = 9)")
            built.sandbox.hdfs.rm(f"{built.raw_path}/load_id=9", recursive=True)


def test_dbt_finds_nothing_in_sound_data(built):
    built.dbt("test", "--select", *COUNT_TESTS, "--vars", "dataset: sample")
