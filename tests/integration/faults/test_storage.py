"""Full disks, a lost catalogue and a broker that stays away, on services of its own."""

import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.sandbox import Sandbox, running
from tests.support.commands import ForkedPipeline, again, start
from tests.support.journal import Files

pytestmark = pytest.mark.fault
# By name: its folder in LOCAL_DIR, its size in MB, and how much of that is left when it is full: a
# DataNode takes no block where it would leave less than 1 GB.
DISKS = {"kafka": ("kafka", 300, 0), "hdfs": ("hdfs/data", 1500, 1000)}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Services whose Kafka and DataNode have small disks of their own: tmpfs."""
    home = tmp_path_factory.mktemp("own")
    with ExitStack() as mounted:
        for folder, size, _ in DISKS.values():
            place = home / folder
            place.mkdir(parents=True)
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=700", "tmpfs", place],
                capture_output=True, text=True,
            )  # fmt: skip
            if done.returncode:
                pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
            mounted.callback(subprocess.run, ["umount", place], check=True)
        yield mounted.enter_context(running(Sandbox.new(home)))


@pytest.fixture(scope="module")
def files(own, tmp_path_factory) -> Files:
    files = Files(tmp_path_factory.mktemp("files"), ForkedPipeline(own, "storage"))
    again(files.pipeline, "produce", files.new())
    again(files.pipeline, "land")
    return files


def refused(files, *arguments, says: str) -> None:
    command = start(files.pipeline, *arguments, SERVICE_TIMEOUT_SECONDS="5")
    assert command.wait() == 1, command.said()
    assert says in command.said()


def fill(own, disk: str) -> Path:
    """Leave no room on a disk; returns the file that takes it."""
    folder, _, left = DISKS[disk]
    balloon = own.folder / folder / "balloon"
    taken = shutil.disk_usage(balloon.parent).free - left * 1_000_000
    subprocess.run(["fallocate", "-l", str(taken), balloon], check=True)
    return balloon


def test_hdfs_is_full(own, files, journal):
    again(files.pipeline, "produce", files.new())
    balloon = fill(own, "hdfs")
    refused(files, "land", says="HDFS has no room")
    balloon.unlink()
    own.services("up")
    again(files.pipeline, "land")
    files.check(journal, {"HDFS full": "land again"})


def test_the_disk_under_kafka_is_full(own, files, journal):
    balloon = fill(own, "kafka")
    big = files.new(4000)
    refused(files, "produce", big, says="Kafka at localhost")
    balloon.unlink()
    own.services("up")
    again(files.pipeline, "produce", big)
    again(files.pipeline, "land")
    files.check(journal, {"disk under Kafka full": "make up, produce again"})


@pytest.mark.parametrize(
    "failpoint", ["produce.started", "produce.messages_sent#2", "transaction.acknowledged"]
)
def test_a_broker_that_is_away_for_longer_than_the_time_out(own, files, journal, failpoint):
    file = files.new()
    producer = start(
        files.pipeline, "produce", file,
        SERVICE_TIMEOUT_SECONDS="5", INGEST_FAILPOINT=f"{failpoint}=stop",
    )  # fmt: skip
    producer.wait_until_stopped()
    own.supervisor().stopProcess("kafka")
    producer.proceed()
    assert producer.wait() == 1, producer.said()
    assert "Kafka at localhost" in producer.said()
    for command in (["land"], ["status"]):
        refused(files, *command, says="is it up (make status)? Then run the command again")
    own.supervisor().startProcess("kafka")
    again(files.pipeline, "produce", file)
    again(files.pipeline, "land")
    files.check(journal, {f"broker away at {failpoint}": "produce again"})


def test_the_whole_catalogue_is_lost(own, files, journal):
    pipeline = files.pipeline
    pipeline.dbt("run")
    answers = pipeline.query("select * from {analytics}.answers order by question_number")
    own.supervisor().stopProcess("spark")
    shutil.rmtree(own.folder / "spark" / "metastore")
    own.supervisor().startProcess("spark")
    own.services("up")
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        pipeline.query("select * from {raw}")
    again(pipeline, "land")
    again(pipeline, "verify")
    files.check(journal, {"metastore lost": "land again"})
    pipeline.dbt("run")
    assert answers == pipeline.query("select * from {analytics}.answers order by question_number")
