"""The charts: what is drawn, where, in which words and colours; against independent figures."""

import re
from collections import Counter, defaultdict
from itertools import pairwise
from math import log10

import pytest

from tests.integration.report.conftest import open_tab
from tests.support.contrast import contrast, over, parse
from tests.support.expected.attempts import attempts_by_hour
from tests.support.expected_report.charts import canonical, charts

# Each chart by its name: axes, legend, and marks with their boxes, as they are on the screen.
DRAWN = """() => Object.fromEntries([...document.querySelectorAll("figure svg")].map(svg => {
    const figure = svg.closest("figure");
    const all = (place, selector) => [...place.querySelectorAll(selector)];
    const texts = (place, role) => all(place, `.role-${role} text`).map(e => e.textContent);
    const box = element => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { left, right, top, bottom };
    };
    const axes = all(figure, "[aria-roledescription=axis]").map(axis => ({
        side: axis.getAttribute("aria-label")[0],
        title: texts(axis, "axis-title").join(" "),
        labels: texts(axis, "axis-label"),
        places: all(axis, ".role-axis-label text").map(text => ({
            text: text.getAttribute("opacity") === "0" ? "" : text.textContent,
            anchor: text.getAttribute("text-anchor"),
            is_slanted: text.getAttribute("transform").includes("rotate"),
            ...box(text),
        })),
        ticks: all(axis, ".role-axis-tick > line").map(box),
        line: all(axis, ".role-axis-domain > line").map(box)[0],
    }));
    const marks = all(figure, ".role-mark [aria-label]").map(mark => ({
        kind: mark.getAttribute("aria-roledescription"),
        label: mark.getAttribute("aria-label"),
        fill: getComputedStyle(mark).fill,
        stroke: getComputedStyle(mark).stroke,
        opacity: getComputedStyle(mark).opacity,
        fillOpacity: getComputedStyle(mark).fillOpacity,
        shape: mark.getAttribute("d")?.replace(/[\\d.\\s]|e-/g, ""),
        ...box(mark),
    }));
    const symbols = all(figure, ".role-legend-symbol > path").map(symbol => ({
        fill: getComputedStyle(symbol).fill,
        stroke: getComputedStyle(symbol).stroke,
        opacity: getComputedStyle(symbol).opacity,
        fillOpacity: getComputedStyle(symbol).fillOpacity,
        shape: symbol.getAttribute("d")?.replace(/[\\d.\\s]|e-/g, ""),
    }));
    const words = all(figure, "svg text").filter(text => text.getAttribute("opacity") !== "0")
        .map(text => [text.textContent, getComputedStyle(text).fill]);
    return [figure.id, {
        description: figure.querySelector("[role=graphics-document]").getAttribute("aria-label"),
        card: [svg, figure].map(e => getComputedStyle(e).backgroundColor)
            .find(colour => colour !== "rgba(0, 0, 0, 0)"),
        legend: texts(figure, "legend-label"), legendTitle: texts(figure, "legend-title"),
        axes, marks, symbols, words,
    }];
}))"""


@pytest.fixture(scope="module")
def drawn(opened):
    return opened.evaluate(DRAWN)


@pytest.fixture(scope="module")
def expected(site):
    return charts(site.data)


def number(label: str) -> float | None:
    """What a label of an axis says, a percentage as a share; None for a name."""
    found = re.fullmatch(r"(-?[\d,]+(?:\.\d+)?)(%?)", label.replace("\N{MINUS SIGN}", "-"))
    return float(found[1].replace(",", "")) / (100 if found[2] else 1) if found else None


ENDS = {"X": ("left", "right"), "Y": ("bottom", "top")}


def centre(box, side: str) -> float:
    return sum(box[end] for end in ENDS[side]) / 2


def numbers(axis) -> dict[float, float]:
    """By number at a tick: where the tick is on the screen; nothing where an axis has names."""
    if axis["title"] in NAMED:
        return {}
    places = (centre(tick, axis["side"]) for tick in axis["ticks"])
    labelled = zip(axis["labels"], places, strict=True)
    found = {number(label): place for label, place in labelled if label}
    return {} if None in found else found


def place_of(value: float, axis) -> float:
    """Where a number is on the screen, by the ticks of its axis."""
    scale = log10 if "logarithmic" in axis["title"] else float
    ticks = sorted((scale(n), place) for n, place in numbers(axis).items())
    (n0, place0), (n1, place1) = ticks[0], ticks[-1]
    return place0 + (scale(value) - n0) * (place1 - place0) / (n1 - n0)


# Axes whose numbers are names.
NAMED = ("hour of start (UTC)", "load")


