"""The steps of produce and land, by name: where a test can kill or stop the process.

INGEST_FAULT="land: rows staged" lets the process kill itself (SIGKILL) right after that step;
"stop land: rows staged" lets it stop (SIGSTOP) until somebody continues it; "produce: ledger entry
sent #3" means the third time that it gets there. Unset, as ever outside of tests, nothing happens.
"""

import os
import re
import signal
from collections import Counter
from functools import lru_cache

from ingest.errors import IngestError

STEPS = (
    "produce: started",
    "produce: file read",
    "produce: topics created",
    "produce: producer registered",
    "produce: ledger read",
    "produce: transaction begun",
    "produce: messages sent",
    "produce: ledger entry sent",
    "produce: messages acknowledged",
    "produce: transaction committed",
    "produce: done",
    "land: started",
    "land: offsets read",
    "land: session opened",
    "land: rows staged",
    "land: offsets written",
    "land: rows counted",
    "land: load committed",
    "land: database created",
    "land: table created",
    "land: partitions added",
    "land: done",
)
_passed: Counter[str] = Counter()


def step(name: str) -> None:
    """Say that the process has just done what `name`, one of STEPS, says.

    Raises:
        IngestError: INGEST_FAULT is set, but names no step.
    """
    if name not in STEPS:
        raise KeyError(name)
    fault = _fault()
    if fault is None:
        return
    _passed[name] += 1
    if (name, _passed[name]) == fault[1:]:
        os.kill(os.getpid(), fault[0])


@lru_cache
def _fault() -> tuple[signal.Signals, str, int] | None:
    wanted = os.environ.get("INGEST_FAULT")
    if not wanted:
        return None
    match = re.fullmatch(r"(stop )?(.+?)(?: #(\d+))?", wanted)
    if match is None or match.group(2) not in STEPS:
        raise IngestError(
            f"INGEST_FAULT names no step: {wanted!r}; the steps are {', '.join(STEPS)}"
        )
    kind = signal.SIGSTOP if match.group(1) else signal.SIGKILL
    return kind, match.group(2), int(match.group(3) or 1)
