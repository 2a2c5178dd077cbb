"""Services beside the user's own, for tests and measurements, and pipelines that share them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn
from uuid import uuid4

from fsspec.implementations.webhdfs import WebHDFS
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from pyhive import hive

from cli.console import err
from cli.errors import UserError
from ingest.settings import Settings
from services.definition import FOLDER
from services.settings import StackSettings
from services.stack import Stack

ROOT = FOLDER.parent
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


def ingest_command(*arguments: object) -> list[str]:
    """The command line of `python -m ingest`."""
    return [sys.executable, "-m", "ingest", *map(str, arguments)]


def dbt_command(*arguments: object) -> list[str]:
    """The command line of dbt."""
    return [str(Path(sys.executable).parent / "dbt"), "--no-use-colors", *map(str, arguments)]


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
        jars = os.environ.get("JARS_DIR", str(ROOT / ".local" / "jars"))
        caches = os.environ.get("CACHES_DIR", str(ROOT / ".local" / "caches"))
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
            lines = (folder / "environment").read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise UserError(f"--stack: no services were started in {folder}") from error
        return cls(dict(line.split("=", 1) for line in lines))

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

    def messages(self, topic: str) -> int:
        """The number of messages on a topic with one partition, written without transactions."""
        consumer = KafkaConsumer(bootstrap_servers=self.broker)
        try:
            return next(iter(consumer.end_offsets([TopicPartition(topic, 0)]).values()))
        finally:
            consumer.close()


@contextmanager
def running(sandbox: Sandbox, **environment: str) -> Iterator[Sandbox]:
    """The sandbox with its services running; `environment` is set when they are started."""
    try:
        sandbox.services("up", **environment)
        yield sandbox
    finally:
        sandbox.services("down")


@dataclass(frozen=True)
class Pipeline:
    """A topic, a raw table and a schema of its own, on shared services.

    Attributes:
        sandbox: the services.
        name: the topic's name; the raw table's and the schema's follow from it.
        overrides: variables that replace those that follow from the name.
    """

    sandbox: Sandbox
    name: str
    overrides: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a command needs to use the pipeline."""
        return {
            **self.sandbox.environment,
            "KAFKA_TOPIC": self.name,
            "DBT_SCHEMA": f"analytics_{self.name}",
            "DBT_PROFILES_DIR": str(ROOT / "profiles"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "target"),
            "SITE_DIR": str(self.site),
            **self.overrides,
        }

    @property
    def folder(self) -> Path:
        """The folder of dbt's files and of the pages."""
        return self.sandbox.folder / "pipelines" / self.name

    @property
    def site(self) -> Path:
        """The folder of the pages."""
        return self.folder / "site"

    @property
    def schema(self) -> str:
        """The schema of the models."""
        return self.environment["DBT_SCHEMA"]

    @property
    def raw_table(self) -> str:
        """The raw table's name in the catalogue."""
        return self.overrides.get("RAW_TABLE", f"raw.{self.name}")

    @property
    def raw_path(self) -> str:
        """The HDFS folder of the raw table."""
        return f"/data/raw/{self.name}"

    def ingest(
        self, *arguments: object, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m ingest`."""
        variables = {**self.environment, **environment}
        return self.sandbox.run(*ingest_command(*arguments), check=check, **variables)

    def dbt(
        self, *arguments: object, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt."""
        command = dbt_command(*arguments)
        variables = {**self.environment, **environment}
        return self.sandbox.run(*command, check=check, **variables)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a SQL statement; {raw} and {analytics} stand for raw table and schema."""
        names = {"raw": self.raw_table, "analytics": self.schema}
        return self.sandbox.query(sql.format(**names))

    def empty(self) -> None:
        """Drop the raw table and the schema, so that the next run starts from empty."""
        self.sandbox.query(f"drop database if exists {self.schema} cascade")
        self.sandbox.query("create database if not exists raw")
        self.sandbox.query(f"drop table if exists {self.raw_table}")
        for folder in (self.raw_path, f"/data/raw/.uncommitted/{self.name}"):
            with suppress(FileNotFoundError):
                self.sandbox.hdfs.rm(folder, recursive=True)

    def remove(self) -> None:
        """Delete the pipeline's topics, tables and files."""
        with self.sandbox.kafka() as client:
            topics = {self.name, f"{self.name}.sources"} & set(client.list_topics())
            client.delete_topics(sorted(topics))
        self.empty()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def new_pipeline(sandbox: Sandbox) -> Iterator[Pipeline]:
    """A new pipeline, removed at the end."""
    pipeline = Pipeline(sandbox, f"bench_{uuid4().hex[:8]}")
    try:
        yield pipeline
    finally:
        pipeline.remove()
