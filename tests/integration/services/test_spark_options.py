"""The options that Spark is started with."""

import os
import subprocess
from pathlib import Path

from services.definition import FOLDER, service_environment
from services.java import find_java
from services.settings import StackSettings


def run(*command, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(part) for part in command], env={"PATH": os.environ["PATH"], **environment},
        capture_output=True, text=True,
    )  # fmt: skip


def test_spark_gets_the_options_that_it_would_give_itself():
    """But for the module that a small runtime lacks: as Spark's own launcher composes them."""
    spark = Path(service_environment(StackSettings())["SPARK_HOME"])
    done = run(
        find_java(), "-cp", f"{spark}/jars/*", "org.apache.spark.launcher.Main",
        "org.apache.spark.deploy.SparkSubmit", "--class", "X", "spark-internal",
        SPARK_HOME=str(spark), SPARK_SCALA_VERSION="2.13",
    )  # fmt: skip
    theirs = {word for word in done.stdout.split("\0") if word.startswith(("--add-", "-D", "-XX"))}
    assert len(theirs) > 15
    ours = (FOLDER / "spark" / "java.options").read_text().split()
    assert theirs - set(ours) <= {
        "--add-modules=jdk.incubator.vector",
        "-Dderby.connection.requireAuthentication=false",  # Derby's default
    }
