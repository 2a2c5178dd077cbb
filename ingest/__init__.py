"""Move assessment attempts, as JSON, through Kafka into the raw table on HDFS."""

__version__ = "0.1.0"
