"""Values of the configuration files without which each service starts, too."""

import re

import pytest

from services.definition import FOLDER


@pytest.mark.parametrize(
    ("file", "name", "value"),
    [
        ("hdfs/hdfs-site.xml", "dfs.client.use.datanode.hostname", "true"),
        ("kafka/server.properties", "offsets.topic.replication.factor", "1"),
        ("kafka/server.properties", "share.coordinator.state.topic.replication.factor", "1"),
        ("kafka/server.properties", "share.coordinator.state.topic.min.isr", "1"),
        ("spark/hive-site.xml", "hive.stats.autogather", "false"),
        ("spark/java.options", "-XX:CompileThresholdScaling", "5"),
    ],
)
def test_a_configuration_file_sets_what_a_service_would_start_without(file, name, value):
    pattern = r"<name>(.*)</name>\s*<value>(.*)</value>" if ".xml" in file else r"^(\S+)=(\S+)$"
    told = dict(re.findall(pattern, (FOLDER / file).read_text(), re.MULTILINE))
    assert told[name] == value
