"""Uncommitted rows of dead landers: shown, deleted, never those that may still be committed."""

import json
import signal

from tests.support.commands import again, start


def uncommitted(pipeline) -> list[tuple[int, bool]]:
    """What status shows, which is what HDFS holds: (load_id, leftover)."""
    shown = start(pipeline, "status", "--json")
    assert shown.wait() == 0
    rows = json.loads(shown.said())["uncommitted"]
    fs, folder = pipeline.sandbox.hdfs, f"/data/raw/.uncommitted/{pipeline.name}"
    found = fs.ls(folder, detail=False) if fs.exists(folder) else []
    assert sorted(row["path"] for row in rows) == sorted(found)
    assert all(row["bytes"] > 0 for row in rows)
    return [(row["load_id"], row["leftover"]) for row in rows]


def clean(pipeline) -> str:
    command = start(pipeline, "clean")
    assert command.wait() == 0
    return command.said()


def test_clean_removes_what_can_never_be_committed(new_files, journal):
    files = new_files("leftovers")
    pipeline = files.pipeline
    again(pipeline, "produce", files.new())
    assert uncommitted(pipeline) == []
    assert "no leftovers" in clean(pipeline)

    dead = start(pipeline, "land", INGEST_FAILPOINT="land.rows_counted")
    assert dead.wait() == -signal.SIGKILL
    slow = start(pipeline, "land", INGEST_FAILPOINT="land.rows_counted=stop")
    slow.wait_until_stopped()
    assert uncommitted(pipeline) == [(1, False), (1, False)]
    assert clean(pipeline).count("kept") == 2
    assert uncommitted(pipeline) == [(1, False), (1, False)]
    slow.proceed()
    assert slow.wait() == 0, slow.said()
    assert uncommitted(pipeline) == [(1, True)]

    again(pipeline, "produce", files.new())
    slow = start(pipeline, "land", INGEST_FAILPOINT="land.rows_written=stop")
    slow.wait_until_stopped()
    said = clean(pipeline)
    assert (said.count("removed"), said.count("kept")) == (1, 1)
    assert uncommitted(pipeline) == [(2, False)]
    again(pipeline, "land")
    assert "removed" in clean(pipeline)
    assert uncommitted(pipeline) == []
    slow.proceed()
    assert slow.wait() == 1, slow.said()
    assert uncommitted(pipeline) == []
    again(pipeline, "land")
    files.check(journal, {"uncommitted rows of a lander removed while it stands": "land again"})


def test_a_lander_whose_rows_were_removed_commits_nothing(new_files, journal):
    files = new_files("removed")
    pipeline = files.pipeline
    fs = pipeline.sandbox.hdfs
    for failpoint in ("rows_written", "description_written", "rows_counted"):
        again(pipeline, "produce", files.new())
        slow = start(pipeline, "land", INGEST_FAILPOINT=f"land.{failpoint}=stop")
        slow.wait_until_stopped()
        fs.rm(f"/data/raw/.uncommitted/{pipeline.name}", recursive=True)
        slow.proceed()
        assert slow.wait() == 1, slow.said()
        again(pipeline, "land")
        files.check(
            journal, {f"uncommitted rows deleted by hand at land.{failpoint}": "land again"}
        )
