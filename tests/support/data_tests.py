"""The count tests by name, and copies of the project with few data tests.

Data tests take a third of a build.
"""

from collections.abc import Container
from pathlib import Path

import yaml

LOST = "each_load_is_reconciled"
LATE = "no_load_is_late"
INCOMPLETE = "each_source_file_is_complete"
COUNT_TESTS = ("test_type:singular", LOST, LATE, INCOMPLETE)


def drop_data_tests(project: Path, keep: Container[str]) -> None:
    """Delete the data tests of all models but those of `keep` from the YAML of a copy."""
    for path in project.glob("models/**/*.yml"):
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        for model in content.get("models", []):
            if model["name"] not in keep:
                for tested in (model, *model["columns"]):
                    tested.pop("data_tests", None)
        written = yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
        path.write_text(written, encoding="utf-8")
