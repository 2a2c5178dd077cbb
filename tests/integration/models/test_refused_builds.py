"""Builds that would mix or miss rows are refused; sums catch up with killed builds."""

import fcntl

from tests.support import added_up
from tests.support.refused_builds import refused_with_another_earliest_time


def test_rows_of_another_test_exam_are_not_mixed(built):
    vars_ = ("--vars", "test_exam_id: another")
    done = built.dbt("run", "--select", "int_deliveries", *vars_, check=False)
    assert done.returncode == 1
    assert "test_exam_id is another, but" in done.stdout
    assert "(see the attempts at example-id). Run dbt build --full-refresh" in done.stdout
    # Of two tables of facts, a build of a few models may have made only one.
    for table in ("fct_deliveries", "fct_question_responses"):
        assert f"but {built.schema}.{table} was built" in done.stdout
        built.query(f"alter table {{analytics}}.{table} rename to {{analytics}}.{table}_hidden")
        done = built.dbt("run", "--select", "int_deliveries", *vars_, check=False)
    assert done.returncode == 0
    for table in ("fct_deliveries", "fct_question_responses"):
        built.query(f"alter table {{analytics}}.{table}_hidden rename to {{analytics}}.{table}")
    built.dbt("run", "--full-refresh", "--select", "int_deliveries", *vars_)
    built.dbt("run", "--select", "int_deliveries")


def staging(pipeline) -> list[tuple]:
    """The number of rows in staging, and a hash of them all."""
    hashes = "select xxhash64(*) as hash from {analytics}.stg_assess__messages"
    return pipeline.query(f"select count(*), bit_xor(hash) from ({hashes})")


def made_anew_with_another(pipeline, *arguments: str, **environment: str) -> None:
    """As the error advises: --full-refresh takes another value, and the one before again."""
    anew = ("run", "--full-refresh", "--select", "stg_assess__messages")
    before = staging(pipeline)
    pipeline.dbt(*anew, *arguments, **environment)
    assert staging(pipeline) != before
    pipeline.dbt(*anew)
    assert staging(pipeline) == before


def test_messages_accepted_with_another_earliest_time_are_not_mixed(built):
    """The sample has no message that was rejected as too early: test_incremental.py has one."""
    [(limit, keen_id, ended)] = built.query(
        "select min(started_at) + interval 1 microsecond, min_by(keen_id, started_at), "
        "min(finished_at) from {analytics}.fct_attempts"
    )
    assert str(limit) < str(ended)  # only the start is too early
    refused_with_another_earliest_time(built, str(limit), f"{keen_id} is accepted")
    made_anew_with_another(built, "--vars", f"earliest_time: '{limit}'")


def test_messages_that_were_judged_by_their_end_are_not_mixed(built):
    [(ended, limit)] = built.query(
        "select string(min(started_at) - interval 2 days), "
        "string(min(started_at) - interval 1 day) from {analytics}.fct_attempts"
    )
    staged_as("accepted", built, finished_at=f"timestamp'{ended}'")
    refused_with_another_earliest_time(built, limit, " is accepted")
    built.query("delete from {analytics}.stg_assess__messages where load_id = 9")
    reason = "keen_timestamp is before 2000-01-01: 0."
    staged_as("rejected", built, rejection_reason=f"'{reason}'")
    refused_with_another_earliest_time(built, "1990-01-01", reason)
    built.query("delete from {analytics}.stg_assess__messages where load_id = 9")


def test_an_earliest_time_that_another_one_begins_with_is_another_one(built):
    """Each character of it is compared, also of a time of day in a time zone."""
    for before, earliest in (
        ("2000-01-01", "2000-01"),
        ("2000-01-01 12:00:30+01:00", "2000-01-01 12:00"),
    ):
        reason = f"started_at is before {before}: 1999-12-31T00:00:00Z."
        staged_as("rejected", built, rejection_reason=f"'{reason}'")
        refused_with_another_earliest_time(built, earliest, reason, before)
        built.query("delete from {analytics}.stg_assess__messages where load_id = 9")


def test_messages_of_another_raw_table_are_not_mixed(built):
    """A topic that was deleted and published again has a load 1 again, landed at another time."""
    name, table = f"{built.raw_table}_again", built.schema + ".stg_assess__messages"
    built.query(
        f"create or replace view {name} as select * except (landed_at), "
        "landed_at + interval 1 day as landed_at from {raw}"
    )
    without_loads = f"{built.raw_table}_without_loads"
    built.query(
        f"create or replace view {without_loads} as select * from {{raw}} where load_id > 1"
    )
    [(rows, staged)] = built.query(f"select count(*), min(landed_at) from {table}")
    again = ("run", "--select", "stg_assess__messages")
    for another in (name, without_loads):
        done = built.dbt(*again, check=False, RAW_TABLE=another)
        assert done.returncode == 1
        assert f"{table} holds the messages of another raw table" in done.stdout
        assert f"landed at {staged}, that of {another} at " in done.stdout
    # Load 1 may have no messages.
    built.query(f"update {table} set load_id = 2")
    done = built.dbt(*again, check=False)
    assert f"another raw table: its load 2 was landed at {staged}, that" in done.stdout
    built.query(f"update {table} set load_id = 1")
    built.dbt(*again)
    assert built.query(f"select count(*) from {table}") == [(rows,)]
    made_anew_with_another(built, RAW_TABLE=name)


