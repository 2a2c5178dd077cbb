"""What `up` refuses in one line, before it starts anything."""

import pytest

from services.sandbox import Sandbox


def refused(sandbox: Sandbox, **environment: str) -> str:
    """The line that says why; nothing was started."""
    done = sandbox.services("up", check=False, **environment)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert not (sandbox.folder / "supervisor.sock").exists()
    assert not (sandbox.folder / "kafka").exists()
    return done.stderr


def test_an_address_at_which_the_services_would_not_find_each_other(tmp_path):
    assert refused(Sandbox.new(tmp_path / "new", BIND_ADDRESS="192.0.2.1")) == (
        "error: wrong environment variable: BIND_ADDRESS: Input should be '127.0.0.1' or "
        "'0.0.0.0'\n"
    )


def test_a_java_that_is_too_old(tmp_path):
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    said = refused(Sandbox.new(tmp_path / "new", JAVA=str(java)))
    assert said.startswith(f"error: {java} is Java 11: set JAVA to the path of a java 17 to 25")


@pytest.mark.parametrize("variable", ["KAFKA_PORT", "HDFS_DATANODE_IPC_PORT", "SPARK_UI_PORT"])
def test_each_port_that_is_taken(sandbox, short_folder, variable):
    taken = sandbox.environment[variable]
    assert refused(Sandbox.new(short_folder / "new", **{variable: taken})) == (
        f"error: port {taken} is taken by another program: stop that, or set {variable} to a free "
        "port\n"
    )


def test_a_path_that_is_too_long_for_a_socket(tmp_path):
    folder = tmp_path / ("x" * 100)
    said = refused(Sandbox.new(folder))
    assert said.startswith("error: the path of LOCAL_DIR is too long for a Unix socket (")
