"""Alembic's entry: runs the migrations on the connection that ``storage.migrate`` hands over."""

from alembic import context

from storage import desk_tables, people_tables, service_tables, slip_tables, zalo_tables  # noqa: F401 (their tables belong to the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=people_tables.people.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
