"""Each setting on which a promise rests: asked of the running service, or shown by what it does."""

import os
import pwd
import re
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource
from fsspec.implementations.webhdfs import WebHDFS
from pyhive import hive

from services.health import CHECKS

FOREVER = "-1"
MIB = 1 << 20


# Kafka


@pytest.fixture(scope="module")
def kafka(sandbox) -> AdminClient:
    return AdminClient({"bootstrap.servers": sandbox.broker})


def settings_of(kafka, kind: str, name: str) -> dict[str, str]:
    resource = ConfigResource(kind, name)
    found = kafka.describe_configs([resource])[resource].result(20)
    return {name: entry.value for name, entry in found.items()}


def test_messages_and_ledger_never_expire(kafka, pipe):
    """The topic is the only copy until it has landed; the ledger keeps the last word on a file."""
    for topic, policy in ((pipe.name, "delete"), (f"{pipe.name}.sources", "compact")):
        found = settings_of(kafka, "topic", topic)
        assert (found["retention.ms"], found["retention.bytes"]) == (FOREVER, FOREVER)
        assert found["cleanup.policy"] == policy
        assert found["max.message.bytes"] == str(64 * MIB)
        # Whose clock the time of a message is: its producer's.
        assert found["message.timestamp.type"] == "CreateTime"
        assert found["min.insync.replicas"] == "1"
        assert found["unclean.leader.election.enable"] == "false"


def test_what_the_broker_gives_new_topics(kafka):
    found = settings_of(kafka, "broker", "1")
    assert (found["log.retention.ms"], found["log.retention.bytes"]) == (FOREVER, FOREVER)
    assert found["message.max.bytes"] == str(64 * MIB)
    # How long a producer that died may keep readers from what comes after it, at the most.
    assert int(found["transaction.max.timeout.ms"]) >= 60_000
    # There is one broker.
    share = "share.coordinator.state.topic"
    for topic in (
        "offsets.topic.replication.factor",
        f"{share}.replication.factor",
        f"{share}.min.isr",
    ):
        assert found[topic] == "1"


def test_a_misspelt_topic_is_not_made(sandbox, kafka):
    name = f"misspelt_{uuid4().hex}"
    told = []
    producer = Producer({"bootstrap.servers": sandbox.broker, "message.timeout.ms": 3000})
    producer.produce(name, b"x", on_delivery=lambda error, _: told.append(error))
    producer.flush(20)
    assert told and told[0] is not None
    assert name not in kafka.list_topics(timeout=20).topics


def test_internal_topics_have_the_one_replica_that_there_can_be(kafka, pipe):
    topics = kafka.list_topics(timeout=20).topics
    internal = topics["__transaction_state"].partitions
    assert len(internal) == 4
    for topic in (
        internal,
        topics[pipe.name].partitions,
        topics[f"{pipe.name}.sources"].partitions,
    ):
        assert {tuple(p.replicas) for p in topic.values()} == {(1,)}
    assert len(topics[f"{pipe.name}.sources"].partitions) == 1


def test_a_message_beyond_the_limit_is_refused_by_the_broker(sandbox, kafka, pipe):
    producer = Producer({"bootstrap.servers": sandbox.broker, "message.max.bytes": 100 * MIB})
    told = []
    with sandbox.topic() as topic:
        for size in (64 * MIB - 1024, 64 * MIB):
            producer.produce(topic, b"x" * size, on_delivery=lambda error, _: told.append(error))
            producer.flush(60)
    assert told[0] is None
    assert told[1].name() == "MSG_SIZE_TOO_LARGE"


# HDFS


def hadoop(sandbox, service: str, query: str) -> dict:
    port = sandbox.port(
        {"namenode": "HDFS_HTTP_PORT", "datanode": "HDFS_DATANODE_HTTP_PORT"}[service]
    )
    answer = requests.get(f"http://localhost:{port}/jmx", params={"qry": query}, timeout=20)
    return answer.json()["beans"][0]


