"""TLS and login as each of the three clients of Kafka is told."""

import pytest

from cli.errors import UserError
from ingest.kafka import connection
from ingest.kafka_auth import for_librdkafka, for_python, for_spark

MODULES = {
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "PLAIN": "org.apache.kafka.common.security.plain.PlainLoginModule",
}
PASSWORD = 'a"b\\c\n'  # noqa: S105


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL", "SASL_SSL"])
@pytest.mark.parametrize("mechanism", MODULES)
@pytest.mark.parametrize("with_ca", [True, False])
def test_each_client_is_told_the_same(environment, tmp_path, protocol, mechanism, with_ca):
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text("the CA")
    environment.setenv("KAFKA_SECURITY_PROTOCOL", protocol)
    environment.setenv("KAFKA_SASL_MECHANISM", mechanism)
    environment.setenv("KAFKA_USERNAME", "ana")
    environment.setenv("KAFKA_PASSWORD", PASSWORD)
    if with_ca:
        environment.setenv("KAFKA_CA_FILE", str(ca_file))
    python = {"security_protocol": protocol}
    librdkafka = {"security.protocol": protocol}
    spark = {"kafka.security.protocol": protocol}
    if with_ca and protocol != "PLAINTEXT":
        python["ssl_cafile"] = librdkafka["ssl.ca.location"] = str(ca_file)
        spark["kafka.ssl.truststore.type"] = "PEM"
        spark["kafka.ssl.truststore.certificates"] = "the CA"
    if protocol == "SASL_SSL":
        python["sasl_mechanism"] = librdkafka["sasl.mechanism"] = mechanism
        python["sasl_plain_username"] = librdkafka["sasl.username"] = "ana"
        python["sasl_plain_password"] = librdkafka["sasl.password"] = PASSWORD
        spark["kafka.sasl.mechanism"] = mechanism
        spark["kafka.sasl.jaas.config"] = (
            f'{MODULES[mechanism]} required username="ana" password="a\\"b\\\\c\\n";'
        )
    told = for_librdkafka()
    assert told.pop("bootstrap.servers") == "localhost:9092"
    del told["client.id"], told["logger"]
    assert (for_python(), told, for_spark()) == (python, librdkafka, spark)


@pytest.mark.parametrize("client", [for_python, for_librdkafka, for_spark])
@pytest.mark.parametrize("only", ["KAFKA_USERNAME", "KAFKA_PASSWORD"])
def test_half_a_login_is_refused(environment, client, only):
    environment.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    environment.setenv(only, "ana")
    with pytest.raises(UserError, match="set KAFKA_USERNAME, and KAFKA_PASSWORD or"):
        client()


def test_a_certificate_of_another_host_is_refused():
    assert connection().get("ssl_check_hostname", True)


def test_each_client_is_told_all_brokers(environment):
    environment.setenv("KAFKA_BOOTSTRAP_SERVERS", "a:1,b:2")
    assert connection()["bootstrap_servers"] == ["a:1", "b:2"]
    assert for_librdkafka()["bootstrap.servers"] == "a:1,b:2"
