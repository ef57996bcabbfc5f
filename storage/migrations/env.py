"""Alembic's entry: runs the migrations on the connection that ``storage.migrate`` hands over."""

from alembic import context

from storage import zalo_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=zalo_tables.contacts.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
