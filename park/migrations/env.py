"""Alembic environment of the shared schema. `park.schema.migrate_shared` passes connection and role prefix."""

from alembic import context

from park.models import metadata

config = context.config
connection = config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=metadata,
    include_schemas=True,
    version_table_schema="shared",
    compare_server_default=False,
    include_name=lambda name, kind, _: kind != "schema" or name == "shared",
)
with context.begin_transaction():
    context.run_migrations()
