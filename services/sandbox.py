"""Services beside the user's own, for tests and measurements."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn
from uuid import uuid4

from fsspec.implementations.webhdfs import WebHDFS
from kafka import KafkaAdminClient
from pyhive import hive

from cli import ROOT
from cli.console import err
from cli.errors import UserError
from ingest.settings import Settings
from services.local_dir import LocalDir
from services.settings import StackSettings
from services.stack import Stack

TIMEOUT = 3600.0  # seconds, for a command that hangs
# Commands find this Python as `python`, whether its environment is activated or not.
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def end_as_by_ctrl_c() -> None:
    """Let a closed terminal and `timeout` end this process as Ctrl-C does: its services stop."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_DFL:  # not under nohup
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    for following in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(following, signal.SIG_IGN)  # `services down` inherits this
    raise KeyboardInterrupt


def forget_other_services() -> None:
    """Remove the settings of ingest and dbt from this process's environment.

    They may lead to the user's own services, where nothing may be tested or measured.
    """
    lead_nowhere = {"local_dir", "log_format", "service_timeout_seconds"}
    of_ingest = {name.upper() for name in Settings.model_fields.keys() - lead_nowhere}
    for name in [*os.environ]:
        if name in of_ingest or name.startswith(("DBT_", "SPARK_THRIFT_")):
            del os.environ[name]


def port_variables() -> list[str]:
    """The environment variables of all ports that the services listen on."""
    return [name for ports in StackSettings().ports.values() for name in ports]


def free_ports(count: int) -> list[int]:
    """Different ports of the loopback address that nobody listens on now."""
    with ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


def new_ports() -> dict[str, str]:
    """The environment variables of all ports that the services listen on, each a free port."""
    names = port_variables()
    return dict(zip(names, map(str, free_ports(len(names))), strict=True))


@dataclass(frozen=True)
class Sandbox:
    """The services of one LOCAL_DIR.

    Attributes:
        environment: the variables that a command needs to use them.
    """

    environment: dict[str, str]

    @classmethod
    def new(cls, folder: Path, **environment: str) -> "Sandbox":
        """Services in `folder`, not started yet, on free ports.

        They use the jars and the start caches of `make up`, and make no caches of their own.
        """
        jars = os.environ.get("JARS_DIR") or str(ROOT / ".local" / "jars")
        caches = os.environ.get("CACHES_DIR") or str(ROOT / ".local" / "caches")
        places = {
            "LOCAL_DIR": str(folder),
            "JARS_DIR": str(Path(jars).resolve()),
            "CACHES_DIR": str(Path(caches).resolve()),
        }
        return cls({**new_ports(), **places, **environment})

    @classmethod
    def running_in(cls, folder: Path) -> "Sandbox":
        """The services that were started in `folder`.

        Raises:
            UserError: no services were started there.
        """
        try:
            return cls(LocalDir(folder).environment())
        except OSError as error:
            raise UserError(f"--stack: no services were started in {folder}") from error

    @property
    def folder(self) -> Path:
        """The folder LOCAL_DIR."""
        return Path(self.environment["LOCAL_DIR"])

    @property
    def logs(self) -> Path:
        """The folder of the services' logs."""
        return self.folder / "log"

    @property
    def broker(self) -> str:
        """Kafka's address."""
        return f"localhost:{self.port('KAFKA_PORT')}"

    @property
    def settings(self) -> StackSettings:
        """`environment` as settings; it takes precedence over this process's own environment."""
        fields = {name.lower(): value for name, value in self.environment.items()}
        return StackSettings.model_validate(fields)

    @property
    def hdfs(self) -> WebHDFS:
        """A client of HDFS without a cache."""
        return WebHDFS(
            "localhost",
            port=self.port("HDFS_HTTP_PORT"),
            user=self.settings.hdfs_user,
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    def port(self, name: str) -> int:
        """The port that the variable `name` sets."""
        return int(self.environment[name])

    def services(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401
        """Run `python -m services`; options as for `run`."""
        return self.run(sys.executable, "-m", "services", *arguments, **options)

    def supervisor(self) -> Any:  # noqa: ANN401 (an XML-RPC proxy)
        """The XML-RPC interface of the services' supervisor; None if it does not run."""
        return Stack(self.settings).supervisor()

    def pid(self, service: str) -> int:
        """The process id of a service; 0 while it is down."""
        return self.supervisor().getProcessInfo(service)["pid"]

    def run(
        self, *command: object, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the project's folder with these services' settings.

        Args:
            command: program and arguments.
            check: whether an exit status other than 0 raises an error.
            environment: further variables.

        Returns:
            The ended process, with its exit status and its output as text.

        Raises:
            UserError: the command failed; its output is printed on standard error.
            TimeoutExpired: the command ran longer than TIMEOUT.
        """
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, "PATH": PATH, **self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if check and done.returncode:
            for line in (done.stdout + done.stderr).splitlines():
                err.print(line, soft_wrap=True)
            raise UserError(
                f"{' '.join(map(str, command))}: exit status {done.returncode}; logs of the "
                f"services: {self.logs}"
            )
        return done

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a SQL statement that Thrift runs; [] if it returns none."""
        connection = hive.connect("localhost", port=self.port("SPARK_THRIFT_PORT"))
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    @contextmanager
    def kafka(self) -> Iterator[KafkaAdminClient]:
        """An admin client of Kafka, closed at the end."""
        client = KafkaAdminClient(bootstrap_servers=self.broker)
        try:
            yield client
        finally:
            client.close()

    @contextmanager
    def topic(self) -> Iterator[str]:
        """A new topic with one partition, deleted at the end."""
        name = f"topic_{uuid4().hex[:8]}"
        with self.kafka() as client:
            new = {name: {"num_partitions": 1, "replication_factor": 1}}
            client.create_topics(new, wait_for_metadata=True)
        try:
            yield name
        finally:
            with self.kafka() as client:
                client.delete_topics([name])


@contextmanager
def running(sandbox: Sandbox, **environment: str) -> Iterator[Sandbox]:
    """The sandbox with its services running; `environment` is set when they are started."""
    try:
        sandbox.services("up", **environment)
        yield sandbox
    finally:
        sandbox.services("down")
