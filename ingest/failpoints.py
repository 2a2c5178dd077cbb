"""Fail points of produce and land: where a test can kill or stop the process.

INGEST_FAILPOINT="land.rows_written" makes the process kill itself (SIGKILL) at that fail point;
"land.rows_written=stop" makes it stop (SIGSTOP) until somebody continues it; a number, as in
"produce.ledger_entry_sent#3", means the third time that it gets there. Nothing happens while the
variable is unset, which it is outside of tests.
"""

import os
import re
import signal
from collections import Counter
from functools import lru_cache

from cli.errors import UserError

# In the order in which a command passes them.
FAILPOINTS = (
    "produce.started",
    "produce.file_read",
    "produce.topics_created",
    "produce.producer_registered",
    "produce.ledger_read",
    "transaction.begun",
    "produce.messages_sent",
    "produce.ledger_entry_sent",
    "transaction.acknowledged",
    "produce.transaction_committed",
    "produce.done",
    "land.started",
    "land.offsets_read",
    "land.session_opened",
    "land.rows_written",
    "land.offsets_written",
    "land.rows_counted",
    "land.load_committed",
    "land.database_created",
    "land.table_created",
    "land.partitions_added",
    "land.done",
)
_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Fail here if INGEST_FAILPOINT says so.

    Args:
        name: one of FAILPOINTS.

    Raises:
        UserError: INGEST_FAILPOINT is set, but names no fail point.
    """
    if name not in FAILPOINTS:
        raise KeyError(name)
    wanted = _wanted()
    if wanted is None:
        return
    _passed[name] += 1
    if (name, _passed[name]) == wanted[1:]:
        os.kill(os.getpid(), wanted[0])


@lru_cache
def _wanted() -> tuple[signal.Signals, str, int] | None:
    value = os.environ.get("INGEST_FAILPOINT")
    if not value:
        return None
    match = re.fullmatch(r"([^#=]+)(?:#(\d+))?(=stop)?", value)
    if match is None or match[1] not in FAILPOINTS:
        raise UserError(
            f"INGEST_FAILPOINT names no fail point: {value!r}; there are {', '.join(FAILPOINTS)}"
        )
    return signal.SIGSTOP if match[3] else signal.SIGKILL, match[1], int(match[2] or 1)
