"""What the ledger says of a file."""

import pytest

from ingest.ledger import Publication
from tests.support.example_status import DAY


@pytest.mark.parametrize(
    ("records", "deliveries", "published", "complete", "messages"),
    [(10, 1, 10, True, 10), (10, 1, 9, False, 9), (10, 3, 10, True, 30), (10, 3, 4, False, 24),
     (10, 2, 0, False, 10)],
)  # fmt: skip
def test_what_the_ledger_says_of_a_file(records, deliveries, published, complete, messages):
    file = Publication("a", "0", 5, records, deliveries, published, DAY, "id")
    assert (file.fully_published, file.messages) == (complete, messages)
