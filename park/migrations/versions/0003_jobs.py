"""The job library's tables, in a schema of their own that only the worker reaches."""

from __future__ import annotations

from alembic import context, op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    worker = f"{context.config.attributes['prefix']}_worker"
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    op.execute("CREATE SCHEMA jobs")
    op.execute("SET LOCAL search_path = jobs")
    connection.pgconn.exec_(SchemaManager.get_schema().encode())  # the library's own script
    op.execute("RESET search_path")
    op.execute(f"GRANT USAGE ON SCHEMA jobs TO {worker}")
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        op.execute(f"GRANT ALL ON ALL {kind} IN SCHEMA jobs TO {worker}")
