"""A pipeline on the services, for tests that ask what became of it."""

from uuid import uuid4

import pytest

from tests.support.commands import Pipeline


@pytest.fixture(scope="package")
def pipe(sandbox, sample) -> Pipeline:
    """The sample, landed and verified."""
    pipeline = Pipeline(sandbox, f"services_{uuid4().hex[:6]}")
    pipeline.ingest("run", sample)
    return pipeline
