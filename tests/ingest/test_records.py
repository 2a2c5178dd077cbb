"""The splitter: records out are the bytes in, or one clear refusal."""

import gzip
import json
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import IngestError
from ingest.records import message_key, open_records

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
spaces = st.text(alphabet=" \t\r\n", max_size=3).map(str.encode)


def split(path, first: int = 0) -> list[bytes]:
    with open_records(path) as file:
        return [bytes(record) for record in file.records(first)]


@st.composite
def arrays(draw):
    records = [
        json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "replace")
        for value in draw(st.lists(values, max_size=6))
    ]
    parts = [draw(spaces) + record + draw(spaces) for record in records]
    return draw(spaces) + b"[" + (b",".join(parts) or draw(spaces)) + b"]" + draw(spaces), records


@given(arrays())
def test_the_records_of_an_array_are_its_exact_bytes(tmp_path_factory, case):
    content, records = case
    path = tmp_path_factory.mktemp("array") / "a.json"
    path.write_bytes(content)
    try:
        found = split(path)
    except IngestError:
        # The only valid JSON that is refused: half of a surrogate pair is no character.
        assert b"\\ud" in content.lower()
    else:
        assert found == records


@given(st.binary(max_size=60), st.sampled_from([b"", b"[", b'[{"a":', b'{"a": 1}\n']))
def test_any_bytes_are_split_without_loss_or_refused(tmp_path_factory, content, start):
    path = tmp_path_factory.mktemp("any") / "a.json"
    content = start + content
    path.write_bytes(content)
    try:
        found = split(path)
    except IngestError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error).replace(str(path), "")
        return
    if content.lstrip(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(b"["):
        assert [json.loads(record) for record in found] == json.loads(content.decode("utf-8-sig"))
    else:
        lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        assert found == [
            line.removesuffix(b"\r") for line in lines if line.removesuffix(b"\r").strip(b" \t\r\n")
        ]


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_records_from_a_position_on(tmp_path, first):
    array, lines = tmp_path / "a.json", tmp_path / "a.jsonl"
    array.write_bytes(b'[1, "b", {}]')
    lines.write_bytes(b'1\n"b"\n{}')
    assert split(array, first) == split(lines, first) == [b"1", b'"b"', b"{}"][first:]


def test_what_is_said_of_a_file(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\nnot json\n{"b": [1, 2]}\n')
    with open_records(path) as file:
        assert (file.count, file.largest, file.not_json, file.not_json_count) == (
            3,
            (2, 13),
            [1],
            1,
        )
        assert file.size == path.stat().st_size


def test_gzip_is_told_by_its_content_and_has_the_sha256_of_what_it_holds(tmp_path):
    plain, packed = tmp_path / "a.json", tmp_path / "a"
    plain.write_bytes(b"[1]")
    packed.write_bytes(gzip.compress(b"[1]"))
    with open_records(plain) as one, open_records(packed) as other:
        assert one.sha256 == other.sha256
        assert [bytes(r) for r in other.records()] == [b"1"]


def test_a_fifo_is_read(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(b"[1, 2]"))
    writer.start()
    assert split(path) == [b"1", b"2"]
    writer.join()


def test_a_byte_order_mark_is_no_part_of_a_record(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf[1]")
    assert split(path) == [b"1"]
    path.write_bytes(b"\xef\xbb\xbf{}\n{}")
    assert split(path) == [b"{}", b"{}"]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"[1, 2]")
    with open_records(path) as file:
        file.check_unchanged()
        path.write_bytes(b"[3, 4]")
        with pytest.raises(IngestError, match="changed while it was read"):
            file.check_unchanged()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n", "none of its 0 lines is JSON"),
        (b'[{"a": 1}', "byte 9"),
        (b"[1] 2", "trailing characters"),
        (b"[NaN]", "byte 1"),
        (b"[" * 100_000, "nested too deeply"),
        ("[1]".encode("utf-16"), "UTF-16"),
        ("[1]".encode("utf-16-le"), "UTF-16"),
        (b"a\nb\n", "none of its 2 lines is JSON"),
        (gzip.compress(b"[1]")[:-4], "cut off"),
        (b"\x1f\x8bnonsense", "damaged or cut off"),
    ],
)
def test_refusals_say_what_is_wrong(tmp_path, content, says):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(IngestError) as refused:
        split(path)
    assert says in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (b'{"user_exam_id": "x-1", "b": 2}', b"x-1"),
        ('{"user_exam_id": "é"}'.encode(), "é".encode()),
        (b'{"user_exam_id": null}', None),
        (b'{"user_exam_id": 7}', None),
        (b'{"other": 1}', None),
        (b'["user_exam_id"]', None),
        (b"not json", None),
    ],
)
def test_the_key_is_the_user_exam_id(record, key):
    assert message_key(record) == key
