"""When a start cache is used, made, kept and replaced, with a program in place of Java."""

import fcntl
import os
import shlex
import subprocess
import zipfile
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from cli import ROOT
from services import stack, start_cache
from services.definition import FOLDER, SERVICES
from services.settings import StackSettings
from services.stack import Stack
from services.start_cache import StartCache

# Accepts an archive that says "good", and makes such an archive of each list; notes each dump.
JAVA = """#!/bin/sh
for word; do
  case $word in
    -Xshare:*) action=$word ;;
    -XX:SharedArchiveFile=*) archive=${word#*=} ;;
    -XX:SharedClassListFile=*) list=${word#*=} ;;
  esac
done
case $action in
  -Xshare:on) grep -q good "$archive" ;;
  -Xshare:dump)
    echo dump >>"$0.log"
    echo "good, of $(wc -l <"$list")" >"$archive"
    exit ${FAIL:-0} ;;
esac
"""


@pytest.fixture
def cache(tmp_path, set_java) -> StartCache:
    """Kafka's cache, in a stack that has none yet."""
    set_java(JAVA)
    (tmp_path / "caches").mkdir()
    return StartCache(SERVICES["kafka"], StackSettings(local_dir=tmp_path))


def ran(cache: StartCache, classes: int) -> None:
    """The service has run, and has loaded so many classes."""
    cache.running.write_text("java/lang/Object\n" * classes)


def dumps(cache: StartCache) -> int:
    log = Path(f"{cache.stack.java}.log")
    return len(log.read_text().splitlines()) if log.exists() else 0


def uses(cache: StartCache) -> bool:
    return f"-XX:SharedArchiveFile={cache.archive}" in cache.options()


def test_without_a_run_nothing_is_made(cache):
    cache.renew()
    assert not cache.archive.exists()
    assert cache.options() == [f"-XX:DumpLoadedClassList={cache.running}"]


def test_a_run_makes_a_cache_that_the_next_one_uses(cache):
    ran(cache, classes=100)
    assert not uses(cache)
    cache.renew()
    assert cache.archive.read_text() == "good, of 100\n"
    assert uses(cache)
    # Java aborts when it reads a damaged archive whose checksums it has not verified.
    assert "-XX:+VerifySharedSpaces" in cache.options()


@pytest.mark.parametrize(("classes", "made"), [(100, 1), (109, 1), (111, 2)])
def test_a_good_cache_is_kept_until_a_run_loads_many_more_classes(cache, classes, made):
    ran(cache, classes=100)
    cache.renew()
    ran(cache, classes=classes)
    cache.renew()
    cache.renew()
    assert dumps(cache) == made


@pytest.mark.parametrize("wrong", ["", "damaged", "of another Java"])
def test_a_cache_that_java_refuses_is_replaced(cache, wrong):
    cache.archive.write_text(wrong)
    ran(cache, classes=100)
    cache.archived.write_text("java/lang/Object\n" * 100)
    cache.renew()
    assert cache.archive.read_text() == "good, of 100\n"


def test_half_a_cache_never_has_the_name_of_a_cache(cache, monkeypatch):
    ran(cache, classes=100)
    monkeypatch.setenv("FAIL", "1")
    cache.renew()
    assert dumps(cache) == 1
    assert not cache.archive.exists()
    monkeypatch.delenv("FAIL")
    cache.renew()
    assert uses(cache)


def test_caches_of_another_stack_are_used_and_not_made(cache, tmp_path):
    other = StackSettings(local_dir=tmp_path / "other", caches_dir=tmp_path / "caches")
    theirs = StartCache(SERVICES["kafka"], other)
    assert theirs.options() == []
    ran(cache, classes=100)
    cache.renew()
    assert uses(theirs)
    assert not any("DumpLoadedClassList" in option for option in theirs.options())


@pytest.mark.parametrize(
    ("command", "folder", "made"),
    [("down", "caches", True), ("down", "others", False), ("clean", "caches", False)],
)
def test_which_command_makes_caches(monkeypatch, tmp_path, command, folder, made):
    ended = subprocess.Popen(["true"])
    ended.wait()
    supervisor = SimpleNamespace(getPID=lambda: ended.pid, shutdown=lambda: None)
    monkeypatch.setattr(Stack, "supervisor", lambda _: supervisor)
    making = []
    monkeypatch.setattr(stack, "renew_in_background", lambda *how: making.append(how))
    (tmp_path / "environment").write_text(
        f"JAVA=/a/java\nKAFKA_DATA_DIR=data\nCACHES_DIR={tmp_path / folder}\n"
    )
    (tmp_path / "caches").mkdir()
    getattr(Stack(StackSettings(local_dir=tmp_path)), command)()
    # With the settings that the services ran with, not those of the command that stops them.
    assert [environment["JAVA"] for environment, _ in making] == ["/a/java"] * made
    assert (tmp_path / "caches").exists() == (command == "down")


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
class TestClassPath:
    def of(self, command: list[str]) -> list[str]:
        return command[command.index("-cp") + 1].split(":")

    def test_an_archive_is_made_of_the_jars_with_which_the_class_path_begins(self, service):
        stack = StackSettings()
        jars = self.of(service.java(stack, only_jars=True))
        whole = self.of(service.java(stack))
        assert all(path.endswith((".jar", "/*")) for path in jars)
        assert jars == whole[: len(jars)]
        assert not any(path.endswith((".jar", "/*")) for path in whole[len(jars) :])

    def test_no_jar_hides_a_configuration_file(self, service, monkeypatch):
        monkeypatch.chdir(ROOT)
        stack = StackSettings()
        whole = self.of(service.java(stack))
        hidden = {
            file.name for folder in whole if Path(folder).parent == FOLDER
            for file in Path(folder).iterdir() if file.is_file()
        } | {"webapps/hdfs/", "webapps/datanode/"}  # fmt: skip
        assert len(hidden) > 4
        read = 0
        for path in self.of(service.java(stack, only_jars=True)):
            here = Path(path).parent
            for jar in here.glob("*.jar") if path.endswith("/*") else [Path(path)]:
                with zipfile.ZipFile(jar) as file:
                    assert not hidden & set(file.namelist()), jar
                read += 1
        assert read > 10


def test_the_command_that_checks_a_cache_has_the_options_of_the_service(tmp_path):
    stack = StackSettings(local_dir=tmp_path, spark_memory="2g", spark_java_options="-Da=b")
    command = shlex.join(SERVICES["spark"].command(stack, "-XX:More"))
    assert " -Xmx2g -Da=b -XX:More " in command


def test_of_two_makers_the_second_waits_for_the_first(cache, monkeypatch):
    ran(cache, classes=100)
    monkeypatch.setattr(start_cache, "load_settings", lambda _: cache.stack)
    monkeypatch.setattr(os, "nice", int)
    maker = Thread(target=start_cache.main)
    with (cache.stack.caches / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)  # a shared lock of the maker would pass this one
        maker.start()
        maker.join(0.3)
        assert maker.is_alive()
        assert not cache.archive.exists()
    maker.join()
    assert cache.archive.exists()
