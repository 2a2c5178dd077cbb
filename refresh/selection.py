"""What has to be built and tested again, and why."""

from dataclasses import dataclass

from cli.console import listed
from cli.errors import UserError
from refresh.dbt import Dbt
from refresh.state import STATE_OPTION, State


@dataclass(frozen=True)
class Selection:
    """Models and tests to build, and why.

    Attributes:
        reason: why, in words.
        selectors: those of dbt, with their option; empty for everything.
        full_refresh: whether incremental models are rebuilt from all rows.
        tested_loads: the newest load whose rows need no test again; None if all rows are tested.
        resumes: whether the failed build resumes where it failed.
    """

    reason: str
    selectors: tuple[str, ...] = ()
    full_refresh: bool = True
    tested_loads: int | None = None
    resumes: bool = False

    @property
    def command(self) -> tuple[str, ...]:
        """The arguments of dbt."""
        if self.resumes:
            return ("retry", *STATE_OPTION)
        options = ["--full-refresh"] if self.full_refresh else []
        if self.tested_loads is not None:
            options += ["--vars", f"{{tested_loads: {self.tested_loads}}}"]
        return ("build", "--exclude-resource-type", "unit_test", *self.selectors, *options)


FAILED = ("result:error+", "result:fail+", "result:skipped+")  # of the last build


def select(dbt: Dbt, last: State | None, now: State) -> Selection | None:
    """Decide what to build.

    Args:
        dbt: the project.
        last: the state that the last run left; None if it is not known.
        now: the state as it is.

    Returns:
        None if everything is as the last run left it.

    Raises:
        UserError: dbt cannot tell how new the source is.
    """
    if last is None:
        return Selection("no earlier run is known")
    if not last.is_green and now == last:
        reason = "the last build failed, and nothing has changed since"
        selectors = ("--select", *FAILED, *STATE_OPTION)
        return Selection(reason, selectors, full_refresh=False, resumes=True)
    return _everything(last, now) or _changed(dbt, last, now)


def _everything(last: State, now: State) -> Selection | None:
    """Everything, if something has changed that dbt's selectors do not see."""
    if differ := [
        name for name, value in now.made_with.items() if last.made_with.get(name) != value
    ]:
        return Selection(f"{listed(differ)} changed")
    if now.loads is None:
        raise UserError(
            "dbt cannot tell how new the raw table is: are the services up (make status), and has "
            "a load landed? Then run the command again"
        )
    if last.loads is None or not _has_only_grown(last.loads, now.loads):
        return Selection("the raw table is not that of the last run")
    return None


def _changed(dbt: Dbt, last: State, now: State) -> Selection | None:
    """What changed, and what depends on it."""
    touched = [  # also if no version can be had
        name
        for name in sorted(dbt.materializations)  # whatever the order of the files
        if now.versions.get(name) is None or now.versions[name] != last.versions.get(name)
    ]
    failed = () if last.is_green else FAILED
    again = (*failed, *(f"{name}+" for name in touched))
    changed = ("state:modified+", *again)
    modified = dbt.names("--select", *changed, *STATE_OPTION)
    reasons = [] if last.is_green else ["the last build failed"]
    if now.loads != last.loads:
        reasons.append("there is a new load")
    edited = dbt.names("--select", "state:modified", *STATE_OPTION) if modified else []
    if written := [name for name in touched if name not in edited]:  # a new model has no table
        reasons.append(f"{listed(written)} changed in the database")
    if edited:
        reasons.append(f"{listed(edited)} changed in the project")
    if not reasons:
        return None
    # Appended rows keep their values until a full refresh. A new description changes none.
    parts = (f"state:modified.{part}+" for part in ("body", "configs", "contract", "macros"))
    remade = dbt.names("--select", *parts, *again, *STATE_OPTION) if modified else []
    return Selection(
        "; ".join(reasons),
        ("--select", *changed, "source_status:fresher+", *STATE_OPTION),
        any(dbt.materializations.get(name) == "incremental" for name in remade),
        last.newest_load if last.is_green and not modified else None,
    )


def _has_only_grown(last: dict[str, str], now: dict[str, str]) -> bool:
    """Whether there are all loads of the last run, and beside them only later and newer ones."""
    number, time = max(map(int, last), default=0), max(last.values(), default="")
    return last.items() <= now.items() and all(
        int(load) > number and now[load] > time for load in now.keys() - last.keys()
    )
