"""Settings: defaults as the page of settings says, both sides of each limit, no secret shown.

Names from outside become neither SQL, nor a path, nor a place that others write to.
"""

import getpass
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
import yaml
from jinja2 import Template

from cli import ROOT
from cli.errors import UserError
from ingest.kafka_auth import LOGIN_MODULES
from ingest.load_store import uncommitted_folder
from ingest.settings import Settings, load_settings
from services.settings import StackSettings
from tests.support.documented_settings import PAGE, documented

PORTS = {
    "KAFKA_PORT": 9092, "KAFKA_CONTROLLER_PORT": 9093, "HDFS_PORT": 8020, "HDFS_HTTP_PORT": 9870,
    "HDFS_DATANODE_PORT": 9866, "HDFS_DATANODE_HTTP_PORT": 9864, "HDFS_DATANODE_IPC_PORT": 9867,
    "SPARK_THRIFT_PORT": 10000, "SPARK_CONNECT_PORT": 15002, "SPARK_UI_PORT": 4040,
}  # fmt: skip


def load(environment, kind=Settings, **variables: str):
    for name, value in variables.items():
        environment.setenv(name, value)
    return load_settings(kind)


DEFAULTS = {
    "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092", "KAFKA_TOPIC": "assess", "KAFKA_PARTITIONS": 1,
    "KAFKA_REPLICATION_FACTOR": 1, "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
    "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "KAFKA_USERNAME": None, "KAFKA_PASSWORD": None,
    "KAFKA_PASSWORD_FILE": None, "TRANSACTION_BYTES": 32 * 1024 * 1024,
    "WEBHDFS_URL": "http://localhost:9870", "RAW_PATH": "/data/raw", "RAW_TABLE": "raw.assess",
    "SPARK_REMOTE": "sc://localhost:15002", "SERVICE_TIMEOUT_SECONDS": 60, "LOG_FORMAT": "text",
    "LOCAL_DIR": Path(".local"), "JARS_DIR": Path(".local/jars"), "BIND_ADDRESS": "127.0.0.1",
    "SPARK_JAVA_OPTIONS": "", "KAFKA_MEMORY": "512m", "HDFS_MEMORY": "256m", "SPARK_MEMORY": "3g",
    "SPARK_MASTER": "local[*]", **PORTS,
}  # fmt: skip


@pytest.mark.parametrize("variable", DEFAULTS)
def test_a_default_is_what_the_page_of_settings_says(environment, variable):
    now = load(environment, StackSettings)
    assert getattr(now, variable.lower()) == DEFAULTS[variable]
    told = re.sub("[A-Z_]+_PORT", lambda name: str(PORTS[name[0]]), documented().get(variable, ""))
    told = told.partition(" (")[0]
    assert told == ("" if DEFAULTS[variable] is None else str(DEFAULTS[variable]))


def test_a_topic_that_names_no_table_is_refused_unless_the_table_has_a_name(environment):
    with pytest.raises(
        UserError, match=r"^wrong environment variable: RAW_TABLE: .*the topic's name$"
    ):
        load(environment, KAFKA_TOPIC="2024")
    assert load(environment, KAFKA_TOPIC="2024", RAW_TABLE="raw.a2024").kafka_topic == "2024"


def test_an_empty_variable_is_as_good_as_none(environment):
    now = load(environment, KAFKA_PARTITIONS="", KAFKA_USERNAME="", WEBHDFS_URL="")
    assert (now.kafka_partitions, now.kafka_username) == (1, None)
    assert now.webhdfs_url == DEFAULTS["WEBHDFS_URL"]


@pytest.mark.parametrize(
    ("topic", "table"), [("a", "raw.a"), ("a.b-c_1", "raw.a_b_c_1"), ("B", "raw.B")]
)
def test_each_topic_has_its_own_table_by_default(environment, topic, table):
    assert load(environment, KAFKA_TOPIC=topic).raw_table == table
    assert load(environment, KAFKA_TOPIC=topic, RAW_TABLE="r.t").raw_table == "r.t"


def test_who_one_is_and_what_is_trusted_by_default(environment):
    now = load(environment)
    assert now.hdfs_user == getpass.getuser()
    assert (now.kafka_secret, now.kafka_ca_file) == (None, None)


