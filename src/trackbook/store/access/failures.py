"""Sign-ins that failed, of the last minutes: what the limits of all servers of a store are counted by."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from trackbook.store import schema
from trackbook.store.engine import Database

_failures = schema.failed_sign_ins.c


class Failures:
    _database: Database

    def add_failure(self, name: str, address: str, now: int, since: int) -> None:
        with self._database.write() as connection:
            connection.execute(delete(schema.failed_sign_ins).where(_failures.time_ms <= since))
            connection.execute(insert(schema.failed_sign_ins).values(name=name, address=address, time_ms=now))

    def failure(self, name: str | None, address: str | None, since: int, number: int) -> int | None:
        query = select(_failures.time_ms).where(_failures.time_ms > since)
        if name is not None:
            query = query.where(_failures.name == name)
        if address is not None:
            query = query.where(_failures.address == address)
        with self._database.read() as connection:
            return connection.execute(query.order_by(_failures.time_ms.desc()).offset(number - 1).limit(1)).scalar()

    def drop_failures(self, name: str, address: str) -> None:
        mine = (_failures.name == name, _failures.address == address)
        with self._database.read() as connection:
            if connection.execute(select(_failures.id).where(*mine).limit(1)).first() is None:
                return
        with self._database.write() as connection:
            connection.execute(delete(schema.failed_sign_ins).where(*mine))
