"""What the SQL uses of dbt's Jinja context and sqlfluff's own stand-ins lack: for style only."""

invocation_id = "item"


def env_var(name: str, default: str = "") -> str:
    return default


def var(name: str, default: str = "") -> str:
    return {"dataset": "reference"}.get(name, default or "item")
