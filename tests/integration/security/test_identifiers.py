"""Names from outside become neither SQL, nor a path, nor a place that others write to."""

import os

import pytest

from ingest.errors import IngestError
from ingest.settings import Settings, load_settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KAFKA_TOPIC", "a'; drop table x; --"),
        ("KAFKA_TOPIC", ".."),
        ("KAFKA_TOPIC", ".staging"),
        ("KAFKA_TOPIC", "a/b"),
        ("KAFKA_TOPIC", "a\n"),
        ("KAFKA_TOPIC", ""),
        ("RAW_TABLE", "raw.a location '/'"),
        ("RAW_TABLE", "raw.a`b"),
        ("RAW_TABLE", "assess"),
        ("RAW_PATH", "/data/../other"),
        ("RAW_PATH", "/data/raw/"),
        ("RAW_PATH", "/data' x"),
        ("RAW_PATH", "hdfs://elsewhere/data"),
    ],
)
def test_a_name_that_could_be_more_than_a_name_is_refused(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(IngestError, match=f"wrong environment variable: {variable}: "):
        load_settings(Settings)


def test_a_message_about_spark_names_no_token(monkeypatch):
    monkeypatch.setenv("SPARK_REMOTE", "sc://localhost:15002/;token=secret;x=y")
    assert load_settings(Settings).spark_address == "sc://localhost:15002"


def test_any_file_name_is_published(pipeline, tmp_path):
    path = tmp_path / os.fsdecode(b"a'; drop table \xff\"`$(x).json")
    path.write_bytes(b'[{"user_exam_id": "a"}]')
    pipeline.ingest("run", path)
    name = "a'; drop table \ufffd\"`$(x).json"
    assert pipeline.query("select source, record from {raw}") == [(name, 0)]
    assert name in pipeline.ingest("status", "--json").stdout.replace('\\"', '"')


@pytest.mark.parametrize("token", [None, "another"])
def test_spark_connect_wants_its_token(pipeline, sample, tmp_path, token):
    pipeline.ingest("produce", sample)
    wrong = {"LOCAL_DIR": str(tmp_path)} | (
        {"SPARK_CONNECT_AUTHENTICATE_TOKEN": token} if token else {}
    )
    done = pipeline.ingest("land", check=False, **wrong)
    assert done.returncode == 1
    assert "wants another token" in done.stderr
    assert done.stderr.count("\n") == 1
