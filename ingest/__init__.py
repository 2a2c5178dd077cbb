"""Move assessment attempts, as JSON, through Kafka into the raw table on HDFS."""
