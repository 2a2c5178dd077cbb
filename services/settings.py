"""The settings that only the local services need, on top of ingest's."""

import os
import secrets
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from pydantic import Field

from ingest.settings import Port, Settings
from services.prerequisites import find_java

FOLDER = Path(__file__).parent


class StackSettings(Settings):
    """Each field is the environment variable of the same name in upper case."""

    bind_address: str = "127.0.0.1"
    jars_dir: Path = Path(".local/jars")

    kafka_controller_port: Port = 9093
    kafka_memory: str = "512m"

    hdfs_port: Port = 8020
    hdfs_datanode_port: Port = 9866
    hdfs_datanode_http_port: Port = 9864
    hdfs_datanode_ipc_port: Port = 9867
    hdfs_memory: str = "256m"

    spark_thrift_port: Port = 10000
    spark_ui_port: Port = 4040
    spark_master: str = "local[*]"
    spark_memory: str = "4g"

    java: str = Field(default_factory=lambda: find_java() or "java", validation_alias="-")

    @property
    def directory(self) -> Path:
        """Absolute path of the folder that holds all state and logs of this stack."""
        return self.local_dir.resolve()

    @property
    def ports(self) -> dict[str, dict[str, int]]:
        """By service, by environment variable: the ports it listens on."""
        names = {
            "kafka": ["kafka_port", "kafka_controller_port"],
            "namenode": ["hdfs_port", "hdfs_http_port"],
            "datanode": ["hdfs_datanode_port", "hdfs_datanode_http_port", "hdfs_datanode_ipc_port"],
            "spark": ["spark_thrift_port", "spark_connect_port", "spark_ui_port"],
        }
        return {s: {n.upper(): getattr(self, n) for n in fields} for s, fields in names.items()}

    def connect_token(self) -> str:
        """The Spark Connect token of this stack, made once, readable by the owner only."""
        if self.spark_token:
            return self.spark_token
        path = self.directory / "spark" / "connect-token"
        token = secrets.token_urlsafe(32)
        with open(path, "x", opener=partial(os.open, mode=0o600)) as file:
            file.write(token)
        return token

    def environment(self) -> dict[str, str]:
        """What the services' configuration files refer to, by environment variable."""
        here, pyspark = self.directory, find_spec("pyspark")
        return {
            **{name: str(port) for ports in self.ports.values() for name, port in ports.items()},
            "LOCAL_DIR": str(here),
            "JARS_DIR": str(self.jars_dir.resolve()),
            "BIND_ADDRESS": self.bind_address,
            "JAVA": self.java,
            "KAFKA_DATA_DIR": str(here / "kafka" / "data"),
            "KAFKA_MEMORY": self.kafka_memory,
            "HDFS_NAME_DIR": str(here / "hdfs" / "name"),
            "HDFS_DATA_DIR": str(here / "hdfs" / "data"),
            "HDFS_MEMORY": self.hdfs_memory,
            "HADOOP_CONF_DIR": str(FOLDER / "hdfs"),
            "HDFS_USER": self.hdfs_user,
            "METASTORE_DIR": str(here / "spark" / "metastore"),
            "SPARK_HOME": str(Path(pyspark.origin).parent) if pyspark and pyspark.origin else "",
            "SPARK_CONF_DIR": str(FOLDER / "spark"),
            "SPARK_LOCAL_DIRS": str(here / "spark" / "scratch"),
            "SPARK_LOCAL_IP": self.bind_address,
            "SPARK_MASTER": self.spark_master,
            "SPARK_MEMORY": self.spark_memory,
        }