def test_ports_by_default_and_moved(environment):
    def ports() -> dict[str, int]:
        return {
            n: p for of in load(environment, StackSettings).ports.values() for n, p in of.items()
        }

    assert ports() == PORTS
    moved = {name: port + 1 for name, port in PORTS.items()}
    for name, port in moved.items():
        environment.setenv(name, str(port))
    assert ports() == moved
    now = load(environment)
    assert now.kafka_bootstrap_servers == "localhost:9093"
    assert now.webhdfs_url == "http://localhost:9871"
    assert now.spark_remote == "sc://localhost:15003"


@pytest.mark.parametrize("variable", PORTS)
@pytest.mark.parametrize(("port", "taken"), [("0", False), ("1", True), ("65535", True),
                                             ("65536", False), ("a", False)])  # fmt: skip
def test_a_port_is_one_that_there_is(environment, variable, port, taken):
    if taken:
        assert getattr(load(environment, StackSettings, **{variable: port}), variable.lower()) == (
            int(port)
        )
    else:
        with pytest.raises(UserError, match=f"^wrong environment variable: {variable}: "):
            load(environment, StackSettings, **{variable: port})


@pytest.mark.parametrize(
    "variable",
    ["KAFKA_PARTITIONS", "KAFKA_REPLICATION_FACTOR", "SERVICE_TIMEOUT_SECONDS",
     "TRANSACTION_BYTES"],
)  # fmt: skip
def test_a_number_is_at_least_one(environment, variable):
    assert getattr(load(environment, **{variable: "1"}), variable.lower()) == 1
    with pytest.raises(UserError, match=f"^wrong environment variable: {variable}: "):
        load(environment, **{variable: "0"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KAFKA_TOPIC", "a"),
        ("KAFKA_TOPIC", "_a.b-C9"),
        ("KAFKA_TOPIC", "-"),
        ("KAFKA_TOPIC", "a" * 200),
        ("RAW_TABLE", "r_1.A2"),
        ("RAW_TABLE", "5a.2024_01"),
        ("RAW_TABLE", "raw.1e5x"),
        ("RAW_PATH", "/a"),
        ("RAW_PATH", "/data/v1.2/_x-Y"),
        ("KAFKA_USERNAME", 'Jo O\'Né: "x" \\ ~'),
        ("LOG_FORMAT", "json"),
        ("KAFKA_SECURITY_PROTOCOL", "SSL"),
        ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"),
        ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-256"),
        ("KAFKA_SASL_MECHANISM", "PLAIN"),
    ],
)
def test_a_name_is_taken_as_it_is(environment, variable, value):
    assert getattr(load(environment, **{variable: value}), variable.lower()) == value


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KAFKA_TOPIC", "a'; drop table x; --"),
        ("KAFKA_TOPIC", ".."),
        ("KAFKA_TOPIC", ".uncommitted"),
        ("KAFKA_TOPIC", "a/b"),
        ("KAFKA_TOPIC", "a\n"),
        ("KAFKA_TOPIC", "é"),
        ("KAFKA_TOPIC", ""),
        ("KAFKA_TOPIC", "a" * 201),
        ("RAW_TABLE", "raw.a location '/'"),
        ("RAW_TABLE", "raw.a`b"),
        ("RAW_TABLE", "raw.a\n"),
        ("RAW_TABLE", "raw.a.b"),
        ("RAW_TABLE", "raw-1.a"),
        ("RAW_TABLE", "raw."),
        ("RAW_TABLE", "assess"),
        *(("RAW_TABLE", f"raw.{number}") for number in ("2024", "1e5", "12L", "7f", "5bd")),
        ("RAW_TABLE", "2024.a"),
        ("RAW_PATH", "/data/../other"),
        ("RAW_PATH", "/data/raw/"),
        ("RAW_PATH", "/data' x"),
        ("RAW_PATH", "/.uncommitted"),
        ("RAW_PATH", "data"),
        ("RAW_PATH", "/"),
        ("RAW_PATH", "hdfs://elsewhere/data"),
        ("KAFKA_USERNAME", ""),
        ("KAFKA_USERNAME", "a\x00"),
        ("KAFKA_USERNAME", "a\x1fb"),
        ("KAFKA_USERNAME", "a\x7f"),
        ("KAFKA_USERNAME", "\n"),
        ("KAFKA_SECURITY_PROTOCOL", "plaintext"),
        ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"),
        ("KAFKA_SASL_MECHANISM", "GSSAPI"),
        ("LOG_FORMAT", "xml"),
        ("SERVICE_TIMEOUT_SECONDS", "1.5"),
    ],
)
def test_a_name_that_could_be_more_than_a_name_is_refused(variable, value):
    with pytest.raises(UserError, match=f"^wrong environment variable: {variable}: ") as refused:
        # An environment cannot carry a NUL, a caller can.
        load_settings(lambda: Settings(**{variable.lower(): value}))
    assert not value.strip() or len(value) < 3 or value not in str(refused.value)


