"""The report: the eight answers, charts and tables from the marts."""
