"""Faults: the table of what was done, and what it cost."""

from collections import Counter

import pytest

from tests.support.commands import ForkedPipeline
from tests.support.journal import Files, Journal

JOURNAL = Journal()


@pytest.fixture(scope="session")
def journal() -> Journal:
    return JOURNAL


def pytest_terminal_summary(terminalreporter):
    rows = [
        (fault, str(n["times"]), str(n["lost"]), str(n["doubled"]),
         ", ".join(f"{how} ({count})" for how, count in JOURNAL.recovered[fault].most_common()))
        for fault, n in JOURNAL.rows.items()
    ]  # fmt: skip
    if not rows:
        return
    total = sum((n for n in JOURNAL.rows.values()), Counter())
    rows.append(("all", *(str(total[name]) for name in ("times", "lost", "doubled")), ""))
    rows.insert(0, ("fault", "times", "lost", "doubled", "recovered by"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    terminalreporter.section("faults")
    for row in rows:
        line = (
            cell.rjust(w) if i in (1, 2, 3) else cell.ljust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        terminalreporter.write_line("  ".join(line).rstrip())


@pytest.fixture(scope="session")
def new_files(sandbox, tmp_path_factory):
    """Makes the files of a new pipeline."""

    def make(name: str) -> Files:
        pipeline = ForkedPipeline.new(sandbox, name)
        return Files(tmp_path_factory.mktemp(name), pipeline)

    return make
