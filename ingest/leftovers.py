"""Staged rows: those that may become the next load, and those that can never be one."""

import re
from datetime import datetime, timezone

import msgspec

from ingest.console import say
from ingest.hdfs import call, filesystem
from ingest.loads import committed_ids, staging_folder
from ingest.settings import settings


class Staged(msgspec.Struct, frozen=True):
    """What an attempt at a load has written and not committed.

    Attributes:
        load_id: the load that it would become.
        files, bytes: on HDFS.
        modified_at: when a file was last added to it or removed, UTC.
        leftover: that load is committed, by another attempt: these rows can never be, whether
            their lander lives or not. Otherwise a lander may be writing them.
    """

    path: str
    load_id: int
    files: int
    bytes: int
    modified_at: datetime
    leftover: bool


def staged(committed: list[int]) -> list[Staged]:
    """What is staged for this topic, by load. Read-only.

    Args:
        committed: the ids of the committed loads, which were read before: ids only grow, so a
            leftover may be taken for one at work, never the other way round.

    Raises:
        IngestError: HDFS cannot be reached, or refuses.
    """
    newest = max(committed, default=0)
    try:
        folders = call(lambda: filesystem().ls(staging_folder(), detail=True))
    except FileNotFoundError:
        return []
    found = []
    for folder in folders:
        path = folder["name"].rstrip("/")
        match = re.search(r"/load_id=(\d+)-[0-9a-f]{32}$", path)
        if match is None:
            continue
        try:
            content = call(lambda path=path: filesystem().content_summary(path))
        except FileNotFoundError:  # committed or removed meanwhile
            continue
        found.append(
            Staged(
                path=path,
                load_id=int(match.group(1)),
                files=content["fileCount"],
                bytes=content["length"],
                modified_at=datetime.fromtimestamp(folder["modificationTime"] / 1000, timezone.utc),
                leftover=int(match.group(1)) <= newest,
            )
        )
    return sorted(found, key=lambda s: (s.load_id, s.path))


def clean() -> None:
    """Remove staged rows that can never be committed; never those that still may be.

    Raises:
        IngestError: HDFS cannot be reached, or refuses.
    """
    everything = staged(committed_ids())
    leftovers = [s for s in everything if s.leftover]
    for leftover in leftovers:
        try:
            call(lambda path=leftover.path: filesystem().rm(path, recursive=True))
        except FileNotFoundError:  # its lander was faster
            continue
        say(f"removed {leftover.path} ({leftover.files:,} files, {leftover.bytes:,} bytes)")
    if not leftovers:
        say(f"no leftovers of topic {settings().kafka_topic}")
    for kept in everything:
        if not kept.leftover:
            say(
                f"left alone {kept.path}: a lander may be writing it; if none is, run land, and it "
                "becomes a leftover"
            )
