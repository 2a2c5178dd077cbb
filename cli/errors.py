"""Failures that a user can cause or mend."""


class UserError(Exception):
    """A failure whose message is for the user: what is wrong, where, and what to do.

    The command line prints it as one line and exits with status 1. Anything else that is raised
    is a defect of this program and keeps its traceback.
    """
