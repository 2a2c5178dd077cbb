"""The local services: Kafka, HDFS and Spark on the loopback address, run by supervisor."""
