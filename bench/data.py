"""The dataset, any number of times over, each copy with new ids: bytes as they are otherwise."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from ingest.errors import IngestError
from ingest.sample import write_sample

MARK = 4  # characters of an id that say which copy it is: copies up to 0xffff


class _Sequences(msgspec.Struct):
    id: str | None = None


class _Ids(msgspec.Struct):
    keen_id: str | None = None
    user_exam_id: str | None = None
    sequences: _Sequences | None = None


@dataclass(frozen=True)
class Dataset:
    """A JSON array of records, in memory.

    Attributes:
        name: what the results call it.
        records: how many it holds.
        body: what stands between the brackets.
        marks: positions in `body` of the first byte of each id, shape (ids,).
    """

    name: str
    records: int
    body: bytes
    marks: np.ndarray

    def write(self, path: Path, copies: int, first: int = 0) -> Path:
        """Write a JSON array of the copies first, first + 1, …; atomically."""
        draft = path.with_suffix(".draft")
        places = self.marks[:, None] + np.arange(MARK)
        with draft.open("wb") as file:
            for copy in range(first, first + copies):
                content = np.frombuffer(self.body, np.uint8).copy()
                content[places] = np.frombuffer(f"{copy:0{MARK}x}".encode(), np.uint8)
                file.write(b"[" if copy == first else b", ")
                file.write(content.data)
            file.write(b"]")
        draft.rename(path)
        return path


def load_dataset(folder: Path) -> Dataset:
    """The dataset that ASSESSMENTS_FILE names, or else the project's sample.

    Raises:
        IngestError: it cannot be read, or its ids would not stay distinct.
    """
    named = os.environ.get("ASSESSMENTS_FILE")
    path = Path(named) if named else folder / "sample.json"
    try:
        if not named:
            write_sample(path, attempts=3280)
        content = path.read_bytes()
        records = msgspec.json.decode(content, type=list[msgspec.Raw])
    except (OSError, msgspec.DecodeError) as error:
        raise IngestError(f"ASSESSMENTS_FILE: {path} cannot be read: {error}") from None
    name = "the reference dataset" if named else "the project's sample of 3,280 attempts"
    start, end = content.index(b"[") + 1, content.rindex(b"]")
    return Dataset(name, len(records), content[start:end], _marks(content, records, start))


def _marks(content: bytes, records: list[msgspec.Raw], start: int) -> np.ndarray:
    found, ids, position = [], set(), start
    for record in records:
        raw = bytes(record)
        position = content.index(raw, position)
        for name in _ids(raw):
            ids.add(name)
            for match in re.finditer(re.escape(b'"' + name + b'"'), raw):
                found.append(position + match.start() + 1 - start)
        position += len(raw)
    if len({name[MARK:] for name in ids}) != len(ids):
        raise IngestError(
            f"the dataset has ids that differ in their first {MARK} characters only: "
            "copies of it would not be distinct"
        )
    return np.array(found)


def _ids(record: bytes) -> list[bytes]:
    try:
        ids = msgspec.json.decode(record, type=_Ids)
    except msgspec.DecodeError:  # a flaw of the sample; what it has for an id stays
        return []
    every = (ids.keen_id, ids.user_exam_id, ids.sequences and ids.sequences.id)
    return [name.encode() for name in every if name and len(name) > MARK and name.isascii()]
