"""The models, each row and column compared with an independent computation (expected/)."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from cli import ROOT
from tests.support.expected import Dataset, expected_rows
from tests.support.independent import loads, slices
from tests.support.model_rows import KEYS, by_key, rows_of, same
from tests.support.models_yaml import descriptions
from tests.support.planted import PLACES, Message

# Columns that are not computed here. The unit tests of answers and limits have their texts.
TEXTS = {
    "answers": {"question", "explanation"},
    "limits": {"meaning", "source"},
}


@pytest.fixture(scope="module", params=["run", "load_by_load"])
def marts(request):
    """A pipeline with marts, and what must be in them."""
    made = request.getfixturevalue(request.param)
    raw = loads(made.pipeline)
    messages = (
        made.messages
        if request.param == "load_by_load"
        else [Message(value) for value in slices(made.path)]
    )
    assert Counter(row["value"] for row in raw) == Counter(m.value for m in messages)
    return made.pipeline, Dataset(raw, messages)


@pytest.mark.parametrize("model", KEYS)
def test_each_column_of_each_row_is_as_computed_independently(marts, model):
    pipeline, data = marts
    found = by_key(model, rows_of(pipeline, model))
    computed = by_key(model, expected_rows(model, data))
    assert found.keys() == computed.keys()
    differences = [
        (key, column, found[key][column], value)
        for key, row in computed.items()
        for column, value in row.items()
        if not same(found[key][column], value)
    ]
    assert not differences, differences[:5]
    columns = set().union(*computed.values())
    for row in found.values():
        assert row.keys() - TEXTS.get(model, set()) == columns


def test_each_reason_for_a_rejection_is_planted(built, load_by_load):
    """The texts in the SQL of the staging model that make up reasons; each of them is planted."""
    target = Path(built.environment["DBT_TARGET_PATH"])
    path = target / "compiled/assessments/models/staging/stg_assess__messages.sql"
    sql = re.sub(r"--.*", "", path.read_text())
    judging = sql[sql.index("checked as (") : sql.index("history as (")]
    texts = {
        text.replace(r"\\", "\\")
        for text in re.findall(r"'([^']*)'", judging)
        if re.search(r"[a-z] |^text$", text)
    }
    assert len(texts) > 30
    reasons = "\n".join(message.problem or "" for message in load_by_load.messages)
    assert [text for text in texts if text not in reasons] == []
    known = {f"{path}{field}" for path, (_, fields) in PLACES.items() for field in fields}
    assert set(re.findall(r"'([a-z_.]+)', '[A-Z<]+'", sql)) == known


def test_what_is_numbered_begins_where_its_description_says(run):
    said = {
        (model, column): int(number[1])
        for (model, column), text in descriptions("models/marts").items()
        if (number := re.search(r"\bfrom (\d)\b(?! to)", text))
    }
    lowest = " union all ".join(
        f"select '{column}', min({column}) from {{analytics}}.{model}" for model, column in said
    )
    found = {}
    for column, number in run.pipeline.query(lowest):
        found[column] = min(found.get(column, number), number, key=lambda n: (n is None, n))
    assert found == {column: number for (_, column), number in said.items()}
    assert {"source_position", "option_position", "attempt_in_session"} <= found.keys()


def test_all_models_are_compared():
    models = {path.stem for path in ROOT.glob("models/**/*.sql")}
    assert models == KEYS.keys()


def test_the_fifth_question_may_be_about_an_exam_with_a_quote_in_its_name(marts, tmp_path):
    (pipeline, data), exam = marts, "The Learner's Git"
    pipeline.dbt(
        "--quiet", "compile", "--select", "answers",
        "--vars", json.dumps({"exam_of_question_5": exam}), DBT_TARGET_PATH=str(tmp_path),
    )  # fmt: skip
    sql = (tmp_path / "compiled/assessments/models/marts/attempts/answers.sql").read_text()
    [answer] = [row[1:4] for row in pipeline.sandbox.query(sql) if row[0] == 5]
    both = data.oracle.answers(pipeline.name, exam)[4]
    assert answer == (f"How many people took {exam}?", *both)


def test_variables_may_hold_any_character(built, tmp_path):
    exam, test_exam = r"a\d 'b' \\", r"it's \a test"
    built.dbt(
        "--quiet", "compile", "--select", "answers", "int_deliveries", "--vars",
        json.dumps(
            {"exam_of_question_5": exam, "test_exam_id": test_exam, "retake_window_seconds": 90}
        ),
        DBT_TARGET_PATH=str(tmp_path),
    )  # fmt: skip
    found = {path.stem: path.read_text() for path in tmp_path.glob("compiled/**/*.sql")}
    answers = {row[0]: row for row in built.sandbox.query(found["answers"])}
    assert answers[5][1] == f"How many people took {exam}?"
    assert answers[7][2].endswith(f" rows, {test_exam}")
    assert answers[7][-1].startswith(f"Records with the base_exam_id {test_exam}. ")
    assert "at most 90 s after" in answers[3][-1]
    literal = re.search("base_exam_id = (.*) as is_test", found["int_deliveries"]).group(1)
    assert built.sandbox.query(f"select {literal}") == [(test_exam,)]
    tests = f"select count(*), count_if(is_test) from ({found['int_deliveries']})"
    [(rows, of_tests)] = built.sandbox.query(tests)
    assert rows > of_tests == 0


def test_the_answers_are_those_that_are_known_of_the_dataset(run):
    test = ("test", "--select", "answers_are_those_expected_of_the_dataset", "--vars")
    known = "reference" if os.environ.get("ASSESSMENTS_FILE") else "sample"
    assert "PASS=1" in run.pipeline.dbt(*test, f"dataset: {known}").stdout
    done = run.pipeline.dbt(*test, "dataset: nope", check=False)
    assert done.returncode != 0
    assert "No answers are expected for the dataset 'nope'. Known: reference, sample" in done.stdout


def test_a_second_run_does_nothing_and_prints_the_same(run):
    counts = "select * from {analytics}.load_reconciliation"
    before = run.pipeline.query(counts)
    again = run.pipeline.make_run(run.path)
    assert run.pipeline.query(counts) == before
    assert "START" not in again
    table = run.printed.index("The eight answers")
    assert again[again.index("The eight answers") :] == run.printed[table:]
