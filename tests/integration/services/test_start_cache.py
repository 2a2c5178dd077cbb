"""Start caches: made after the first stop, used by the next start, and never in its way."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from services.health import CHECKS
from services.sandbox import Sandbox, new_ports

DEADLINE = 900  # seconds, for a cache


def makers(sandbox: Sandbox) -> list[psutil.Process]:
    """The processes that make the caches of a sandbox."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # ended meanwhile
            ours = process.environ().get("LOCAL_DIR") == str(sandbox.folder)
            if ours and "services.start_cache" in process.cmdline():
                found.append(process)
    return found


@pytest.fixture
def own(short_folder) -> Iterator[Sandbox]:
    """Services that make caches of their own."""
    sandbox = Sandbox.new(short_folder, CACHES_DIR=str(short_folder / "caches"))
    try:
        yield sandbox
    finally:
        sandbox.services("down")
        for maker in makers(sandbox):
            for process in [maker, *maker.children()]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
                    process.wait(20)


def until(happened: Callable[[], bool], what: str, sandbox: Sandbox) -> None:
    end = time.monotonic() + DEADLINE
    while not happened():
        log = sandbox.logs / "caches.log"
        assert time.monotonic() < end, f"no {what}: {log.read_text()}"
        time.sleep(0.2)


def with_cache(sandbox: Sandbox) -> set[str]:
    """The services that have mapped their archive into memory."""
    return {
        service
        for service in CHECKS
        if f"/caches/{service}.jsa" in Path(f"/proc/{sandbox.pid(service)}/maps").read_text()
    }


def test_caches_are_made_used_and_replaced(own):
    caches = own.folder / "caches"
    archives = {service: caches / f"{service}.jsa" for service in CHECKS}

    own.services("up")
    assert with_cache(own) == set()
    own.query("create table delta_table using delta as select 1 as one")
    own.query("create table parquet_table using parquet partitioned by (one) as select 2, 1 as one")
    started = time.monotonic()
    own.services("down")
    assert time.monotonic() - started < 60, "down waits for the caches"
    assert makers(own), "down waits for the caches"
    until(lambda: archives["datanode"].exists(), "archive of the DataNode", own)

    # The next start, while the last archive is still being made: Kafka uses its own; the others are
    # damaged, truncated, and of another class path, as after an upgrade.
    size = archives["namenode"].stat().st_size
    archives["namenode"].chmod(0o600)
    with archives["namenode"].open("r+b") as file:
        file.seek(size // 3)
        file.write(b"\xff" * 100_000)
    archives["datanode"].chmod(0o600)
    with archives["datanode"].open("r+b") as file:
        file.truncate(size // 2)
    shutil.copy(archives["kafka"], archives["spark"])
    inodes = {service: archive.stat().st_ino for service, archive in archives.items()}
    own = Sandbox({**own.environment, **new_ports()})
    own.services("up")
    assert with_cache(own) == {"kafka"}
    # All ports have moved, and the tables are where they were.
    assert own.query("select * from delta_table") == [(1,)]
    assert own.query("select * from parquet_table") == [(2, 1)]

    own.services("down")
    until(lambda: archives["namenode"].stat().st_ino != inodes["namenode"], "new archive", own)
    assert archives["kafka"].stat().st_ino == inodes["kafka"], "a good archive was replaced"
