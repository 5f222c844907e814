"""Takes away one wall that stands in the program, for as long as a test wants to see what then gets through."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import psycopg

from tenants import db
from tenants.db import Database


@contextmanager
def without_set_local() -> Iterator[None]:
    """Roles and settings are taken for the connection's life instead of the transaction's."""
    source = inspect.getsource(db._begin)
    assert source.count("SET LOCAL ") == 3
    names = vars(db).copy()
    exec(compile(source.replace("SET LOCAL ", "SET "), "begin_for_the_session", "exec"), names)
    with mock.patch.object(db, "_begin", names["_begin"]):
        yield


@contextmanager
def without_extended_protocol() -> Iterator[None]:
    """Statements without parameters go by the simple protocol, as psycopg's own cursor sends them."""
    with mock.patch.object(db.ExtendedCursor, "_execute_send", psycopg.Cursor._execute_send):
        yield


@contextmanager
def without_name_check() -> Iterator[None]:
    """Any role's name is taken for a tenant's."""
    with mock.patch.object(Database, "must_be", return_value=None):
        yield
