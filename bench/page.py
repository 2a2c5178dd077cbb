"""The page RESULTS.md, written from the results."""

import statistics
from pathlib import Path

from bench.measure import Run
from bench.results import Result, read_results
from bench.row import Row, table
from bench.rows import ROWS

HEAD = ["row", "what", "ours", "peer", "ratio", "spread", "pairs", "memory at peak", "target"]
INTRODUCTION = (
    "Both sides run in turn in the same call, on the same bytes, ours first in every other pair. "
    "Seconds are medians; the ratio is the median of the pairs' ratios, the spread its least and "
    "greatest. Memory is anonymous (RssAnon), of all processes of a command, sampled ten times a "
    "second, at its peak in any run; a Spark server that counts gives little back between runs."
)


def write_page(folder: Path) -> None:
    """Write `folder`/RESULTS.md, and the charts beside it, from the files in `folder`/results/."""
    results = read_results(folder / "results")
    measured = [(row, results[name]) for name, row in ROWS.items() if name in results]
    missing = ", ".join(name for name in ROWS if name not in results)
    missed = [
        f"- **{row.name}**: {row.would_take}"
        for row, result in measured
        if row.would_take and row.target and not row.target[1](result)
    ]
    lines = [
        *("# Measured side by side", ""),
        *("Written by `make bench` from the single runs in [results](results).", ""),
        *_circumstances([result for _, result in measured]),
        *([f"- **Not measured yet**: {missing}."] if missing else []),
        *("", INTRODUCTION, ""),
        *table(HEAD, [cells(row, result) for row, result in measured if not row.section]),
        *("", "How each was measured:", ""),
        *(f"- **{row.name}**: {row.note}" for row, _ in measured if row.note and not row.section),
        *(["", "What the missed targets would take:", "", *missed] if missed else []),
        *(line for row, result in measured if row.section for line in row.section(result, folder)),
    ]
    (folder / "RESULTS.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _circumstances(results: list[Result]) -> list[str]:
    """One line for each group of results with the same commit, data, machine and versions."""
    alike: dict[str, list[Result]] = {}
    for result in results:
        alike.setdefault(str(result.environment), []).append(result)
    lines = []
    for group in alike.values():
        environment, times = group[0].environment, [result.measured_at for result in group]
        versions = ", ".join(f"{name} {text}" for name, text in environment.versions.items())
        lines.append(
            f"- **{', '.join(result.row for result in group)}**: "
            f"{' to '.join(sorted({min(times), max(times)}))}, of commit {environment.commit}. "
            f"Data: {environment.dataset}, repeated, each copy with new ids. "
            f"Machine: {environment.machine}. Versions: {versions}."
        )
    return lines


def cells(row: Row, result: Result) -> list[str]:
    """The cells of a row's line in the table."""
    ratios = [1 / ratio for ratio in result.ratios] if row.as_speed else result.ratios
    unit = "as fast" if row.as_speed else "its time"
    peaks = [max(run.memory for run in runs) for runs in (result.ours, result.peer) if runs]
    target, is_reached = row.target or ("reported", None)
    if is_reached:
        target += ": **reached**" if is_reached(result) else ": **missed**"
    copy_records = result.environment.records
    numbers = {"records": copy_records * result.copies, "copy_records": copy_records}
    numbers["megabytes"] = round(result.bytes / 1e6)
    return [
        row.name,
        row.what.format(**numbers),
        _seconds(result.ours),
        f"{_seconds(result.peer)}: {row.peer.format(**numbers)}" if result.peer else "",
        f"{statistics.median(ratios):.2f} times {unit}" if ratios else "",
        f"{min(ratios):.2f} to {max(ratios):.2f}" if len(ratios) > 1 else "",
        str(len(result.ours)),
        " against ".join(f"{peak / 1e6:,.0f} MB" for peak in peaks if peak),
        target,
    ]


def _seconds(runs: list[Run]) -> str:
    return f"{statistics.median(run.seconds for run in runs):.2f} s"
