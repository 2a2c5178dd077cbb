"""The definition of each local service. `make up` uses it; docker-compose.yml follows it.

health.py has the readiness check of each service, under the same name.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cli.errors import UserError
from services.jars import class_path

if TYPE_CHECKING:
    from services.settings import StackSettings

FOLDER = Path(__file__).parent
# The DataNode puts the absolute path of its folder into a format string, in which % is special.
# /proc/self/cwd stands for that path without a %. Without /proc, LOCAL_DIR must not contain a %.
WORKING_FOLDER = "/proc/self/cwd/" if Path("/proc/self/cwd").exists() else ""
TEMPORARY_FOLDER = "tmp"  # in the folder that a service runs in


@dataclass(frozen=True)
class Storage:
    """A folder of a service that must be formatted before the first start.

    Attributes:
        variable: the environment variable that names the folder.
        format: the Java class that formats it, and its arguments.
    """

    variable: str
    format: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """A Java program.

    Attributes:
        name: the name in supervisor, in health.py and in the log's file name.
        folder: the name of three folders: of the configuration beside this file, of the jars in
            JARS_DIR, and of the state in LOCAL_DIR. The service runs in the last one, so that its
            configuration can use relative paths: Kafka's lists and Hadoop's URIs would end at a
            comma or a space of LOCAL_DIR.
        main: the Java class to start.
        memory: the setting that limits the heap.
        ports: the settings of the ports that the service listens on.
        arguments: the arguments of the Java class.
        java_options: the setting with further Java options, if there is one.
        is_hdfs_user: whether the service acts as HDFS_USER.
        class_path_folders: folders of the class path beside that of the configuration. No jar has
            a file of the same name as one in these folders; a test checks.
        has_pyspark_jars: whether the jars of the package pyspark are on the class path, too.
        storage: the folder that must be formatted, if there is one.
    """

    name: str
    folder: str
    main: str
    memory: str
    ports: tuple[str, ...]
    arguments: Callable[[StackSettings], list[str]] = lambda _: []
    java_options: str | None = None
    is_hdfs_user: bool = True
    class_path_folders: tuple[str, ...] = ()
    has_pyspark_jars: bool = False
    storage: Storage | None = None

    def java(self, stack: StackSettings, *options: str, only_jars: bool = False) -> list[str]:
        """The command up to the class: java, its options and the class path.

        Args:
            stack: the settings.
            options: further Java options.
            only_jars: leave out the folders of the class path, which come after its jars.
        """
        folders = [] if only_jars else [str(FOLDER / self.folder), *self.class_path_folders]
        return [
            stack.java,
            f"@{FOLDER / self.folder / 'java.options'}",
            *options,
            # A property, never the environment variable: with that, the Thrift server would
            # impersonate the user, which HDFS refuses.
            *([f"-DHADOOP_USER_NAME={stack.hdfs_user}"] if self.is_hdfs_user else []),
            "-cp",
            ":".join([*self._jars(stack), *folders]),
        ]

    def options(self, stack: StackSettings) -> list[str]:
        """The Java options that the settings add to those of the file java.options."""
        further = shlex.split(getattr(stack, self.java_options)) if self.java_options else []
        return [f"-Xmx{getattr(stack, self.memory)}", *further]

    def command(self, stack: StackSettings, *options: str) -> list[str]:
        """The command that starts the service, with further Java options."""
        # In /tmp nobody would delete its temporary files.
        java = self.java(
            stack, f"-Djava.io.tmpdir={TEMPORARY_FOLDER}", *self.options(stack), *options
        )
        return [*java, self.main, *self.arguments(stack)]

    def _jars(self, stack: StackSettings) -> list[str]:
        lock, jars = FOLDER / self.folder / "jars.lock", stack.jars_dir.resolve() / self.folder
        return [*class_path(lock, jars), *(_pyspark_jars() if self.has_pyspark_jars else [])]


def _pyspark_jars() -> list[str]:
    """The jars of the package pyspark, which come after ours.

    Hadoop's client in pyspark is too old for Java 24 and later. slf4j's API comes before other jars
    that contain parts of it, as in Spark's own scripts.
    """
    jars = _pyspark() / "jars"
    return [*map(str, jars.glob("slf4j-api-*.jar")), f"{jars}/*"]


def _spark_arguments(stack: StackSettings) -> list[str]:
    return [
        *("--master", stack.spark_master),
        *("--conf", f"spark.connect.grpc.binding.port={stack.spark_connect_port}"),
        *("--conf", f"spark.ui.port={stack.spark_ui_port}"),
        *("--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"),
        *("--name", "assessments", "spark-internal"),
    ]


def _pyspark() -> Path:
    found = find_spec("pyspark")
    assert found and found.origin  # noqa: S101 (a requirement)
    folder = Path(found.origin).parent
    if "!" in str(folder):  # Java separates a jar from what is in it by this character
        raise UserError(
            f"Spark cannot start from {folder}: its path may contain no !. Move the checkout, or "
            "keep the packages elsewhere: make run VENV=/another/folder"
        )
    return folder


def service_environment(stack: StackSettings) -> dict[str, str]:
    """The environment variables that the services' configuration files read.

    Raises:
        UserError: Spark cannot start from the folder of its package.
    """
    return {
        **{name: str(port) for ports in stack.ports.values() for name, port in ports.items()},
        "LOCAL_DIR": str(stack.directory),
        "JARS_DIR": str(stack.jars_dir.resolve()),
        "CACHES_DIR": str(stack.caches),
        "JAVA": stack.java,
        "BIND_ADDRESS": stack.bind_address,
        "KAFKA_DATA_DIR": "data",
        "KAFKA_MEMORY": stack.kafka_memory,
        "HDFS_NAME_DIR": "name",
        "HDFS_DATA_DIR": f"{WORKING_FOLDER}data",
        "HDFS_MEMORY": stack.hdfs_memory,
        "HDFS_USER": stack.hdfs_user,
        "METASTORE_DIR": "metastore",
        "SPARK_HOME": str(_pyspark()),
        "SPARK_CONF_DIR": str(FOLDER / "spark"),
        "SPARK_LOCAL_DIRS": TEMPORARY_FOLDER,
        "SPARK_LOCAL_IP": stack.bind_address,
        "SPARK_MASTER": stack.spark_master,
        "SPARK_MEMORY": stack.spark_memory,
        "SPARK_JAVA_OPTIONS": stack.spark_java_options,
    }


KAFKA_CONFIGURATION = str(FOLDER / "kafka" / "server.properties")
NAMENODE = "org.apache.hadoop.hdfs.server.namenode.NameNode"
RUN_FOLDER = "."  # of HDFS, which looks for webapps/ on the class path

SERVICES = {
    service.name: service
    for service in (
        Service(
            name="kafka",
            folder="kafka",
            main="kafka.Kafka",
            memory="kafka_memory",
            ports=("kafka_port", "kafka_controller_port"),
            arguments=lambda _: [KAFKA_CONFIGURATION],
            is_hdfs_user=False,
            storage=Storage(
                variable="KAFKA_DATA_DIR",
                format=(
                    *("kafka.tools.StorageTool", "format"),
                    *("--cluster-id", "assessment-analytics-1", "--config", KAFKA_CONFIGURATION),
                ),
            ),
        ),
        Service(
            name="namenode",
            folder="hdfs",
            main=NAMENODE,
            memory="hdfs_memory",
            ports=("hdfs_port", "hdfs_http_port"),
            class_path_folders=(RUN_FOLDER,),
            storage=Storage(
                variable="HDFS_NAME_DIR", format=(NAMENODE, "-format", "-nonInteractive")
            ),
        ),
        Service(
            name="datanode",
            folder="hdfs",
            main="org.apache.hadoop.hdfs.server.datanode.DataNode",
            memory="hdfs_memory",
            ports=("hdfs_datanode_port", "hdfs_datanode_http_port", "hdfs_datanode_ipc_port"),
            class_path_folders=(RUN_FOLDER,),
        ),
        Service(
            name="spark",
            folder="spark",
            main="org.apache.spark.deploy.SparkSubmit",
            memory="spark_memory",
            ports=("spark_thrift_port", "spark_connect_port", "spark_ui_port"),
            arguments=_spark_arguments,
            java_options="spark_java_options",
            class_path_folders=(str(FOLDER / "hdfs"),),
            has_pyspark_jars=True,
        ),
    )
}
