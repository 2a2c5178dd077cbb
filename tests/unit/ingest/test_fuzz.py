"""A few seconds of `make fuzz`."""

import os
import re
import subprocess
import sys

import pytest

from cli import ROOT


def test_guided_fuzzing_finds_nothing(tmp_path):
    pytest.importorskip("atheris", reason="atheris has no wheel for this Python or machine")
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "support" / "fuzz_records.py", tmp_path,
         "-max_total_time=3"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    runs = re.search(r"Done (\d+) runs", done.stderr)
    assert runs, done.stderr[-4000:]
    assert int(runs[1]) > 100
