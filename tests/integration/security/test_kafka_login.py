"""produce, land, verify and status on a Kafka broker that wants TLS and a SCRAM login."""

import json
import secrets
import subprocess
from itertools import cycle
from pathlib import Path

import pytest

from cli import ROOT
from services.java import find_java
from services.sandbox import free_ports
from tests.support.commands import ForkedPipeline
from tests.support.servers import STORE_PASSWORD, certificate, running

PASSWORD = secrets.token_urlsafe(12) + ' "quoted"; \\ {x} é'
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:{controller}
controller.listener.names=CONTROLLER
listeners=SASL_SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=SASL_SSL://localhost:{port}
listener.security.protocol.map=SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required username="broker" password="{own}";
ssl.keystore.type=PKCS12
ssl.keystore.location={folder}/keys.p12
ssl.keystore.password={store_password}
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""


def java(sandbox, *arguments) -> list:
    jars = Path(sandbox.environment["JARS_DIR"]) / "kafka"
    return [find_java(), "-Xmx256m", "-cp", f"{ROOT / 'services' / 'kafka'}:{jars}/*", *arguments]


@pytest.fixture(scope="module")
def broker(sandbox, tmp_path_factory):
    """A broker of this file's own: its settings for ingest."""
    folder = tmp_path_factory.mktemp("kafka")
    port, controller = free_ports(2)
    ca, own = certificate(folder, "ca.pem"), secrets.token_urlsafe(12)
    properties = folder / "server.properties"
    properties.write_text(
        PROPERTIES.format(
            port=port, controller=controller, folder=folder, own=own, store_password=STORE_PASSWORD
        )
    )
    users = {"broker": own, "ingest": PASSWORD}
    scram = [f"--add-scram=SCRAM-SHA-512=[name={n},password={w}]" for n, w in users.items()]
    storage = ["kafka.tools.StorageTool", "format", "--cluster-id", "login"]
    subprocess.run(
        java(sandbox, *storage, "--config", properties, *scram), check=True, capture_output=True
    )
    temporary = f"-Djava.io.tmpdir={folder}"  # in /tmp nobody would delete its files
    with running(java(sandbox, temporary, "kafka.Kafka", properties), port, folder / "log"):
        (folder / "password").write_text(PASSWORD + "\n")
        yield {
            "KAFKA_BOOTSTRAP_SERVERS": f"localhost:{port}",
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_USERNAME": "ingest",
            "KAFKA_PASSWORD_FILE": str(folder / "password"),
            "KAFKA_CA_FILE": str(ca),
            "SERVICE_TIMEOUT_SECONDS": "20",
        }


def test_all_commands_work_with_a_login(sandbox, broker, sample):
    pipeline = ForkedPipeline.new(sandbox, "login")
    said = [pipeline.ingest("run", sample, **broker), pipeline.ingest("peek", **broker)]
    said.append(pipeline.ingest("status", "--json", **broker))
    now = json.loads(said[-1].stdout)
    assert (now["lag"], now["rows"]) == (0, 1000)
    logs = "".join(path.read_text(errors="replace") for path in (sandbox.folder / "log").iterdir())
    for text in (logs, *(done.stdout + done.stderr for done in said)):
        assert PASSWORD not in text
        assert PASSWORD[:12] not in text


@pytest.mark.parametrize("command", ["status", "produce", "land"])
def test_the_certificate_of_another_host_is_refused(sandbox, broker, sample, command):
    """That of the broker names localhost, not its address."""
    by_address = broker["KAFKA_BOOTSTRAP_SERVERS"].replace("localhost", "127.0.0.1")
    broker = {**broker, "KAFKA_BOOTSTRAP_SERVERS": by_address, "SERVICE_TIMEOUT_SECONDS": "5"}
    pipeline = ForkedPipeline.new(sandbox, "login")
    file = [sample] if command == "produce" else []
    done = pipeline.ingest(command, *file, check=False, **broker)
    assert done.returncode == 1
    assert "shows a certificate that is not trusted" in done.stderr


WRONG = [
    ({"KAFKA_USERNAME": "nobody"}, "refused the login of nobody"),
    ({"KAFKA_CA_FILE": "system"}, "set KAFKA_CA_FILE"),
    ({"KAFKA_CA_FILE": "other"}, "set KAFKA_CA_FILE"),
    ({"KAFKA_CA_FILE": "/none"}, "KAFKA_CA_FILE: /none cannot be read: No such file"),
    ({"KAFKA_PASSWORD_FILE": "/none"}, "KAFKA_PASSWORD_FILE: /none cannot be read"),
    ({"KAFKA_USERNAME": "a\nb"}, "wrong environment variable: KAFKA_USERNAME"),
    ({"KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"}, "Kafka at localhost"),
    ({"KAFKA_SECURITY_PROTOCOL": "SASL"}, "KAFKA_SECURITY_PROTOCOL: Input should be"),
    ({"KAFKA_SASL_MECHANISM": "PLAIN"}, "does not take a login by PLAIN"),
]
COMMANDS = ["produce", "land", "status"]


# A wrong password is tried on all commands, what else may be wrong on one of them in turn.
@pytest.mark.parametrize(
    ("command", "wrong", "says"),
    [
        *(
            (command, {"KAFKA_PASSWORD": "another-" + PASSWORD[:4]}, "refused the login of ingest")
            for command in COMMANDS
        ),
        *((command, *case) for command, case in zip(cycle(COMMANDS), WRONG)),
    ],
)
def test_a_wrong_login_is_refused_with_one_line(
    sandbox, broker, sample, tmp_path, command, wrong, says
):
    broker = {**broker, "SERVICE_TIMEOUT_SECONDS": "5"}
    if wrong.get("KAFKA_CA_FILE") == "system":
        wrong = {}
        broker.pop("KAFKA_CA_FILE")
    elif wrong.get("KAFKA_CA_FILE") == "other":
        wrong = {"KAFKA_CA_FILE": str(certificate(tmp_path, "other.pem"))}
    pipeline = ForkedPipeline.new(sandbox, "login")
    file = [sample] if command == "produce" else []
    done = pipeline.ingest(command, *file, check=False, **{**broker, **wrong})
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert PASSWORD[:12] not in done.stderr
    assert wrong.get("KAFKA_PASSWORD", PASSWORD) not in done.stderr


def test_no_secret_is_shown(sandbox, broker):
    shown = sandbox.run(
        "python", "-c", "from ingest.settings import settings; print(repr(settings()), settings())",
        **broker, KAFKA_PASSWORD=PASSWORD,
    )  # fmt: skip
    assert "kafka_password" in shown.stdout
    assert PASSWORD not in shown.stdout
