"""For which of dbt's commands its plugin checks that Spark answers."""

from collections.abc import Iterator

import click
from dbt.cli.main import cli
from dbt_services_are_up import ASKS_SPARK


def commands(command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for part in command.commands.values():
            yield from commands(part)
    else:
        yield command.name


def test_each_command_of_dbt_that_asks_spark_is_checked():
    ask_nothing = {"clean", "deps", "init", "list", "ls", "parse", "serve"}
    say_it_themselves = {"debug"}
    unused = {"clone", "snapshot-freshness"}
    assert set(commands(cli)) - ask_nothing - say_it_themselves - unused == ASKS_SPARK
