"""The page of settings (docs/settings.md), and the defaults that it states."""

import re

from cli import ROOT

PAGE = (ROOT / "docs" / "settings.md").read_text()


def documented() -> dict[str, str]:
    """By variable: the default that stands in the first two tables of the page of settings."""
    found = {}
    for line in PAGE.partition("## dbt")[0].splitlines():
        if line.startswith("| `"):
            names, defaults, *_ = line.strip("|").split("|")
            found |= zip(re.findall(r"`(\w+)`", names), defaults.split(","), strict=False)
    return {name: default.strip(" `") for name, default in found.items()}
