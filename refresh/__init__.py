"""Build, test and document what changed since the last green run."""
