"""Commit, data, machine and versions of a measurement."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import confluent_kafka
import psutil

from bench.dataset import Dataset
from bench.results import Environment
from cli import ROOT
from ingest.settings import load_settings
from services.java import find_java
from services.settings import StackSettings

PACKAGES = ["pyspark", "dbt-core", "dbt-spark", "confluent-kafka", "kafka-python", "duckdb"]
JARS = {"Kafka": "kafka_2.13", "Hadoop": "hadoop-hdfs", "Delta": "delta-spark_4.1_2.13"}
COMMANDS = {"java": [find_java(), "-version"], "jq": ["jq", "--version"], "kcat": ["kcat", "-V"]}


def environment(dataset: Dataset) -> Environment:
    """The current environment. Call it before results are written: they make the commit dirty."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    processor = model[1] if model else platform.machine()
    gib = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.release()}"
    versions = {"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    versions["librdkafka"] = confluent_kafka.libversion()[0]
    for name, prefix in JARS.items():
        for jar in load_settings(StackSettings).jars_dir.rglob(f"{prefix}-[0-9]*.jar"):
            versions[name] = jar.stem.removeprefix(f"{prefix}-")
    return Environment(
        commit=_printed(["git", "describe", "--always", "--dirty=+", "--exclude=*"]),
        dataset=dataset.name,
        records=dataset.records,
        machine=f"{os.cpu_count()} cores of {processor}, {gib:.0f} GiB, {system}",
        versions=versions | {name: _printed(command) for name, command in COMMANDS.items()},
    )


def _printed(command: list[str]) -> str:
    """The first line of a command's output that has a version, else its first line."""
    if not shutil.which(command[0]):
        return "none"
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return next((line for line in lines if "ersion" in line), lines[0]).split(" (")[0]
