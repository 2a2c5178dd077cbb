"""How the report writes values: each kind, beside the values at which it changes."""

import re
from dataclasses import astuple
from datetime import date, datetime

import pandas as pd
import pytest

from cli.console import listed
from report.frames import statement
from report.tables import TABLES, Column, Table
from report.text import FORMATS, count, decimals, duration, exact_share, number, points, share, time


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567"), (3.0, "3")],
)
def test_a_count_has_commas_between_thousands(value, text):
    assert count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 %"),
        (0.004, "0 %"),
        (0.006, "1 %"),
        (0.627, "63 %"),
        (0.625, "63 %"),
        (0.025, "3 %"),
        (0.994, "99 %"),
        (1, "100 %"),
    ],
)
def test_a_share_is_in_whole_per_cent(value, text):
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.125, "12.5 %"),
        (0.07, "7 %"),
        (0.9, "90 %"),
        (1e-7, "0.00001 %"),
        (0.1234567, "12.34567 %"),
        (1, "100 %"),
    ],
)
def test_a_limit_has_all_its_decimals(value, text):
    assert exact_share(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (7.5, "7.5"), (100.0, "100"), (1209600.0, "1,209,600")]
)
def test_a_number_has_no_superfluous_zeros(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.001, "0.00"), (-0.005, "-0.01"), (0.004, "0.00"), (-1234.5, "-1,234.50")],
)
def test_what_rounds_to_zero_has_no_sign(value, text):
    assert decimals(value, 2) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.18, "+18"),
        (0.125, "+13"),
        (-0.125, "-13"),
        (-0.034, "-3"),
        (0, "0"),
        (0.004, "0"),
        (-0.004, "0"),
        (0.006, "+1"),
        (1, "+100"),
    ],
)
def test_points_have_a_sign(value, text):
    assert points(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (58.9, "59 s"),
        (119.4, "119 s"),
        (120, "2.0 min"),
        (135, "2.3 min"),
        (7190, "119.8 min"),
        (7200, "2.0 h"),
        (24862, "6.9 h"),
        (-0.3, "0 s"),
        (-30, "-30 s"),
        (-150, "-2.5 min"),
        (-9000, "-2.5 h"),
    ],
)
def test_a_duration_is_in_the_unit_that_suits_it(seconds, text):
    assert duration(seconds) == text


def test_a_time_is_to_the_minute():
    assert time(datetime(2018, 1, 9, 4, 5, 59)) == "2018-01-09 04:05"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["a"], "a"),
        (["a", "b", "c"], "a, b, c"),
        (["a", "b", "c", "d"], "a, b, c and 1 more"),
        (["a", "b", "c", *"d" * 2000], "a, b, c and 2,000 more"),
    ],
)
def test_several_names_are_three_and_how_many_more(names, text):
    assert listed(names) == text


# By kind: a value; its text; the value that a table sorts by; the class of the cell.
CELLS = {
    "text": (date(2018, 1, 9), "2018-01-09", "2018-01-09", "text"),
    "words": ("first_attempts", "first attempts", "first_attempts", "words"),
    "points": (0.1805, "+18", "0.1805", "number"),
    "minutes": (90.0, "1.5", "90.0", "number"),
    "count": (3242, "3,242", "3242", "number"),
    "number": (7.5, "7.5", "7.5", "number"),
    "share": (0.627, "63 %", "0.627", "number"),
    "hundredths": (0.705, "0.70", "0.705", "number"),
    "time": (pd.Timestamp("2018-01-09 04:05:59"), "2018-01-09 04:05", "2018-01-09T04:05:59", "time"),  # noqa: E501
    "hash": ("0123456789abcdef", "0123456789ab", "0123456789abcdef", "hash"),
    "flag": (True, "yes", "True", "flag"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_has_the_text_of_its_kind_and_what_it_sorts_by(kind):
    value, text, key, css = CELLS[kind]
    table = Table("any", "Any", (Column("field", "title", kind),), pd.DataFrame({"field": [value]}))
    assert list(table.rows()) == [[(text, key)]]
    assert table.columns[0].css == css


def test_a_label_of_a_range_sorts_by_the_place_of_the_range():
    bins = pd.DataFrame({"label": ["5 to 15 min", None], "bin": [6, 7]})
    table = Table("any", "Any", (Column("label", "title", "text", "bin"),), bins)
    assert list(table.rows()) == [[("5 to 15 min", "6")], [("—", "")]]


@pytest.mark.parametrize("name", TABLES)
def test_every_label_of_a_range_sorts_by_the_place_of_the_range(name):
    orders = {order for field, _, _, order in map(astuple, columns(name)) if field == "label"}
    assert orders == ({"bin"} if re.search(r"^    bin,", statement(name, "marts"), re.M) else set())


def columns(name: str) -> list[Column]:
    return [Column(*column) for column in TABLES[name][1]]


def test_every_kind_is_tried():
    used = {column[2] for _, columns in TABLES.values() for column in columns if len(column) > 2}
    assert used <= FORMATS.keys() == CELLS.keys()


def test_false_is_no():
    assert FORMATS["flag"](False) == "no"


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NaT])
@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_without_a_value_has_a_dash(kind, nothing):
    frame = pd.DataFrame({"field": pd.Series([nothing], dtype=object)})
    assert list(Table("any", "Any", (Column("field", "title", kind),), frame).rows()) == [
        [("—", "")]
    ]
