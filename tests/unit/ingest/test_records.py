"""The splitter: records out are the bytes in, or one clear refusal."""

import gzip
import hashlib
import json
import os
import resource
import signal
import tempfile
import threading
from contextlib import contextmanager
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.errors import UserError
from ingest import private_copy, records
from ingest.records import message_key, open_records
from tests.support.documented_settings import documented
from tests.support.splitting import DEEP, check, split

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
spaces = st.text(alphabet=" \t\r\n", max_size=3).map(str.encode)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """One file for all examples: a new folder each would cost more than the splitting."""
    return tmp_path_factory.mktemp("examples") / "a.json"


@contextmanager
def window_of(size: int):
    """Let arrays be split in windows of this many bytes."""
    usual, records.WINDOW_BYTES = records.WINDOW_BYTES, size
    try:
        yield
    finally:
        records.WINDOW_BYTES = usual


@st.composite
def arrays(draw):
    records = [
        json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "replace")
        for value in draw(st.lists(values, max_size=6))
    ]
    parts = [draw(spaces) + record + draw(spaces) for record in records]
    return draw(spaces) + b"[" + (b",".join(parts) or draw(spaces)) + b"]" + draw(spaces), records


@st.composite
def alike(draw):
    """An array of objects that begin with the same name, as do others inside of them."""
    inner = st.recursive(
        values | st.sampled_from([',{"a":', '"},{"a":1']),
        lambda value: st.lists(st.fixed_dictionaries({"a": value}), max_size=3),
        max_leaves=6,
    )
    spaced = draw(spaces).decode()
    records = [
        json.dumps({"a": value, "b": draw(values)}, separators=(f",{spaced}", ":")).encode()
        for value in draw(st.lists(inner, max_size=8))
    ]
    return b"[" + (draw(spaces) + b"," + draw(spaces)).join(records) + b"]", records


@given(arrays() | alike(), st.sampled_from([1, 8, 30, 100, records.WINDOW_BYTES]))
def test_the_records_of_an_array_are_its_exact_bytes(path, case, window):
    content, expected = case
    path.write_bytes(content)
    try:
        with window_of(window):
            found = split(path)
    except UserError as error:
        # The only valid JSON that is refused.
        assert "half of a surrogate pair" in str(error)
        assert b"\\ud" in content.lower()
    else:
        assert found == expected


@st.composite
def damaged(draw):
    """A file of an array or of lines, with damage done to it."""
    content, lines = draw(arrays() | alike())
    if draw(st.booleans()):
        content = b"\n".join(lines)
    content = draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + content
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        taken = draw(st.integers(0, 3))
        put = draw(
            st.binary(max_size=2) | st.sampled_from([b"[", b"]", b",", b'"', b"\\", b"\r\n"])
        )
        content = content[:at] + put + content[at + taken :]
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


@given(
    damaged()
    | st.binary(max_size=60)
    | st.builds(bytes.__add__, st.sampled_from([b"[", b'[{"a":', b'{"a": 1}\n']), st.binary()),
    st.sampled_from([1, 8, 30, records.WINDOW_BYTES]),
)
def test_any_bytes_are_split_without_loss_or_refused(path, content, window):
    with window_of(window):
        check(path, content)


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
        assert (file.count, file.largest) == (3, 13)
        assert (file.not_json, file.not_json_count) == ([1], 1)
        assert file.size == path.stat().st_size


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"1", [b"1"]),
        (b"1\n", [b"1"]),
        (b"1\n2", [b"1", b"2"]),
        (b"\n1\n", [b"1"]),
        (b"\n\n1\n\n\n2\n\n", [b"1", b"2"]),
        (b"1\r\n2\r\n", [b"1", b"2"]),
        (b"1\r\n2\r", [b"1", b"2"]),
        (b"\r\n1\r\n\r\n", [b"1"]),
        (b"1\r\r\n2", [b"1\r", b"2"]),
        (b"1\r2\n3", [b"1\r2", b"3"]),
        (b" 1 \t\n \t\r\n\t2", [b" 1 \t", b"\t2"]),
        # White space, but not of JSON.
        (b"1\n\x0b\n\x0c\n\xc2\xa0", [b"1", b"\x0b", b"\x0c", b"\xc2\xa0"]),
        (b"1\n\x0e\n2\x0e\n", [b"1", b"\x0e", b"2\x0e"]),
        (b"\xef\xbb\xbf1\n2", [b"1", b"2"]),
        (b"\xef\xbb\xbf\n1\n", [b"1"]),
    ],
)
def test_lines_go_as_they_stand_without_their_ends(tmp_path, content, expected):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    assert split(path) == expected


@pytest.mark.parametrize("lines", [9, 10, 11, 12])
def test_of_lines_that_are_not_json_the_first_ten_are_named(tmp_path, lines):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n" + b"not json\n" * lines)
    with open_records(path) as file:
        assert file.not_json == list(range(1, min(lines, 10) + 1))
        assert file.not_json_count == lines


