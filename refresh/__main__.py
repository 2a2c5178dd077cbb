"""Build, test and document what changed since the last green run; print the eight answers."""

from dataclasses import replace
from typing import Annotated

import typer

from cli.console import info, main, out
from cli.errors import UserError
from refresh import pages, state
from refresh.dbt import Dbt
from refresh.selection import select

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(help=__doc__)
def refresh(
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print what would be built or tested, and why."),
    ] = False,
) -> None:
    """Refresh the models and the pages.

    Raises:
        UserError: the project cannot be read, a model cannot be built, or a test fails.
    """
    dbt = Dbt()
    last, now = state.read(), state.current(dbt)
    selection = select(dbt, last, now)
    reason = selection.reason if selection else "everything is as the last run left it"
    anew = "; incremental models with --full-refresh"
    info(f"models: {reason}{anew if selection and selection.full_refresh else ''}")
    if dry_run:
        for name in dbt.names(*selection.selectors) if selection else ():
            out.print(name)
        return
    if selection:
        state.forget()
        built = dbt.invoke(*selection.command)
        if built.exception:
            if last and state.versions(dbt) == now.versions:
                state.restore(last)  # dbt built nothing
            raise UserError("dbt could not build the models: see above")
        now = replace(
            now,
            versions=state.versions(dbt),
            newest_load=state.newest_load(dbt),
            # A build that resumes repeats nothing for a load that has landed meanwhile.
            freshness=last.freshness if last and selection.resumes else now.freshness,
            is_green=built.success,
        )
        state.write(now)
        if not built.success:
            raise UserError(
                "a model or a test failed: see above; the next run repeats what failed, what "
                "depends on it, and what has changed"
            )
    pages.write(dbt, now)


if __name__ == "__main__":
    main(app)
