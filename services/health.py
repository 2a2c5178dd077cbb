"""Readiness checks of the services, each in the service's own protocol. Read-only."""

from __future__ import annotations

import json
import socket
from functools import partial
from getpass import getuser
from typing import TYPE_CHECKING, Any

import grpc
import requests
from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from pyhive import hive
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TTransportException
from thrift_sasl import TSaslClientTransport

from cli.console import mute

if TYPE_CHECKING:
    from services.settings import StackSettings

TIMEOUT = 5  # seconds, for one request
STATEMENT_TIMEOUT = 20  # seconds, for a statement that waits for those of a build
mute("thrift.transport.TSocket", "kafka")


class NotReadyError(Exception):
    """The service does not answer, or answers that it is not ready."""


def kafka(stack: StackSettings) -> None:
    """Check that the broker describes its cluster.

    Raises:
        NotReadyError: it does not.
    """
    try:
        # The client would retry until its time-out; a port that nobody listens on fails at once.
        socket.create_connection(("localhost", stack.kafka_port), TIMEOUT).close()
        admin = KafkaAdminClient(
            bootstrap_servers=f"localhost:{stack.kafka_port}",
            bootstrap_timeout_ms=TIMEOUT * 1000,
            request_timeout_ms=TIMEOUT * 1000,
        )
        try:
            admin.describe_cluster()
        finally:
            admin.close()
    except (KafkaError, OSError) as error:
        raise NotReadyError(type(error).__name__) from error


def _jmx(port: int, bean: str) -> dict[str, Any]:
    try:
        url = f"http://localhost:{port}/jmx"
        answer = requests.get(url, params={"qry": f"Hadoop:service={bean}"}, timeout=TIMEOUT)
        return next(iter(answer.json()["beans"]), {})
    except (requests.RequestException, KeyError) as error:
        raise NotReadyError(type(error).__name__) from error


def namenode(stack: StackSettings) -> None:
    """Check that the NameNode has left safe mode.

    Raises:
        NotReadyError: it has not, or does not answer.
    """
    # FSState is "Operational" for some milliseconds before the NameNode enters safe mode; the
    # NameNode is active only later.
    if _jmx(stack.hdfs_http_port, "NameNode,name=NameNodeStatus").get("State") != "active":
        raise NotReadyError("in start-up")
    state = _jmx(stack.hdfs_http_port, "NameNode,name=FSNamesystemState").get("FSState")
    if state != "Operational":
        raise NotReadyError(f"in {state or 'start-up'}")


def datanode(stack: StackSettings) -> None:
    """Check that the DataNode is registered with the NameNode and sends heartbeats.

    Raises:
        NotReadyError: it is not, or does not answer.
    """
    info = _jmx(stack.hdfs_datanode_http_port, "DataNode,name=DataNodeInfo")
    actors = json.loads(info.get("BPServiceActorInfo", "[]"))  # missing while it starts
    if not actors or any(actor["ActorState"] != "RUNNING" for actor in actors):
        raise NotReadyError("not registered with the NameNode")


def _thrift(port: int) -> hive.Connection:
    """A connection to the Thrift server, with a time-out; PyHive itself would wait forever."""
    transport = TSocket("localhost", port)
    transport.setTimeout(STATEMENT_TIMEOUT * 1000)
    # As PyHive logs in: SASL wants a password that is not empty; the server ignores it.
    login = {"username": getuser(), "password": "x"}
    sasl = partial(hive.get_installed_sasl, "localhost", "PLAIN", **login)
    return hive.connect(thrift_transport=TSaslClientTransport(sasl, "PLAIN", transport))


def spark(stack: StackSettings) -> None:
    """Check that Thrift runs a statement, and that a channel to Spark Connect opens.

    Raises:
        NotReadyError: one of the two fails.
    """
    try:
        connection = _thrift(stack.spark_thrift_port)
        try:
            connection.cursor().execute("select 1")
        finally:
            connection.close()
        with grpc.insecure_channel(f"localhost:{stack.spark_connect_port}") as channel:
            grpc.channel_ready_future(channel).result(timeout=TIMEOUT)
    except (TTransportException, hive.OperationalError, OSError, grpc.FutureTimeoutError) as error:
        raise NotReadyError(type(error).__name__) from error


CHECKS = {"kafka": kafka, "namenode": namenode, "datanode": datanode, "spark": spark}
