"""When the small files of a table are merged: with more than 40, and one more for each 4 MB."""

from types import SimpleNamespace

import pytest
from jinja2 import Template

from cli import ROOT

MACRO = Template((ROOT / "macros" / "builds" / "merge_small_files.sql").read_text())


def statement(files: int, size: int, is_incremental: bool = True) -> str:
    """What the macro returns for a table of so many files and bytes."""
    details = {"describe detail a.table": {"numFiles": [files], "sizeInBytes": [size]}}
    names = {
        "this": "a.table",
        "is_incremental": lambda: is_incremental,
        "run_query": lambda sql: SimpleNamespace(columns=details[sql]),
    }
    return str(MACRO.make_module(names).merge_small_files()).strip()


@pytest.mark.parametrize(("files", "size"), [(60, 600_000), (60, 79_999_999), (61, 80_000_000)])
def test_more_small_files_than_the_size_allows_are_merged(files, size):
    assert statement(files, size) == "optimize a.table"


@pytest.mark.parametrize(("files", "size"), [(60, 240_000_000), (60, 80_000_000), (40, 0)])
def test_as_many_files_as_the_size_allows_stay(files, size):
    assert statement(files, size) == ""


def test_a_table_that_was_just_made_is_not_merged():
    assert statement(1000, 0, is_incremental=False) == ""
