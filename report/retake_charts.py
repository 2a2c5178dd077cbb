"""The charts of retakes. See charts.py."""

import altair as alt

from report.charts import COUNT, SHOWN, count, exam_bars, finished, histogram, share
from report.figures import Chart, figure
from report.frames import Frames
from report.text import number

NO_RETAKE = "No attempt follows another one."


@figure("How soon a retake starts", nothing=NO_RETAKE)
def retake_gaps(frames: Frames) -> Chart | None:
    """Retakes by the time since the attempt before; bars of equal width."""
    data = frames["retake_gaps"]
    ends = zip(data.from_seconds, data.to_seconds, strict=True)
    label = [f"{number(low)} to {number(high)}" for low, high in ends]
    return histogram(data.assign(label=label), "seconds since the attempt before", "retakes")


@figure("What a retake gains", nothing="No retake and the attempt before both have a score.")
def retake_gains(frames: Frames) -> Chart | None:
    """Retakes by gain; nine bars, the middle one without gain or loss."""
    return histogram(frames["retake_gains"], "gain in score", "retakes")


@figure("The exams retaken most", nothing=NO_RETAKE)
def retaken_exams(frames: Frames) -> Chart | None:
    """The exams with the most retakes; one bar per exam."""
    data = frames["exams"].dropna(subset=["retakes"])
    data = data[data.retakes > 0].sort_values("retakes", ascending=False, kind="stable").head(SHOWN)
    if data.empty:
        return None
    tooltip = [
        alt.Tooltip("exam_name:N", title="exam"),
        count("retakes"),
        count("attempts"),
        count("sessions"),
        share("mean_first_score", "mean score of first attempts"),
        share("mean_score", "mean score of all attempts"),
    ]
    bars = exam_bars(data, alt.X("retakes:Q", title="retakes", axis=COUNT), tooltip)
    return finished(bars, "Bar chart: retakes of each of the exams retaken most.", alt.Step(22))
