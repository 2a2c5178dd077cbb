"""Refuse, with one line, a Python that the packages cannot be installed for.

Runs on any Python from 2.7 on, so it uses no type annotations and no newer syntax.
"""

import sys

OLDEST = (3, 10)
NEWEST = (3, 14)  # the last version for which all packages with compiled parts have wheels

version, oldest, newest = (".".join(map(str, v)) for v in (sys.version_info[:2], OLDEST, NEWEST))
if not OLDEST <= sys.version_info[:2] <= NEWEST:
    sys.exit(
        "error: "
        + (sys.executable or "python")
        + (" is Python " + version + "; Python " + oldest + " to " + newest + " is needed: ")
        + "install one and run make with PYTHON=its path"
    )
try:
    import ensurepip  # noqa: F401 (the standard library's, which Debian packages separately)
    import venv  # noqa: F401
except ImportError:
    sys.exit(
        "error: "
        + sys.executable
        + (" has no ensurepip: install it (on Debian and Ubuntu: apt-get install python" + version)
        + "-venv), or run make with PYTHON=the path of another Python"
    )
