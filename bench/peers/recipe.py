"""The published recipe: Kafka to a cached RDD of parsed JSON, eight queries, Parquet.

A classic Spark session, since Spark Connect has no RDDs. It is started before any time is taken;
each line on standard input then asks for one run, whose seconds are printed.

Usage: python -m bench.peers.recipe BROKER TOPIC PATH EXAM TASKS
"""

import json
import os
import shlex
import sys
import tempfile
import time
from pathlib import Path

import pyspark
from pyspark.sql import Row, SparkSession
from pyspark.sql.types import ArrayType, BooleanType, MapType, StringType, StructField, StructType

from services.java import find_java

TEXTS = ["keen_timestamp", "max_attempts", "started_at", "base_exam_id", "user_exam_id"]
MORE_TEXTS = ["keen_created_at", "certification", "keen_id", "exam_name"]
# What Spark made of it when the recipe was written; today it infers nothing for `sequences`.
SEQUENCES = MapType(StringType(), ArrayType(MapType(StringType(), BooleanType())))
SCHEMA = StructType(
    [
        *(StructField(name, StringType()) for name in TEXTS),
        StructField("sequences", SEQUENCES),
        *(StructField(name, StringType()) for name in MORE_TEXTS),
    ]
)
QUERIES = [
    "select count(*) from assessments",
    "select count(*) from "
    "(select user_exam_id from assessments group by user_exam_id having count(*) = 1)",
    "select user_exam_id, count(*) from assessments group by user_exam_id having count(*) > 1",
    "select distinct topic from messages",
    "select count(distinct user_exam_id), count(*) from assessments where exam_name = '{exam}'",
    "select exam_name, count(*) as n from assessments group by exam_name order by n",
    "select count(*) from assessments where base_exam_id = 'example-id'",
    "select hour(to_timestamp(started_at)) as hour, count(*) as n from assessments "
    "group by hour order by n desc",
]


def java_home(folder: str) -> str:
    """What Spark's own scripts take for JAVA_HOME: our Java, without a module that it lacks."""
    java = Path(folder, "bin", "java")
    java.parent.mkdir()
    java.write_text(
        "#!/bin/sh\n"
        "for word; do shift\n"
        '[ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"; done\n'
        f'exec {shlex.quote(find_java())} "$@"\n'
    )
    java.chmod(0o755)
    return folder


def session(memory: str) -> SparkSession:
    jars = str(Path(os.environ["JARS_DIR"]) / "spark" / "*")
    os.environ.pop("SPARK_CONF_DIR", None)  # the server's: Thrift, Connect, Delta
    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    return (
        SparkSession.builder.master("local[*]")
        .config("spark.driver.memory", memory)
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.extraClassPath", jars)
        .config("spark.driver.extraJavaOptions", "-XX:+UseParallelGC")
        .config("spark.hadoop.fs.defaultFS", f"hdfs://localhost:{os.environ['HDFS_PORT']}")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", 8)
        .config("spark.sql.parquet.compression.codec", "zstd")
        .config("spark.ui.enabled", False)
        .config("spark.ui.showConsoleProgress", False)
        .getOrCreate()
    )


def recipe(spark: SparkSession, broker: str, topic: str, path: str, exam: str, tasks: str) -> list:
    messages = (
        spark.read.format("kafka")
        .option("kafka.bootstrap.servers", broker)
        .option("subscribe", topic)
        .option("startingOffsets", "earliest")
        .option("endingOffsets", "latest")
        .option("minPartitions", tasks)
        .load()
    )
    messages.cache()
    messages.createOrReplaceTempView("messages")
    texts = messages.selectExpr("cast(value as string) as value")
    rows = texts.rdd.map(lambda x: Row(**json.loads(x.value)))
    # Of `sequences`, what is no such map comes out as null: so it did then.
    assessments = spark.createDataFrame(rows, SCHEMA, verifySchema=False)
    assessments.createOrReplaceTempView("assessments")
    answers = [spark.sql(query.format(exam=exam)).collect() for query in QUERIES]
    assessments.write.mode("overwrite").parquet(path)
    messages.unpersist(blocking=True)
    return answers


def main(broker: str, topic: str, path: str, exam: str, tasks: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAVA_HOME"] = java_home(folder)
        spark = session(os.environ["SPARK_MEMORY"])
    spark.sparkContext.setLogLevel("ERROR")
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        answers = recipe(spark, broker, topic, path, exam, tasks)
        elapsed = time.perf_counter() - started
        print(json.dumps({"seconds": elapsed, "records": answers[0][0][0]}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
