"""Stacks beside the user's own, for tests and measurements: on ports that nobody uses."""

import os
import socket
from contextlib import ExitStack
from pathlib import Path

from ingest.errors import IngestError
from services.definition import FOLDER
from services.settings import StackSettings


def port_variables() -> list[str]:
    """The environment variables of all ports that a stack listens on."""
    return [name for ports in StackSettings().ports.values() for name in ports]


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on now, no two the same."""
    with ExitStack() as probes:
        found = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in found:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in found]


def new_environment(folder: Path) -> dict[str, str]:
    """The variables of a stack that is to live in `folder`, with the jars of JARS_DIR."""
    names = port_variables()
    jars = os.environ.get("JARS_DIR", str(FOLDER.parent / ".local" / "jars"))
    return {
        **dict(zip(names, map(str, free_ports(len(names))), strict=True)),
        "LOCAL_DIR": str(folder),
        "JARS_DIR": str(Path(jars).resolve()),
    }


def running_environment(folder: Path) -> dict[str, str]:
    """The variables of the stack that was started in `folder`.

    Raises:
        IngestError: none was.
    """
    try:
        lines = (folder / "environment").read_text(encoding="utf-8").splitlines()
    except OSError:
        raise IngestError(f"--stack: no services were started in {folder}") from None
    return dict(line.split("=", 1) for line in lines)