def bars_or_points(chart) -> list[dict]:
    return [mark for mark in chart["marks"] if mark["kind"] != "rule mark"]


def rules(chart) -> list[dict]:
    return [mark for mark in chart["marks"] if mark["kind"] == "rule mark"]


def of_marks(labels) -> Counter:
    return Counter(map(canonical, labels))


def test_the_charts_that_have_something_to_draw_are_there(drawn, expected):
    order = [name for name in expected if name in drawn]
    assert list(drawn) == order
    assert drawn.keys() == expected.keys()


def test_each_mark_is_drawn_and_says_what_it_stands_for(drawn, expected):
    for name, chart in expected.items():
        labels = [mark["label"] for mark in bars_or_points(drawn[name])]
        assert of_marks(labels) == of_marks(label for label, _ in chart.marks), name
        labels = [rule["label"] for rule in rules(drawn[name])]
        assert of_marks(labels) == of_marks(label for label, _ in chart.rules), name


def test_axes_and_legends_say_what_they_measure(drawn, expected):
    for name, chart in expected.items():
        titles = {axis["side"]: axis["title"] for axis in drawn[name]["axes"]}
        assert titles == dict(zip("XY", chart.titles, strict=True)), name
        assert drawn[name]["description"] == chart.description, name
        assert drawn[name]["legend"] == chart.legend, name
        assert drawn[name]["legendTitle"] == [], name
        for axis in drawn[name]["axes"]:
            labels = [label.replace(",", "") for label in axis["labels"] if label]
            if axis["title"] in ("attempts", "retakes", "messages"):
                assert all(label.isdigit() for label in labels), (name, labels)
                assert len(set(labels)) == len(labels), (name, labels)


def test_an_axis_ends_where_its_figure_can_end(drawn):
    for name, sides in {
        "score_and_duration": {"Y": (0, 1)},
        "questions": {"X": (0, 1), "Y": (None, 1)},
        "options": {"X": (0, 1)},
        "reliability": {"X": (None, 1)},
    }.items():
        if name not in drawn:
            continue
        axes = {axis["side"]: axis for axis in drawn[name]["axes"]}
        for side, limits in sides.items():
            for end, value in zip(ENDS[side], limits, strict=True):
                if value is not None:
                    place = pytest.approx(place_of(value, axes[side]), abs=1.5)
                    assert axes[side]["line"][end] == place, (name, side, end)
        if name == "reliability":  # it begins at 0, or at the lowest figure
            assert axes["X"]["line"]["left"] <= place_of(0, axes["X"]) + 1.5


def test_names_along_an_axis_are_in_order(drawn, expected):
    for name, chart in expected.items():
        [labels] = [a["labels"] for a in drawn[name]["axes"] if not numbers(a)] or [[]]
        if name == "days":  # only some dates have a label
            bars = sorted(drawn[name]["marks"], key=lambda bar: bar["left"])
            assert [bar["label"] for bar in bars] == [label for label, _ in chart.marks]
            continue
        if not chart.names:
            labels = []
        assert len(labels) == len(chart.names), name
        for label, whole in zip(labels, chart.names, strict=True):
            cut = "…" in label and whole.startswith(label.removesuffix("…"))
            assert label == whole or (cut and len(whole) > 40), name


def test_along_an_axis_numbers_rise_and_names_follow_one_another(drawn):
    """A greater number stands further right, or higher; the next name further right, or lower."""
    for name, chart in drawn.items():
        for axis in chart["axes"]:
            found = numbers(axis)
            places = [found[number] for number in sorted(found, reverse=axis["side"] == "Y")]
            places = places or [centre(tick, axis["side"]) for tick in axis["ticks"]]
            assert places == sorted(set(places)), (name, axis["title"])


def test_a_label_stands_at_its_tick(drawn):
    """With its middle, or with an end: with the right one if it is slanted, or if the axis ends."""
    for name, chart in drawn.items():
        for axis in chart["axes"]:
            for label, tick in zip(axis["places"], axis["ticks"], strict=True):
                if label["text"]:
                    off = place_of_label(label, axis["side"]) - centre(tick, axis["side"])
                    assert abs(off) < (12 if label["is_slanted"] else 3), (name, label["text"])


def place_of_label(label, side: str) -> float:
    """Where a label is on its axis."""
    ends = {"start": "left", "end": "right"}
    is_at_an_end = side == "X" and label["anchor"] in ends
    return label[ends[label["anchor"]]] if is_at_an_end else centre(label, side)


