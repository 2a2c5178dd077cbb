"""Print the eight answers; with `site`, also write the pages."""

import typer

from cli.console import main
from report.documentation import generating
from report.frames import read
from report.site import write_site
from report.terminal import print_answers, print_where_next

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def answers(context: typer.Context) -> None:
    """Print the eight answers."""
    if context.invoked_subcommand is None:
        print_answers(read("answers"))


@app.command()
def site() -> None:
    """Write the pages, of which dbt generates one; print the answers, and where to look next."""
    with generating() as documentation:
        frames = read()
        write_site(frames, documentation)
    print_answers(frames)
    print_where_next()


if __name__ == "__main__":
    main(app)
