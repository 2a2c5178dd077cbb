"""What other programs put into a message: headers without a value, timestamps of any size."""

from datetime import datetime, timezone

import pytest

from ingest.kafka import header_texts, sent_at


def test_the_last_header_of_a_name_that_has_a_value_counts():
    headers = [("a", b"1"), ("a", b"2"), ("trace", None), ("a", None), ("b", b"\xff"), ("c", b"")]
    assert header_texts(headers) == {"a": "2", "b": "\ufffd", "c": ""}


@pytest.mark.parametrize(
    ("milliseconds", "time"),
    [
        (1_520_157_660_500, datetime(2018, 3, 4, 10, 1, 0, 500_000, timezone.utc)),
        (1_520_157_660_500_000, datetime(9999, 1, 1, tzinfo=timezone.utc)),  # microseconds
        (2**63 - 1, datetime(9999, 1, 1, tzinfo=timezone.utc)),
        (-1, datetime(1970, 1, 1, tzinfo=timezone.utc)),  # Kafka's word for none
    ],
)
def test_each_timestamp_has_a_time(milliseconds, time):
    assert sent_at(milliseconds) == time