def test_all_that_is_wrong_is_said_at_once(environment):
    with pytest.raises(UserError) as refused:
        load(environment, KAFKA_PORT="x", TRANSACTION_BYTES="0", KAFKA_TOPIC="fine")
    said = str(refused.value)
    assert said.count("KAFKA_PORT: ") == said.count("TRANSACTION_BYTES: ") == 1
    assert "KAFKA_BOOTSTRAP_SERVERS" not in said, "it follows from KAFKA_PORT"
    assert "\n" not in said


def test_a_message_about_spark_names_no_token(environment):
    now = load(environment, SPARK_REMOTE="sc://localhost:15002/;token=secret;x=y")
    assert now.spark_address == "sc://localhost:15002"
    assert load(environment, SPARK_REMOTE="sc://a:1").spark_address == "sc://a:1"


def test_where_things_are_follows_from_topic_and_path(environment):
    now = load(environment, KAFKA_TOPIC="t", RAW_PATH="/p/q")
    assert (now.sources_topic, now.raw_table_path) == ("t.sources", "/p/q/t")
    assert uncommitted_folder() == "/p/q/.uncommitted/t"


def test_the_password_is_of_the_variable_else_of_the_file(environment, tmp_path):
    file = tmp_path / "password"
    file.write_text(" of the file \r\n")
    assert load(environment, KAFKA_PASSWORD_FILE=str(file)).kafka_secret == " of the file "  # noqa: S105
    assert load(environment, KAFKA_PASSWORD="of its own").kafka_secret == "of its own"  # noqa: S105, S106
    assert "of its own" not in repr(load(environment))
    environment.delenv("KAFKA_PASSWORD")
    file.write_bytes(b"\xff")
    with pytest.raises(UserError, match=f"^KAFKA_PASSWORD_FILE: {file} cannot be read: it is no"):
        _ = load(environment).kafka_secret
    file.unlink()
    with pytest.raises(UserError, match=f"{file} cannot be read: No such file or directory$"):
        _ = load(environment).kafka_secret


def test_the_token_is_of_the_variable_else_the_one_that_make_up_made(environment, tmp_path):
    assert load(environment, LOCAL_DIR=str(tmp_path)).spark_token is None
    (tmp_path / "spark").mkdir()
    (tmp_path / "spark" / "connect-token").write_text("made\n")
    assert load(environment).spark_token == "made"  # noqa: S105
    for server in (
        "sc://127.0.0.1:15002",
        "sc://localhost.example",
        "sc://spark:15002/;use_ssl=true",
    ):
        assert load(environment, SPARK_REMOTE=server).spark_token is None
    assert load(environment, SPARK_REMOTE="sc://localhost:1").spark_token == "made"  # noqa: S105
    environment.setenv("SPARK_REMOTE", "sc://spark:15002")
    assert load(environment, SPARK_CONNECT_AUTHENTICATE_TOKEN="own").spark_token == "own"  # noqa: S105, S106
    assert "own" not in repr(load(environment)).partition("spark_connect_authenticate_token")[2]


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("KAFKA_BOOTSTRAP_SERVERS", ["localhost:abc", "a:1,b:x", "::", ",", "http://x", "a:70000"]),
        ("WEBHDFS_URL", ["nonsense", "localhost:9870", "http://", "http://x:abc", "ftp://x",
                         "http://x:70000", "http://[::1", "http://me:secret@x:9870"]),
        ("SPARK_REMOTE", ["nonsense", "sc://", "sc://x:abc", "http://x:1", "sc://x:1;token=secret",
                          "sc://x\u2100;token=secret", "sc://secret@x"]),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(environment, variable, wrong):
    for value in wrong:
        with pytest.raises(UserError, match=f"^wrong environment variable: {variable}: ") as said:
            load(environment, **{variable: value})
        assert "secret" not in f"{said.value} {said.value.__cause__}"


