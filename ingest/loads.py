"""The committed loads of the raw table: on HDFS, and nowhere else."""

import re
from contextlib import suppress
from datetime import datetime

import msgspec

from ingest.errors import IngestError
from ingest.hdfs import call, filesystem, read, rename_exclusively
from ingest.settings import settings

OFFSETS = "_offsets.json"  # readers of Parquet skip names that begin with _


class Load(msgspec.Struct, frozen=True):
    """What stands beside the rows of a load.

    Attributes:
        load_id: 1, 2, 3, …; the next one begins where this one ends.
        attempt: names the staging folder that the rows were written to.
        topic_id: Kafka's own id of the topic.
        start: by partition, the first offset that belongs to this load.
        end: by partition, the first offset that does not any more.
        rows: messages in this load (offsets also count transaction markers: rows are fewer).
        total_rows: rows of this load and of all before it.
        landed_at: when the rows were written, UTC.
        version: of ingest.
        newest_message_at: when the newest of the messages was produced, UTC.
    """

    load_id: int
    attempt: str
    topic: str
    topic_id: str
    start: dict[int, int]
    end: dict[int, int]
    rows: int
    total_rows: int
    landed_at: datetime
    version: str
    newest_message_at: datetime | None = None


def load_path(load_id: int) -> str:
    """The HDFS folder of a committed load."""
    return f"{settings().raw_table_path}/load_id={load_id}"


def staging_folder() -> str:
    """The HDFS folder of all attempts; no reader looks there."""
    return f"{settings().raw_path}/.staging/{settings().kafka_topic}"


def staging_path(load_id: int, attempt: str) -> str:
    """The HDFS folder where an attempt at a load writes."""
    return f"{staging_folder()}/load_id={load_id}-{attempt}"


def committed_ids() -> list[int]:
    """The ids of all committed loads, ascending."""
    try:
        names = call(lambda: filesystem().ls(settings().raw_table_path, detail=False))
    except FileNotFoundError:
        return []
    found = (re.fullmatch(r"load_id=(\d+)", name.rstrip("/").rsplit("/", 1)[-1]) for name in names)
    return sorted(int(match.group(1)) for match in found if match)


def read_load(load_id: int) -> Load:
    """What is recorded of a committed load.

    Raises:
        IngestError: its record is missing or unreadable.
    """
    path = f"{load_path(load_id)}/{OFFSETS}"
    try:
        return msgspec.json.decode(call(lambda: read(path)), type=Load)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        raise IngestError(
            f"{path} is {'missing' if isinstance(error, FileNotFoundError) else 'unreadable'}: "
            "where the raw table ends is not known, so nothing was landed; restore the file"
        ) from None


def newest_load() -> Load | None:
    """The last committed load, or None before the first."""
    ids = committed_ids()
    return read_load(ids[-1]) if ids else None


def write_offsets(load: Load) -> None:
    """Put the record of a load beside its staged rows, and make the table's folder."""
    path = f"{staging_path(load.load_id, load.attempt)}/{OFFSETS}"
    call(lambda: filesystem().pipe_file(path, msgspec.json.encode(load)))
    call(lambda: filesystem().mkdir(settings().raw_table_path))


def commit(load: Load) -> None:
    """Make the staged rows of `load.attempt` the load `load.load_id`: wholly, or not at all.

    Raises:
        IngestError: another lander committed that load; the staged rows are removed.
    """
    staging, target = staging_path(load.load_id, load.attempt), load_path(load.load_id)
    try:
        call(lambda: rename_exclusively(staging, target))
    except (FileExistsError, IngestError) as error:
        # The rename may have been done and only its answer lost.
        committed = load.load_id in committed_ids()
        if committed and read_load(load.load_id).attempt == load.attempt:
            return
        if isinstance(error, IngestError):
            raise
        discard(load.load_id, load.attempt)
        raise IngestError(
            f"another lander committed {target} first; this one stopped, nothing is lost or "
            "doubled: run land again for what is left"
        ) from None


def discard(load_id: int, attempt: str) -> None:
    """Remove what an attempt staged; where that fails it stays: no reader looks there."""
    with suppress(IngestError, FileNotFoundError):
        call(lambda: filesystem().rm(staging_path(load_id, attempt), recursive=True))
