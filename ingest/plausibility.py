"""Refuse a file that is clearly the wrong one: a message cannot be taken back from a topic."""

import re

import msgspec

from cli.console import plural
from cli.errors import UserError
from ingest.records import WHITESPACE, RecordFile

HEAD_BYTES = 1 << 16  # how much of a file is looked at to say what the file looks like
ATTEMPT_FIELDS = {"keen_id", "user_exam_id", "base_exam_id", "exam_name", "started_at", "sequences"}
SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"%PDF-": "a PDF",
    b"PAR1": "a Parquet file",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"SQLite format 3": "an SQLite database",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7z archive",
}

_as_json = msgspec.json.Decoder(msgspec.Raw).decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def check_plausible(file: RecordFile) -> None:
    """Refuse a file that is not meant: no JSON, or JSON in another form than records.

    Refused are the answer of a service with the records in a field, one JSON value over several
    lines, lines that end with commas, a file without a JSON object, and one of whose lines fewer
    than half are JSON. An empty array is accepted.

    A file of mostly JSON may be published: what is no attempt is rejected later, with a reason.

    Raises:
        UserError: the file is refused; the message says what it looks like, and what to do.
    """
    if file.is_array and not file.count:
        return  # attempts may be missing, as in an export of a day without one
    one_document = bool(file.not_json_count) and _parses(file.content)
    field = _field_with_records(file, one_document)
    if field is not None:
        raise UserError(
            f"{file.path} looks like the answer of a service, which holds the records in its field "
            f"{field[:50]}: publish only the array in this field; nothing was sent"
        )
    if one_document:
        raise UserError(
            f"{file.path} is one JSON value over several lines, neither an array nor JSON Lines: "
            "put it into an array, or on one line; nothing was sent"
        )
    if file.not_json_count and 2 * _lines_before_commas(file) >= file.count:
        raise UserError(
            f"{file.path} has lines that end with a comma, which is neither a JSON array nor JSON "
            "Lines: remove these commas, or put all lines into [ and ]; nothing was sent"
        )
    json_lines = file.count - file.not_json_count
    if not json_lines or 2 * json_lines < file.count:
        kind = _kind(bytes(file.content[:HEAD_BYTES]).lstrip(WHITESPACE))
        looks = f" (it looks like {kind})" if kind else ""
        raise UserError(
            f"{file.path} is neither a JSON array nor JSON Lines{looks}: "
            f"{json_lines or 'none'} of its {plural(file.count, 'line')} "
            f"{'are' if json_lines > 1 else 'is'} JSON; put each record on one line, or check that "
            "it is the right file; nothing was sent"
        )
    if not file.objects:
        raise UserError(
            f"{file.path} holds no JSON object, so no record is an attempt (the first is "
            f"{bytes(next(file.records())[:50]).decode(errors='replace').strip()}): check that it "
            "is the right file; nothing was sent"
        )


def _parses(content: memoryview | bytes) -> bool:
    try:
        _as_json(content)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _field_with_records(file: RecordFile, one_document: bool) -> str | None:
    """The field with the records, if the file holds only answers like Keen's {"result": […]}."""
    field = None
    for value in [file.content] if one_document else file.records():
        field = _field_with_objects(value)
        if field is None:
            break
    return field


def _field_with_objects(value: memoryview) -> str | None:
    try:
        fields = _fields(value)
    except (msgspec.DecodeError, RecursionError):
        return None
    if ATTEMPT_FIELDS & fields.keys():
        return None
    lists = rb"\[\s*[{\]]" if len(fields) == 1 else rb"\[\s*\{"
    return next((name for name, inner in fields.items() if re.match(lists, inner)), None)


def _lines_before_commas(file: RecordFile) -> int:
    lines = (bytes(line).rstrip(WHITESPACE) for line in file.records())
    return sum(line[:1] == b"{" and line[-1:] == b"," and _parses(line[:-1]) for line in lines)


def _kind(head: bytes) -> str:
    """What a file that is not JSON looks like; "" if it does not look like anything we know."""
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head.startswith(b"<"):
        return "HTML" if re.match(rb"<(!doctype\s+)?html", head, re.IGNORECASE) else "XML"
    first, *others = [line.strip() for line in head.splitlines() if line.strip()] or [b""]
    if first.startswith(b"{"):
        if re.search(rb"\}\s*\{", head):
            return "several JSON objects, not one on each line"
        return ""
    for separator in (b",", b";", b"\t", b"|"):
        if others and first.count(separator) == others[0].count(separator) > 0:
            return "CSV"
    return ""
