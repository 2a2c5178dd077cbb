"""The settings of ingest: environment variables, with defaults for the local services."""

import getpass
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cli.errors import UserError


def user_name() -> str:
    """The default of HDFS_USER: the login name, or the user id if there is no account.

    Characters that Hadoop does not accept become _. Hadoop reads @ and / as Kerberos syntax.
    """
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # users of containers often have no account
        name = str(os.getuid())
    return re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)


Kind = TypeVar("Kind", bound=BaseSettings)
Port = Annotated[int, Field(ge=1, le=65535)]


def matching(pattern: str, wanted: str) -> AfterValidator:
    """Accept a text that matches the whole pattern; the error says what is wanted."""

    def check(value: str | None) -> str | None:
        if value is not None and not re.fullmatch(pattern, value):
            raise ValueError(f"not {wanted}")
        return value

    return AfterValidator(check)


MADE_TOKEN = Path("spark", "connect-token")  # the file in LOCAL_DIR that `make up` makes
PRINTABLE = matching(r"[^\x00-\x1f\x7f]*", "a text without control characters")


# Spark's SQL reads these as numbers, also after a point.
NUMBER = r"[0-9]+([eE][0-9]+)?([dDfFlLsSyY]|[bB][dD])?"


def _address(value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:  # its text may contain a token
        raise ValueError(f"not an address like {schemes[0]}://host:port") from None
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"not an address that begins with {' or '.join(schemes)}:// and a host")
    if parts.username is not None:
        raise ValueError("an address with a login, which nothing would use")
    return value


def _servers(value: str) -> str:
    for server in value.split(","):
        if not urlsplit(f"//{server}").hostname or "/" in server:
            raise ValueError("not a list of brokers: host:port,host:port")
        _address(f"kafka://{server}", ("kafka",))
    return value


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in upper case.

    The ports are those of the local services (`make up`). For a cluster, set the addresses.
    """

    model_config = SettingsConfigDict(
        extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    local_dir: Path = Path(".local")
    # cli/console.py reads the variable, also before there are settings. Here a wrong value is an
    # error: a program that waits for JSON would wait in vain.
    log_format: Literal["text", "json"] = "text"
    # How long a command waits for a service that is starting or does not answer.
    service_timeout_seconds: int = Field(default=60, ge=1)

    kafka_port: Port = 9092
    hdfs_http_port: Port = 9870
    spark_connect_port: Port = 15002

    kafka_bootstrap_servers: Annotated[str, AfterValidator(_servers)] = Field(
        default_factory=lambda data: f"localhost:{data['kafka_port']}"
    )
    kafka_topic: Annotated[
        str,
        matching(
            r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}",
            "a topic: at most 200 letters, digits, and . _ -, and no . first",
        ),
    ] = "assess"
    kafka_partitions: int = Field(default=1, ge=1)
    kafka_replication_factor: int = Field(default=1, ge=1)
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    kafka_username: Annotated[str | None, PRINTABLE] = Field(default=None, min_length=1)
    kafka_password: SecretStr | None = None
    kafka_password_file: Path | None = None
    kafka_ca_file: Path | None = None  # PEM; None: the CAs that the system trusts
    # A transaction closes at this size. At most this much is sent again after an interruption.
    transaction_bytes: int = Field(default=32 << 20, ge=1)

    webhdfs_url: Annotated[str, AfterValidator(lambda url: _address(url, ("http", "https")))] = (
        Field(default_factory=lambda data: f"http://localhost:{data['hdfs_http_port']}")
    )
    hdfs_user: Annotated[
        str, matching(r"[A-Za-z0-9_.-]+", "a user name of letters, digits, and . _ -")
    ] = Field(default_factory=user_name)
    raw_path: Annotated[
        str,
        matching(
            r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+",
            "an absolute path of letters, digits, and . _ -, without / at the end",
        ),
    ] = "/data/raw"
    # models/staging/_sources.yml has the same default.
    raw_table: Annotated[
        str,
        matching(
            rf"(?!{NUMBER}\.)[A-Za-z0-9_]+\.(?!{NUMBER}$)[A-Za-z0-9_]+",
            "database.table, each of letters, digits and _, and not a number; without RAW_TABLE "
            "the table has the topic's name",
        ),
    ] = Field(default_factory=lambda data: "raw." + re.sub("[.-]", "_", data["kafka_topic"]))

    spark_remote: Annotated[str, AfterValidator(lambda url: _address(url, ("sc",)))] = Field(
        default_factory=lambda data: f"sc://localhost:{data['spark_connect_port']}"
    )
    spark_connect_authenticate_token: SecretStr | None = None

    @property
    def kafka_secret(self) -> str | None:
        """The Kafka password: from KAFKA_PASSWORD, else from KAFKA_PASSWORD_FILE, else None.

        Raises:
            UserError: the file cannot be read.
        """
        if self.kafka_password or not self.kafka_password_file:
            return self.kafka_password.get_secret_value() if self.kafka_password else None
        return read_setting("KAFKA_PASSWORD_FILE", self.kafka_password_file).rstrip("\r\n")

    @property
    def spark_address(self) -> str:
        """SPARK_REMOTE for messages: without its parameters, which may contain a token."""
        return self.spark_remote.partition("/;")[0]

    @property
    def sources_topic(self) -> str:
        """The name of the ledger, the compacted topic that records the published files."""
        return f"{self.kafka_topic}.sources"

    @property
    def raw_table_path(self) -> str:
        """The HDFS folder of the raw table; each folder in it is a load."""
        return f"{self.raw_path}/{self.kafka_topic}"

    @property
    def spark_token(self) -> str | None:
        """The Spark Connect token: from the environment, else from `make up`'s file, else None.

        The token of the file is for the server that `make up` started, and goes nowhere else.
        """
        if self.spark_connect_authenticate_token:
            return self.spark_connect_authenticate_token.get_secret_value()
        return self.made_token if urlsplit(self.spark_remote).hostname == "localhost" else None

    @property
    def made_token(self) -> str | None:
        """The Spark Connect token that `make up` made, if it has made one."""
        try:
            return (self.local_dir / MADE_TOKEN).read_text(encoding="utf-8").strip()
        except OSError:
            return None


def read_setting(variable: str, path: Path) -> str:
    """The text of a file that an environment variable names.

    Raises:
        UserError: the file cannot be read; the message names the variable.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UserError(f"{variable}: {path} cannot be read: {reason}") from error


def load_settings(kind: type[Kind]) -> Kind:
    """Read settings from the environment.

    Raises:
        UserError: a value has the wrong type; the message names the variable, not the value.
    """
    try:
        return kind()
    except ValidationError as error:
        wrong = "; ".join(
            f"{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
            if e["type"] != "default_factory_not_called"  # another error caused it
        )
        raise UserError(f"wrong environment variable: {wrong}") from error


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return load_settings(Settings)
