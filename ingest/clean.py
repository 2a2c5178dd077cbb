"""clean: delete uncommitted rows that can never be committed."""

from cli.console import info, plural
from ingest.hdfs import hdfs
from ingest.load_store import committed_ids, list_uncommitted
from ingest.settings import settings


def clean() -> None:
    """Delete leftovers; keep rows that may still be committed.

    Raises:
        UserError: HDFS cannot be reached, or refuses a request.
    """
    loads = list_uncommitted(committed_ids())
    leftovers = [load for load in loads if load.leftover]
    for leftover in leftovers:
        try:
            hdfs().rm(leftover.path)
        except FileNotFoundError:  # its own `land` deleted it meanwhile
            continue
        info(
            f"removed {leftover.path} ({plural(leftover.files, 'file')}, "
            f"{plural(leftover.bytes, 'byte')})"
        )
    if not leftovers:
        info(f"no leftovers of topic {settings().kafka_topic}")
    for kept in loads:
        if not kept.leftover:
            info(
                f"kept {kept.path}: a running land may be writing these rows; if none is running, "
                "clean can delete them after the next load is committed"
            )