@pytest.mark.parametrize(
    ("service", "name", "value"),
    [
        ("namenode", "dfs.replication", "1"),
        ("namenode", "dfs.permissions.enabled", "true"),
        ("namenode", "dfs.namenode.safemode.extension", "0"),
        ("namenode", "dfs.client.use.datanode.hostname", "true"),
        ("namenode", "dfs.client.failover.max.attempts", "10"),
        ("namenode", "dfs.client.failover.sleep.max.millis", "1000"),
        ("namenode", "dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "5"),
        ("namenode", "dfs.client.block.write.locateFollowingBlock.retries", "12"),
        ("datanode", "dfs.datanode.hostname", "localhost"),
    ],
)
def test_settings_of_hdfs(sandbox, service, name, value):
    port = sandbox.port(
        {"namenode": "HDFS_HTTP_PORT", "datanode": "HDFS_DATANODE_HTTP_PORT"}[service]
    )
    answer = requests.get(f"http://localhost:{port}/conf", params={"name": name}, timeout=20)
    assert re.findall(r"<value>(.*?)</value>", answer.text) == [value]


@pytest.mark.parametrize("folder", ["/data/raw", "/warehouse"])
def test_nobody_else_writes_to_hdfs(sandbox, pipe, folder):
    somebody = WebHDFS(
        "localhost", port=sandbox.port("HDFS_HTTP_PORT"), user="somebody", skip_instance_cache=True
    )
    with pytest.raises(PermissionError, match="Permission denied: user=somebody, access=WRITE"):
        somebody.mkdir(f"{folder}/theirs")
    with pytest.raises(PermissionError, match="Permission denied: user=somebody"):
        somebody.rm(pipe.raw_path, recursive=True)
    assert sandbox.hdfs.exists(f"{pipe.raw_path}/load_id=1/_offsets.json")


def test_what_is_landed_is_its_users_own_and_stored_once(sandbox, pipe):
    files = sandbox.hdfs.ls(f"{pipe.raw_path}/load_id=1", detail=True)
    assert len(files) >= 2
    owner = sandbox.environment.get("HDFS_USER") or sandbox.settings.hdfs_user
    assert {(file["owner"], file["replication"]) for file in files} == {(owner, 1)}


# Spark


def test_sql_of_any_client_is_in_utc(sandbox, pipe, pytestconfig):
    """Here the machine of the server, and that of the client, are elsewhere."""
    [(java,)] = sandbox.query("select reflect('java.util.TimeZone', 'getDefault')")
    assert "Asia/Kolkata" in java or pytestconfig.getoption("--stack")
    assert sandbox.query("select current_timezone(), hour(timestamp '2024-01-01 10:00:00Z')") == [
        ("UTC", 10)
    ]


def test_dbt_works_in_utc_whatever_the_server_does(pipe):
    asked = "select current_timezone() as zone"
    shown = pipe.dbt("show", "--quiet", "--output", "json", "--inline", asked)
    assert '"zone": "UTC"' in shown.stdout


def test_times_that_ingest_lands_are_those_of_the_messages(pipe):
    times = "select max(unix_micros(timestamp)), max(unix_micros(landed_at)) from {raw}"
    for microseconds in pipe.query(times)[0]:
        age = datetime.now(timezone.utc).timestamp() - microseconds / 1e6
        assert 0 < age < 3600, "hours away: of another time zone"


def test_tables_belong_to_the_server_whoever_asks_for_them(sandbox, pipe):
    connection = hive.connect(
        "localhost", port=sandbox.port("SPARK_THRIFT_PORT"), username="somebody"
    )
    database = f"doas_{uuid4().hex[:8]}"
    with closing(connection):
        cursor = connection.cursor()
        for statement in (
            f"create database {database}",
            f"create table {database}.a using delta as select 1 as b",
        ):
            cursor.execute(statement)
        try:
            (folder,) = [
                row[1].partition("hdfs://")[2].partition("/")[2]
                for row in sandbox.query(f"describe database {database}") if row[0] == "Location"
            ]  # fmt: skip
            (table,) = sandbox.hdfs.ls(f"/{folder}", detail=True)
        finally:
            cursor.execute(f"drop database {database} cascade")
    assert folder == f"warehouse/{database}.db"
    assert table["owner"] == sandbox.settings.hdfs_user


def test_no_address_in_the_catalogue_holds_a_port(sandbox, pipe):
    """So that the tables are found again when HDFS_PORT changes."""
    place = pipe.raw_table
    (partition,) = pipe.query("show partitions {raw}")[:1]
    load = partition[0].replace("load_id=", "load_id = ")
    described = [
        *sandbox.query("describe database default"),
        *sandbox.query(f"describe database {place.split('.')[0]}"),
        *sandbox.query(f"describe table extended {place}"),
        *sandbox.query(f"describe table extended {place} partition ({load})"),
    ]
    places = [row[1] for row in described if row[0] == "Location"]
    assert len(places) >= 4
    assert {place.partition("//")[2].partition("/")[0] for place in places} == {"assessments"}


@pytest.fixture(scope="module")
def spark(sandbox) -> dict[str, dict[str, str]]:
    """What the Spark application says of itself."""
    url = f"http://localhost:{sandbox.port('SPARK_UI_PORT')}/api/v1/applications"
    (application,) = requests.get(url, timeout=20).json()
    found = requests.get(f"{url}/{application['id']}/environment", timeout=60).json()
    return {kind: dict(found[kind]) for kind in ("sparkProperties", "systemProperties")}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spark.sql.session.timeZone", "UTC"),
        ("spark.sql.warehouse.dir", "hdfs:///warehouse"),
        ("spark.sql.parquet.compression.codec", "zstd"),
        ("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog"),
        ("spark.sql.shuffle.partitions", "8"),
        ("spark.sql.sources.parallelPartitionDiscovery.parallelism", "4"),
        ("spark.sql.codegen.cache.maxEntries", "2000"),
        ("spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold", "64m"),
        ("spark.sql.sources.fileCompressionFactor", "4"),
        ("spark.buffer.pageSize", "4m"),
        ("spark.databricks.delta.snapshotPartitions", "1"),
        ("spark.databricks.delta.delta.log.cacheSize", "100"),
        ("spark.databricks.delta.properties.defaults.logRetentionDuration", "interval 7 days"),
        ("spark.databricks.delta.optimize.minFileSize", "4000000"),
        ("spark.databricks.delta.optimize.maxFileSize", "16000000"),
        ("spark.scheduler.mode", "FAIR"),
        ("spark.driver.host", "localhost"),
        ("spark.ui.showConsoleProgress", "false"),
    ],
)
def test_settings_of_spark(spark, name, value):
    assert spark["sparkProperties"][name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("hive.server2.async.exec.threads", "8"), ("hive.stats.autogather", "false")],
)
def test_settings_of_hive(sandbox, name, value):
    assert sandbox.query(f"set {name}") == [(name, value)]