def test_sums_of_other_changes_are_refused(built):
    """The changes are made anew alone, so the sums are those of changes that are gone."""
    built.dbt("run", "--full-refresh", "--select", "population_changes")
    done = built.dbt("run", "--select", "question_sums", check=False)
    assert done.returncode == 1
    assert f"{built.schema}.question_sums holds sums of changes that" in done.stdout
    built.dbt("run", "--full-refresh", "--select", "question_sums", "option_sums")
    sums = "select sum(presented) from {analytics}.question_sums where population = 'all_attempts'"
    responses = (
        "select count(*) from {analytics}.fct_question_responses "
        "where is_first_presentation and not is_test"
    )
    assert built.query(sums) == built.query(responses)


def staged_as(disposition: str, pipeline, **columns: str) -> None:
    """A further message in staging, of load 9, with these columns."""
    columns |= {"load_id": "9L", "disposition": f"'{disposition}'"}
    values = ", ".join(f"{value} as {name}" for name, value in columns.items())
    table = "{analytics}.stg_assess__messages"
    pipeline.query(
        f"insert into {table} by name select * except ({', '.join(columns)}), {values} "
        f"from {table} where disposition = 'accepted' limit 1"
    )


def test_changes_are_not_built_before_the_facts(built):
    """Else the sums would take the attempts of the load for counted, without their choices."""
    changes = ("run", "--select", "population_changes")
    for fact in ("fct_question_responses", "fct_option_choices"):
        version = built.query(f"describe history {{analytics}}.{fact} limit 1")[0][0]
        built.query(f"delete from {{analytics}}.{fact}")
        done = built.dbt(*changes, check=False)
        assert done.returncode == 1
        assert f"{built.schema}.{fact} lacks load 1, which is in staging" in done.stdout
        built.query(f"restore table {{analytics}}.{fact} to version as of {version}")
    # A load of copies, or of attempts without questions, has no facts.
    for kind, number in (("duplicate", 5), ("accepted", 0)):
        staged_as(kind, built, questions_presented=f"{number}", options_presented=f"{number}L")
    built.dbt(*changes)
    built.query("delete from {analytics}.stg_assess__messages where load_id = 9")
    # A load of questions without options.
    staged_as("accepted", built, questions_presented="3", options_presented="0L")
    assert "fct_question_responses lacks load 9" in built.dbt(*changes, check=False).stdout
    built.query(
        "insert into {analytics}.fct_question_responses by name select * except (load_id), "
        "9L as load_id from {analytics}.fct_question_responses limit 1"
    )
    built.dbt(*changes)
    for table in ("stg_assess__messages", "fct_question_responses"):
        built.query(f"delete from {{analytics}}.{table} where load_id = 9")


def test_sums_catch_up_with_several_builds_of_the_changes(built):
    """As if two builds had been killed after the changes, the first of which took attempts back."""
    sums = f"select * from {added_up.rows('{analytics}', 'option_sums')} order by all"
    before = built.query(sums)
    built.query(
        "insert into {analytics}.population_changes "
        "select population, keen_id, deliveries, total_score, third, -1, 'killed' "
        "from {analytics}.population_attempts "
        "where third is not null order by population, keen_id limit 7"
    )
    built.dbt("run", "--select", "population_changes")
    [(builds,)] = built.query(
        "select count(distinct invocation_id) from {analytics}.population_changes"
    )
    built.dbt("run", "--select", "question_sums", "option_sums")
    assert built.query(sums) == before
    added = "select count(distinct invocation_id) from {analytics}.option_sums"
    assert built.query(added) == [(builds,)]
    assert builds > 2
    # A build without changes names none.
    built.dbt("run", "--select", "population_changes", "question_sums", "option_sums")
    assert built.query(added) == [(builds,)]
    assert built.query(sums) == before


def test_the_second_of_two_builds_of_a_schema_is_refused(sandbox, built):
    """Both would fail in Delta. A build of another schema, and what only reads, go on."""
    lock = sandbox.folder / "run" / f"build-{built.schema}.lock"
    with lock.open("a+") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        first.truncate(0)
        first.write("4711")
        first.flush()
        for command in (["run"], ["build"], ["retry"]):
            second = built.dbt(*command, check=False)
            assert second.returncode == 2
            assert f"process 4711 is building the schema {built.schema}: wait" in second.stdout
            assert "START" not in second.stdout
        built.dbt("ls")
        nothing = ("run", "--select", "no_such_model")
        built.dbt(*nothing, DBT_SCHEMA=f"{built.schema}_other")
    last = built.start("dbt", *nothing)
    assert last.wait() == 0, last.said()
    assert lock.read_text() == str(last.process.pid)
