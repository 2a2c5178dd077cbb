"""Copies of the dataset: the same records, but each copy has ids of its own."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cli.errors import UserError
from sample.generator import write_sample

MARK = 4  # characters of an id that number its copy, in hexadecimal


@dataclass(frozen=True)
class Dataset:
    """The records of a dataset, cut where a copy's mark is inserted."""

    name: str
    records: int
    pieces: list[bytes]  # before, between and after the marks

    def write(self, path: Path, copies: int, first: int = 0) -> Path:
        """Write the copies first, first + 1, … as one JSON array, atomically; return its path."""
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            for copy in range(first, first + copies):
                file.write(b"[" if copy == first else b", ")
                file.write(f"{copy:0{MARK}x}".encode().join(self.pieces))
            file.write(b"]")
        return draft.rename(path)


def load_dataset(folder: Path) -> Dataset:
    """The dataset that ASSESSMENTS_FILE names, or else the project's sample.

    Raises:
        UserError: the file cannot be read, or its copies would share ids.
    """
    named = os.environ.get("ASSESSMENTS_FILE")
    path = Path(named) if named else folder / "sample.json"
    try:
        if not named:
            write_sample(path, attempts=3280)
        records = msgspec.json.decode(path.read_bytes(), type=list[msgspec.Raw])
    except (OSError, msgspec.DecodeError) as error:
        raise UserError(f"ASSESSMENTS_FILE: {path} cannot be read: {error}") from error
    ids = [_ids(bytes(record)) for record in records]
    every = set().union(*ids)
    if len({name[MARK:] for name in every}) != len(every):
        raise UserError(
            f"the dataset has ids that differ in their first {MARK} characters only: "
            "copies of it would not be distinct"
        )
    marked = map(_marked, map(bytes, records), ids)
    name = "the reference dataset" if named else "the project's sample of 3,280 attempts"
    return Dataset(name, len(records), b", ".join(marked).split(b"\0"))


def _ids(record: bytes) -> set[bytes]:
    """The ids that a copy changes; a faulty record has fewer, or none."""
    fields = msgspec.json.decode(record)
    objects = [fields, fields.get("sequences")] if isinstance(fields, dict) else []
    names = ("keen_id", "user_exam_id", "id")
    ids = [o.get(name, "") for o in objects if isinstance(o, dict) for name in names]
    return {i.encode() for i in ids if isinstance(i, str) and len(i) > MARK and i.isascii()}


def _marked(record: bytes, ids: set[bytes]) -> bytes:
    """The record with a zero byte, which JSON never has, in place of each id's first characters."""
    for name in ids:
        record = record.replace(b'"%b"' % name, b'"\0%b"' % name[MARK:])
    return record
