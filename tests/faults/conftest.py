"""Faults: the table of what was done, and what it cost."""

from collections import Counter
from uuid import uuid4

import pytest
from conftest import Pipeline

from faults.journal import Files, Journal


def pytest_addoption(parser):
    parser.addoption("--faults", action="store_true", help="The long form: `make faults`.")
    parser.addoption("--seed", type=int, default=0, help="Of the random moments.")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: only with --faults")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--faults"):
        skipped = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in skipped]
        config.hook.pytest_deselected(items=skipped)


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
def new_files(stack, tmp_path_factory):
    """Makes the files of a new pipeline."""

    def make(name: str) -> Files:
        pipeline = Pipeline(stack, f"{name}_{uuid4().hex[:6]}")
        return Files(tmp_path_factory.mktemp(name), pipeline)

    return make
