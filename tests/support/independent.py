"""What is on the topic and in the raw table, told by clients that are not the project's own."""

from uuid import UUID

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import requests
from confluent_kafka import Consumer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from fsspec.implementations.webhdfs import WebHDFS
from tenacity import retry, stop_after_attempt, wait_fixed


def slices(path) -> list[bytes]:
    """The records of a JSON array as they stand in the file."""
    return [bytes(r) for r in msgspec.json.decode(path.read_bytes(), type=list[msgspec.Raw])]


def reader(pipeline) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": pipeline.sandbox.broker,
            "group.id": "independent",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
    )


def ends(pipeline) -> dict[int, int]:
    """By partition: the offset that Kafka gives next."""
    consumer = reader(pipeline)
    topic = consumer.list_topics(pipeline.name, timeout=20).topics[pipeline.name]
    found = {
        p: consumer.get_watermark_offsets(TopicPartition(pipeline.name, p), timeout=20)[1]
        for p in topic.partitions
    }
    consumer.close()
    return found


def topic_id(pipeline) -> str:
    """Kafka's own id of the topic, as a UUID."""
    admin = AdminClient({"bootstrap.servers": pipeline.sandbox.broker})
    found = admin.describe_topics(TopicCollection([pipeline.name]))[pipeline.name].result().topic_id
    halves = (found.get_most_significant_bits(), found.get_least_significant_bits())
    return str(UUID("".join(f"{half & (1 << 64) - 1:016x}" for half in halves)))


def committed(pipeline, topic=None) -> list:
    """Every committed message, read by librdkafka."""
    consumer = reader(pipeline)
    topic = topic or pipeline.name
    partitions = list(consumer.list_topics(topic, timeout=20).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
    messages, ended = [], 0
    while ended < len(partitions):
        message = consumer.poll(20)
        assert message is not None, "Kafka does not answer"
        if message.error():
            ended += 1
        else:
            messages.append(message)
    consumer.close()
    return messages


def load_folders(pipeline) -> list[str]:
    """The folders of committed loads, as HDFS lists them."""
    fs, table = pipeline.sandbox.hdfs, pipeline.raw_path
    return sorted(fs.ls(table, detail=False)) if fs.exists(table) else []


def landed(pipeline, folders=None) -> list[dict]:
    """The rows of all Parquet files in these folders (all that HDFS lists), read by pyarrow."""
    fs, rows = pipeline.sandbox.hdfs, []
    for folder in load_folders(pipeline) if folders is None else folders:
        for name in fs.ls(folder, detail=False):
            if name.endswith(".parquet"):
                rows += pq.ParquetFile(pa.BufferReader(read(fs, name))).read().to_pylist()
    return rows


def loads(pipeline) -> list[dict]:
    """The rows of the raw table with their load_id, which is in the name of the folder."""
    return [
        {**row, "load_id": int(folder.rpartition("load_id=")[2])}
        for folder in load_folders(pipeline)
        for row in landed(pipeline, [folder])
    ]


# A DataNode notices only by an error that its NameNode was started again.
@retry(stop=stop_after_attempt(5), wait=wait_fixed(0.5), reraise=True)
def read(fs: WebHDFS, path: str) -> bytes:
    answer = requests.get(fs.url + path, params={"op": "OPEN", **fs.pars}, timeout=20)
    answer.raise_for_status()
    return answer.content
