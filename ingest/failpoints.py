"""Fail points of produce and land: places where a test can kill or stop the process.

The variable INGEST_FAILPOINT selects one fail point:

- "land.rows_written": the process kills itself there (SIGKILL).
- "land.rows_written=stop": the process stops there (SIGSTOP) until somebody continues it.
- "produce.ledger_entry_sent#3": the process kills itself when it gets there for the third time.

The variable is set in tests only; without it nothing happens.
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
    "land.description_written",
    "land.rows_counted",
    "land.load_committed",
    "land.database_created",
    "land.table_created",
    "land.partitions_added",
    "land.done",
)
_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Kill or stop the process here if INGEST_FAILPOINT selects this fail point.

    Args:
        name: one of FAILPOINTS.

    Raises:
        KeyError: `name` is not in FAILPOINTS.
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
