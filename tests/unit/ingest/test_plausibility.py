"""Files that are clearly the wrong ones are refused, and files with some broken lines are not."""

import gzip
import json
from pathlib import Path

import pytest

from cli.errors import UserError
from ingest.plausibility import check_plausible
from ingest.records import open_records
from tests.support.splitting import DEEP

INPUTS = Path(__file__).parent / "inputs"
ATTEMPT = {"user_exam_id": "u", "exam_name": "Basalt", "sequences": {"questions": [{"id": "q"}]}}
LINE = json.dumps(ATTEMPT).encode()
OTHER = b'{"answer": {"n": 17}, "texts": ["a"]}'
PRETTY = json.dumps(ATTEMPT, indent=2).encode()


def refusal(path: Path, content: bytes | None = None) -> str | None:
    if content is not None:
        path.write_bytes(content)
    try:
        with open_records(path) as file:
            check_plausible(file)
    except UserError as error:
        said = str(error)
        assert said.startswith(f"{path} ")
        assert said.isprintable()
        assert "nothing was sent" in said or "convert it first" in said
        return said.removeprefix(f"{path} ")
    return None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pretty-stream-tags.json", "looks like several JSON objects, not one on each line"),
        ("csv.csv", "looks like CSV): 1 of its 4 lines is JSON"),
        ("keen-result.json", "in its field result: publish only the array in this field"),
    ],
)
def test_files_of_bug_reports_are_refused(name, says):
    assert says in refusal(INPUTS / name)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b" \n\n", "none of its 0 lines is JSON"),
        (b"plain\ntext\n", "neither a JSON array nor JSON Lines: none of its 2 lines is JSON"),
        (b"plain\ntext\n" + LINE, "1 of its 3 lines is JSON"),
        (b"plain\n" * 3 + LINE + b"\n" + LINE, "2 of its 5 lines are JSON"),
        (PRETTY, "one JSON value over several lines"),
        (PRETTY + b"\n" + PRETTY, "several JSON objects, not one on each line"),
        (PRETTY + PRETTY, "several JSON objects, not one on each line"),
        (LINE + LINE + b"\n", "several JSON objects, not one on each line"),
        (LINE + b"\r" + LINE + b"\r", "several JSON objects, not one on each line"),
        (b"[" + LINE + b"][" + LINE + b"]", "several arrays must become one"),
        (b"[" + LINE + b"]\n[" + LINE + b"]\n", "several arrays must become one"),
        (LINE + b",\n" + LINE + b",\n" + LINE, "has lines that end with a comma"),
        (LINE + b",\n" + LINE, "has lines that end with a comma"),
        (LINE + b",", "has lines that end with a comma"),
        (LINE + b", \r\n" + LINE + b",\r\n", "has lines that end with a comma"),
        (b"1\n2\n", "holds no JSON object, so no record is an attempt (the first is 1)"),
        (b'"a"\n"b"\n', 'holds no JSON object, so no record is an attempt (the first is "a")'),
        (b"null", "holds no JSON object"),
        (b'"a"\nnot json\n"b"', "holds no JSON object"),
        (b"[1, 2]", "holds no JSON object"),
        (b"[[" + LINE + b"]]", "holds no JSON object"),
        (b'{"result": []}', "in its field result"),
        (b'{"took": 3, "hits": [' + LINE + b"]}", "in its field hits"),
        (b'{"a": [{}]}\n{"a": [{}]}', "in its field a"),
        (b'[{"page": 1, "rows": [{}]}, {"page": 2, "rows": [{}]}]', "in its field rows"),
        (b'{\n"result":\n[\n' + LINE + b"\n]\n}\n", "in its field result"),
        (b'{"\\n\\u001b": [{}]}'.replace(b"\\n\\u001b", b"x" * 900), f"field {'x' * 50}:"),
        (b"<!DOCTYPE html>\n<html></html>", "(it looks like HTML)"),
        (b"<html>", "(it looks like HTML)"),
        (b'<?xml version="1.0"?>\n<a>\n1\n</a>', "(it looks like XML)"),
        (b"PK\x03\x04\x14\x00\n\x00", "a zip archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Office document"),
        (b"%PDF-1.7\n1 0 obj\n", "a PDF"),
        (b"PAR1\x15\x04\x15", "a Parquet file"),
        (b"Obj\x01\x04\x14avro", "an Avro file"),
        (b"ORC\x0a\x03", "an ORC file"),
        (b"SQLite format 3\x00\x10", "an SQLite database"),
        (b"\x28\xb5\x2f\xfd\x24", "a zstd archive"),
        (b"\xfd7zXZ\x00\x00", "an xz archive"),
        (b"BZh91AY", "a bzip2 archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"a;b\n1;2\n", "(it looks like CSV)"),
        (b"a\tb\n1\t2\n", "(it looks like CSV)"),
        (b"a|b\n1|2\n", "(it looks like CSV)"),
        (b"Dear all,\nplease find enclosed\n", "JSON Lines: none of its 2 lines is JSON"),
        (("[" + LINE.decode() + "]").encode("utf-16"), "UTF-16"),
        (LINE.decode().encode("utf-16-le"), "UTF-16"),
        (b"\xfe\xff" + LINE.decode().encode("utf-16-be"), "UTF-16"),
        (LINE.decode().encode("utf-32"), "UTF-16 or UTF-32"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_other_files_that_are_not_meant_are_refused(tmp_path, content, says, packed):
    assert says in refusal(tmp_path / "a", gzip.compress(content) if packed else content)


@pytest.mark.parametrize(
    "content",
    [
        LINE,
        OTHER,
        b"{}",
        b"\xef\xbb\xbf  " + LINE + b"  \n",
        LINE + b"\nnot json\n",  # half
        pytest.param(DEEP + b"\n" + LINE, id="deep"),
        LINE + b"\n" + LINE + b"\n" + LINE[:-9],  # cut off
        LINE + b"\n" + LINE + b"\n1\n" + LINE + b",\n",
        b'{"a": [{}]}\n' + LINE,
        b'{"keen_id": "k", "list": [{}]}',
        b'{"list": [], "name": "a"}',
        b"[]",
        b" [ ] ",
        b"[" + LINE + b"]",
        b"[1, " + LINE + b"]",
        json.dumps([ATTEMPT], indent=2).encode(),
    ],
)
def test_files_of_mostly_json_are_published(tmp_path, content):
    assert refusal(tmp_path / "a", content) is None
