"""Each count test of the dbt project fails on data that is broken on purpose, and names it."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli import ROOT
from tests.support.data_tests import COUNT_TESTS, INCOMPLETE, LATE, LOST

ATTEMPTS = "no_attempt_is_lost_or_added"
COUNTS = "counts_of_each_record_agree_with_its_questions"
ANSWERS = "answers_are_those_expected_of_the_dataset"
THEORY = "no_attempt_is_lost_in_test_theory"
# Two of them look at these marts, which compare other tables.
MARTS = ("load_reconciliation", "source_files")

COUNTED = ("total", "submitted", "correct", "incorrect", "incomplete", "unanswered")
# What is broken of each of these attempts, by its place in {counted}.
WRONG_COUNTS = [
    *(
        f"if(keen_id = {{counted_{number}}}, 99, count_{count}) as count_{count}"
        for number, count in enumerate(COUNTED)
    ),
    "if(keen_id = {counted_6}, not is_all_correct, is_all_correct) as is_all_correct",
]
FILE = "source_file, source_sha256, source_records"  # of a message
OF_FILES = f"select * except (disposition, {FILE}), {{}}, {{}} from {{{{table}}}}"

# By round: what is there in place of which tables, and how many rows each test then finds.
ROUNDS = {
    "lost": (
        {
            "stg_assess__messages": "select * from {table} where not ({duplicate})",
            "fct_attempts": "select * from {table} where not ({attempt})",
            "fct_question_responses": "select * from {table} where not ({question})",
            "fct_option_choices": "select * from {table} where not ({option})",
            "answers": "select * from {table} where question_number != 4",
            "fct_scored_responses": "select * from {table} where not ({scored})",
        },
        # The attempt that fct_attempts lacks is of another exam than the response, and counts in
        # both populations.
        {LOST: 1, INCOMPLETE: 1, ATTEMPTS: 2, COUNTS: 1, ANSWERS: 1, THEORY: 3},
    ),
    "doubled or added": (
        {
            "stg_assess__messages": "{table} union all select * from {table} where {duplicate}",
            "fct_attempts": "{table} union all "
            "select 'no' as keen_id, * except (keen_id) from {table} where {attempt}",
            "fct_question_responses": "{table} union all select * from {table} where {question}",
            "fct_option_choices": "{table} union all select * from {table} where {option}",
            "answers": "select * except (answer), 'another' as answer from {table}",
            "fct_scored_responses": "{table} union all select * from {table} where {scored}",
        },
        {LOST: 1, INCOMPLETE: 1, ATTEMPTS: 2, COUNTS: 1, ANSWERS: 8, THEORY: 3},
    ),
    "changed": (
        {
            "stg_assess__messages": "select * except (disposition), "
            "if({duplicate}, null, disposition) as disposition from {table}",
            "int_deliveries": "select * except (is_all_correct, "
            + ", ".join(f"count_{count}" for count in COUNTED)
            + f"), {', '.join(WRONG_COUNTS)} from {{table}}",
            "fct_question_responses": "select * except (result), "
            "if({question}, 'missed_some', result) as result from {table}",
            "answers": "select * except (answer_as_delivered), "
            "'another' as answer_as_delivered from {table}",
        },
        {LOST: 1, ATTEMPTS: 1, COUNTS: 8, ANSWERS: 8},
    ),
    "a question lost": (
        {"fct_question_responses": "select * from {table} where not ({question})"},
        {LOST: 1, COUNTS: 1},
    ),
    "an attempt's questions lost": (
        {"fct_question_responses": "select * from {table} where not ({attempt})"},
        {LOST: 1, COUNTS: 1},
    ),
    "an attempt that is there twice": (
        {"fct_attempts": "{table} union all select * from {table} where {attempt}"},
        {ATTEMPTS: 1, THEORY: 2},
    ),
    "results of questions that are too many": (
        {
            "item_analysis": "select * except (correct), "
            "correct + if(population = 'all_attempts' and {exam}, 1, 0) as correct from {table}"
        },
        {THEORY: 1},
    ),
    "an option lost": (
        {"fct_option_choices": "select * from {table} where not ({option})"},
        {LOST: 1},
    ),
    "an attempt's questions lost, and no total": (
        {
            "fct_question_responses": "select * from {table} where not ({attempt})",
            "int_deliveries": "select * except (count_total), "
            "if({attempt}, null, count_total) as count_total from {table}",
        },
        {LOST: 1, COUNTS: 1},
    ),
    "a wrong count of an attempt that has each result": (
        {
            "int_deliveries": "select * except (count_correct), "
            "if({mixed}, 99, count_correct) as count_correct from {table}"
        },
        {COUNTS: 1},
    ),
    "an attempt that is accepted twice": (
        {
            "stg_assess__messages": "select * except (disposition), "
            "if({duplicate}, 'accepted', disposition) as disposition from {table}"
        },
        {LOST: 1, ATTEMPTS: 1},
    ),
    "an option added": (
        {"fct_option_choices": "{table} union all select * from {table} where {option}"},
        {LOST: 1},
    ),
    "sums of first attempts that are too high": (
        {
            "item_analysis": "select * except (presented), "
            "presented + if(population = 'first_attempts' and {exam}, 1, 0) as presented "
            "from {table}"
        },
        {THEORY: 1},
    ),
    "first attempts at an exam that no mart of test theory has": (
        dict.fromkeys(
            ("exam_reliability", "item_analysis"),
            "select * from {table} where not (population = 'first_attempts' and {exam})",
        ),
        {THEORY: 1},
    ),
    "a load that landed after staging was built": (
        {
            "raw": "{table} union all (select * except (load_id), 9L as load_id "
            "from {table} limit 1)"
        },
        {LATE: 1},
    ),
    "an old load that was not staged": (
        {
            "raw": "{table} union all (select * except (load_id), 0L as load_id "
            "from {table} limit 1)"
        },
        {LOST: 1},
    ),
    # A record that came twice, a file without its end, and one without its middle.
    "files that are not complete": (
        {
            "stg_assess__messages": " union all ".join(
                [
                    OF_FILES.format("disposition", FILE),
                    OF_FILES.format("'duplicate'", FILE) + " where source_position = 0",
                    OF_FILES.format("'duplicate'", "'end.json', 'e', 3L")
                    + " where source_position in (0, 1)",
                    OF_FILES.format("'duplicate'", "'middle.json', 'm', 3L")
                    + " where source_position in (0, 2)",
                ]
            )
        },
        {LOST: 1, INCOMPLETE: 3, ATTEMPTS: 3},
    ),
}


@pytest.fixture(scope="module")
def places(built):
    """The rows that are broken: first attempts with a full score, a message that is a duplicate."""
    attempts = built.query(
        "select keen_id, base_exam_id from {analytics}.fct_attempts "
        "where score = 1 and is_first_in_session order by keen_id limit 8"
    )
    duplicate = built.query(
        "select min(offset) from {analytics}.stg_assess__messages where disposition = 'duplicate'"
    )
    scored = built.query(
        "select min_by(keen_id, keen_id), min_by(question_id, keen_id) "
        "from {analytics}.fct_scored_responses where keen_id in "
        "(select keen_id from {analytics}.fct_attempts where is_first_in_session) "
        f"and base_exam_id != '{attempts[0][1]}'"
    )
    [(mixed,)] = built.query(
        "select min(keen_id) from {analytics}.fct_attempts "
        "where least(correct, incorrect, missed_some, unanswered) > 0"
    )
    attempt = f"keen_id = '{attempts[0][0]}'"
    return {
        "attempt": attempt,
        "exam": f"base_exam_id = '{attempts[0][1]}'",
        "scored": f"keen_id = '{scored[0][0]}' and question_id = '{scored[0][1]}'",
        "question": f"{attempt} and question_position = 1",
        "option": f"{attempt} and question_position = 1 and option_position = 1",
        **{f"counted_{number}": repr(keen_id) for number, (keen_id, _) in enumerate(attempts[1:])},
        "duplicate": f"offset = {duplicate[0][0]}",
        "mixed": f"keen_id = '{mixed}'",
    }


@pytest.fixture(scope="module")
def failures(built, places):
    """A function: the count tests that fail when some tables are others, and the rows of each.

    dbt compiles the tests once; its own way to run them takes ten times as long.
    """
    built.dbt("--quiet", "compile", "--select", *COUNT_TESTS, *MARTS, "--vars", "dataset: sample")
    results = Path(built.environment["DBT_TARGET_PATH"]) / "run_results.json"
    compiled = {
        result["unique_id"].split(".")[2]: result["compiled_code"]
        for result in json.loads(results.read_text())["results"]
    }
    tests = {LOST, LATE, INCOMPLETE, ATTEMPTS, COUNTS, ANSWERS, THEORY}
    assert tests == {path.stem for path in ROOT.glob("tests/dbt/*.sql")} | {
        LOST,
        LATE,
        INCOMPLETE,
    }

    def relation(table: str) -> str:
        return built.raw_table if table == "raw" else f"{built.schema}.{table}"

    def instead(sql: str, table: str, select: str) -> str:
        return re.sub(rf"{re.escape(relation(table))}\b", lambda _: f"({select})", sql)

    def failing(tables: dict[str, str]) -> dict[str, int]:
        broken = {}
        for table, select in tables.items():
            whole = select if select.startswith("select") else f"select * from {select}"
            broken[table] = whole.format(table=relation(table), **places)

        def count(name: str) -> int:
            sql = compiled[name]
            for mart in MARTS:  # as `dbt build` would build it of the broken tables
                sql = instead(sql, mart, compiled[mart])
            for table, select in broken.items():
                sql = instead(sql, table, select)
            return len(built.sandbox.query(sql))

        with ThreadPoolExecutor(4) as pool:
            counts = dict(zip(tests, pool.map(count, tests), strict=True))
        return {name: rows for name, rows in counts.items() if rows}

    return failing


@pytest.mark.parametrize("name", ROUNDS)
def test_what_is_broken_is_found(failures, name):
    tables, expected = ROUNDS[name]
    assert failures(tables) == expected


def test_nothing_is_found_in_sound_data(built, failures):
    assert failures({}) == {}
    built.dbt("test", "--select", *COUNT_TESTS, "--vars", "dataset: sample")
