"""The loads of the raw table, committed and uncommitted. HDFS is their only store."""

import re
from contextlib import suppress
from datetime import datetime, timezone

import msgspec

from cli.errors import UserError
from ingest.hdfs import hdfs
from ingest.settings import settings

DESCRIPTION_FILE = "_offsets.json"  # readers of Parquet skip names that begin with _


class Load(msgspec.Struct, frozen=True):
    """The description of a load, stored beside its rows in the file DESCRIPTION_FILE.

    Attributes:
        load_id: 1, 2, 3, …; each load begins where the previous one ends, or after deleted offsets.
        writer_id: the id of the `land` that wrote the rows; part of their folder's name until the
            commit.
        topic: the topic's name.
        topic_id: Kafka's id of the topic.
        start: by partition, the first offset of this load.
        end: by partition, the end offset (exclusive).
        rows: messages in this load; fewer than its offsets, which include transaction markers.
        total_rows: rows of this load and of all earlier ones.
        landed_at: when the rows were written, UTC; later than that of the load before.
        version: the version of ingest that wrote them.
        newest_message_at: when the newest message was produced, UTC; None without messages.
        total_skipped: offsets that Kafka had deleted before they landed, in this load and all
            earlier ones; `land --skip-deleted` began after them.
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
    newest_message_at: datetime | None
    total_skipped: int


class Uncommitted(msgspec.Struct, frozen=True):
    """Rows that one `land` has written and not committed.

    Attributes:
        path: their HDFS folder.
        load_id: the load that they would become.
        files: the number of files in the folder.
        bytes: the size of these files.
        modified_at: when a file was last added to the folder or removed from it, UTC.
        leftover: whether another `land` has committed this load id, so that these rows can never
            be committed. If not, a running `land` may be writing them.
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
    """The ids of all committed loads, ascending.

    Raises:
        UserError: HDFS cannot be reached, or refuses the request.
    """
    try:
        entries = hdfs().ls(settings().raw_table_path)
    except FileNotFoundError:
        return []
    ids = (_committed_id(entry["name"]) for entry in entries)
    return sorted(load_id for load_id in ids if load_id is not None)


def read_load(load_id: int) -> Load:
    """The description of a committed load.

    Raises:
        UserError: the file that holds it is missing or unreadable, or HDFS cannot be reached.
    """
    path = f"{load_path(load_id)}/{DESCRIPTION_FILE}"
    try:
        return msgspec.json.decode(hdfs().read(path), type=Load)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        raise UserError(
            f"{path} is {'missing' if isinstance(error, FileNotFoundError) else 'unreadable'}: "
            "where the raw table ends is not known, so nothing was landed; restore the file"
        ) from error


def newest_load() -> Load | None:
    """The newest committed load, or None if there is none.

    Raises:
        UserError: its description is missing or unreadable, or HDFS cannot be reached.
    """
    ids = committed_ids()
    return read_load(ids[-1]) if ids else None


def write_description(load: Load) -> None:
    """Write a load's description beside its uncommitted rows; create the raw table's folder.

    Raises:
        UserError: HDFS cannot be reached, or refuses a request.
    """
    path = f"{uncommitted_path(load.load_id, load.writer_id)}/{DESCRIPTION_FILE}"
    hdfs().write(path, msgspec.json.encode(load))
    hdfs().mkdir(settings().raw_table_path)


def commit(load: Load) -> None:
    """Commit the rows that `load.writer_id` wrote as the load `load.load_id`, atomically.

    Raises:
        UserError: another `land` has committed that load id, and these rows are deleted; or HDFS
            cannot be reached.
    """
    source, target = uncommitted_path(load.load_id, load.writer_id), load_path(load.load_id)
    try:
        hdfs().rename_exclusively(source, target)
    except (FileExistsError, UserError) as error:
        # HDFS may have renamed the folder although its answer was lost.
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
    """Delete uncommitted rows. If this fails, they stay: no reader looks there."""
    with suppress(UserError, FileNotFoundError):
        hdfs().rm(uncommitted_path(load_id, writer_id))


def list_uncommitted(committed: list[int]) -> list[Uncommitted]:
    """The uncommitted loads of the topic, ordered by load id. Read-only.

    Args:
        committed: the ids of the committed loads, read before this call. Ids only grow, so an old
            list may hide a leftover, but rows that may still be committed never count as one.

    Raises:
        UserError: HDFS cannot be reached, or refuses a request.
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
