"""Services for the measurements alone, and pipelines on them that leave nothing behind."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from fsspec.implementations.webhdfs import WebHDFS
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from pyhive import hive

from ingest.errors import IngestError
from services.settings import StackSettings

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Stack:
    """The running services of one LOCAL_DIR.

    Attributes:
        environment: the settings that a command needs to use them.
    """

    environment: dict[str, str]

    @property
    def folder(self) -> Path:
        return Path(self.environment["LOCAL_DIR"])

    @property
    def broker(self) -> str:
        return f"localhost:{self.environment['KAFKA_PORT']}"

    @property
    def hdfs(self) -> WebHDFS:
        return WebHDFS(
            "localhost",
            port=int(self.environment["HDFS_HTTP_PORT"]),
            user=self.environment["HDFS_USER"],
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    @contextmanager
    def kafka(self) -> Iterator[KafkaAdminClient]:
        client = KafkaAdminClient(bootstrap_servers=self.broker)
        try:
            yield client
        finally:
            client.close()

    @contextmanager
    def topic(self) -> Iterator[str]:
        """A new topic with one partition, for a peer to write to."""
        name = f"peer_{uuid4().hex[:8]}"
        with self.kafka() as client:
            client.create_topics({name: {"num_partitions": 1, "replication_factor": 1}})
        try:
            yield name
        finally:
            with self.kafka() as client:
                client.delete_topics([name])

    def messages(self, topic: str) -> int:
        """How many offsets a topic with one partition has."""
        consumer = KafkaConsumer(bootstrap_servers=self.broker)
        try:
            return next(iter(consumer.end_offsets([TopicPartition(topic, 0)]).values()))
        finally:
            consumer.close()

    def query(self, sql: str) -> list[tuple]:
        connection = hive.connect("localhost", port=int(self.environment["SPARK_THRIFT_PORT"]))
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def drop(self, databases: tuple[str, ...], path: str) -> None:
        """Delete databases with their tables, and a folder of HDFS, where there are any."""
        for database in databases:
            self.query(f"drop database if exists {database} cascade")
        with suppress(FileNotFoundError):
            self.hdfs.rm(path, recursive=True)

    def pid(self, service: str) -> int:
        from services.stack import Stack as Services

        supervisor = Services(settings_of(self.environment)).supervisor()
        return supervisor.getProcessInfo(service)["pid"]


@dataclass(frozen=True)
class Pipeline:
    """A topic, a raw table and a schema of their own.

    Attributes:
        environment: the settings that a command needs to use them.
    """

    stack: Stack
    name: str = field(default_factory=lambda: f"bench_{uuid4().hex[:8]}")

    @property
    def environment(self) -> dict[str, str]:
        return {
            **self.stack.environment,
            "KAFKA_TOPIC": self.name,
            "RAW_PATH": f"/bench/{self.name}",
            "RAW_TABLE": f"{self.raw_schema}.assess",
            "DBT_SCHEMA": self.schema,
            "DBT_PROFILES_DIR": str(ROOT),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "log"),
            "SITE_DIR": str(self.folder / "site"),
        }

    @property
    def folder(self) -> Path:
        return self.stack.folder / "bench" / self.name

    @property
    def schema(self) -> str:
        return f"analytics_{self.name}"

    @property
    def raw_schema(self) -> str:
        return f"raw_{self.name}"

    def empty(self) -> None:
        """Drop its raw table and its schema, so that the next run begins with nothing."""
        self.stack.drop((self.schema, self.raw_schema), self.environment["RAW_PATH"])

    def remove(self) -> None:
        """Delete all that it has on the services and on disk."""
        with self.stack.kafka() as client:
            topics = {self.name, f"{self.name}.sources"} & set(client.list_topics())
            client.delete_topics(sorted(topics))
        self.empty()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def new_pipeline(stack: Stack) -> Iterator[Pipeline]:
    """A pipeline that is removed afterwards."""
    pipeline = Pipeline(stack)
    try:
        yield pipeline
    finally:
        pipeline.remove()


def ingest(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "ingest", *map(str, arguments)]


def dbt(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).parent / "dbt"), "--no-use-colors", *arguments]


def call(command: list[str], environment: dict[str, str]) -> str:
    """Run what is not measured; what it printed.

    Raises:
        IngestError: it failed; with the end of what it printed.
    """
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise IngestError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def settings_of(environment: dict[str, str]) -> StackSettings:
    fields = {name.lower(): value for name, value in environment.items()}
    return StackSettings(**{k: v for k, v in fields.items() if k in StackSettings.model_fields})
