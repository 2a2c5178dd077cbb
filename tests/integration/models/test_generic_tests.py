"""Our generic tests, as dbt compiles them for a model, on rows that are made to break them."""

import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest

EDGES = [0, 1, 2, 62, 63, 64, 65, 127, 128, -1, -63, -64, -65, 2**31 - 1, -(2**31), None]


@pytest.fixture(scope="module")
def compiled(built) -> dict[str, str]:
    """The SQL of each generic test, by name."""
    built.dbt("--quiet", "compile", "--select", "test_type:generic")
    results = Path(built.environment["DBT_TARGET_PATH"]) / "run_results.json"
    return {
        result["unique_id"].split(".")[2]: result["compiled_code"]
        for result in json.loads(results.read_text())["results"]
    }


def on_rows(sql: str, **tables: tuple[str, list[tuple]]) -> str:
    """The statement with tables replaced by their columns' names and rows."""
    for name, (columns, rows) in tables.items():
        values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
        inline = f"(select * from values {values} as rows_of_{name}({columns}))"
        sql, count = re.subn(rf"\S+\b{name}\b\S*", lambda _, inline=inline: inline, sql)
        assert count, f"{name} is not in {sql}"
    return sql


def literal(value: str | int | None) -> str:
    return "null" if value is None else repr(value)


def test_numbers_are_unique_just_where_counting_says_so(built, compiled):
    chosen = random.Random(7)
    rows = []
    for group in range(300):
        pool = range(-200, 200) if group % 3 else EDGES
        numbers = chosen.sample(pool, k=chosen.randint(1, 9))
        if group % 2:
            numbers.append(chosen.choice(numbers))
        rows += [(f"attempt {group // 2}", group % 2, number) for number in numbers]
    rows += [(None, 1, 5), (None, 1, 5), (None, None, 5)]
    sql = compiled[
        "unique_combination_of_columns_fct_option_choices_keen_id__question_position__option_position"
    ]
    found = built.query(
        on_rows(sql, fct_option_choices=("keen_id, question_position, option_position", rows))
    )
    expected = {(row[0], row[1]) for row, count in Counter(rows).items() if count > 1}
    assert {(row[0], row[1]) for row in found} == expected
    assert 100 < len(expected) < 200


def test_combinations_without_a_number_are_unique_just_where_counting_says_so(built, compiled):
    rows = [("a", "x"), ("a", "y"), ("a", "y"), ("b", "y"), (None, "z"), (None, "z"), ("c", None)]
    rows += [("d", "v")] * 3
    sql = compiled["unique_combination_of_columns_question_retakes"]
    found = built.query(on_rows(sql, question_retakes=("base_exam_id, question_id", rows)))
    assert sorted(map(str, found)) == sorted(
        str((*row, count)) for row, count in Counter(rows).items() if count > 1
    )


def test_of_views_the_newest_load_is_read(built, compiled):
    """Load 9 is newer than 10 only as text."""
    loads = ("load_id", [(9,), (10,)])
    of_view = {name: sql for name, sql in compiled.items() if "in_newest_load_of_int_" in name}
    assert len(of_view) == 6
    sql = of_view["unique_combination_in_newest_load_of_int_questions"]
    rows = [(9, "a", 1), (9, "a", 1), (10, "b", 1), (10, "b", 1), (10, "c", 1)]
    questions = ("load_id, keen_id, question_position", rows)
    twice = on_rows(sql, int_questions=questions, stg_assess__messages=loads)
    assert [row[0] for row in built.query(twice)] == ["b"]
    sql = of_view["no_nulls_in_newest_load_of_int_questions"]
    [columns] = re.findall(r"select\s+([\w,\s]+?)\s+from", sql)
    names = [*re.split(r",\s+", columns), "load_id"]
    gaps = [(*("x" for _ in names[1:-1]), None, 9), (None, *("y" for _ in names[1:-1]), 10)]
    nulls = on_rows(sql, int_questions=(", ".join(names), gaps), stg_assess__messages=loads)
    assert [row[1] for row in built.query(nulls)] == ["y"]


def test_a_value_that_the_parent_lacks_is_found_once(built, compiled):
    sql = compiled["relationships_fct_option_choices_keen_id__keen_id__ref_fct_attempts_"]
    found = built.query(
        on_rows(
            sql,
            fct_option_choices=("keen_id", [("a",), ("b",), ("b",), ("c",), (None,)]),
            fct_attempts=("keen_id", [("a",), ("d",)]),
        )
    )
    assert sorted(found) == [("b",), ("c",)]


def test_a_null_in_any_column_is_found(built, compiled):
    sql = compiled["no_nulls_in_int_retakes"]
    columns = ("keen_id", "follows_keen_id", "base_exam_id", "session_id")
    columns += ("attempt_in_session", "seconds_since_followed")
    whole = ("a", "b", "e", "b", 2, 7)
    broken = [tuple(None if at == gap else v for at, v in enumerate(whole)) for gap in range(6)]
    found = built.query(on_rows(sql, int_retakes=(", ".join(columns), [whole, *broken])))
    assert sorted(map(repr, found)) == sorted(map(repr, broken))


def test_only_what_is_true_is_true(built, compiled):
    rows = [("a", True, False), ("b", False, False), ("c", None, False), ("d", False, True)]
    columns = "load_id, is_reconciled, is_late"
    found = built.query(
        on_rows(
            compiled["each_load_is_reconciled"],
            load_reconciliation=(columns, rows),
        )
    )
    assert sorted(row[0] for row in found) == ["b", "c"]
