"""Producers that do nothing but send: kafka-python, or librdkafka.

Usage: python -m bench.peers.clients kafka-python|librdkafka FILE BROKER TOPIC
"""

import sys
from pathlib import Path

import msgspec
from confluent_kafka import Producer
from kafka import KafkaProducer

client, file, broker, topic = sys.argv[1:]
records = msgspec.json.decode(Path(file).read_bytes(), type=list[msgspec.Raw])
if client == "kafka-python":
    producer = KafkaProducer(
        bootstrap_servers=broker,
        acks="all",
        compression_type="lz4",
        batch_size=1 << 20,
        linger_ms=50,
        max_request_size=64 << 20,
    )
    for record in records:
        producer.send(topic, bytes(record))
    producer.flush()
    producer.close()
else:
    producer = Producer(
        {
            "bootstrap.servers": broker,
            "acks": "all",
            "compression.type": "lz4",
            "batch.size": 1 << 20,
            "linger.ms": 50,
            "queue.buffering.max.messages": len(records),
            "queue.buffering.max.kbytes": 2_000_000,
        }
    )
    for record in records:
        producer.produce(topic, bytes(record))
    producer.flush()
