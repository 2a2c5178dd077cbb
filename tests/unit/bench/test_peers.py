"""The programs that ours is compared with do all that their rows say."""

import os
import shlex
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import duckdb
import pyspark

from bench.measure import Run
from bench.peers import models, recipe
from bench.rows import ROWS, one_more_load, produce
from sample.generator import write_sample


def test_kcat_waits_for_all_replicas_as_its_row_says():
    said, does = shlex.split(ROWS["produce"].peer), shlex.split(produce.KCAT)
    assert "acks=all" in said
    start = does.index("jq")
    assert [word for word in does[start:] if word in said] == said


def test_the_recipe_has_every_core_and_as_much_memory_as_the_server(monkeypatch):
    variables = {"SPARK_MEMORY": "3g", "JARS_DIR": "/jars", "HDFS_PORT": "9000"}
    given = {"SPARK_CONF_DIR": "of the server", "SPARK_HOME": "", "JAVA_HOME": ""}
    for name, value in {**variables, **given}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(recipe, "SparkSession", session := MagicMock())
    monkeypatch.setattr(recipe, "find_java", lambda: "/bin/java")
    run = recipe.prepare("broker", "topic", "/path")
    session.builder.master.assert_called_once_with("local[*]")
    started = session.builder.master.return_value.config
    assert started.call_args.kwargs["map"]["spark.driver.memory"] == "3g"
    assert run.args[0] is started.return_value.getOrCreate.return_value
    assert "SPARK_CONF_DIR" not in os.environ
    assert os.environ["SPARK_HOME"] == str(Path(pyspark.__file__).parent)


def test_duckdb_has_a_thread_for_each_core(tmp_path, monkeypatch):
    write_sample(tmp_path / "sample.json", attempts=9)
    with duckdb.connect() as database:
        monkeypatch.setattr(models.duckdb, "connect", lambda: database)
        monkeypatch.setattr(os, "cpu_count", lambda: 3)
        models.main(str(tmp_path / "sample.json"), tmp_path / "tables")
        assert database.execute("select current_setting('threads')").fetchone() == (3,)
    assert (tmp_path / "tables" / "item_analysis.parquet").exists()


def test_one_more_load_is_ours_on_the_long_history(tmp_path, monkeypatch):
    histories = {"long": [], "short": []}
    pipelines = (SimpleNamespace(environment={"NAME": name}) for name in histories)
    monkeypatch.setattr(one_more_load, "new_pipeline", lambda _: nullcontext(next(pipelines)))

    def file(copies, first):
        (path := tmp_path / f"{first}-{copies}.json").touch()
        return path

    def timed(command, environment, servers):
        [path] = tmp_path.iterdir()
        assert str(path) in command[-1]
        histories[environment["NAME"]].append(path.stem)
        return Run(len(histories[environment["NAME"]]))

    def pairs(row, ours, peer):
        return row, ours(), [*histories["short"]], peer()

    monkeypatch.setattr(one_more_load, "timed", timed)
    context = SimpleNamespace(copies=100, file=file, pairs=pairs, sandbox=None, spark=())
    [(row, ours, before_the_peer, peer)] = one_more_load.measure(context)
    assert row == "one-more-load"
    assert ours == peer == Run(3)
    assert histories == {
        "long": ["0-100", "101-1", "103-1"],
        "short": ["100-1", "102-1", "104-1"],
    }
    assert before_the_peer == ["100-1", "102-1"]
