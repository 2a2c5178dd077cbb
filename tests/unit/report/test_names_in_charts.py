"""Ids and names of exams are text to the charts, whatever properties an object has."""

import re
from html import unescape

import pandas as pd
import pytest
import vl_convert

from report.charts import exams
from report.figures import Chart
from report.item_charts import options, reliability
from report.retake_charts import retaken_exams

NAMES = [
    "constructor", "__proto__", "toString", "hasOwnProperty", "plain", "a.b[0]", "q\"'\\", "17",
    "</script>", "{{x}} ${y}", "a\u2028b",
]  # fmt: skip
DESCENDING = range(1000 + len(NAMES), 1000, -1)
EXAMS = pd.DataFrame(
    {
        "base_exam_id": NAMES, "exam_name": NAMES, "attempts": DESCENDING, "retakes": DESCENDING,
        "attempts_with_score": 9, "sessions": 1, "mean_score": 0.5, "mean_first_score": 0.5,
        "median_duration_seconds": 60.0,
    }
)  # fmt: skip
RELIABILITY = pd.DataFrame(
    {
        "exam_label": [*NAMES, "few"],
        "kr20": [0.9 - n / 10 for n in (0, 1, 2, 2, *range(4, len(NAMES) + 1))],  # two are alike
        "scored_attempts": [30] * len(NAMES) + [29], "verdict": "reliable",
        "standard_error_of_measurement": 1.0, "distinct_questions": 9,
    }
).sample(frac=1, random_state=0)  # fmt: skip
LIMITS = pd.DataFrame({"limit_name": ["min_attempts", "min_kr20"], "value": [30, 0.7]})


def svg_of(chart: Chart | None) -> str:
    return vl_convert.vegalite_to_svg(chart.properties(width=900).to_dict())


def drawn(svg: str) -> tuple[list[str], list[str]]:
    """The names along the axis, and what is said of each mark."""
    axis = svg[svg.index('aria-label="Y-axis') :]
    labels = axis[axis.index("role-axis-label") : axis.index("</g>", axis.index("role-axis-label"))]
    marks = re.findall(r'aria-label="([^"]*)" role="graphics-symbol" aria-roledescription', svg)
    return [unescape(text) for text in re.findall(r">([^<]*)</text>", labels)], [
        *map(unescape, marks)
    ]


@pytest.mark.parametrize("chart", [exams, retaken_exams])
def test_each_exam_has_its_bar_and_its_name(chart):
    svg = svg_of(chart.draw({"exams": EXAMS}))
    names, marks = drawn(svg)
    assert names == NAMES
    assert ">1,000</text>" in svg  # along the axis
    bars = [mark for mark in marks if "exam: " in mark]
    for place, (name, bar) in enumerate(zip(NAMES, bars, strict=True), 1):
        number = f"{DESCENDING[place - 1]:,}"
        assert re.match(rf"(attempts|retakes): {number}; place: {place}; ", bar)
        assert f"; exam: {name}; " in bar
        assert f"attempts: {number}; " in bar


def test_each_exam_has_its_reliability_and_its_name():
    svg = svg_of(reliability.draw({"reliability": RELIABILITY, "limits": LIMITS}))
    names, marks = drawn(svg)
    assert names == NAMES
    at = re.findall(r'aria-roledescription="circle" transform="translate\(([^,]+),', svg)
    assert [0 <= float(x) <= 900 for x in at] == [True] * len(NAMES)  # also that below 0
    points = [mark for mark in marks if "exam: " in mark]
    enough = RELIABILITY[RELIABILITY.scored_attempts == 30]
    for name, point in zip(enough.exam_label, points, strict=True):
        place = NAMES.index(name) + 1
        assert f"; place: {place}; verdict: reliable; exam: {name}; " in point


def test_the_options_of_any_exam_can_be_chosen():
    rows = pd.DataFrame(
        [
            {
                "exam_label": name, "question_number": question, "option_number": number,
                "is_correct": True, "presented": 9, "chosen_share": 0.5,
                "lower_chosen_share": 0.2, "upper_chosen_share": 0.8, "verdict": "works",
            }
            for name in NAMES
            for question in (9, 10)
            for number in (2, 13)
        ]
    )  # fmt: skip
    for name in NAMES:
        chosen = rows.sort_values("exam_label", key=lambda label, name=name: label != name)
        labels, marks = drawn(svg_of(options.draw({"options": chosen})))
        assert labels == [f"Q{q}, option {n} ✓" for q in (9, 10) for n in (2, 13)]
        assert len(marks) == 12
