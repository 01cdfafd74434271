"""Metrics: a row of aggregates a run and key, and the points.

A metric's NaN is NULL in a row that exists: it compares with nothing but `!=` and sorts after every number, and a
metric that is missing has no row.  Points are in `metric_chunks` (compressed columns) and, up to `metrics.TAIL` of
them, in `metric_tail` (plain rows): a point that comes alone costs a row, not the rewriting of a chunk.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table

from trackbook.store.schema.columns import Real, key_column, metadata, run_column

metrics = Table(
    "metrics",
    metadata,
    run_column(),
    key_column(),
    Column("count", BigInteger, nullable=False),
    Column("last", Real),
    Column("last_step", BigInteger, nullable=False),
    Column("last_time", BigInteger, nullable=False),
    Column("min", Real),
    Column("min_step", BigInteger, nullable=False),
    Column("max", Real),
    Column("max_step", BigInteger, nullable=False),
    Column("sum", Real),
    Column("sum_count", BigInteger, nullable=False),
    # Where the points are: rows in metric_tail, chunks, and points in the last chunk.
    Column("tail", Integer, nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("open", Integer, nullable=False),
    PrimaryKeyConstraint("run", "key", name="metrics_pk"),
    Index("metrics_last", "key", "last", "run"),
    sqlite_with_rowid=False,
)

metric_chunks = Table(
    "metric_chunks",
    metadata,
    run_column(),
    key_column(),
    Column("seq", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("min_step", BigInteger, nullable=False),
    Column("max_step", BigInteger, nullable=False),
    Column("min_time", BigInteger, nullable=False),
    Column("max_time", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("run", "key", "seq", name="metric_chunks_pk"),
)

metric_tail = Table(
    "metric_tail",
    metadata,
    run_column(),
    key_column(),
    Column("seq", BigInteger, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("value", Real),
    PrimaryKeyConstraint("run", "key", "seq", name="metric_tail_pk"),
    sqlite_with_rowid=False,
)
