"""The charts of test theory: questions, options, reliability. See charts.py."""

import altair as alt
import pandas as pd

from report.charts import PERCENT, count, finished, palette, places, share
from report.figures import Chart, figure
from report.frames import Frames, limits

# Colour and shape of a point by the verdict on its question.
VERDICTS = {
    "sound": ("calm", "circle"),
    "too easy": ("warm", "triangle-up"),
    "too hard": ("alarm", "triangle-down"),
    "does not separate": ("other", "diamond"),
    "too few attempts": ("faint", "cross"),
}
WEAKEST, STRONGEST = "weakest third", "strongest third"


@figure(
    "Difficulty and discrimination of each question",
    nothing="No question has attempts that differ enough to tell how well it separates.",
)
def questions(frames: Frames) -> Chart | None:
    """Questions by difficulty and discrimination; one point per question that has both."""
    data = frames["questions"].dropna(subset=["discrimination"])
    if data.empty:
        return None
    limit = limits(frames)
    verdicts = {name: look for name, look in VERDICTS.items() if name in set(data.verdict)}
    least = alt.param(
        name="least",
        value=min(limit["min_attempts"], int(data.presented.max())),
        bind=alt.binding_range(
            min=1,
            max=max(100, limit["min_attempts"]),
            step=1,
            name="presented at least this often",
        ),
    )
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=70, opacity=0.85)
        .encode(
            x=alt.X("difficulty:Q", title="share that answered correctly", axis=PERCENT).scale(
                domain=[0, 1]
            ),
            y=alt.Y("discrimination:Q", title="discrimination").scale(domainMax=1),
            color=alt.Color(
                "verdict:N", scale=palette({name: look[0] for name, look in verdicts.items()})
            ),
            shape=alt.Shape("verdict:N").scale(
                domain=list(verdicts), range=[look[1] for look in verdicts.values()]
            ),
            tooltip=[
                alt.Tooltip("exam_label:N", title="exam"),
                alt.Tooltip("question_number:O", title="question"),
                count("presented"),
                share("difficulty", "correct"),
                share("difficulty_low", "95 % interval from"),
                share("difficulty_high", "to"),
                alt.Tooltip("discrimination:Q", format=".2f"),
                alt.Tooltip("verdict:N"),
            ],
        )
        .transform_filter("datum.presented >= least")
        .add_params(least)
    )
    return finished(
        alt.layer(
            _lines("x", "difficulty", limit["min_difficulty"], limit["max_difficulty"]),
            _lines("y", "discrimination", limit["min_discrimination"]),
            points,
        ),
        "Scatter plot: difficulty and discrimination of each question.",
        400,
    )


@figure(
    "Who chose which option",
    nothing="No exam has the three attempts that it takes to tell weak from strong.",
)
def options(frames: Frames) -> Chart | None:
    """The options of one exam by who chose them; a line and two points per option."""
    shares = {"lower_chosen_share": WEAKEST, "upper_chosen_share": STRONGEST}
    data = frames["options"].dropna(subset=list(shares))
    if data.empty:
        return None
    data = data.assign(
        label=data.apply(_option_label, axis=1),
        order=1000 * data.question_number + data.option_number,
    )
    exams = data.exam_label.drop_duplicates().tolist()
    exam = alt.param(
        name="exam", value=exams[0], bind=alt.binding_select(options=exams, name="exam")
    )
    rows = (
        alt.Chart(data)
        .transform_filter("datum.exam_label == exam")
        .encode(
            y=alt.Y("label:N", sort=alt.SortField("order"), title=None).axis(grid=True),
            tooltip=[
                alt.Tooltip("label:N", title="option"),
                count("presented"),
                share("chosen_share", "chosen by all"),
                share("lower_chosen_share", f"by the {WEAKEST}"),
                share("upper_chosen_share", f"by the {STRONGEST}"),
                alt.Tooltip("verdict:N"),
            ],
        )
    )
    spans = rows.mark_rule(strokeWidth=2, color="var(--faint)").encode(
        x=alt.X("lower_chosen_share:Q", title="share that chose the option", axis=PERCENT).scale(
            domain=[0, 1]
        ),
        x2="upper_chosen_share:Q",
    )
    ends = (
        rows.transform_fold(list(shares), as_=["field", "share"])
        .transform_calculate(
            third=f"datum.field == 'lower_chosen_share' ? '{WEAKEST}' : '{STRONGEST}'"
        )
        .mark_point(filled=True, size=90, opacity=1)
        .encode(
            x="share:Q",
            color=alt.Color(
                "third:N", scale=palette({WEAKEST: "warm", STRONGEST: "accent"})
            ).legend(columns=1),
            shape=alt.Shape("third:N").scale(
                domain=[WEAKEST, STRONGEST], range=["circle", "diamond"]
            ),
        )
    )
    return finished(
        alt.layer(spans, ends).add_params(exam),
        "Dot plot: share of the weakest and the strongest third that chose each option of an exam.",
        alt.Step(22),
    )


@figure(
    "Reliability of the exams with at least {min_attempts} scored attempts",
    nothing="No exam has {min_attempts} scored attempts that differ; "
    "the table has those with fewer.",
)
def reliability(frames: Frames) -> Chart | None:
    """KR-20 of the exams with enough attempts; one point per exam and set of questions."""
    data, limit = frames["reliability"].rename(columns={"exam_label": "exam"}), limits(frames)
    data = data[data.kr20.notna() & (data.scored_attempts >= limit["min_attempts"])]
    if data.empty:
        return None
    data = data.assign(place=data.kr20.rank(method="first", ascending=False))
    points = (
        alt.Chart(data)
        .mark_circle(size=110, opacity=1)
        .encode(
            y=places(data.sort_values("place").exam, grid=True),
            x=alt.X("kr20:Q", title="reliability (KR-20)").scale(
                domain=[min(data.kr20.min(), 0), 1]
            ),
            color=alt.Color(
                "verdict:N", scale=palette({"reliable": "accent", "less reliable": "warm"})
            ),
            tooltip=[
                alt.Tooltip("exam:N"),
                alt.Tooltip("kr20:Q", title="KR-20", format=".2f"),
                alt.Tooltip(
                    "standard_error_of_measurement:Q", title="standard error", format=".2f"
                ),
                count("distinct_questions", "questions"),
                count("scored_attempts", "scored attempts"),
            ],
        )
    )
    return finished(
        alt.layer(_lines("x", "kr20", limit["min_kr20"]), points),
        "Dot plot: KR-20 of each exam with enough attempts.",
        alt.Step(22),
    )


def _lines(channel: str, field: str, *values: float) -> alt.Chart:
    rules = alt.Chart(pd.DataFrame({field: values})).mark_rule(strokeDash=[4, 4])
    return rules.encode(**{channel: f"{field}:Q"})


def _option_label(row: pd.Series) -> str:
    mark = " ?" if row.is_correct is None else " ✓" if row.is_correct else ""
    return f"Q{row.question_number}, option {row.option_number}{mark}"
