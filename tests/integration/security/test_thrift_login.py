"""dbt's target `cluster` on a Spark Thrift server with TLS and users from an LDAP directory."""

import os
import secrets
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from cli import ROOT
from services.jars import install
from services.java import find_java
from services.pipeline import dbt_command
from services.sandbox import free_ports
from tests.support.servers import STORE_PASSWORD, certificate, running

PASSWORD = secrets.token_urlsafe(12)
PEOPLE = "ou=people,dc=example"
ENTRIES = f"""\
dn: dc=example
objectClass: domain
dc: example

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: uid=analyst,{PEOPLE}
objectClass: inetOrgPerson
uid: analyst
cn: analyst
sn: analyst
userPassword: {PASSWORD}
"""


def hive_site(settings: dict[str, str]) -> str:
    """The project's own, and what an operator adds to it."""
    ours = (ROOT / "services" / "spark" / "hive-site.xml").read_text()
    added = "".join(
        f"<property><name>{name}</name><value>{value}</value></property>\n"
        for name, value in settings.items()
    )
    return ours.replace("</configuration>", f"{added}</configuration>")


def hadoop_client() -> list[str]:
    """Its jars, of those that `make up` gives Spark: pyspark's own are too old for Java 24."""
    jars = Path(os.environ.get("JARS_DIR") or ROOT / ".local" / "jars") / "spark"
    return [str(jar) for jar in jars.resolve().glob("hadoop-client-*.jar")]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A Thrift server and a directory of users: what dbt has to know of them."""
    folder = tmp_path_factory.mktemp("thrift")
    port, ldap_port = free_ports(2)
    certificate(folder, "ca.pem")
    install(Path(__file__).with_name("jars.lock"), folder / "ldap")
    (folder / "users.ldif").write_text(ENTRIES)
    directory = [
        find_java(), "-cp", folder / "ldap" / "*",
        "com.unboundid.ldap.listener.InMemoryDirectoryServerTool", "--baseDN", "dc=example",
        "--port", str(ldap_port), "--ldifFile", folder / "users.ldif",
    ]  # fmt: skip
    (folder / "hive-site.xml").write_text(
        hive_site(
            {
                "hive.server2.use.SSL": "true",
                "hive.server2.keystore.path": str(folder / "keys.p12"),
                "hive.server2.keystore.password": STORE_PASSWORD,
                "hive.server2.authentication": "LDAP",
                "hive.server2.authentication.ldap.url": f"ldap://localhost:{ldap_port}",
                "hive.server2.authentication.ldap.baseDN": PEOPLE,
            }
        )
    )
    pyspark = Path(find_spec("pyspark").origin).parent
    server = [
        find_java(), f"@{ROOT}/services/spark/java.options", "-Xmx1g", f"-Djava.io.tmpdir={folder}",
        "-cp", ":".join([str(folder), *hadoop_client(), f"{pyspark}/jars/*"]),
        "org.apache.spark.deploy.SparkSubmit", "--master", "local[1]",
        "--conf", "spark.ui.enabled=false",
        "--conf", f"spark.sql.warehouse.dir={folder / 'warehouse'}",
        "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", "spark-internal",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "TZ": "Asia/Kolkata",
        "METASTORE_DIR": str(folder / "metastore"),
        "SPARK_THRIFT_PORT": str(port),
    }
    with (
        running(directory, ldap_port, folder / "ldap.log"),
        running(server, port, folder / "spark.log", env=environment, cwd=folder),
    ):
        yield {
            "DBT_PROFILES_DIR": str(ROOT),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "target"),
            "SPARK_THRIFT_PORT": str(port),
            "SPARK_THRIFT_USER": "analyst",
            "DBT_ENV_SECRET_SPARK_THRIFT_PASSWORD": PASSWORD,
        }


def dbt(cluster, *arguments, **changes: str | None) -> subprocess.CompletedProcess:
    variables = {**os.environ, **cluster, **changes}  # None: not set
    done = subprocess.run(
        [*dbt_command(*arguments), "--target", "cluster"], cwd=ROOT,
        env={name: value for name, value in variables.items() if value is not None},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    for text in (done.stdout, done.stderr, *(p.read_text() for p in logs(cluster))):
        assert PASSWORD not in text
    return done


def logs(cluster) -> list[Path]:
    return list(Path(cluster["DBT_LOG_PATH"]).glob("*.log"))


# That this certificate, which nobody signed, is taken, is what RUNBOOK says of dbt.
def test_a_user_of_the_directory_is_let_in_over_tls(cluster):
    who = "concat(current_user(), ' in ', current_timezone())"  # dbt cuts longer words
    done = dbt(cluster, "show", "--inline", f"select {who} as who")
    assert done.returncode == 0, done.stdout
    assert "analyst in UTC" in done.stdout, "whatever time zone the server is in"
    assert logs(cluster)


@pytest.mark.parametrize(
    "wrong",
    [
        {"DBT_ENV_SECRET_SPARK_THRIFT_PASSWORD": "another"},
        {"DBT_ENV_SECRET_SPARK_THRIFT_PASSWORD": ""},
        {"SPARK_THRIFT_AUTH": "NOSASL"},
        {"SPARK_THRIFT_USE_SSL": "False"},
    ],
    ids=lambda wrong: "=".join(*wrong.items()),
)
def test_nobody_else_is_let_in(cluster, wrong):
    done = dbt(cluster, "debug", "--connection", **wrong)
    assert done.returncode == 1
    assert "Connection test: [ERROR" in done.stdout, done.stdout
    assert "should be set" not in done.stdout  # so it was the server that refused


def test_a_server_without_login_and_tls_is_used(cluster, sandbox):
    """Such as the one of `make up`."""
    done = dbt(
        cluster, "debug", "--connection",
        SPARK_THRIFT_PORT=str(sandbox.port("SPARK_THRIFT_PORT")),
        SPARK_THRIFT_AUTH="NONE", SPARK_THRIFT_USE_SSL="false",
        SPARK_THRIFT_USER=None, DBT_ENV_SECRET_SPARK_THRIFT_PASSWORD=None,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
