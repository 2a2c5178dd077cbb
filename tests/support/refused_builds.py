"""Builds that are refused, whichever messages are there."""


def refused_with_another_earliest_time(
    pipeline, earliest: str, because: str, before: str = "2000-01-01"
) -> None:
    """Staging is refused with another variable, and goes on with the one before."""
    again = ("run", "--select", "stg_assess__messages", "--vars")
    done = pipeline.dbt(*again, f"earliest_time: '{earliest}'", check=False)
    assert done.returncode == 1
    assert f"the variable earliest_time is {earliest}, but {pipeline.schema}" in done.stdout
    assert because in done.stdout
    pipeline.dbt(*again, f"earliest_time: '{before}'")
