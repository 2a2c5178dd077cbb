"""`python -m refresh` builds what changed since the last green run, and nothing else."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath
from subprocess import CompletedProcess

import pytest

from cli import ROOT
from sample.generator import write_sample
from tests.support.commands import ForkedPipeline
from tests.support.data_tests import drop_data_tests
from tests.support.unread import unread
from tests.support.worst_environment import ODD

PROJECT = ("dbt_project.yml", "requirements.txt", "models", "macros", "profiles", "tests", "report")


TESTED = ("exam_results", "fct_option_choices", "totals")


class Checkout:
    """A copy of the project that tests change, and a pipeline that it built.

    Few of its models have data tests: how tests are selected shows in few, too.
    """

    def __init__(self, pipeline: ForkedPipeline, folder: Path) -> None:
        self.pipeline = pipeline
        self.folder = folder
        self.originals: dict[Path, bytes | None] = {}  # of what the test has changed
        self.is_green = False  # whether the last run built the project without changes
        folder.mkdir()
        for name in PROJECT:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        drop_data_tests(folder, keep=TESTED)

    @property
    def profiles(self) -> dict[str, str]:
        return {"DBT_PROFILES_DIR": str(self.folder / "profiles")}

    def refresh(self, *options: str, check: bool = True, **variables: str) -> CompletedProcess:
        environment = {**self.profiles, **variables}
        if "--dry-run" not in options:
            self.is_green = not self.originals
        return self.pipeline.refresh(self.folder, *options, check=check, **environment)

    def refresh_that_nobody_reads(self) -> CompletedProcess:
        """As in `python -m refresh | true`."""
        environment = {**os.environ, **self.pipeline.environment, **self.profiles}
        with unread() as output:
            return subprocess.run(
                [sys.executable, "-m", "refresh"], stdout=output, stderr=subprocess.PIPE, text=True,
                cwd=self.folder, env={**environment, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL, timeout=600,
            )  # fmt: skip

    def would_build(self, **variables: str) -> tuple[str, set[str]]:
        """Why something would be built, and the names of the models and tests."""
        done = self.refresh("--dry-run", **variables)
        return done.stderr.strip(), set(done.stdout.split())

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        self.originals.setdefault(path, path.read_bytes() if path.exists() else None)
        path.write_text(text)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert text.count(old) == 1, text.count(old)
        self.write(name, text.replace(old, new))

    def undo(self) -> None:
        """Undo all changes of the project, not those of the tables."""
        for path, original in self.originals.items():
            path.unlink(missing_ok=True)
            if original is not None:
                path.write_bytes(original)
        self.originals.clear()


@pytest.fixture(scope="module")
def refreshed(sandbox, tmp_path_factory) -> Checkout:
    """A project whose models, tests and pages are as a green run left them."""
    folder = tmp_path_factory.mktemp("checkout")
    pipeline = ForkedPipeline.new(sandbox, "refresh")
    write_sample(folder / "sample.json", attempts=40)
    pipeline.ingest("run", folder / "sample.json")
    checkout = Checkout(pipeline, folder / ODD)
    first = checkout.refresh()
    assert "no earlier run is known" in first.stderr
    assert "The eight answers" in first.stdout
    return checkout


@pytest.fixture
def checkout(refreshed) -> Iterator[Checkout]:
    """The project as a green run left it; what the test changes in the project is undone."""
    if not refreshed.is_green:
        refreshed.refresh()
    yield refreshed
    refreshed.undo()


NOTHING = "models: everything is as the last run left it", set()
ANEW = "; incremental models with --full-refresh"
MODELS = {path.stem for path in ROOT.glob("models/**/*.sql")}


def pages(pipeline: ForkedPipeline) -> dict[Path, tuple[int, bytes]]:
    return {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in pipeline.site.rglob("*.html")}


def versions(pipeline: ForkedPipeline) -> dict[str, int]:
    """By table: the number of its newest version, of which HDFS has a file."""
    hdfs = pipeline.sandbox.hdfs
    return {
        PurePath(table).name: max(
            int(PurePath(path).stem)
            for path in hdfs.ls(f"{table}/_delta_log", detail=False)
            if path.endswith(".json")
        )
        for table in hdfs.ls(f"/warehouse/{pipeline.schema}.db", detail=False)
    }


def test_nothing_new_nothing_done(checkout):
    pipeline = checkout.pipeline
    assert checkout.would_build() == NOTHING
    before = pages(pipeline), versions(pipeline)
    assert before[1].keys() == MODELS - {"int_deliveries", "int_questions", "int_options"}
    again = checkout.refresh()
    assert (pages(pipeline), versions(pipeline)) == before
    assert len(before[0]) == 3
    assert "START" not in again.stdout
    assert "The eight answers" in again.stdout


def test_a_page_that_was_changed_or_deleted_is_written_again(checkout):
    before = pages(checkout.pipeline)
    (checkout.pipeline.site / "report.html").write_text("changed")
    (checkout.pipeline.site / "index.html").unlink()
    assert "START" not in checkout.refresh().stdout
    after = pages(checkout.pipeline)
    assert after.keys() == before.keys()
    assert all(len(after[page][1]) > 1000 for page in after)


def test_the_documentation_states_no_number_of_rows(checkout):
    """Of Delta tables Spark keeps none, and dbt would show 0 where a table was replaced."""
    page = (checkout.pipeline.site / "docs" / "index.html").read_text()
    assert "fct_attempts" in page
    assert not re.search(r'"id":\s*"(rows|bytes)"', page)


def test_a_changed_model_and_what_depends_on_it(checkout):
    checkout.change(
        "models/marts/attempts/attempts_by_hour.sql", "select * from final", "select * from final  "
    )
    assert checkout.would_build() == NOTHING  # spaces at the end
    checkout.change(
        "models/marts/attempts/exam_results.sql",
        "select * from final",
        "select * from final where true",
    )
    reason, names = checkout.would_build()
    assert "changed in the project" in reason
    # The lineage that the SQL files state.
    assert names & MODELS == descendants("exam_results")
    assert "unique_exam_results_base_exam_id" in names


def test_a_changed_description_makes_no_table_anew_that_builds_append_to(checkout):
    path = "models/marts/attempts/fct_question_responses.yml"
    checkout.change(path, "One response to", "Exactly one response to")
    reason, names = checkout.would_build()
    assert "fct_question_responses" in names
    assert ANEW not in reason


DELIVERIES = "models/marts/attempts/fct_deliveries"


@pytest.mark.parametrize("name, old, new", [
    (f"{DELIVERIES}.sql", "select * from final", "select * from final where true"),
    (f"{DELIVERIES}.yml", "name: fct_deliveries\n",
     "name: fct_deliveries\n  config: {partition_by: topic}\n"),
    (f"{DELIVERIES}.yml", "certification\n    data_type: string",
     "certification\n    data_type: boolean"),
    ("macros/record/counted_results.sql", "    if(", "    if( "),  # called by staging
], ids=["query", "configuration", "contract", "macro"])  # fmt: skip
def test_what_rows_are_made_of_makes_tables_anew_that_builds_append_to(checkout, name, old, new):
    checkout.change(name, old, new)
    reason, _ = checkout.would_build()
    assert reason.endswith(ANEW)


def descendants(*names: str) -> set[str]:
    """Models and those that refer to them, read from their text."""
    texts = {path.stem: path.read_text() for path in ROOT.glob("models/**/*.sql")}
    found = set(names)
    while True:
        more = {
            model for model, text in texts.items()
            if any(f"ref('{name}')" in text for name in found)
        }  # fmt: skip
        if more <= found:
            return found
        found |= more


def test_a_new_model_and_a_changed_test(checkout):
    checkout.write("models/marts/attempts/mine.sql", "select * from {{ ref('totals') }}")
    checkout.change(
        "tests/dbt/no_attempt_is_lost_or_added.sql", "attempts.attempts <=> 1", "attempts <=> 1"
    )
    assert checkout.would_build() == (
        "models: mine, no_attempt_is_lost_or_added changed in the project",
        {"mine", "no_attempt_is_lost_or_added"},
    )


def test_a_changed_macro_and_the_models_that_call_it(checkout):
    checkout.change("macros/figures/stable_stddev.sql", "0D as n, 0D", "0D as n,  0D")
    # It is called by the macro exam_figures, which these call.
    callers = {"exam_results", "exam_name_results"}
    _, names = checkout.would_build()
    assert names & MODELS == descendants(*callers)


@pytest.mark.parametrize("name, old, new", [
    ("dbt_project.yml", "low_score: 0.7", "low_score: 0.6"),
    ("requirements.txt", "dbt-core==", "dbt-core  =="),
    ("macros/overrides/spark__alter_column_comment.sql", "set comments = []", "set comments =  []"),
])  # fmt: skip
def test_what_dbt_does_not_compare_builds_everything(checkout, name, old, new):
    checkout.change(name, old, new)
    reason, names = checkout.would_build()
    assert reason.endswith(f" changed{ANEW}")
    assert names >= MODELS


@pytest.mark.parametrize("variable", ["DBT_SCHEMA", "KAFKA_TOPIC", "RAW_TABLE"])
def test_a_changed_setting_builds_everything(checkout, variable):
    reason, names = checkout.would_build(**{variable: "other.table"})
    assert f"{variable} changed" in reason
    assert names >= MODELS


def test_a_table_that_was_dropped_and_one_that_was_written(checkout):
    pipeline = checkout.pipeline
    before = pipeline.query("select * from {analytics}.retake_totals")
    by_hour = sorted(pipeline.query("select * from {analytics}.attempts_by_hour"))
    pipeline.query("drop table {analytics}.retake_totals")
    pipeline.query("delete from {analytics}.attempts_by_hour where start_hour > 3")
    done = checkout.refresh()
    assert "attempts_by_hour, retake_totals changed in the database" in done.stderr
    built = {name for name in MODELS if f"model {pipeline.schema}.{name} " in done.stdout}
    assert built == descendants("attempts_by_hour", "retake_totals")
    assert pipeline.query("select * from {analytics}.retake_totals") == before
    assert sorted(pipeline.query("select * from {analytics}.attempts_by_hour")) == by_hour
    assert checkout.would_build() == NOTHING


def test_a_table_that_was_made_again_with_as_many_versions(checkout):
    pipeline, table = checkout.pipeline, "{analytics}.limits"
    version = versions(pipeline)["limits"]
    pipeline.query(f"create table {table}_copy using delta as select * from {table}")
    pipeline.query(f"drop table {table}")
    pipeline.query(f"create table {table} using delta as select * from {table}_copy")
    pipeline.query(f"drop table {table}_copy")
    for number in range(version):
        pipeline.query(f"comment on table {table} is '{number}'")
    assert versions(pipeline)["limits"] == version
    reason, names = checkout.would_build()
    assert "limits changed in the database" in reason
    assert "limits" in names
    checkout.refresh()


def test_a_table_that_was_made_again_has_another_version(pipeline):
    """Though its newest commit has the number and the length of the one before."""
    table = f"{pipeline.schema}.made_again"
    log = f"/warehouse/{pipeline.schema}.db/made_again/_delta_log/{0:020}.json"
    pipeline.query("create schema {analytics}")
    found = []
    for _ in range(2):
        pipeline.query(f"drop table if exists {table}")
        pipeline.query(f"create table {table} (one int) using delta")
        said = pipeline.dbt("run-operation", "table_versions").stdout
        [version] = re.findall(r"\bmade_again=(.*)", said)
        found.append((version, pipeline.sandbox.hdfs.info(log)["size"]))
    (first, size), (second, same_size) = found
    assert size == same_size
    assert first != second


def test_a_run_that_was_killed(checkout):
    path = Path(checkout.pipeline.environment["DBT_TARGET_PATH"]) / "last_run/state.json"
    state = path.read_bytes()
    path.unlink()
    assert checkout.would_build()[0] == f"models: no earlier run is known{ANEW}"
    path.write_bytes(state[:-10])
    assert checkout.would_build()[0] == f"models: no earlier run is known{ANEW}"
    path.write_bytes(state)
    assert checkout.would_build() == NOTHING


def test_what_dbt_refuses_to_build_is_not_forgotten(checkout):
    pipeline = checkout.pipeline
    checkout.change(
        "models/marts/attempts/attempts_by_hour.sql",
        "select * from final",
        "select * from final where true",
    )
    before = checkout.would_build()
    lock = pipeline.sandbox.folder / "run" / f"build-{pipeline.schema}.lock"
    with lock.open("a+") as another:
        fcntl.flock(another, fcntl.LOCK_EX)
        done = checkout.refresh(check=False)
        unread = checkout.refresh_that_nobody_reads()
    assert done.returncode == unread.returncode == 1
    assert "is building the schema" in done.stdout
    assert unread.stderr == done.stderr
    assert checkout.would_build() == before


def generated(pipeline: ForkedPipeline) -> tuple[int, bytes]:
    """When dbt last generated its documentation, and what."""
    path = Path(pipeline.environment["DBT_TARGET_PATH"]) / "static_index.html"
    return path.stat().st_mtime_ns, path.read_bytes()


def sql_of_a_test(pipeline: ForkedPipeline) -> str:
    """The SQL of a data test of fct_option_choices, as the last build ran it."""
    path = Path(pipeline.environment["DBT_TARGET_PATH"]) / "last_run" / "run_results.json"
    [sql] = [
        result["compiled_code"]
        for result in json.loads(path.read_text())["results"]
        if "unique_combination_of_columns_fct_option_choices" in result["unique_id"]
    ]
    return sql


def test_a_new_load_is_tested_alone(checkout, tmp_path):
    pipeline, more = checkout.pipeline, tmp_path / "more.json"
    [(before,)] = pipeline.query("select max(load_id) from {raw}")
    write_sample(more, attempts=15, seed=1)  # fewer than 40, as text too: the time decides
    pipeline.ingest("run", more)
    reason, names = checkout.would_build()
    assert reason == "models: there is a new load"
    assert names & MODELS == MODELS - {"limits"}
    documentation, shown = generated(pipeline), pages(pipeline)
    checkout.refresh()
    assert f"where load_id > {before})" in sql_of_a_test(pipeline)
    assert checkout.would_build() == NOTHING
    # The pages are new, of the same documentation by dbt.
    assert generated(pipeline) == documentation
    assert all(pages(pipeline)[page] != left for page, left in shown.items())
    # Neither the time of the newest load nor a table says that an older load was deleted.
    pipeline.query(f"alter table {{raw}} drop partition (load_id = {before})")
    reason, names = checkout.would_build()
    pipeline.query(f"alter table {{raw}} add partition (load_id = {before})")
    assert reason == f"models: the raw table is not that of the last run{ANEW}"
    assert names >= MODELS
    # Nor does it say that a message was added to one.
    files = f"{pipeline.raw_path}/load_id={before}/*.parquet"
    landed = pipeline.sandbox.hdfs.glob(files)
    pipeline.query(f"insert into {{raw}} select * from {{raw}} where load_id = {before} limit 1")
    reason, _ = checkout.would_build()
    [added] = {*pipeline.sandbox.hdfs.glob(files)} - {*landed}
    pipeline.sandbox.hdfs.rm(added)
    pipeline.query("refresh table {raw}")
    assert reason == f"models: the raw table is not that of the last run{ANEW}"
    assert checkout.would_build() == NOTHING


def test_a_replaced_view_a_changed_fact_and_a_failed_build(checkout):
    """One after the other, because each build takes a minute."""
    pipeline = checkout.pipeline
    facts = "select count(*) from {analytics}.fct_deliveries"
    [(before,)] = pipeline.query(facts)
    pipeline.query("create or replace view {analytics}.int_options as select 1 as one")
    reason, _ = checkout.would_build()
    assert reason == f"models: int_options changed in the database{ANEW}"

    # Rows of the old SQL, which an incremental model would keep. It is not made of the view.
    assert "fct_deliveries" not in descendants("int_options")
    checkout.change(f"{DELIVERIES}.sql", "        topic,", "        'changed' as topic,")
    before_documentation, _ = generated(pipeline)
    checkout.refresh()
    assert generated(pipeline)[0] > before_documentation
    assert pipeline.query(f"{facts} where topic = 'changed'") == [(before,)]
    assert pipeline.query(facts) == [(before,)]
    [(landed,)] = pipeline.query("select count(*) from {raw}")
    assert pipeline.query("select count(*) from {analytics}.stg_assess__messages") == [(landed,)]
    assert len(pipeline.query("describe {analytics}.int_options")) > 5
    assert checkout.would_build() == NOTHING

    # A failed build is repeated where it failed.
    test = "tests/dbt/fails.sql"
    checkout.write(test, "select * from {{ ref('totals') }}\n")
    failed = checkout.refresh(check=False)
    assert failed.returncode == 1
    assert failed.stderr.count("error: ") == 1
    reason, names = checkout.would_build()
    assert "nothing has changed since" in reason
    assert names == {"fails"}
    again = checkout.refresh(check=False)
    assert again.returncode == 1
    assert "1 of 1 FAIL 1 fails" in again.stdout
    # Without the test the project is another one.
    (checkout.folder / test).unlink()
    reason, names = checkout.would_build()
    assert (reason, names) == ("models: the last build failed", set())

    # So is a model that is mended, with what was skipped, and nothing else.
    path = "models/marts/test_theory/dim_question_sets.sql"
    model = checkout.folder / path
    sound = model.read_text()
    checkout.change(path, "from final", "from nowhere")
    assert checkout.refresh(check=False).returncode == 1
    model.write_text(sound)
    reason, names = checkout.would_build()
    assert reason == "models: the last build failed; dim_question_sets changed in the project"
    assert names & MODELS == descendants("dim_question_sets")
    checkout.refresh()
    assert checkout.would_build() == NOTHING