def test_the_label_of_a_day_stands_at_the_bar_of_the_day(drawn):
    """In UTC, wherever the report is read."""
    if "days" not in drawn:
        return
    [axis] = [axis for axis in drawn["days"]["axes"] if axis["side"] == "X"]
    bars = sorted(drawn["days"]["marks"], key=lambda bar: bar["left"])
    seen = set()
    for label, tick in zip(axis["places"], axis["ticks"], strict=True):
        if label["text"] and tick["left"] < bars[-1]["right"] - 1:  # not the end of the last day
            bar = [bar for bar in bars if bar["left"] < tick["left"] + 2][-1]
            assert bar["label"].startswith(f"day of start (UTC): {label['text']}; ")
            seen.add(label["text"])
    assert seen


def test_marks_are_where_their_numbers_are_on_the_axes(drawn, expected):
    for name, chart in expected.items():
        values = {canonical(label): value for label, value in chart.marks}
        axes = {axis["side"]: axis for axis in drawn[name]["axes"]}
        ends = defaultdict(float)  # of bars that stand on one another
        for mark in bars_or_points(drawn[name]):
            for side, value in zip("XY", values[canonical(mark["label"])], strict=True):
                if value is None:
                    continue
                axis, (low, high) = axes[side], ENDS[side]
                if mark["kind"] == "bar":
                    row = mark["top"] if side == "X" else mark["left"]
                    start, ends[row] = ends[row], ends[row] + value
                    assert mark[low] == pytest.approx(place_of(start, axis), abs=1.5), mark
                    assert mark[high] == pytest.approx(place_of(ends[row], axis), abs=1.5), mark
                else:
                    place = place_of(value, axis)
                    assert centre(mark, side) == pytest.approx(place, abs=1.5), mark


def test_no_mark_lies_beyond_its_axes(drawn):
    for name, chart in drawn.items():
        for axis in chart["axes"]:
            low, high = sorted(axis["line"][end] for end in ENDS[axis["side"]])
            for mark in chart["marks"]:
                assert low - 1 <= centre(mark, axis["side"]) <= high + 1, (name, mark)


def test_a_limit_is_a_line_across_the_chart(drawn, expected):
    for name, chart in expected.items():
        places = dict(chart.rules)
        for rule in rules(drawn[name]):
            place = dict(zip("XY", places.get(rule["label"], (None, None)), strict=True))
            for axis in drawn[name]["axes"] if any(place.values()) else ():
                ends, value = ENDS[axis["side"]], place[axis["side"]]
                across = [axis["line"][end] for end in ends]
                where = across if value is None else [place_of(value, axis)] * 2
                assert [rule[end] for end in ends] == pytest.approx(where, abs=1.5), rule


def test_a_point_is_larger_for_more_attempts(drawn):
    sizes = []
    for point in drawn.get("score_and_duration", {"marks": []})["marks"]:
        attempts = re.search(r"attempts: ([\d,]+)", point["label"])[1].replace(",", "")
        sizes.append((int(attempts), point["right"] - point["left"]))
    for (attempts, width), (more, larger) in pairwise(sorted(sizes)):
        assert (more > attempts) == (larger > width + 0.001)


def test_marks_of_one_row_stand_at_its_name(drawn, expected):
    for name in ROWS:
        if name not in expected:
            continue
        [axis] = [axis for axis in drawn[name]["axes"] if not numbers(axis)]
        low, high = ("left", "right") if axis["side"] == "X" else ("top", "bottom")
        places = [(tick[low] + tick[high]) / 2 for tick in axis["ticks"]]
        rows = expected[name].names
        for mark in bars_or_points(drawn[name]):
            centre = (mark[low] + mark[high]) / 2
            row = rows[min(range(len(rows)), key=lambda n: abs(places[n] - centre))]
            if name == "dispositions":
                row = f"load: {row};"
            assert row in mark["label"], name


ROWS = ("hours", "scores", "durations", "exams", "retake_gaps", "retake_gains", "retaken_exams")
ROWS += ("dispositions", "options")


def look(mark) -> tuple[str, str]:
    return mark["fill"], mark["shape"] if mark["kind"] == "point" else ""


def test_a_colour_stands_for_one_thing_as_the_legend_says(drawn, expected):
    for name, chart in expected.items():
        kinds = dict(zip([canonical(mark[0]) for mark in chart.marks], chart.colours, strict=False))
        looks = defaultdict(set)
        for mark in bars_or_points(drawn[name]):
            looks[kinds.get(canonical(mark["label"]), "only")].add(mark["fill"])
        assert all(len(colours) == 1 for colours in looks.values()), name
        assert len(set(map(tuple, looks.values()))) == len(looks), name
        legend = dict(zip(chart.legend, drawn[name]["symbols"], strict=bool(chart.legend)))
        assert len({symbol["fill"] for symbol in legend.values()}) == len(legend)
        for kind, symbol in legend.items():
            if kind in looks:
                assert looks[kind] == {symbol["fill"]}, (name, kind)


