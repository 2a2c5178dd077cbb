"""Errors that a user can cause or fix."""


class UserError(Exception):
    """An error whose message is for the user: what is wrong, where, and what to do next.

    The command line prints the message as one line and exits with status 1. Any other exception
    is a defect of this program and keeps its traceback.
    """


def first_line(error: BaseException) -> str:
    """The first line of an error's text; its type if it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