def test_a_line_that_is_nested_too_deeply_is_not_json(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n" + DEEP)
    with open_records(path) as file:
        assert (file.not_json, file.objects) == ([1], 1)


@pytest.mark.parametrize("chunk", [*range(1, 13), private_copy.CHUNK])
def test_a_line_that_is_not_utf_8_is_not_json_and_others_are(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(private_copy, "CHUNK", chunk)
    path = tmp_path / "a.jsonl"
    path.write_bytes('"é"\n'.encode() + b'"\xff"\n"\xc3\xa9"\n')
    with open_records(path) as file:
        assert (file.not_json, file.not_json_count, file.not_utf8) == ([1], 1, 6)
    path.write_bytes(b'\x80\n"\xff"\n1\n')  # the very first byte is wrong
    with open_records(path) as file:
        assert (file.not_json, file.not_json_count, file.not_utf8) == ([0, 1], 2, 0)
    path.write_bytes('1\n"é"\n"'.encode() + b"\xc3")  # it ends inside a character
    with open_records(path) as file:
        assert (file.not_json, file.not_json_count, file.not_utf8) == ([2], 1, 8)


def test_gzip_is_told_by_its_content_and_has_the_sha256_of_what_it_holds(tmp_path):
    plain, packed = tmp_path / "a.json", tmp_path / "a"
    plain.write_bytes(b"[1]")
    packed.write_bytes(gzip.compress(b"[1]", mtime=0))
    with open_records(plain) as one, open_records(packed) as other:
        assert one.sha256 == other.sha256
        assert [bytes(r) for r in other.records()] == [b"1"]


@pytest.mark.parametrize(
    "content",
    [
        b"[1, 2]",
        gzip.compress(b"[1, 2]", mtime=0),
        gzip.compress(b"[1, ") + gzip.compress(b"2]"),  # as `cat a.gz b.gz` makes
    ],
    ids=["plain", "packed", "packed in two members"],
)
def test_a_fifo_is_read(tmp_path, content):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(content))
    writer.start()
    assert split(path) == [b"1", b"2"]
    writer.join()


def test_a_byte_order_mark_is_no_part_of_a_record(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf[1]")
    assert split(path) == [b"1"]
    path.write_bytes(b"\xef\xbb\xbf{}\n{}")
    assert split(path) == [b"{}", b"{}"]


@pytest.mark.parametrize(("added", "later"), [(b" ", 0), (b"", 1)])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, added, later):
    """It grows at the same time, or keeps its size and is a nanosecond younger."""
    path = tmp_path / "a.json"
    path.write_bytes(b"[1, 2]")

    def changing(*arguments):
        status = path.stat()
        with path.open("ab") as file:
            file.write(added)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + later))
        return sha256(*arguments)

    monkeypatch.setattr(hashlib, "sha256", changing)
    with pytest.raises(UserError, match="changed while it was read"):
        split(path)


def test_what_happens_to_a_file_once_it_is_open_changes_nothing(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b'"abcdefg",' * 100_000 + b"0]")
    with open_records(path) as file:
        os.truncate(path, 0)  # of a mapped file, that would be a SIGBUS
        assert sum(map(len, file.records())) == 900_001


@pytest.mark.parametrize("folder", [None, "/tmp"])  # noqa: S108
def test_the_copy_is_where_the_page_of_settings_says(tmp_path, monkeypatch, folder):
    monkeypatch.delenv("TMPDIR", raising=False)
    if folder:
        monkeypatch.setenv("TMPDIR", folder)
    folders, make = [], tempfile.TemporaryFile

    def recorded(dir: str):
        folders.append(dir)
        return make(dir=tmp_path)

    monkeypatch.setattr(tempfile, "TemporaryFile", recorded)
    path = tmp_path / "a.json"
    path.write_bytes(b"[1]")
    assert split(path) == [b"1"]
    assert folders == [folder or documented()["TMPDIR"]]


def test_no_room_for_the_copy_is_said(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_bytes(b"[1]")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "none"))
    with pytest.raises(UserError, match="set TMPDIR to a folder with room"):
        split(path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2, limits[1]))
        with pytest.raises(UserError, match="File too large"):
            split(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)


def test_what_may_not_be_read_is_said(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"[1]")
    tmp_path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(UserError, match="Permission denied"):
            split(path)
    finally:
        os.seteuid(user)
        tmp_path.chmod(0o700)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="Is a directory"):
        split(tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b'[{"a": 1}', "byte 9"),
        (b"[1] 2", "trailing characters"),
        (b"[NaN]", "byte 1"),
        (b"[" * 100_000, "nested too deeply"),
        ("[1]".encode("utf-16"), "UTF-16"),
        ("[1]".encode("utf-16-le"), "UTF-16"),
        ('[{"a": "é"}]'.encode("latin-1"), "not UTF-8 (byte 8)"),
        (b'[{"a": "\xed\xa0\x80"}]', "not UTF-8 (byte 8)"),
        (b'[{"a": "\x00"}]', "invalid character (byte 8)"),
        (b"[1]\x00", "trailing characters"),
        (
            b'["\\\\", "\\ud83d\\ude00", "\\ud800"]',
            "half of a surrogate pair is no character (byte 24)",
        ),
        (b'["\\udc00"]', "half of a surrogate pair is no character (byte 2)"),
        (b'["\\ud800\\u0041"]', "half of a surrogate pair is no character (byte 2)"),
        (b'["\\\\ud800", "a', "truncated at byte 14, its end"),
        (gzip.compress(b"[1]", mtime=0)[:-4], "cut off"),
        (b"\x1f\x8bnonsense", "damaged or cut off"),
    ],
)
def test_refusals_say_what_is_wrong(tmp_path, content, says):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        split(path)
    assert says in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (b'{"user_exam_id": "x-1", "b": 2}', b"x-1"),
        ('{"user_exam_id": "é"}'.encode(), "é".encode()),
        (b'{"user_exam_id": "\xff"}', None),  # staging rejects the record
        (b'{"user_exam_id": null}', None),
        (b'{"user_exam_id": 7}', None),
        (b'{"other": 1}', None),
        (b'["user_exam_id"]', None),
        (b"not json", None),
        pytest.param(DEEP, None, id="deep"),
    ],
)
def test_the_key_is_the_user_exam_id(record, key):
    assert message_key(record) == key
