"""Spark sessions of one process, one after the other, as `run` has them."""

import gc

import pytest
from pyspark.sql.connect.client.reattach import ExecutePlanResponseReattachableIterator as Results

from ingest.settings import settings
from ingest.spark import session


@pytest.fixture
def no_collection():
    """The garbage collector comes when it is told to."""
    gc.disable()
    yield
    gc.enable()


def test_a_session_that_ended_takes_nothing_from_the_next_one(pipeline, monkeypatch, no_collection):
    """pyspark's sessions share threads; when one of them is collected, these were shut down."""
    for name, value in pipeline.environment.items():
        monkeypatch.setenv(name, value)
    # Which a session sets itself, and leaves: other tests must not find it.
    token = (pipeline.sandbox.folder / "spark" / "connect-token").read_text()
    monkeypatch.setenv("SPARK_CONNECT_AUTHENTICATE_TOKEN", token)
    settings.cache_clear()
    with session("the first") as spark:
        assert spark.catalog.databaseExists("default")  # a cycle of references: left to gc
    assert spark.is_stopped
    del spark
    with session("the second") as spark:
        assert spark.sql("select 2").collect() == [(2,)]
        threads = Results._release_thread_pool_instance
        assert threads is not None
        gc.collect()
        assert Results._release_thread_pool_instance is threads
    settings.cache_clear()
