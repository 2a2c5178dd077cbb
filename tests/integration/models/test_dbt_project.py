"""The dbt project's structure and documentation; dbt asks the stack for its tables."""

import json
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from cli import ROOT
from tests.support.models_yaml import APPENDED, VIEWS, WARN, descriptions

BIN = Path(sys.executable).parent


def reading_variables(manifest: dict) -> set[str]:
    """The unit tests of models whose SQL, or a macro that it calls, reads a variable."""

    def reads(node: dict) -> bool:
        macros = (manifest["macros"][name] for name in node["depends_on"]["macros"])
        ours = (macro for macro in macros if macro["package_name"] == "assessments")
        return "var(" in node.get("raw_code", node.get("macro_sql")) or any(map(reads, ours))

    return {
        test["name"]
        for test in manifest["unit_tests"].values()
        if reads(manifest["nodes"][f"model.assessments.{test['model']}"])
    }


def test_a_unit_test_passes_whatever_the_variables_of_the_project_are(built):
    """Else `dbt build` fails for who sets one. With the project's own, the first build ran all."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    others = {name: f"{value}9" for name, value in project.items() if isinstance(value, str)}
    others["earliest_time"] = "2100-01-01"
    numbers = {name for name, value in project.items() if isinstance(value, int | float)}
    others |= {name: project[name] / 7 + 0.01 for name in numbers}
    assert {*project} - {*others} == {"tested_loads", "dataset"}  # null: of one command
    manifest = Path(built.environment["DBT_TARGET_PATH"]) / "manifest.json"
    tests = reading_variables(json.loads(manifest.read_text()))
    assert len(tests) > 20
    done = built.dbt("test", "--select", *tests, "--vars", json.dumps(others))
    assert f"PASS={len(tests)} WARN=0 ERROR=0 SKIP=0" in done.stdout


@pytest.fixture(scope="module")
def target(built, tmp_path_factory) -> Path:
    """A folder with the manifest and the catalogue of the built project."""
    folder = tmp_path_factory.mktemp("docs") / "target"
    built.dbt("docs", "generate", DBT_TARGET_PATH=str(folder))
    return folder


def bouncer(sandbox, target: Path):
    if sys.version_info < (3, 11):
        pytest.skip("dbt-bouncer needs Python 3.11")
    return sandbox.run(
        BIN / "dbt-bouncer", "run", "--show-all-failures", check=False,
        DBT_PROJECT_DIR=str(target.parent), COLUMNS="300",  # so that no name is broken
    )  # fmt: skip


def test_small_files_are_merged_wherever_builds_append_and_no_reader_skips_by_invocation(target):
    models = nodes(target, "model")
    hooks = {node["name"]: [hook["sql"] for hook in node["config"]["post-hook"]] for node in models}
    append = {n["name"] for n in models if n["config"]["materialized"] == "incremental"}
    merging = {name for name, hook in hooks.items() if hook == ["{{ merge_small_files() }}"]}
    assert merging == append - {"population_changes"}


def test_structure_and_documentation_are_complete(sandbox, target):
    done = bouncer(sandbox, target)
    assert done.returncode == 0, done.stdout + done.stderr


def nodes(target: Path, kind: str) -> list[dict]:
    """The models, or the tests, as dbt resolves them."""
    manifest = json.loads((target / "manifest.json").read_text())
    return [node for node in manifest["nodes"].values() if node["resource_type"] == kind]


def test_a_failing_row_of_a_data_test_is_an_error(target):
    """Whichever file says otherwise; a few tests only warn."""
    tests, warn = nodes(target, "test"), WARN | {"no_new_values", "no_unknown_fields"}
    assert len(tests) > 80
    for test in tests:
        names = {test["name"], (test.get("test_metadata") or {}).get("name")}
        config = test["config"]
        assert config["severity"].lower() == ("warn" if names & warn else "error"), names
        assert (config["enabled"], config["limit"]) == (True, None), names
        of_appended = (test.get("attached_node") or "").rpartition(".")[2] in APPENDED
        assert config["where"] in (None, *(["untested_loads"] if of_appended else [])), names
        assert {config["error_if"], config["warn_if"]} == {"!= 0"}, names
        sums = names & {"no_new_values"}
        assert config["fail_calc"] == ("coalesce(sum(n_rows), 0)" if sums else "count(*)"), names


def test_a_load_appends_and_a_new_column_is_an_error(target):
    configs = {
        model["name"]: model["config"]
        for model in nodes(target, "model")
        if model["config"]["materialized"] == "incremental"
    }
    assert set(configs) == {
        "stg_assess__messages", "fct_deliveries", "fct_question_responses", "fct_option_choices",
        "fct_scored_responses", "population_changes", "question_sums", "option_sums",
    }  # fmt: skip
    for name, config in configs.items():
        how = (config["incremental_strategy"], config["on_schema_change"], config["file_format"])
        assert how == ("append", "fail", "delta"), name
    # Errors of ours say that dbt build --full-refresh makes any table anew.
    assert {model["config"]["full_refresh"] for model in nodes(target, "model")} == {None}


def columns(node: dict) -> set[str]:
    return {name.lower() for name in node["columns"]}


def test_the_columns_described_are_the_columns_that_there_are(target):
    manifest, catalog = (
        json.loads((target / f"{name}.json").read_text()) for name in ("manifest", "catalog")
    )
    models = {k: v for k, v in manifest["nodes"].items() if v["resource_type"] == "model"}
    assert len(models) >= 18
    assert {name: columns(node) for name, node in models.items()} == {
        name: columns(catalog["nodes"][name]) for name in models
    }


def of(where: str, /, **changes: object) -> Callable[[dict], None]:
    """A change of a model in the manifest, or of one of its columns (`model.column`)."""
    model, _, column = where.partition(".")

    def change(manifest: dict) -> None:
        node = manifest["nodes"][f"model.assessments.{model}"]
        (node["columns"][column] if column else node).update(changes)

    return change


def depends(model: str, on: str) -> Callable[[dict], None]:
    """A further node that a model depends on."""

    def change(manifest: dict) -> None:
        manifest["nodes"][f"model.assessments.{model}"]["depends_on"]["nodes"].append(on)

    return change


def without_a_column(manifest: dict) -> None:
    del manifest["nodes"]["model.assessments.stg_assess__messages"]["columns"]["topic"]


def without_unit_tests(manifest: dict) -> None:
    manifest["unit_tests"].clear()


def of_all(kind: str, **changes: object) -> Callable[[dict], None]:
    """A change of all macros of the project, exposures or sources."""

    def change(manifest: dict) -> None:
        for name, node in manifest[kind].items():
            if ".assessments." in name:
                node.update(changes)

    return change


TOTALS, RAW = "model.assessments.totals", "source.assessments.raw.assess"
# By check of dbt-bouncer: what it must not let through.
BREAKS = {
    "check_model_names": [of("dim_exams", name="int_exams"), of("int_options", name="options")],
    "check_lineage_permitted_upstream_models": [
        depends("int_deliveries", TOTALS), depends("stg_assess__messages", TOTALS),
    ],
    "check_lineage_source_cannot_be_used": [depends("dim_exams", RAW), depends("int_options", RAW)],
    "check_model_hard_coded_references": [of("totals", raw_code="select 1 from analytics.answers")],
    "check_model_materialization_permitted": [
        of("int_deliveries", config={"materialized": "table"}),
        of("totals", config={"materialized": "view"}),
    ],
    "check_model_has_contracts_enforced": [of("dim_exams", contract={"enforced": False})],
    "check_model_has_unit_tests": [without_unit_tests],
    "check_model_documentation_coverage": [of("answers", description="")],
    "check_model_description_contains_regexp_pattern": [
        of("dim_exams", description="Exams. Refresh: never."),
        of("dim_exams", description="One exam: base_exam_id."),
    ],
    "check_column_description_populated": [of("dim_exams.attempts", description="")],
    "check_columns_are_all_documented": [without_a_column],
    "check_macro_description_populated": [of_all("macros", description="")],
    "check_exposure_description_populated": [of_all("exposures", description="")],
    "check_source_description_populated": [of_all("sources", description="")],
    "check_source_freshness_populated": [of_all("sources", freshness=None)],
    "check_source_loader_populated": [of_all("sources", loader="")],
}  # fmt: skip


@pytest.mark.parametrize("number", [0, 1])
def test_what_breaks_the_structure_or_lacks_a_description_is_found(
    sandbox, target, tmp_path, number
):
    """All first changes at once, then all second ones: each start of dbt-bouncer takes seconds."""
    changes = {check: of_it[number] for check, of_it in BREAKS.items() if len(of_it) > number}
    copy = tmp_path / "target"
    shutil.copytree(target, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    for change in changes.values():
        change(manifest)
    (copy / "manifest.json").write_text(json.dumps(manifest))
    done = bouncer(sandbox, copy)
    assert done.returncode == 1
    assert [check for check in changes if check not in done.stdout] == []


def test_places_count_from_where_their_descriptions_say(built):
    """The least of a column's values, in all tables that have the column."""
    said = defaultdict(set)
    for (model, column), text in descriptions().items():
        if first := re.search(r"\bfrom ([01])\b(?! to)", text):
            said[column, int(first[1])].add(model)
    assert {("source_position", 0), ("question_position", 1), ("load_id", 1)} <= said.keys()
    for (column, first), models in said.items():
        least = (f"select min({column}) as least from {{analytics}}.{model}" for model in models)
        [(found,)] = built.query(f"select min(least) from ({' union all '.join(least)})")
        assert found == first, column


