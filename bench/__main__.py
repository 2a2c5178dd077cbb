"""Measure side by side: `python -m bench [NAME …]`; without names, all but the long ones."""

import shutil
import tempfile
from contextlib import ExitStack
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from bench.context import Context, own_services
from bench.dataset import load_dataset
from bench.environment import environment
from bench.page import cells, write_page
from bench.rows import MEASUREMENTS, ROWS
from cli.console import info, main, warning
from cli.errors import UserError
from ingest.settings import load_settings
from services.sandbox import Sandbox, end_as_by_ctrl_c, forget_other_services
from services.settings import StackSettings

HERE = Path(__file__).parent

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(help=__doc__)
def bench(
    names: Annotated[list[str] | None, typer.Argument(help=", ".join(MEASUREMENTS))] = None,
    runs: Annotated[int, typer.Option(min=0, help="Pairs of runs; 0: the row's default.")] = 0,
    copies: Annotated[int, typer.Option(min=0, help="Copies of the dataset; 0: the default.")] = 0,
    stack: Annotated[Path | None, typer.Option(help="LOCAL_DIR of services that run.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of RESULTS.md and results/.")] = HERE,
) -> None:
    """Run measurements, and write their results and the page."""
    end_as_by_ctrl_c()
    are_named = bool(names)
    names = names or [name for name, entry in MEASUREMENTS.items() if not entry.is_long]
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        raise UserError(f"no row {', '.join(unknown)}: there are {', '.join(MEASUREMENTS)}")
    programs = {program for name in names for program in MEASUREMENTS[name].programs}
    if missing := {program for program in programs if not shutil.which(program)}:
        what = f"{' and '.join(sorted(missing))} not found: apt-get install jq kcat"
        if are_named:
            raise UserError(what)
        left_out = [name for name in names if missing.intersection(MEASUREMENTS[name].programs)]
        warning(f"{what}; not measured until then: {', '.join(left_out)}")
        names = [name for name in names if name not in left_out]
    forget_other_services()
    folder = load_settings(StackSettings).directory / "bench"
    for path in (folder, out / "results"):
        path.mkdir(parents=True, exist_ok=True)
    with ExitStack() as resources:
        files = Path(resources.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        dataset = load_dataset(files)
        now = environment(dataset)

        @cache
        def shared() -> Sandbox:
            if stack:
                return Sandbox.running_in(stack)
            resources.enter_context(own_services(folder / "stack")).services("up")
            return Sandbox.running_in(folder / "stack")

        for name in names:
            info(f"measuring {name}")
            entry = MEASUREMENTS[name]
            size = (copies or entry.copies, runs or entry.runs)
            context = Context(shared, dataset, now, folder, files, *size)
            for result in entry.measure(context):  # written at once, because the next may fail
                result.measured_at = f"{datetime.now(timezone.utc):%F %H:%M} UTC"
                result.write(out / "results")
                write_page(out)
                if not ROWS[result.row].section:
                    info(" | ".join(cells(ROWS[result.row], result)))
    info(f"written: {out / 'RESULTS.md'}")


if __name__ == "__main__":
    main(app)
