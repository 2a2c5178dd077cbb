"""Where the services are and how ingest uses them: environment variables with defaults."""

import getpass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import IngestError


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in upper case.

    The ports are those of the local services (`make up`); on a cluster give the addresses.
    """

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

    local_dir: Path = Path(".local")
    kafka_port: int = 9092
    hdfs_http_port: int = 9870
    spark_connect_port: int = 15002

    kafka_bootstrap_servers: str = Field(
        default_factory=lambda data: f"localhost:{data['kafka_port']}"
    )
    kafka_topic: str = Field(default="assess", pattern=r"^[A-Za-z0-9._-]{1,200}$")
    kafka_partitions: int = Field(default=1, ge=1)
    kafka_replication_factor: int = Field(default=1, ge=1)
    # A transaction closes at this much of a file: what an interruption costs to send again.
    transaction_bytes: int = Field(default=64 << 20, ge=1)

    webhdfs_url: str = Field(
        default_factory=lambda data: f"http://localhost:{data['hdfs_http_port']}"
    )
    hdfs_user: str = Field(default_factory=getpass.getuser)
    raw_path: str = Field(default="/data/raw", pattern=r"^(/[A-Za-z0-9_.-]+)+$")
    raw_table: str = Field(default="raw.assess", pattern=r"^[A-Za-z0-9_]+\.[A-Za-z0-9_]+$")

    spark_remote: str = Field(
        default_factory=lambda data: f"sc://localhost:{data['spark_connect_port']}"
    )
    spark_connect_authenticate_token: SecretStr | None = None

    @property
    def sources_topic(self) -> str:
        """The ledger: the compacted topic that says which files were published."""
        return f"{self.kafka_topic}.sources"

    @property
    def raw_table_path(self) -> str:
        """The HDFS folder of the raw table, one folder below it a load."""
        return f"{self.raw_path}/{self.kafka_topic}"

    @property
    def spark_token(self) -> str | None:
        """The Spark Connect token: from the environment, else from the file `make up` wrote."""
        if self.spark_connect_authenticate_token:
            return self.spark_connect_authenticate_token.get_secret_value()
        try:
            return (self.local_dir / "spark" / "connect-token").read_text().strip()
        except OSError:
            return None


def load_settings(kind: type[BaseSettings]) -> Any:  # noqa: ANN401 (an instance of `kind`)
    """Read settings from the environment.

    Raises:
        IngestError: a variable's value is not of its type; names the variable, not the value.
    """
    try:
        return kind()
    except ValidationError as error:
        wrong = "; ".join(
            f"{str(e['loc'][0]).upper()}: {e['msg']}"
            for e in error.errors()
            if e["type"] != "default_factory_not_called"  # follows from another one
        )
        raise IngestError(f"wrong environment variable: {wrong}") from None


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return load_settings(Settings)
