"""Python and SQL are in style, and Python is typed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli import ROOT

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "check", [("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",)], ids=" ".join
)
def test_python(check):
    done = subprocess.run([BIN / check[0], *check[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_sql(tmp_path):
    files = [*ROOT.glob("models/**/*.sql"), *ROOT.glob("tests/dbt/*.sql")]
    out_of_style = tmp_path / "out_of_style.sql"
    out_of_style.write_text("select\n    A.b\nFROM {{ ref('a') }} AS A\n")
    assert len(files) > 20
    lint = [BIN / "sqlfluff", "lint", "--disable-progress-bar", "--processes", "2"]
    config = ["--config", ROOT / ".sqlfluff"]
    done = subprocess.run(
        [*lint, *config, *files, out_of_style], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    named = re.findall(r"^== \[(.*)\] FAIL", done.stdout, re.MULTILINE)
    assert named == [str(out_of_style)], done.stdout
    assert "Skipped file" not in done.stdout + done.stderr
