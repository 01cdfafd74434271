"""What differs between the databases, all in one place.  Everything else is written once, in SQLAlchemy Core.

| meaning                     | SQLite                                      | PostgreSQL                           |
|-----------------------------|---------------------------------------------|--------------------------------------|
| LIKE, case-sensitive        | GLOB (its LIKE ignores case)                | LIKE without an escape character     |
| ILIKE beyond ASCII          | LIKE over `tb_lower`                        | a regular expression of both cases   |
| a long list of integers     | JSON                                        | an array                             |
| index over long text        | the whole value                             | its first 200 characters (page limit) |
| one writer at a time        | BEGIN IMMEDIATE                             | row locks on the runs of a batch     |
| changed since a look?       | its file says so                            | which transactions a reader sees     |
| arithmetic that gives NaN   | NULL, as all NaN here                       | made NULL (else it is above all)     |
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    Select,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import GenericFunction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Table

HEAD_CHARACTERS = 200
WHOLE_DIGITS = 15
_BOUND = re.compile(r"%\((\w+)\)s")
"""A parameter as SQLAlchemy writes it for psycopg, which takes `b` for the binary form: half the work for numbers."""


_REPEATABLE_READ = 3
"""As `psycopg.IsolationLevel` has it, which is not installed everywhere."""


class head(GenericFunction[str]):  # noqa: N801 - an SQL function
    """The part of a text that an index holds."""

    type = Text()
    inherit_cache = True


@compiles(head, "sqlite")
def _whole(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(next(iter(element.clauses)), **options))


@compiles(head, "postgresql")
def _left(element: Any, compiler: Any, **options: Any) -> str:
    return f'left({compiler.process(next(iter(element.clauses)), **options)}, {HEAD_CHARACTERS}) COLLATE "C"'


class whole(GenericFunction[int]):  # noqa: N801 - an SQL function
    """The number that a text of digits writes; 0 for another text."""

    type = BigInteger()
    inherit_cache = True


@compiles(whole, "sqlite")
def _glob(element: Any, compiler: Any, **options: Any) -> str:
    given = compiler.process(next(iter(element.clauses)), **options)
    fits = f"length({given}) <= {WHOLE_DIGITS} AND {given} NOT GLOB '*[^0-9]*'"
    return f"CASE WHEN {fits} THEN CAST({given} AS INTEGER) ELSE 0 END"


@compiles(whole, "postgresql")
def _regular(element: Any, compiler: Any, **options: Any) -> str:
    given = compiler.process(next(iter(element.clauses)), **options)
    return f"CASE WHEN {given} ~ '^[0-9]{{1,{WHOLE_DIGITS}}}$' THEN CAST({given} AS BIGINT) ELSE 0 END"


class at_least_0(GenericFunction[int]):  # noqa: N801
    """A number, or 0 where it is less; of NULL not to be asked."""

    type = BigInteger()
    inherit_cache = True


@compiles(at_least_0, "sqlite")
def _max(element: Any, compiler: Any, **options: Any) -> str:
    return f"max(0, {compiler.process(next(iter(element.clauses)), **options)})"


@compiles(at_least_0, "postgresql")
def _greatest(element: Any, compiler: Any, **options: Any) -> str:
    return f"greatest(0, {compiler.process(next(iter(element.clauses)), **options)})"


class Numbers(TypeDecorator[Any]):
    """Many integers as one bound value: an array, or JSON where there are none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(postgresql.ARRAY(BigInteger()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value))


class _Bare:
    """As it is: the `= 1` that is put behind a function where booleans are integers keeps every index out."""

    def self_group(self, against: Any = None) -> Any:
        return self


class among(_Bare, GenericFunction[bool]):  # noqa: N801 - an SQL function
    """Whether a column is one of bound `Numbers`: a list of any length in one text of SQL."""

    type = Boolean()
    inherit_cache = True


