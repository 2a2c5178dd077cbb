"""What the marts say, for people."""
