"""Names from outside become neither SQL, nor a path, nor a place that others write to."""

import json
import os


def test_any_file_name_is_published(pipeline, tmp_path):
    path = tmp_path / os.fsdecode(b"a'; drop table \xff\"`$(x).json")
    path.write_bytes(b'[{"user_exam_id": "a"}]')
    pipeline.ingest("run", path)
    name = "a'; drop table \ufffd\"`$(x).json"
    assert pipeline.query("select source_file, source_position from {raw}") == [(name, 0)]
    (file,) = json.loads(pipeline.ingest("status", "--json").stdout)["published"]
    assert file["source"] == name
