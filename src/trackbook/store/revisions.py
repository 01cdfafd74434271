"""The schema's revisions, oldest first: `migrations/versions` has a file for each.  Imports nothing, so that a glance
at a database file needs no database library."""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
HEAD = REVISIONS[-1]
OWN_TABLE = "metric_chunks"
"""A table that no other program has."""
