"""A pipeline on the services, for tests that ask what became of it."""

import pytest

from tests.support.commands import Pipeline


@pytest.fixture(scope="package")
def pipe(sandbox, sample) -> Pipeline:
    """The sample, landed and verified."""
    pipeline = Pipeline.new(sandbox, "services")
    pipeline.ingest("run", sample)
    return pipeline
