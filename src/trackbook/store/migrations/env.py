"""Run by Alembic: migrates over the connection that `trackbook.store.migrate` opened, in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
