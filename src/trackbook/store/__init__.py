"""The ports of `trackbook.core.ports`, kept in SQL and files: SQLite now, PostgreSQL through the same code.

One file per noun (`experiments`, `runs`, `metrics`, `cells`, `recording`, `registry`, `artifacts`), the tables on one
page (`schema`), what differs between databases in one file (`dialect`), driver errors made ours in one file
(`faults`).  Integer surrogate keys inside, text ids outside.  SQLAlchemy is imported in this room only, and Alembic
only when a migration is due.

This room does not validate names (that is `core.names`, where a value enters), does not know journals beyond the
cursor they hand it, and never shows anything.
"""
