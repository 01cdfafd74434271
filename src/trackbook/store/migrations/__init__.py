"""Steps from every earlier schema to the present one, run by Alembic; see `trackbook.store.migrate`."""
