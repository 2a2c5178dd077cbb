"""Frames of the report, made by hand: what landed, and no attempts."""

import pandas as pd

from report.frames import names
from report.tables import TABLES

AT = pd.Timestamp("2024-03-04 05:06:07")
# As in the variables of the dbt project, each in the type of the mart.
LIMITS = {
    "min_attempts": 30.0,
    "max_difficulty": 0.9,
    "min_difficulty": 0.3,
    "min_discrimination": 0.2,
    "min_kr20": 0.7,
    "min_distractor_share": 0.05,
    "low_score": 0.7,
    "retake_window_seconds": 60.0,
    "max_chance_share": 0.05,
}
RETAKE_TOTALS = {
    "attempts": 0,
    "sessions": 0,
    "sessions_of_several": 0,
    "most_attempts_in_session": 0,
    "retakes": 0,
    "test_retakes": 0,
    "median_seconds_since_followed": None,
    "scored_retakes": 0,
    "mean_gain": None,
    "gains": 0,
    "losses": 0,
    "equal_scores": 0,
    "mean_first_score": None,
    "mean_last_score": None,
    "right_then_right": 0,
    "wrong_then_right": 0,
    "right_then_wrong": 0,
    "wrong_then_wrong": 0,
    "chance_links": 0.0,
    "reversed_links": 0,
    "later_links": 0,
    "refused_exams": 0,
    "refused_attempts": 0,
    "refused_links": 0,
}


def frame(name: str, *rows: dict) -> pd.DataFrame:
    fields = [column[0] for column in TABLES[name][1]] if name in TABLES else []
    return pd.DataFrame(list(rows), columns=list(rows[0]) if rows else fields)


def load(number: int, **fields: object) -> dict:
    return {
        "load_id": number,
        "is_reconciled": True,
        "messages": 10,
        "accepted": 7,
        "duplicates": 2,
        "rejected": 1,
        "question_responses": 5,
        "option_choices": 6,
        "landed_at": AT + pd.Timedelta(days=number),
        **fields,
    }


def file(name: str | None, **fields: object) -> dict:
    return {
        "source_file": name,
        "is_complete": True,
        "source_records": 3,
        "landed": 3,
        "missing": 0,
        "messages": 3,
        "last_landed_at": AT,
        "source_sha256": "0" * 64,
        **fields,
    }


def frames(loads: list[dict], files: list[dict], attempts: int = 0) -> dict[str, pd.DataFrame]:
    """Frames of what landed; the attempts themselves are not there."""
    found = {name: frame(name) for name in names()}
    found["limits"] = pd.DataFrame(LIMITS.items(), columns=["limit_name", "value"])
    found["retake_totals"] = pd.DataFrame([RETAKE_TOTALS])
    found["loads"] = pd.DataFrame(loads, columns=list(load(1)))
    found["files"] = frame("files", *files)
    found["answers"] = pd.DataFrame(columns=["question_number", "question", "answer"])
    found["exams"] = found["exams"].assign(attempts_with_score=0)
    found["hours"] = found["hours"].assign(is_most_popular=pd.Series(dtype=bool))
    found["days"] = found["days"].astype({"attempts": int, "is_weekend": bool})
    if attempts:
        hour = {"start_hour": 5, "attempts": 2, "deliveries": 3, "test_attempts": 2}
        found["hours"] = frame("hours", {**hour, "is_most_popular": True})
    found["totals"] = pd.DataFrame(
        [
            {
                "attempts": attempts,
                "user_exam_ids": attempts,
                "exams": attempts,
                "test_attempts": attempts,
                "real_attempts": 0,
                "attempts_with_score": 0,
                "mean_score": None,
                "median_duration_seconds": None,
                "first_attempt_at": AT if attempts else pd.NaT,
                "last_attempt_at": AT if attempts else pd.NaT,
            }
        ]
    )
    return found


LOADS = [load(2, messages=1000, accepted=997), load(1)]
