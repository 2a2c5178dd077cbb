"""An array is split a window at a time: what is parsed at once, and that no record shows it."""

import msgspec
import pytest

from cli.errors import UserError
from ingest import records
from ingest.produce import ENVELOPE_BYTES, _largest_message
from tests.support.splitting import split


@pytest.fixture
def parse(tmp_path, monkeypatch):
    """Splits content in windows of some bytes: (its records, sizes of what was parsed at once)."""
    path, as_array = tmp_path / "a.json", records._as_array

    def run(content: bytes, window: int) -> tuple[list[bytes], list[int]]:
        sizes = []

        def measured(part):
            found = as_array(part)  # which raises where a window does not end between records
            sizes.append(len(part))
            return found

        monkeypatch.setattr(records, "_as_array", measured)
        monkeypatch.setattr(records, "WINDOW_BYTES", window)
        path.write_bytes(content)
        with records.open_records(path) as file:
            sizes.clear()  # it has been split once, to be checked
            return [bytes(record) for record in file.records()], sizes

    return run


def array(count: int) -> tuple[bytes, list[bytes]]:
    """An array of records of nine bytes, eleven with what is between them."""
    expected = [b'{"a": %d}' % number for number in range(10, 10 + count)]
    return b"[" + b", ".join(expected) + b"]", expected


@pytest.mark.parametrize(
    ("count", "window", "sizes"),
    [
        # A window of 100 bytes holds eight records and the beginning of the ninth, at byte 88.
        (50, 100, [88] * 6 + [22]),
        (50, 92, [77] * 6 + [88]),
        (50, 93, [88] * 6 + [22]),
        # What is left is as large as a window, or one byte larger.
        (50, 549, [550]),
        (50, 548, [539, 11]),
        (51, 285, [275, 286]),
        (51, 284, [275, 275, 11]),
        # Nothing fits: as a whole.
        (50, 10, [550]),
        (50, 1, [550]),
        (50, 10_000, [550]),
    ],
)
def test_no_more_than_a_window_is_parsed_at_once(parse, count, window, sizes):
    content, expected = array(count)
    assert parse(content, window) == (expected, sizes)


def test_what_fits_no_window_is_split_with_all_that_comes_after_it(parse):
    content, expected = array(20)
    large = b'{"a": "%s"}' % (b"x" * 200)
    content = content[:-1] + b", " + large + b", " + content[1:]
    found, sizes = parse(content, 100)
    assert found == [*expected, large, *expected]
    assert sizes == [88, 88, 44, len(content)]


@pytest.mark.parametrize(("inside", "sizes"), [(7, [11]), (8, [])])
def test_eight_places_that_look_like_a_beginning_are_tried(parse, inside, sizes):
    first = b'{"a": 10}'
    second = b'{"a": [%s]}' % b",".join([b'{"a":1}'] * inside + [b"%s" % (b"1" * 200)])
    content = b"[" + first + b"," + second + b"]"
    found, parsed = parse(content, 100)
    assert found == [first, second]
    assert parsed == [*sizes, len(content)]


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [
        (b"[", b",", b"]"),
        (b"\xef\xbb\xbf [", b" ,\n", b" ]\n"),
        (b" \t\r\n[\r\n  ", b"\r\n,\t", b"\n]  "),
        (b"[ ", b" , ", b" ] "),
    ],
)
@pytest.mark.parametrize(
    "expected",
    [
        [b'{"a":1}', b'{"a":[{"a":2},{"a":3}]}', b'{"a":",{\\"a\\":"}', b'{"a":4}', b'{"b":5}'],
        [b'{ "a" : 1 }', b'{ "a" : {"a" : 2} }', b"[]", b"null", b'{ "a" : 3 }', b'"{ \\"a\\" :"'],
        [b"{}", b'{"a":1}', b'{"a":2}'],
        [b"1", b'{"a":1}', b'{"a":2}'],
        [b'{"a":1}'],
    ],
)
def test_records_are_the_same_in_windows_of_every_size(parse, before, between, after, expected):
    content = before + between.join(expected) + after
    for window in range(1, len(content) + 3):
        assert parse(content, window)[0] == expected, window


@pytest.mark.parametrize(
    ("broken", "byte"),
    [(b'{"a": 1]', 58), (b'{"a" 1}', 56), (b'{"a": 1}, ', 61), (b'{"a": 1} {"a": 2}', 60)],
)
def test_the_byte_that_is_wrong_is_named_whatever_the_window(tmp_path, monkeypatch, broken, byte):
    path = tmp_path / "a.json"
    sound = b'{"a": 0}, '
    path.write_bytes(b"[" + sound * 5 + broken + (b"," + sound * 5)[:-2] + b"]")
    with pytest.raises(msgspec.DecodeError) as whole:
        msgspec.json.decode(path.read_bytes())
    assert f"byte {byte}" in str(whole.value)
    for window in range(1, 130):
        monkeypatch.setattr(records, "WINDOW_BYTES", window)
        with pytest.raises(UserError, match=f"nothing was sent: .*byte {byte}\\b") as refused:
            split(path)
        assert str(path) in str(refused.value)


def test_of_records_of_one_size_the_first_is_the_largest(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'[1, {"a":1}, {"a":2}, 2]')
    with records.open_records(path) as file:
        assert file.largest == 7
        assert _largest_message(file, ENVELOPE_BYTES + 13) == (1, 7)
        assert _largest_message(file, ENVELOPE_BYTES + 14) == (0, 0)