@pytest.mark.parametrize(
    ("variable", "right"),
    [
        ("KAFKA_BOOTSTRAP_SERVERS", ["broker", "a:9092,b:9093", "[::1]:9092", "my_host.x:1"]),
        ("WEBHDFS_URL", ["http://x", "https://gate.way:8443/gateway/default", "http://[::1]:9870"]),
        ("SPARK_REMOTE", ["sc://x", "sc://x:15002/;token=a;use_ssl=true"]),
    ],
)
def test_addresses_are_taken_as_they_are(environment, variable, right):
    for value in right:
        assert getattr(load(environment, **{variable: value}), variable.lower()) == value


@pytest.mark.parametrize(
    ("variable", "right", "wrong"),
    [
        ("SPARK_MEMORY", "1500M", ["abc", "3", "0g", "-1g", "3 g", "3gb", "3g\n"]),
        ("BIND_ADDRESS", "0.0.0.0", ["localhost", "::1", "192.0.2.1", "0.0.0.0 "]),  # noqa: S104
        (
            "SPARK_MASTER",
            "local[2]",
            ["yarn", "local[0]", "local[]", "local [2]", "spark://a:7077"],
        ),
        ("SPARK_JAVA_OPTIONS", "-Da='b c' -Xss4m", ["-Da='b", "a\nb", 'a"']),
        ("HDFS_USER", "an.analyst_1-2", ["a b", "a@REALM", "a/b", "é", "a\n"]),
    ],
)
def test_a_value_that_no_service_can_use_is_refused_in_words(environment, variable, right, wrong):
    loaded = load_settings(lambda: StackSettings(**{variable.lower(): right}))
    assert getattr(loaded, variable.lower()) == right
    for value in wrong:
        with pytest.raises(UserError) as refused:
            load_settings(lambda value=value: StackSettings(**{variable.lower(): value}))
        line = str(refused.value)
        assert line.startswith(f"wrong environment variable: {variable}: ")
        assert "pattern" not in line and "Value error" not in line and "\n" not in line


def test_the_defaults_of_dbt_are_those_of_the_page():
    files = ("profiles/profiles.yml", "models/staging/_sources.yml", "macros/expected_answers.sql")
    text = "".join((ROOT / name).read_text() for name in files)
    assert set(re.findall(r"env_var\('\w+', (.*?)\)", text)) == {"''"}  # as if it were not set
    found = Counter(re.findall(r"env_var\('(\w+)', ''\) or '([^']*)'", text))
    twice = (("SPARK_THRIFT_HOST", "localhost"), ("SPARK_THRIFT_PORT", "10000"))
    twice += (("DBT_SCHEMA", "analytics"), ("KAFKA_TOPIC", "assess"))
    assert {pair: found[pair] for pair in twice} == dict.fromkeys(twice, 2)
    assert {default for name, default in found if name == "DBT_THREADS"} == {"4", "8"}


@pytest.mark.parametrize(
    "variables",
    [{}, {"KAFKA_TOPIC": "a.b-c_1"}, {"RAW_TABLE": "r.t"}, {"RAW_TABLE": "", "KAFKA_TOPIC": ""}],
)
def test_dbt_reads_the_table_that_ingest_fills(environment, variables):
    text = (ROOT / "models" / "staging" / "_sources.yml").read_text()
    [source] = yaml.safe_load(text)["sources"]
    [table] = source["tables"]
    name = Template(f"{source['schema']}.{table['identifier']}")
    read = name.render(env_var=lambda name, default: variables.get(name, default))
    assert read == load(environment, **variables).raw_table


def test_the_variables_of_dbt_are_those_of_the_page():
    table = PAGE.partition("\n## dbt")[2].partition("\n## ")[0]
    names = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    of_others = {"DBT_LOG_PATH", "LOCAL_DIR"}  # dbt itself reads the one, our plugin the other
    files = ("profiles/profiles.yml", "models/staging/_sources.yml")
    text = "".join((ROOT / name).read_text() for name in files)
    read = set(re.findall(r"env_var\('(\w+)'", text))
    assert set(re.findall(r"`(\w+)`", "".join(names))) - of_others == read


def test_each_login_mechanism_has_its_java_class():
    """Otherwise produce works, and land does not."""
    accepted = get_args(Settings.model_fields["kafka_sasl_mechanism"].annotation)
    assert set(LOGIN_MODULES) == set(accepted)
