"""The client of Spark: sessions of Spark Connect."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from rich.progress import Progress
from tenacity import Retrying, retry_if_exception, stop_after_attempt, stop_after_delay, wait_fixed

from cli.console import info, mute, progress
from cli.errors import UserError, first_line
from ingest.hdfs import is_starting, no_room
from ingest.settings import settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

T = TypeVar("T")

# Ended sessions are kept until the process ends, so that they are not collected. SparkSession's
# __del__ closes the channel that all sessions share, and waits for ever if another one uses it.
_ended: list["SparkSession"] = []


@contextmanager
def session(description: str) -> Iterator["SparkSession"]:
    """A new session on the Spark server, stopped at the end.

    Args:
        description: the label of the progress bar that shows the session's jobs.

    Raises:
        UserError: the server cannot be reached, or a statement fails.
    """
    # Imported here: pyspark takes a second, and not every command needs it.
    from pyspark.errors import PySparkException
    from pyspark.logger import PySparkLogger
    from pyspark.sql import SparkSession

    remote = settings().spark_remote
    if token := settings().spark_token:
        os.environ["SPARK_CONNECT_AUTHENTICATE_TOKEN"] = token
    # mute() would create this logger as a plain one, but pyspark needs its own class.
    PySparkLogger.getLogger("SQLQueryContextLogger")
    mute("pyspark", "SQLQueryContextLogger")
    try:
        _wait_until_reachable(remote)
        spark = SparkSession.builder.remote(remote).create()
        _wait_until_started(spark)
        with progress() as bar:
            spark.registerProgressHandler(_progress_handler(bar, description))
            try:
                yield spark
            finally:
                spark.clearProgressHandlers()
                spark.stop()
                _ended.append(spark)
    except (PySparkException, grpc.RpcError) as error:
        if "UNAUTHENTICATED" in str(error):
            raise UserError(
                f"Spark at {settings().spark_address} wants another token: set "
                "SPARK_CONNECT_AUTHENTICATE_TOKEN; for the server at localhost set LOCAL_DIR to "
                "the folder that make up used"
            ) from error
        if no_room(str(error)):
            raise UserError(
                f"HDFS has no room for what Spark at {settings().spark_address} writes (its disks "
                "or a quota are full, or no DataNode runs): make room, then run the command again"
            ) from error
        raise UserError(
            f"Spark at {settings().spark_address} failed: {first_line(error)}"
        ) from error


def while_hdfs_starts(statements: Callable[[], T]) -> T:
    """Run statements; repeat them up to four times while they fail because HDFS is starting.

    Args:
        statements: must be idempotent.

    Raises:
        PySparkException: another error of the statements, or the last one.
    """
    from pyspark.errors import PySparkException

    return Retrying(
        retry=retry_if_exception(
            lambda error: isinstance(error, PySparkException) and is_starting(str(error))
        ),
        wait=wait_fixed(1),
        stop=stop_after_attempt(5),  # Spark itself retries for some seconds in each attempt
        before_sleep=lambda state: info("waiting for HDFS") if state.attempt_number == 1 else None,
        reraise=True,
    )(statements)


def _wait_until_reachable(remote: str) -> None:
    from pyspark.sql.connect.client import DefaultChannelBuilder

    # Not closed here: close() would wait 0.2 s for grpc's poll of the channel's state.
    # By default the pauses between attempts grow to two minutes.
    options = [("grpc.max_reconnect_backoff_ms", 1000)]
    channel = DefaultChannelBuilder(remote, options).toChannel()
    try:
        grpc.channel_ready_future(channel).result(timeout=settings().service_timeout_seconds)
    except grpc.FutureTimeoutError as error:
        raise UserError(
            f"Spark at {settings().spark_address} does not answer: is it up (make status)? "
            "Then run the command again"
        ) from error


def _wait_until_started(spark: "SparkSession") -> None:
    # A starting server answers before it can open a session.
    Retrying(
        retry=retry_if_exception(lambda error: "No active or default Spark session" in str(error)),
        wait=wait_fixed(0.5),
        stop=stop_after_delay(settings().service_timeout_seconds),
        reraise=True,
    )(lambda: spark.version)


def _progress_handler(bar: Progress, description: str) -> Callable[..., None]:
    task = bar.add_task(description, total=None)

    def handle(stages: list[Any], inflight_tasks: int, operation_id: str, done: bool) -> None:
        total = sum(stage.num_tasks for stage in stages)
        if total:
            completed = sum(stage.num_completed_tasks for stage in stages)
            bar.update(task, total=total, completed=completed)

    return handle
