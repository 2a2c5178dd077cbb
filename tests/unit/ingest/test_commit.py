"""A commit whose rename fails: HDFS may have renamed, and so may another `land`.

And rows that are committed while they are listed.
"""

from types import SimpleNamespace

import msgspec
import pytest

from cli.errors import UserError
from ingest import land, load_store
from ingest.kafka import Topic
from tests.support.example_status import NOW

LOAD = NOW.recent[0]


class FakeHdfs:
    """Its rename raises an error; the load that is committed is another writer's, ours, or none."""

    def __init__(self, error: Exception, writer: str | None) -> None:
        self.error, self.writer, self.removed = error, writer, []

    def rename_exclusively(self, source: str, target: str) -> None:
        raise self.error

    def ls(self, folder: str) -> list[dict]:
        return [{"name": f"{folder}/load_id={LOAD.load_id}"}] if self.writer else []

    def read(self, path: str) -> bytes:
        return msgspec.json.encode(msgspec.structs.replace(LOAD, writer_id=self.writer))

    def rm(self, folder: str) -> None:
        self.removed.append(folder)


@pytest.mark.parametrize("error", [FileExistsError("there"), UserError("no answer")], ids=repr)
@pytest.mark.parametrize("writer", [LOAD.writer_id, "another", None])
def test_a_commit_is_what_hdfs_holds_whatever_it_answered(monkeypatch, error, writer):
    hdfs = FakeHdfs(error, writer)
    monkeypatch.setattr(load_store, "hdfs", lambda: hdfs)
    if writer == LOAD.writer_id:
        load_store.commit(LOAD)
        assert hdfs.removed == []
        return
    refused = isinstance(error, UserError)
    with pytest.raises(UserError, match="^no answer$" if refused else "^another land committed "):
        load_store.commit(LOAD)
    rows = load_store.uncommitted_path(LOAD.load_id, LOAD.writer_id)
    assert hdfs.removed == ([] if refused else [rows])


def test_the_rows_of_a_load_that_ctrl_c_ends_are_deleted(monkeypatch):
    def write(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(land, "_write_rows", write)
    discarded = []
    monkeypatch.setattr(land, "discard", lambda *load: discarded.append(load))
    with pytest.raises(KeyboardInterrupt):
        land._prepare_load(None, Topic("t", "id", {0: 0}, {0: 1}), {0: 0}, None, 0)
    [(load_id, writer_id)] = discarded
    assert (load_id, len(writer_id)) == (1, 32)


def test_rows_that_are_committed_while_they_are_listed_are_not_shown(monkeypatch):
    gone, there = (f"/s/load_id=1-{writer * 32}" for writer in "ab")

    def content_summary(path):
        if path == gone:
            raise FileNotFoundError(path)
        return {"fileCount": 1, "length": 2}

    hdfs = SimpleNamespace(
        ls=lambda _: [{"name": path, "modificationTime": 0} for path in (gone, there)],
        content_summary=content_summary,
    )
    monkeypatch.setattr(load_store, "hdfs", lambda: hdfs)
    assert [load.path for load in load_store.list_uncommitted([])] == [there]
