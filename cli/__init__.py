"""Code that the command lines of ingest, services, report and bench share."""
