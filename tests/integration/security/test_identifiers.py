"""Names from outside become neither SQL, nor a path, nor a place that others write to."""

import json
import os

import pytest


def test_any_file_name_is_published(pipeline, tmp_path):
    path = tmp_path / os.fsdecode(b"a'; drop table \xff\"`$(x).json")
    path.write_bytes(b'[{"user_exam_id": "a"}]')
    pipeline.ingest("run", path)
    name = "a'; drop table \ufffd\"`$(x).json"
    assert pipeline.query("select source_file, source_position from {raw}") == [(name, 0)]
    (file,) = json.loads(pipeline.ingest("status", "--json").stdout)["published"]
    assert file["source"] == name


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
