"""sqlfluff finds nothing; its dbt templater asks the Thrift server about incremental models."""

import sys
from pathlib import Path

from conftest import ROOT, Pipeline


def test_sql_is_in_style(stack):
    pipeline = Pipeline(stack, "sql_style")
    files = [*ROOT.glob("models/**/*.sql"), *ROOT.glob("tests/dbt/*.sql")]
    assert files
    done = stack.run(
        str(Path(sys.executable).parent / "sqlfluff"), "lint", "--disable-progress-bar",
        *map(str, files), check=False, **pipeline.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "Skipped file" not in done.stdout + done.stderr
