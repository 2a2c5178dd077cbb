"""Each row and column that each model must have, computed from the raw table with plain Python.

Nothing is shared with the models. Each model is a function of its name, in the module of its
subject. Values are those of JSON: times are text in UTC, bytes Base64.
"""

from tests.support.expected import (
    attempts,
    intermediate,
    items,
    results,
    retakes,
    staging,
    sums,
    theory,
    trust,
)
from tests.support.expected.dataset import Dataset, Row

SUBJECTS = (staging, intermediate, attempts, results, retakes, theory, items, sums, trust)


def expected_rows(model: str, data: Dataset) -> list[Row]:
    """The rows that a model must have."""
    [compute] = {vars(subject)[model] for subject in SUBJECTS if model in vars(subject)}
    return compute(data)