def test_only_what_is_wrong_is_red(drawn, expected):
    for name, (good, bad) in GOOD_AND_BAD.items():
        if name not in expected:
            continue
        fills = zip(drawn[name]["legend"], drawn[name]["symbols"], strict=True)
        colours = {kind: parse(symbol["fill"]) for kind, symbol in fills}
        redness = {kind: colour[0] - colour[1] for kind, colour in colours.items()}
        if bad in redness:
            assert max(redness, key=redness.get) == bad, name
        if good in redness:
            assert redness[good] < 0, name


GOOD_AND_BAD = {"questions": ("sound", "too hard"), "dispositions": ("accepted", "rejected")}


# The topmost of the points, or the largest bar.
HOVERED = """svg => {
    const marks = [...svg.querySelectorAll(
        ".mark-rect.role-mark > [aria-label], .mark-symbol.role-mark > [aria-label]")];
    const area = mark => mark.getBBox().width * mark.getBBox().height;
    const chosen = marks[0].closest(".mark-symbol") ? marks.at(-1)
        : marks.reduce((one, other) => area(other) > area(one) ? other : one);
    chosen.setAttribute("data-hovered", "");
    return chosen.getAttribute("aria-label");
}"""


def test_a_tooltip_says_what_the_mark_stands_for(browser, few):
    """Where an axis and a line of the tooltip share a name, a label tells only of the axis."""
    for tab in open_tab(browser, few.folder, viewport={"width": 1280, "height": 900}):
        page = tab.open("report.html")
        decimals = {}  # that are shown where the label has more
        for name in charts(few.data):
            label = page.locator(f"#{name} svg").evaluate(HOVERED)
            page.mouse.move(0, 0)
            page.locator(f"#{name} [data-hovered]").hover()
            page.locator("#vg-tooltip-element.visible").wait_for()
            rows = page.locator("#vg-tooltip-element tr").all()
            assert len(rows) >= 2, name
            for row in rows:
                key, said = (cell.inner_text().strip() for cell in row.locator("td").all())
                [labelled] = re.findall(
                    rf"(?:^|; ){re.escape(key.rstrip(':'))}: (.*?)(?=; |$)", label
                )
                if said != labelled:
                    shown = len(said.rstrip("%").partition(".")[2])
                    decimals[name, key.rstrip(":")] = shown
                    step = 0.5 * 10.0**-shown / (100 if said.endswith("%") else 1)
                    assert number(said) == pytest.approx(number(labelled), abs=1.001 * step), key
        assert decimals == {
            ("score_and_duration", "mean score"): 0, ("questions", "discrimination"): 2,
        }  # fmt: skip


def test_what_a_colour_means_a_shape_says_too(drawn, expected):
    """For those who do not tell the colours apart; bars have their names, places or prose."""
    for name in {"questions", "options"} & expected.keys():
        shapes = {}
        for kind, symbol in zip(drawn[name]["legend"], drawn[name]["symbols"], strict=True):
            shapes[kind] = symbol["shape"]
        assert len(set(shapes.values())) == len(shapes), name
        for mark in bars_or_points(drawn[name]):
            [kind] = [kind for kind in shapes if f": {kind}" in mark["label"].split("; exam")[0]]
            assert mark["shape"] == shapes[kind], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_every_colour_of_a_chart_can_be_told_from_its_card(browser, few, scheme, media):
    for tab in open_tab(browser, few.folder, color_scheme=scheme):
        page = tab.open("report.html")
        page.emulate_media(media=media, color_scheme=scheme)
        drawn = page.evaluate(DRAWN)
        for name, chart in drawn.items():
            card = parse(chart["card"])
            for mark in [*chart["marks"], *chart["symbols"]]:
                colours = [c for c in (mark["fill"], mark["stroke"]) if c not in UNSEEN]
                assert colours, (name, mark)
                opacity = float(mark["opacity"]) * float(mark["fillOpacity"])
                seen = max(contrast(over(parse(c), card, opacity), card) for c in colours)
                assert seen >= 3, (name, mark)
            for word, colour in chart["words"]:
                assert contrast(over(parse(colour), card), card) >= 4.5, (name, word)
        card = parse(drawn["hours"]["card"])
        seen = [contrast(parse(bar["fill"]), card) for bar in drawn["hours"]["marks"]]
        for row, strength in zip(attempts_by_hour(few.data), seen, strict=True):
            assert (strength == max(seen)) == row["is_most_popular"]


UNSEEN = ("none", "rgba(0, 0, 0, 0)")
