"""The exits that `setup-database` closes: how each is opened again, and what an attacker then does with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tenants.db import Session
from tests.isolation.world import World, superuser

# What one statement then does. `{near}` is the neighbour.
BY_FUNCTION = {
    "set_config": "SELECT query_to_xml('SELECT set_config(''role'', ''{near}'', true)', true, false, ''), "
    "query_to_xml('SELECT name FROM {near}.site', true, false, '')",
    "lo_creat": "SELECT lo_creat(-1)",
    "lo_create": "SELECT lo_create(0)",
    "lo_from_bytea": "SELECT lo_from_bytea(0, repeat('x', 1000)::bytea)",
    "pg_export_snapshot": "SELECT pg_export_snapshot()",
    "pg_notify": "SELECT pg_notify('x', 'y')",
    "pg_logical_emit_message": "SELECT pg_logical_emit_message(true, 'x', repeat('y', 1000))",
    "pg_advisory_lock": "SELECT pg_advisory_lock(1)",
    "pg_advisory_lock_shared": "SELECT pg_advisory_lock_shared(1)",
    "pg_try_advisory_lock": "SELECT pg_try_advisory_lock(1)",
    "pg_try_advisory_lock_shared": "SELECT pg_try_advisory_lock_shared(1)",
}  # fmt: skip