def test_all_descriptions_reach_the_tables(built, target):
    """Of each table and each of its columns, whatever characters they hold."""
    tables = [model for model in nodes(target, "model") if model["name"] not in VIEWS]
    assert len(tables) > 10
    for node in tables:
        rows = built.query(f"describe extended {{analytics}}.{node['name']}")
        written = {row[0]: (row[2] or "").strip() for row in rows}
        described = {name: c["description"].strip() for name, c in node["columns"].items()}
        assert {name: written[name] for name in described} == described
        [comment] = [row[1] for row in rows if row[0] == "Comment"]
        assert comment.strip() == node["description"].strip()


def test_a_changed_description_reaches_its_table_with_all_characters(built, tmp_path):
    """Of a view, and of a table that builds append to."""
    for name in ("dbt_project.yml", "models", "macros"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    odd, words = r"a \d, a \\, it's. ", "One option of a question of an attempt"
    names = ("int_options", "fct_option_choices")
    for name in names:
        [path] = tmp_path.glob(f"models/**/{name}.yml")
        text = path.read_text()
        for old, new in (
            (words, odd + words),
            ("\"{{ doc('keen_id') }}\"", f">\n          {odd}"),
        ):
            assert text.count(old) == 1
            text = text.replace(old, new)
        path.write_text(text)
    models = ("run", "--select", *names, "--no-partial-parse")
    built.dbt(*models, "--project-dir", tmp_path)
    for name in names:
        rows = built.query(f"describe extended {{analytics}}.{name}")
        assert next(row[2] for row in rows if row[0] == "keen_id").strip() == odd.strip()
        assert next(row[1] for row in rows if row[0] == "Comment").startswith(odd + words)
    built.dbt(*models)


@pytest.mark.parametrize(
    ("days", "hours", "status"),
    [(1, 23, "pass"), (2, 1, "warn"), (13, 23, "warn"), (14, 1, "error")],
)
def test_freshness_tells_how_old_the_newest_load_is(built, days, hours, status):
    """Of two messages the newer counts, and when it was landed, not when it was published."""
    name = f"{built.raw_table}_of_an_age"
    built.query(
        f"create or replace view {name} as select * except (timestamp, landed_at), "
        "current_timestamp() - interval 1 hour as timestamp, "
        f"current_timestamp() - make_dt_interval(int({days} + 20 * source_position), {hours}) "
        "as landed_at "
        "from {raw} where source_position < 2"
    )
    built.dbt("source", "freshness", check=False, RAW_TABLE=name)
    sources = Path(built.environment["DBT_TARGET_PATH"]) / "sources.json"
    [result] = json.loads(sources.read_text())["results"]
    assert result["status"] == status
