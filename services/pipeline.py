"""Pipelines for tests and measurements, which share the services of a sandbox."""

import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from cli import ROOT
from services.sandbox import Sandbox


def ingest_command(*arguments: object) -> list[str]:
    """The command line of `python -m ingest`."""
    return [sys.executable, "-m", "ingest", *map(str, arguments)]


def dbt_command(*arguments: object) -> list[str]:
    """The command line of dbt."""
    return [str(Path(sys.executable).parent / "dbt"), "--no-use-colors", *map(str, arguments)]


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

    @classmethod
    def new(cls, sandbox: Sandbox, name: str) -> "Pipeline":
        """A pipeline that shares its name with no other: six random digits follow the name."""
        return cls(sandbox, f"{name}_{uuid4().hex[:6]}")

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
