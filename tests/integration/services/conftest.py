"""A pipeline on the services, for tests that ask what became of it."""

import pytest

from tests.support.commands import ForkedPipeline


@pytest.fixture(scope="package")
def pipe(sandbox, sample) -> ForkedPipeline:
    """The sample, landed and verified."""
    pipeline = ForkedPipeline.new(sandbox, "services")
    pipeline.ingest("run", sample)
    return pipeline