def one_of(column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """`column IN` the integers that are bound to `name` when the statement runs."""
    return among(column, bindparam(name, type_=Numbers()))


@compiles(among, "sqlite")
def _in_json(element: Any, compiler: Any, **options: Any) -> str:
    column, numbers = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 - two compiled expressions


@compiles(among, "postgresql")
def _in_array(element: Any, compiler: Any, **options: Any) -> str:
    column, numbers = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({numbers})"


class among_pairs(_Bare, GenericFunction[bool]):  # noqa: N801 - an SQL function
    """Whether two columns are one of each list of bound `Numbers`, found by an index over both."""

    type = Boolean()
    inherit_cache = True


def each_of(column: ColumnElement[int], name: str, other: ColumnElement[int], others: str) -> ColumnElement[bool]:
    """Both columns are among the integers bound to `name` and to `others`: few of many keys of a run, say."""
    return among_pairs(column, other, bindparam(name, type_=Numbers()), bindparam(others, type_=Numbers()))


@compiles(among_pairs, "sqlite")
def _in_pairs(element: Any, compiler: Any, **options: Any) -> str:
    """Of two INs SQLite takes the first to the index and tries every row of it against the second."""
    one, other, ones, others = (compiler.process(part, **options) for part in element.clauses)
    pairs = f"SELECT one.value, other.value FROM json_each({ones}) AS one, json_each({others}) AS other"  # noqa: S608
    return f"({one}, {other}) IN ({pairs})"


@compiles(among_pairs, "postgresql")
def _in_arrays(element: Any, compiler: Any, **options: Any) -> str:
    one, other, ones, others = (compiler.process(part, **options) for part in element.clauses)
    return f"{one} = ANY ({ones}) AND {other} = ANY ({others})"


class Tuples(TypeDecorator[Any]):
    """Many tuples of integers as one bound value: JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return json.dumps(value)


class among_rows(_Bare, GenericFunction[bool]):  # noqa: N801 - an SQL function
    """Whether several columns together are one of bound `Tuples`, found by an index over them."""

    type = Boolean()
    inherit_cache = True


def in_rows(columns: Sequence[ColumnElement[int]], name: str) -> ColumnElement[bool]:
    """The columns are together one of the tuples that are bound to `name`: any rows of a table, by its key."""
    return among_rows(*columns, bindparam(name, type_=Tuples()))


@compiles(among_rows, "sqlite")
def _in_json_rows(element: Any, compiler: Any, **options: Any) -> str:
    *columns, rows = (compiler.process(one, **options) for one in element.clauses)
    values = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(len(columns)))
    return f"({', '.join(columns)}) IN (SELECT {values} FROM json_each({rows}))"  # noqa: S608 - compiled expressions


@compiles(among_rows, "postgresql")
def _in_jsonb_rows(element: Any, compiler: Any, **options: Any) -> str:
    *columns, rows = (compiler.process(one, **options) for one in element.clauses)
    values = ", ".join(f"CAST(one ->> {n} AS bigint)" for n in range(len(columns)))
    given = f"jsonb_array_elements(CAST({rows} AS jsonb)) AS one"
    return f"({', '.join(columns)}) IN (SELECT {values} FROM {given})"  # noqa: S608 - compiled expressions


def fetched(connection: Connection, query: Select[Any], bound: Mapping[str, Any]) -> Sequence[Any]:
    """The rows as the driver's tuples: nothing in them needs converting."""
    cursor = connection.execute(query, bound).cursor
    assert cursor is not None  # noqa: S101 - a SELECT has one
    return cursor.fetchall()


def write_many(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    *,
    keys: tuple[str, ...] = (),
    keep: bool = False,
) -> None:
    """Insert rows past SQLAlchemy's own work for each: their values, in the order of `columns`, go to the driver.

    With `keys`, the columns of a unique key, a row that is there already is changed, or kept where `keep` says so; no
    two of the rows have the same key.
    """
    if not rows:
        return
    statement = _compiled(connection.dialect, table, columns, keys, keep)
    if connection.dialect.name == "postgresql":
        values = map(list, zip(*rows, strict=True))
        connection.exec_driver_sql(statement, dict(zip(columns, values, strict=True)))
    else:
        connection.exec_driver_sql(statement, list(rows))


@cache
def _compiled(dialect: Any, table: Table, columns: tuple[str, ...], keys: tuple[str, ...], keep: bool) -> str:
    """The text of an insert; its parameters are the columns, in their order or by their names."""
    is_by_column = dialect.name == "postgresql"
    insert = dialect_of(dialect.name).insert(table)
    insert = insert.from_select(columns, _unnested(table, columns)) if is_by_column else insert
    if keys and keep:
        insert = insert.on_conflict_do_nothing(index_elements=list(keys))
    elif keys:
        changed = {name: insert.excluded[name] for name in columns if name not in keys}
        insert = insert.on_conflict_do_update(index_elements=list(keys), set_=changed)
    if is_by_column:
        return _BOUND.sub(r"%(\1)b", str(insert.compile(dialect=dialect)))
    in_order = insert.values({name: bindparam(name, type_=table.c[name].type) for name in columns})
    compiled = in_order.compile(dialect=dialect)
    # The table's order is that of the statement; callers name their columns in it.
    assert list(compiled.positiontup) == list(columns), (compiled.positiontup, columns)  # noqa: S101
    return str(compiled)


def _unnested(table: Table, columns: tuple[str, ...]) -> Select[Any]:
    """Rows from an array for each column: a statement for each row costs both sides more than the row."""
    kinds = [Text() if isinstance(table.c[name].type, Text) else table.c[name].type for name in columns]
    arrays = [bindparam(name, type_=postgresql.ARRAY(kind)) for name, kind in zip(columns, kinds, strict=True)]
    rows = func.unnest(*arrays).table_valued(*columns, name="rows").render_derived()
    return select(*(rows.c[name] for name in columns))


class Dialect(Protocol):
    """The differences, as one object that the rest is given."""

    name: str
    mark: str | None
    """A query whose answer differs after every commit."""

    def insert(self, table: Table) -> Any:
        """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""

    def begin(self, connection: Connection, *, write: bool, bound: bool = True) -> None:
        """Begin the transaction on the driver's level; no own one where it is not `bound` to one."""

    def equals(self, column: ColumnElement[str], value: str) -> ColumnElement[bool]:
        """`column = value` in a way that an index over `head` serves."""

    def like(self, column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
        """`%` any run, `_` one character, no escape, case-sensitive."""

    def ilike(self, column: ColumnElement[str], pattern: str) -> ColumnElement[bool]: ...

    def contains(self, column: ColumnElement[str], part: str) -> ColumnElement[bool]:
        """Case-sensitive, no pattern."""

    def number(self, expression: ColumnElement[Any]) -> ColumnElement[float]:
        """Arithmetic whose NaN is NULL."""

    def for_update(self, query: Select[Any]) -> Select[Any]:
        """Lock the rows until the transaction ends, where one writer at a time is not given anyway."""

    def lock_name(self, connection: Connection, name: str) -> None:
        """Keep others from counting on under this name until the transaction ends."""


class Sqlite:
    name = "sqlite"
    mark: str | None = None

    def insert(self, table: Table) -> Any:
        return sqlite.insert(table)

    def begin(self, connection: Connection, *, write: bool, bound: bool = True) -> None:
        if bound:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    def equals(self, column: ColumnElement[str], value: str) -> ColumnElement[bool]:
        return column == value

    def like(self, column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
        escaped = "".join(f"[{character}]" if character in "*?[" else character for character in pattern)
        return column.op("GLOB", is_comparison=True)(escaped.replace("%", "*").replace("_", "?"))

    def ilike(self, column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
        folded: ColumnElement[str] = column if pattern.isascii() else func.tb_lower(column)
        return folded.op("LIKE", is_comparison=True)(pattern.lower())

    def contains(self, column: ColumnElement[str], part: str) -> ColumnElement[bool]:
        return func.instr(column, part) > 0

    def number(self, expression: ColumnElement[Any]) -> ColumnElement[float]:
        return expression

    def for_update(self, query: Select[Any]) -> Select[Any]:
        return query

    def lock_name(self, connection: Connection, name: str) -> None:
        """BEGIN IMMEDIATE has it already."""


class Postgresql:
    name = "postgresql"
    # The same snapshot is the same data.  Writes to other databases of the server change it, too.
    mark: str | None = "SELECT pg_current_snapshot()::text"

    def insert(self, table: Table) -> Any:
        return postgresql.insert(table)

    def begin(self, connection: Connection, *, write: bool, bound: bool = True) -> None:
        """psycopg begins with the first statement; a reader sees one state throughout, as in SQLite.

        Said in the BEGIN itself, for a statement of its own is one more wait for the server.
        """
        driver: Any = connection.connection.driver_connection
        read_only = True if bound and not write else None
        if driver.read_only is not read_only:
            driver.isolation_level = _REPEATABLE_READ if read_only else None
            driver.read_only = read_only

    def equals(self, column: ColumnElement[str], value: str) -> ColumnElement[bool]:
        starts_equal = head(column) == value[:HEAD_CHARACTERS]
        return starts_equal if len(value) < HEAD_CHARACTERS else and_(starts_equal, column == value)

    def like(self, column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
        return column.like(pattern, escape="")

    def ilike(self, column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
        # The columns have the collation "C", whose lower() is ASCII.
        if pattern.isascii():
            return column.ilike(pattern, escape="")
        return column.op("~", is_comparison=True)(f"^{''.join(map(_either_case, pattern))}$")

    def contains(self, column: ColumnElement[str], part: str) -> ColumnElement[bool]:
        return func.strpos(column, part) > 0

    def number(self, expression: ColumnElement[Any]) -> ColumnElement[float]:
        return func.nullif(expression, literal(float("nan"), Float(53)))

    def for_update(self, query: Select[Any]) -> Select[Any]:
        return query.with_for_update()

    def lock_name(self, connection: Connection, name: str) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def _either_case(character: str) -> str:
    """A character of a LIKE pattern as a regular expression."""
    if character in "%_":
        return ".*" if character == "%" else "."
    if not character.isalnum():
        return "\\" + character if character.isascii() and not character.isspace() else character
    return (
        f"[{''.join(sorted({one for one in (character.lower(), character.upper()) if len(one) == 1} | {character}))}]"
    )


_SQLITE: Dialect = Sqlite()
_POSTGRESQL: Dialect = Postgresql()


def dialect_of(name: str) -> Dialect:
    """The dialect of an SQLAlchemy engine's name."""
    return {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[name]
