"""The project's own synthetic dataset."""
