"""The settings that only the local services need, on top of ingest's."""

import shlex
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator

from ingest.settings import PRINTABLE, Port, Settings, matching
from services.definition import SERVICES, WORKING_FOLDER
from services.java import find_java


def _fit_for_a_class_path(path: Path) -> Path:
    if set(":\r\n") & set(str(path.resolve())):
        raise ValueError("a path with a colon or a line break cannot be used")
    return path


def _fit_for_the_datanode(path: Path) -> Path:
    if not WORKING_FOLDER and "%" in str(path.resolve()):
        raise ValueError("a path with a % cannot be used on this system")
    return path


def _java_options(value: str) -> str:
    try:
        shlex.split(value)
    except ValueError as error:
        raise ValueError("a quotation has no end") from error
    return value


Folder = Annotated[Path, AfterValidator(_fit_for_a_class_path)]
Memory = Annotated[str, matching(r"[1-9][0-9]*[kKmMgGtT]", "a size like 512m or 3g")]


class StackSettings(Settings):
    """The settings of ingest and of the local services, from environment variables."""

    # The services reach each other at localhost, so no other address of the machine would do.
    bind_address: Literal["127.0.0.1", "0.0.0.0"] = "127.0.0.1"  # noqa: S104
    local_dir: Annotated[Folder, AfterValidator(_fit_for_the_datanode)] = Path(".local")
    jars_dir: Folder = Path(".local/jars")
    caches_dir: Folder | None = None

    kafka_controller_port: Port = 9093
    kafka_memory: Memory = "512m"

    hdfs_port: Port = 8020
    hdfs_datanode_port: Port = 9866
    hdfs_datanode_http_port: Port = 9864
    hdfs_datanode_ipc_port: Port = 9867
    hdfs_memory: Memory = "256m"

    spark_thrift_port: Port = 10000
    spark_ui_port: Port = 4040
    # The Spark of another machine would not reach services that listen on 127.0.0.1.
    spark_master: Annotated[
        str, matching(r"local(\[(\*|[1-9][0-9]*)\])?", "local, local[N] or local[*]")
    ] = "local[*]"
    spark_memory: Memory = "3g"
    spark_java_options: Annotated[str, PRINTABLE, AfterValidator(_java_options)] = ""

    @cached_property
    def java(self) -> str:
        """The path of the java command."""
        return find_java()

    @property
    def directory(self) -> Path:
        """The absolute path of the folder that holds all state and logs of this stack."""
        return self.local_dir.resolve()

    @property
    def caches(self) -> Path:
        """The absolute path of the folder of the start caches."""
        return self.caches_dir.resolve() if self.caches_dir else self.directory / "caches"

    @property
    def makes_caches(self) -> bool:
        """Whether this stack makes start caches; if not, it uses those of another stack."""
        return self.caches == self.directory / "caches"

    @property
    def ports(self) -> dict[str, dict[str, int]]:
        """The ports that each service listens on, by service and environment variable."""
        return {
            service.name: {name.upper(): getattr(self, name) for name in service.ports}
            for service in SERVICES.values()
        }