# All of them


def options(sandbox, service: str) -> list[str]:
    """What Java was given for a service: on its command line, and in files that this names."""
    pid = sandbox.pid(service)
    user = pwd.getpwuid(os.geteuid()).pw_name
    told = Path(f"/tmp/hsperfdata_{user}/{pid}").read_bytes()  # noqa: S108 (as jcmd reads it)
    known = re.search(rb"java\.rt\.vmArgs\0+([^\0]+)", told)[1].decode()
    return [*Path(f"/proc/{pid}/cmdline").read_text().split("\0"), *known.split()]


@pytest.mark.parametrize(
    ("service", "variable"),
    [("kafka", "KAFKA_MEMORY"), ("namenode", "HDFS_MEMORY"), ("datanode", "HDFS_MEMORY"),
     ("spark", "SPARK_MEMORY")],
)  # fmt: skip
def test_memory_is_what_was_asked_for(sandbox, service, variable):
    assert f"-Xmx{sandbox.environment[variable]}" in options(sandbox, service)


def test_options_of_java(sandbox):
    """What is out of memory ends, and supervisor starts it again; Spark does so by itself."""
    for service in ("kafka", "namenode", "datanode"):
        assert "-XX:+ExitOnOutOfMemoryError" in options(sandbox, service)
    for wanted in (
        "-XX:+UseParallelGC", "-XX:ReservedCodeCacheSize=512m", "-XX:CompileThresholdScaling=5",
    ):  # fmt: skip
        assert wanted in options(sandbox, "spark")


def test_temporary_files_lie_in_the_folder_of_the_services(sandbox):
    for service in CHECKS:
        assert "-Djava.io.tmpdir=tmp" in options(sandbox, service)
    for folder, made in (("hdfs", "jetty-"), ("spark", "spark-"), ("spark", "blockmgr-")):
        names = [path.name for path in (sandbox.folder / folder / "tmp").iterdir()]
        assert [name for name in names if name.startswith(made)], (folder, names)


def test_what_supervisor_does_with_each_service(sandbox):
    found = {about["name"]: about for about in sandbox.supervisor().getAllConfigInfo()}
    assert found.keys() == CHECKS.keys()
    for name, about in found.items():
        # 4 files of 20 MB each at the most.
        assert sandbox.folder / about["stdout_logfile"] == sandbox.logs / f"{name}.log"
        assert (about["stdout_logfile_maxbytes"], about["stdout_logfile_backups"]) == (20 * MIB, 3)
        assert about["redirect_stderr"] is True
        assert (about["startretries"], about["startsecs"]) == (5, 1)
        assert about["stopwaitsecs"] >= 30, "a clean end takes a while"
    assert (sandbox.logs / "supervisord.log").exists()
    assert (sandbox.folder / "supervisor.sock").stat().st_mode & 0o077 == 0


def test_no_variable_for_clients_reaches_a_service(sandbox):
    """From HADOOP_USER_NAME Spark would conclude that users are to be impersonated."""
    for service in CHECKS:
        variables = Path(f"/proc/{sandbox.pid(service)}/environ").read_text().split("\0")
        names = {variable.partition("=")[0] for variable in variables}
        assert not names & {"HADOOP_USER_NAME", "SPARK_REMOTE"}
        assert {"LOCAL_DIR", "BIND_ADDRESS"} <= names
