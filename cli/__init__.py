"""Code that all command lines share."""

from pathlib import Path

ROOT = Path(__file__).parents[1]  # the checkout
