"""The recipe of the course: Kafka to a cached RDD of parsed JSON, eight queries, Parquet.

A classic Spark session, since Spark Connect has no RDDs.
"""

import json
import os
import shlex
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyspark
from pyspark.sql import Row, SparkSession

from services.java import find_java

# The type of `sequences` that Spark inferred when the recipe was written; today it infers none.
SCHEMA = """keen_timestamp string, max_attempts string, started_at string, base_exam_id string,
    user_exam_id string, sequences map<string, array<map<string, boolean>>>,
    keen_created_at string, certification string, keen_id string, exam_name string"""
QUERIES = [
    "select count(*) from assessments",
    "select count(*) from "
    "(select user_exam_id from assessments group by user_exam_id having count(*) = 1)",
    "select user_exam_id, count(*) from assessments group by user_exam_id having count(*) > 1",
    "select distinct topic from messages",
    "select count(distinct user_exam_id), count(*) from assessments "
    "where exam_name = 'Learning Git'",
    "select exam_name, count(*) as n from assessments group by exam_name order by n",
    "select count(*) from assessments where base_exam_id = 'example-id'",
    "select hour(to_timestamp(started_at)) as hour, count(*) as n from assessments "
    "group by hour order by n desc",
]


def java_home(folder: str) -> str:
    """A JAVA_HOME for Spark's own scripts: our Java, started without a module that it lacks."""
    java = Path(folder, "bin", "java")
    java.parent.mkdir()
    java.write_text(
        "#!/bin/sh\n"
        "for word; do shift\n"
        '[ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"; done\n'
        f'exec {shlex.quote(find_java())} "$@"\n',
        encoding="utf-8",
    )
    java.chmod(0o755)
    return folder


def prepare(broker: str, topic: str, path: str) -> Callable[[], int]:
    """Start a session on all cores, with the services' jars and memory; return the recipe."""
    os.environ.pop("SPARK_CONF_DIR", None)  # the server's configuration: Thrift, Connect, Delta
    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    options: dict[str, Any] = {
        "spark.driver.memory": os.environ["SPARK_MEMORY"],
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraClassPath": str(Path(os.environ["JARS_DIR"]) / "spark" / "*"),
        "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
        "spark.hadoop.fs.defaultFS": f"hdfs://localhost:{os.environ['HDFS_PORT']}",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": 8,
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.ui.enabled": False,
        "spark.ui.showConsoleProgress": False,
    }
    with tempfile.TemporaryDirectory() as folder:  # Spark reads it when the session starts
        os.environ["JAVA_HOME"] = java_home(folder)
        spark = SparkSession.builder.master("local[*]").config(map=options).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return partial(recipe, spark, broker, topic, path)


def recipe(spark: SparkSession, broker: str, topic: str, path: str) -> int:
    """Read the topic, run the eight queries, write Parquet; return the first answer."""
    messages = (
        spark.read.format("kafka")
        .option("kafka.bootstrap.servers", broker)
        .option("subscribe", topic)
        .option("startingOffsets", "earliest")
        .option("endingOffsets", "latest")
        .load()
    )
    messages.cache()
    messages.createOrReplaceTempView("messages")
    texts = messages.selectExpr("cast(value as string) as value")
    rows = texts.rdd.map(lambda x: Row(**json.loads(x.value)))
    # A value of `sequences` that is no such map becomes null, as it did with the inferred type.
    assessments = spark.createDataFrame(rows, SCHEMA, verifySchema=False)
    assessments.createOrReplaceTempView("assessments")
    answers = [spark.sql(query).collect() for query in QUERIES]
    assessments.write.mode("overwrite").parquet(path)
    messages.unpersist(blocking=True)
    return answers[0][0][0]
