"""The loads of the raw table: committed ones and uncommitted ones, on HDFS and nowhere else."""

import re
from contextlib import suppress
from datetime import datetime, timezone

import msgspec

from cli.errors import UserError
from ingest.hdfs import hdfs
from ingest.settings import settings

OFFSETS = "_offsets.json"  # readers of Parquet skip names that begin with _


class Load(msgspec.Struct, frozen=True):
    """What stands beside the rows of a load.

    Attributes:
        load_id: 1, 2, 3, …; each load begins where the one before ends.
        writer_id: of the `land` that wrote the rows; names their folder until the commit.
        topic_id: Kafka's own id of the topic.
        start: by partition, the first offset of this load.
        end: by partition, the end offset (exclusive).
        rows: messages in this load (offsets also count transaction markers: rows are fewer).
        total_rows: rows of this load and of all before it.
        landed_at: when the rows were written, UTC.
        version: of ingest.
        newest_message_at: when the newest of the messages was produced, UTC.
    """

    load_id: int
    writer_id: str
    topic: str
    topic_id: str
    start: dict[int, int]
    end: dict[int, int]
    rows: int
    total_rows: int
    landed_at: datetime
    version: str
    newest_message_at: datetime | None = None


class Uncommitted(msgspec.Struct, frozen=True):
    """Rows that one `land` has written and not committed.

    Attributes:
        load_id: the load that they would become.
        files, bytes: on HDFS.
        modified_at: when a file was last added to the folder or removed, UTC.
        leftover: another `land` has committed that load, so these rows can never be committed.
            Otherwise a running `land` may be writing them.
    """

    path: str
    load_id: int
    files: int
    bytes: int
    modified_at: datetime
    leftover: bool


def load_path(load_id: int) -> str:
    """The HDFS folder of a committed load."""
    return f"{settings().raw_table_path}/load_id={load_id}"


def _committed_id(path: str) -> int | None:
    match = re.search(r"/load_id=(\d+)/?$", path)
    return int(match[1]) if match else None


def uncommitted_folder() -> str:
    """The HDFS folder of all uncommitted loads of the topic; no reader looks there."""
    return f"{settings().raw_path}/.uncommitted/{settings().kafka_topic}"


def uncommitted_path(load_id: int, writer_id: str) -> str:
    """The HDFS folder that one `land` writes a load to."""
    return f"{uncommitted_folder()}/load_id={load_id}-{writer_id}"


def _uncommitted_id(path: str) -> int | None:
    match = re.search(r"/load_id=(\d+)-[0-9a-f]{32}/?$", path)
    return int(match[1]) if match else None


def committed_ids() -> list[int]:
    """The ids of all committed loads, ascending."""
    try:
        entries = hdfs().ls(settings().raw_table_path)
    except FileNotFoundError:
        return []
    ids = (_committed_id(entry["name"]) for entry in entries)
    return sorted(load_id for load_id in ids if load_id is not None)


def read_load(load_id: int) -> Load:
    """What stands beside the rows of a committed load.

    Raises:
        UserError: the file is missing or unreadable.
    """
    path = f"{load_path(load_id)}/{OFFSETS}"
    try:
        return msgspec.json.decode(hdfs().read(path), type=Load)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        raise UserError(
            f"{path} is {'missing' if isinstance(error, FileNotFoundError) else 'unreadable'}: "
            "where the raw table ends is not known, so nothing was landed; restore the file"
        ) from error


def newest_load() -> Load | None:
    """The last committed load, or None before the first."""
    ids = committed_ids()
    return read_load(ids[-1]) if ids else None


def write_offsets(load: Load) -> None:
    """Write the offsets of a load beside its uncommitted rows, and make the table's folder."""
    path = f"{uncommitted_path(load.load_id, load.writer_id)}/{OFFSETS}"
    hdfs().write(path, msgspec.json.encode(load))
    hdfs().mkdir(settings().raw_table_path)


def commit(load: Load) -> None:
    """Make the rows that `load.writer_id` wrote the load `load.load_id`: wholly, or not at all.

    Raises:
        UserError: another `land` committed that load; these rows are deleted.
    """
    source, target = uncommitted_path(load.load_id, load.writer_id), load_path(load.load_id)
    try:
        hdfs().rename_exclusively(source, target)
    except (FileExistsError, UserError) as error:
        # The rename may have been done and only its answer lost.
        committed = load.load_id in committed_ids()
        if committed and read_load(load.load_id).writer_id == load.writer_id:
            return
        if isinstance(error, UserError):
            raise
        discard(load.load_id, load.writer_id)
        raise UserError(
            f"another land committed {target} first; this one stopped, nothing is lost or "
            "doubled: run land again for what is left"
        ) from error


def discard(load_id: int, writer_id: str) -> None:
    """Delete uncommitted rows; where that fails they stay: no reader looks there."""
    with suppress(UserError, FileNotFoundError):
        hdfs().rm(uncommitted_path(load_id, writer_id))


def uncommitted(committed: list[int]) -> list[Uncommitted]:
    """The uncommitted loads of this topic, by load. Read-only.

    Args:
        committed: the ids of the committed loads, read before: ids only grow, so a stale list
            can miss a leftover but never calls one what a `land` may still commit.

    Raises:
        UserError: HDFS cannot be reached, or refuses.
    """
    newest = max(committed, default=0)
    try:
        folders = hdfs().ls(uncommitted_folder())
    except FileNotFoundError:
        return []
    loads = []
    for folder in folders:
        path = folder["name"].rstrip("/")
        load_id = _uncommitted_id(path)
        if load_id is None:
            continue
        try:
            content = hdfs().content_summary(path)
        except FileNotFoundError:  # committed or deleted meanwhile
            continue
        loads.append(
            Uncommitted(
                path=path,
                load_id=load_id,
                files=content["fileCount"],
                bytes=content["length"],
                modified_at=datetime.fromtimestamp(folder["modificationTime"] / 1000, timezone.utc),
                leftover=load_id <= newest,
            )
        )
    return sorted(loads, key=lambda load: (load.load_id, load.path))
