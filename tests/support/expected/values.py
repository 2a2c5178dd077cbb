"""Values of records and messages, as the models show them: times are text in UTC, bytes Base64."""

import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256

from scipy.stats import binomtest

from tests.support import judge
from tests.support.oracle import utc

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1)


def time(moment: datetime | None) -> str | None:
    return moment and f"{moment:%FT%T.%f}Z"


def of_any_year(since_1970: timedelta) -> str:
    """A time as time() shows it; also of years that datetime lacks."""
    cycles, rest = divmod(since_1970, timedelta(days=146_097))  # 400 years
    moment = EPOCH + rest
    year = moment.year + 400 * cycles
    return f"{'+' if year > 9999 else ''}{year:04}-{moment:%m-%dT%H:%M:%S.%f}Z"


def encoded(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()


def document(value: bytes | None) -> dict | None:
    """The record that a value is; None: it is none."""
    if judge.unreadable(value):
        return None
    found = json.loads(value)
    return found if isinstance(found, dict) else None


def text(value: object) -> str | None:
    """A value where text belongs."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def started(record: dict) -> datetime | None:
    try:
        return utc(record["started_at"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def finished(record: dict) -> datetime | None:
    """The time of keen_timestamp, cut to microseconds."""
    return seconds_since_1970(record.get("keen_timestamp"))


def seconds_since_1970(value: object) -> datetime | None:
    """The time of a text of seconds, cut to microseconds; None: it is none."""
    found = judge.seconds(str(value))
    return None if found is None else EPOCH + found


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def duration(record: dict) -> float:
    """Seconds, from all nine decimals of the end."""
    end = Decimal(record["keen_timestamp"]).quantize(Decimal("1e-9"), ROUND_HALF_UP)
    return float(end - Decimal(micros(started(record))).scaleb(-6))


def set_id(questions: Iterable[str]) -> str | None:
    """The question_set_id of the ids of questions."""
    ids = sorted(set(questions))
    listed = json.dumps(ids, separators=(",", ":"), ensure_ascii=False)
    return sha256(listed.encode()).hexdigest() if ids else None


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def interval(part: int, whole: int) -> tuple[float | None, float | None]:
    """The 95 % interval of a share, by Wilson."""
    return binomtest(part, whole).proportion_ci(0.95, "wilson") if whole else (None, None)
