"""The state that a run leaves for the next one.

dbt's selectors compare the project with a manifest, and sources with their freshness. What they do
not see is collected here: variables, settings, versions of packages, the loads of the raw table,
and the tables themselves. `selection.py` compares it.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.dbt_folders import target_path
from refresh.dbt import QUIET, Dbt

# Environment variables that change what a model holds, or where it is.
VARIABLES = (
    *("KAFKA_TOPIC", "RAW_TABLE", "DBT_TARGET", "DBT_SCHEMA"),
    *("SPARK_THRIFT_HOST", "SPARK_THRIFT_PORT"),
)
# Files that change any model without a trace in its node of the manifest.
FILES = ("dbt_project.yml", "profiles/profiles.yml", "requirements.txt", "macros/overrides")
PROJECT = (*FILES, "macros", "models", "tests/dbt")
FOLDER = target_path() / "last_run"
STATE_FILE = "state.json"  # in FOLDER, beside dbt's artifacts
STATE_OPTION = ("--state", str(FOLDER))  # dbt compares with the artifacts there


@dataclass(frozen=True)
class State:
    """What the models were made with, and what they are.

    Attributes:
        made_with: what dbt's selectors do not see, by name.
        project: SHA-256 of all files of the dbt project.
        loads: by number of a load in the raw table: its time and its number of messages, which
            never change; None if they are not known.
        versions: by name of a model: the version of its table or view.
        newest_load: the number of the newest load that the models hold; None if they hold none.
        freshness: dbt's sources.json of these loads: how new the source was.
        is_green: whether all models were built and all tests passed.
    """

    made_with: dict[str, str]
    project: str
    loads: dict[str, str] | None
    versions: dict[str, str] = field(default_factory=dict)
    newest_load: int | None = field(default=None, compare=False)  # follows from the others
    freshness: str = field(default="{}", compare=False)
    is_green: bool = False


def digest(*names: str) -> str:
    """SHA-256 of files and of all files in folders: their paths and bytes."""
    found = hashlib.sha256()
    for path in sorted({file for name in names for file in _files(Path(name))}):
        found.update(f"{path}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts]


def current(dbt: Dbt) -> State:
    """The state as it is now; asks dbt how fresh the source is."""
    made_with = {name: os.environ.get(name, "") for name in VARIABLES}
    made_with |= {name: digest(name) for name in FILES}
    # Before the freshness: a load that lands meanwhile must not count as one that dbt saw.
    loads = _pairs(dbt, "raw_loads")
    # How old the source is does not matter here, only whether it is newer than it was.
    found: Any = dbt.invoke(*QUIET, "source", "freshness").result
    if loads is None or not found or not all(hasattr(of, "max_loaded_at") for of in found):
        return State(made_with, digest(*PROJECT), None, versions(dbt))
    sources = target_path() / "sources.json"
    found.write(str(sources))
    # Kept, because another command may write this file before the build has ended.
    freshness = sources.read_text(encoding="utf-8")
    return State(made_with, digest(*PROJECT), loads, versions(dbt), freshness=freshness)


def versions(dbt: Dbt) -> dict[str, str]:
    """By name of a model: the version of its table or view; without those that do not exist."""
    return _pairs(dbt, "table_versions") or {}


def newest_load(dbt: Dbt) -> int | None:
    """The number of the newest load that the models hold; None if they hold none."""
    return next(map(int, dbt.logged("newest_load") or ()), None)


def _pairs(dbt: Dbt, macro: str) -> dict[str, str] | None:
    lines = dbt.logged(macro)
    return None if lines is None else dict(line.split("=", 1) for line in lines)


def read() -> State | None:
    """The state after the last run; None if there was none, or it did not end."""
    try:
        return State(**json.loads((FOLDER / STATE_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def forget() -> None:
    """Delete the state, not the artifacts: from now on the tables are not as they were left."""
    (FOLDER / STATE_FILE).unlink(missing_ok=True)


def restore(state: State) -> None:
    """Undo `forget`, because the run has changed nothing."""
    _write_json(FOLDER, state)


def write(state: State) -> None:
    """Keep the state and dbt's artifacts of this run; whole or not at all."""
    draft = FOLDER.with_suffix(".unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in ("manifest.json", "run_results.json"):
        if (target_path() / name).exists():
            shutil.copy(target_path() / name, draft)
    (draft / "sources.json").write_text(state.freshness, encoding="utf-8")
    _write_json(draft, state)
    shutil.rmtree(FOLDER, ignore_errors=True)
    draft.rename(FOLDER)


def _write_json(folder: Path, state: State) -> None:
    (folder / STATE_FILE).write_text(json.dumps(state.__dict__), encoding="utf-8")
