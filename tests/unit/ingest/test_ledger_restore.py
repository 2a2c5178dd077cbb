"""What a lost ledger said of a file, from how often each of its records is on the topic."""

from collections import Counter

import pytest

from ingest.kafka import Topic
from ingest.ledger_restore import _Claim, _publication

TOPIC = Topic(name="t", id="1", begin={0: 0}, end={0: 9}, hidden={0: 0})


@pytest.mark.parametrize(
    ("times", "deliveries", "published"),
    [
        ([1, 1, 1, 1, 1], 1, 5),
        ([2, 2, 2, 2, 2], 2, 5),
        # A delivery that did not end.
        ([1, 1, 0, 0, 0], 1, 2),
        ([2, 1, 1, 1, 1], 2, 1),
        ([3, 3, 3, 3, 2], 3, 4),
        # Another producer sent copies of single records.
        ([1, 1, 2, 1, 1], 1, 5),
        ([1, 1, 1, 1, 7], 1, 5),
        ([1, 1, 0, 1, 0], 1, 2),
        ([2, 2, 3, 1, 1], 2, 3),
        ([0, 0, 0, 1, 0], 1, 0),
    ],
)
def test_the_rarest_record_says_how_often_a_file_was_delivered(times, deliveries, published):
    found = Counter({record: count for record, count in enumerate(times) if count})
    restored = _publication(TOPIC, _Claim("00", 5, found))
    assert (restored.deliveries, restored.published) == (deliveries, published)
