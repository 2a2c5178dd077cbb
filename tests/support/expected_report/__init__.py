"""What the report must say, worded from the rows of the marts that tests/support/expected computes.

Nothing of the project is used here: neither its models, nor its statements, nor its formats.
"""
