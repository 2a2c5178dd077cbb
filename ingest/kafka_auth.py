"""How Kafka's clients prove who they are: kafka-python, librdkafka, and those inside Spark."""

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
mute("librdkafka")  # it logs what it also raises

REFUSAL_SECONDS = 3  # within which a Kafka that is there has said why it refuses
LOGIN_MODULES = {
    "SCRAM-SHA-512": "scram.ScramLoginModule",
    "SCRAM-SHA-256": "scram.ScramLoginModule",
    "PLAIN": "plain.PlainLoginModule",
}


def for_python() -> dict[str, Any]:
    """kafka-python's keyword arguments.

    Raises:
        UserError: a setting is missing, or a file that one names cannot be read.
    """
    protocol = settings().kafka_security_protocol
    options: dict[str, Any] = {"security_protocol": protocol}
    ca_file = settings().kafka_ca_file
    if protocol != "PLAINTEXT" and ca_file:
        read_setting("KAFKA_CA_FILE", ca_file)  # kafka-python would say less clearly that it cannot
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
    """What every client of librdkafka is configured with.

    Raises:
        UserError: as above.
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
    """Options of Spark's Kafka source; the CA's certificate itself: Spark may be elsewhere.

    Raises:
        UserError: as above.
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
    """Why Kafka does not let this client in, in one line; None where it is only away.

    librdkafka is asked, because it always tells; kafka-python tells its log, and not always.
    """
    told: list[KafkaError] = []
    client = AdminClient(for_librdkafka() | {"error_cb": told.append})
    until = time.monotonic() + REFUSAL_SECONDS
    while time.monotonic() < until:
        with suppress(KafkaException):
            client.list_topics(timeout=0.2)
            return None
        client.poll(0)  # hands out what there is to tell
        for error in told:
            if explained := _explained(error):
                return explained
    return None


def _explained(error: KafkaError) -> UserError | None:
    where, reason = f"Kafka at {settings().kafka_bootstrap_servers}", error.str()
    if error.code() == KafkaError._AUTHENTICATION and "mechanism handshake failed" in reason:
        return UserError(
            f"{where} does not take a login by {settings().kafka_sasl_mechanism}: set "
            "KAFKA_SASL_MECHANISM to what it takes"
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
    # As Java's StreamTokenizer, which reads the line, takes it.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
