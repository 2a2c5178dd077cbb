"""The YAML of the models, read once, by the parser in C, and sets of models and of data tests."""

import re
from functools import cache
from typing import Any

import yaml

from cli import ROOT

# Their rows never change once they are written, so some of their tests read new loads only.
APPENDED = {
    *("stg_assess__messages", "fct_deliveries", "fct_question_responses", "fct_option_choices"),
    "fct_scored_responses",
}
VIEWS = {"int_deliveries", "int_questions", "int_options"}
# They only warn: headers of other programs, or a load that landed since, can be the reason.
WARN = {"each_source_file_is_complete", "no_load_is_late"}


def models(folder: str = "models") -> dict[str, dict[str, Any]]:
    """By name: what the YAML in a folder says of a model."""
    return {model["name"]: model for model in _listed(folder, "models")}


def descriptions(folder: str = "models") -> dict[tuple[str, str], str]:
    """By model and column: the description, with the blocks that it refers to."""
    pages = (path.read_text() for path in (ROOT / "models").rglob("*.md"))
    blocks = dict(re.findall(r"{% docs (\w+) %}\n(.*?){% enddocs %}", "".join(pages), re.DOTALL))
    return {
        (name, column["name"]): re.sub(
            r"{{ doc\('(\w+)'\) }}", lambda block: blocks[block[1]], column["description"]
        )
        for name, model in models(folder).items()
        for column in model["columns"]
    }


def unit_tests(model: str | None = None) -> list[dict[str, Any]]:
    """The unit tests of a model, or of all models."""
    listed = _listed("models", "unit_tests")
    return [test for test in listed if model in (None, test["model"])]


@cache
def _listed(folder: str, kind: str) -> list[dict[str, Any]]:
    texts = (path.read_text() for path in sorted((ROOT / folder).rglob("*.yml")))
    return [entry for text in texts for entry in yaml.load(text, yaml.CSafeLoader).get(kind, [])]
