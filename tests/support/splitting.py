"""What must be true of the splitter, whatever bytes it is given."""

import gzip
import json
from pathlib import Path

from cli.errors import UserError
from ingest.records import open_records

# Nested more deeply than parsers of JSON go.
DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000


def split(path: Path, first: int = 0) -> list[bytes]:
    with open_records(path) as file:
        return [bytes(record) for record in file.records(first)]


def check(path: Path, content: bytes) -> None:
    """Records out are bytes in, or one line refuses them.

    Raises:
        AssertionError: a byte is lost, added or changed, or the refusal is not one line.
        Exception: any other is a defect, too.
    """
    path.write_bytes(content)
    try:
        found = split(path)
    except UserError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error).replace(str(path), "")
        return
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    content = content.removeprefix(b"\xef\xbb\xbf")
    if content.lstrip(b" \t\r\n").startswith(b"["):
        assert between(found, content) == b"[" + b"," * (len(found) - 1) + b"]"
        assert [json.loads(record) for record in found] == json.loads(content)
    else:
        lines = content.split(b"\n")
        assert found == [
            line.removesuffix(b"\r") for line in lines if line.removesuffix(b"\r").strip(b" \t\r\n")
        ]


def between(records: list[bytes], content: bytes) -> bytes:
    """What is left of the content, white space aside, when each record is taken out in turn."""
    left, position = b"", 0
    for record in records:
        at = content.index(record, position)
        left += content[position:at]
        position = at + len(record)
    return bytes(byte for byte in left + content[position:] if byte not in b" \t\r\n")
