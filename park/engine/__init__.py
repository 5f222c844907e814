"""The database server: embedded PostgreSQL that the program starts itself, or the one of DATABASE_URL."""

from park.engine.address import Running
from park.engine.lifecycle import Status, ensure, status, stop, superuser, using

__all__ = ["Running", "Status", "ensure", "status", "stop", "superuser", "using"]
