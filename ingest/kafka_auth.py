"""TLS and login of the three Kafka clients: kafka-python, librdkafka, and the one in Spark."""

import logging
import time
from contextlib import suppress
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from cli.console import mute
from cli.errors import UserError
from ingest.settings import read_setting, settings

LIBRDKAFKA = logging.getLogger("librdkafka")
mute("librdkafka")

REFUSAL_SECONDS = 3  # a Kafka that can be reached reports its reason within this time
LOGIN_MODULES = {
    "SCRAM-SHA-512": "scram.ScramLoginModule",
    "SCRAM-SHA-256": "scram.ScramLoginModule",
    "PLAIN": "plain.PlainLoginModule",
}


def for_python() -> dict[str, Any]:
    """The keyword arguments for kafka-python.

    Raises:
        UserError: a setting is missing, or a file that one names cannot be read.
    """
    protocol = settings().kafka_security_protocol
    options: dict[str, Any] = {"security_protocol": protocol}
    ca_file = settings().kafka_ca_file
    if protocol != "PLAINTEXT" and ca_file:
        read_setting("KAFKA_CA_FILE", ca_file)  # its error is clearer than kafka-python's
        options["ssl_cafile"] = str(ca_file)
    if protocol == "SASL_SSL":
        username, password = _login()
        options |= {
            "sasl_mechanism": settings().kafka_sasl_mechanism,
            "sasl_plain_username": username,
            "sasl_plain_password": password,
        }
    return options


def for_librdkafka() -> dict[str, Any]:
    """The configuration of every librdkafka client.

    Raises:
        UserError: a setting is missing, or the password's file cannot be read.
    """
    protocol = settings().kafka_security_protocol
    options = {
        "bootstrap.servers": settings().kafka_bootstrap_servers,
        "client.id": "ingest",
        "security.protocol": protocol,
        "logger": LIBRDKAFKA,
    }
    if protocol != "PLAINTEXT" and settings().kafka_ca_file:
        options["ssl.ca.location"] = str(settings().kafka_ca_file)
    if protocol == "SASL_SSL":
        username, password = _login()
        options |= {
            "sasl.mechanism": settings().kafka_sasl_mechanism,
            "sasl.username": username,
            "sasl.password": password,
        }
    return options


def for_spark() -> dict[str, str]:
    """The options of Spark's Kafka source.

    They contain the CA's certificate instead of its path, because Spark may run elsewhere.

    Raises:
        UserError: a setting is missing, or a file that one names cannot be read.
    """
    protocol = settings().kafka_security_protocol
    options: dict[str, str] = {"kafka.security.protocol": protocol}
    ca_file = settings().kafka_ca_file
    if protocol != "PLAINTEXT" and ca_file:
        options |= {
            "kafka.ssl.truststore.type": "PEM",
            "kafka.ssl.truststore.certificates": read_setting("KAFKA_CA_FILE", ca_file),
        }
    if protocol == "SASL_SSL":
        username, password = map(_quoted, _login())
        module = LOGIN_MODULES[settings().kafka_sasl_mechanism]
        options |= {
            "kafka.sasl.mechanism": settings().kafka_sasl_mechanism,
            "kafka.sasl.jaas.config": f"org.apache.kafka.common.security.{module} required "
            f"username={username} password={password};",
        }
    return options


def refusal() -> UserError | None:
    """The error that says why Kafka refuses this client; None if Kafka accepts it or is down.

    librdkafka always reports the reason. kafka-python only logs it, and not always.
    """
    errors: list[KafkaError] = []
    client = AdminClient(for_librdkafka() | {"error_cb": errors.append})
    until = time.monotonic() + REFUSAL_SECONDS
    while time.monotonic() < until:
        with suppress(KafkaException):
            client.list_topics(timeout=0.2)
            return None
        client.poll(0)  # calls error_cb
        for error in errors:
            if explained := _explained(error):
                return explained
    return None


def _explained(error: KafkaError) -> UserError | None:
    where, reason = f"Kafka at {settings().kafka_bootstrap_servers}", error.str()
    if error.code() == KafkaError._AUTHENTICATION and "mechanism handshake failed" in reason:
        return UserError(
            f"{where} does not take a login by {settings().kafka_sasl_mechanism}: set "
            "KAFKA_SASL_MECHANISM to one that it accepts"
        )
    if error.code() == KafkaError._AUTHENTICATION:
        return UserError(
            f"{where} refused the login of {settings().kafka_username} by "
            f"{settings().kafka_sasl_mechanism}: check KAFKA_USERNAME and KAFKA_PASSWORD "
            "(or KAFKA_PASSWORD_FILE)"
        )
    if error.code() == KafkaError._SSL and "certificate verify failed" in reason:
        return UserError(
            f"{where} shows a certificate that is not trusted: set KAFKA_CA_FILE to the "
            "certificate of the CA that signed it, if that is the right Kafka"
        )
    return None


def _login() -> tuple[str, str]:
    username, password = settings().kafka_username, settings().kafka_secret
    if not username or not password:
        raise UserError(
            "KAFKA_SECURITY_PROTOCOL is SASL_SSL: set KAFKA_USERNAME, and KAFKA_PASSWORD or "
            "KAFKA_PASSWORD_FILE"
        )
    return username, password


def _quoted(text: str) -> str:
    # Java's StreamTokenizer reads the line; these are its escapes.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
