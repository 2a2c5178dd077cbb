"""Servers of the tests' own, with certificates of their own."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.prerequisites import find_java

STORE_PASSWORD = "changeit"  # noqa: S105 (of key pairs that live for one test)


def certificate(folder: Path, name: str) -> Path:
    """A key pair for localhost, its own CA, as keys.p12; and its certificate, which is returned."""
    keytool = Path(find_java()).resolve().parent / "keytool"
    store = ["-alias", "a", "-keystore", folder / "keys.p12", "-storepass", STORE_PASSWORD]
    subprocess.run(
        [keytool, "-genkeypair", *store, "-storetype", "PKCS12", "-keyalg", "RSA",
         "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-validity", "1"],
        check=True, capture_output=True,
    )  # fmt: skip
    path = folder / name
    subprocess.run(
        [keytool, "-exportcert", "-rfc", *store, "-file", path], check=True, capture_output=True
    )
    return path


@contextmanager
def running(command: list, port: int, log: Path, **options) -> Iterator[None]:
    """A server, from when it listens on `port` until the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
    try:
        until = time.monotonic() + 120
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()
