"""Copy a topic from Kafka to Parquet through Spark Connect, and do nothing else.

Usage: python -m bench.peers.land REMOTE BROKER TOPIC PATH TASKS
"""

import sys

from pyspark.sql import SparkSession

remote, broker, topic, path, tasks = sys.argv[1:]
spark = SparkSession.builder.remote(remote).create()
messages = (
    spark.read.format("kafka")
    .option("kafka.bootstrap.servers", broker)
    .option("subscribe", topic)
    .option("minPartitions", tasks)
    .load()
)
messages.write.parquet(path, compression="zstd")
spark.stop()
