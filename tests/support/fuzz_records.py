"""Fuzz the splitter, guided by what its code does: fuzz_records.py FOLDER [libFuzzer's options].

FOLDER keeps the inputs that reached something new, and one that broke a rule.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ingest.records", "ingest.private_copy"]):
    import ingest.records  # before anybody else imports it
from tests.support.splitting import check

SEEDS = [
    b'[1, {"a": "\\ud83d\\ude00"}, [], "\xc3\xa9"]\n',
    b'\xef\xbb\xbf [ {"user_exam_id": "x"} , null ]',
    b'{"a": 1}\r\n\n  \nnot json\n{"b": [true]}',
    b'{"a":\n[1]}\n',
    b'[{"a": [1]}, {"a": {"a": 2}}, {"a": ",{\\"a\\":"},\n{"a": null}]',
    b"\xff\xfe[\0]\0",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x8b6\x8c\x05\x00\xbcz\xb8|\x03\x00\x00\x00",
]
TOKENS = [rb'"[\""', rb'"\xef\xbb\xbf"', rb'"\x0d\x0a"', rb'"\\ud800"', rb'"NaN"', rb'"\x1f\x8b"']

ingest.records.WINDOW_BYTES = 20  # so that short arrays are split in windows, too
folder = Path(sys.argv[1])
corpus = folder / "corpus"
corpus.mkdir(parents=True, exist_ok=True)
for number, seed in enumerate(SEEDS):
    (corpus / f"seed-{number}").write_bytes(seed)
(folder / "tokens").write_bytes(b"\n".join(TOKENS))
options = [f"-artifact_prefix={folder}/", f"-dict={folder / 'tokens'}", "-max_len=400"]
atheris.Setup(
    [sys.argv[0], *options, *sys.argv[2:], str(corpus)],
    lambda content: check(folder / "input", content),
)
atheris.Fuzz()
