"""Build, test and document what changed since the last green run; print the eight answers."""

from dataclasses import replace
from typing import Annotated

import typer

from cli.console import info, main, out
from cli.errors import UserError
from refresh import last_run, pages
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
    last, now = last_run.read(), last_run.now(dbt)
    selection = select(dbt, last, now)
    reason = selection.reason if selection else "everything is as the last run left it"
    anew = "; incremental models with --full-refresh"
    info(f"models: {reason}{anew if selection and selection.full_refresh else ''}")
    if dry_run:
        for name in dbt.names(*selection.selectors) if selection else ():
            out.print(name)
        return
    if selection:
        last_run.forget()
        built = dbt.invoke(*selection.command)
        if built.exception:
            if last and last_run.versions(dbt) == now.versions:
                last_run.keep(last)  # dbt built nothing
            raise UserError("dbt could not build the models: see above")
        now = replace(
            now,
            versions=last_run.versions(dbt),
            newest_load=last_run.newest_load(dbt),
            is_green=built.success,
        )
        last_run.write(now)
        if not built.success:
            raise UserError(
                "a model or a test failed: see above; the next run repeats what failed, what "
                "depends on it, and what has changed"
            )
    pages.write(dbt, now)


if __name__ == "__main__":
    main(app)
