"""One of a thing is not said to be several."""

import re

import pytest

from cli import ROOT

FILES = [file for folder in ("cli", "ingest", "refresh", "report", "sample", "services")
         for file in sorted((ROOT / folder).glob("*.py"))]  # fmt: skip
NOUNS = "records|files|loads|rows|messages|bytes|offsets|partitions|lines|exams|attempts|jars"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_number_has_its_noun_from_plural(file):
    # A limit or a size of more than one needs no other form.
    text = re.sub(r"has \{size:,\} bytes", "", file.read_text())
    assert not re.findall(rf"\{{[^}}\"]*:,\}} (?:{NOUNS})\b", text)


MODELS = sorted(ROOT.glob("models/**/*.sql"))


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)
def test_a_number_in_sql_has_its_noun_from_the_macro_plural(file):
    assert not re.findall(r"= 1, ' \w+|when 1 then '", file.read_text())
