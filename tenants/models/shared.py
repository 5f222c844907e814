"""What tenants write or read in the shared schema, under row-level security. The park's tables join this metadata."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

from tenants.models.own import metadata as _own

SCHEMA = "shared"
metadata = sa.MetaData(schema=SCHEMA, naming_convention=_own.naming_convention)

# Of columns that hold the name of a role. `current_user` has this collation: with another, no index serves the comparison.
OPAQUE = sa.Text(collation="C")

_uuid = sa.Uuid(as_uuid=True)
_now = sa.text("now()")

# The registry. `name` is schema and role at once, opaque; `park` likewise.
tenant = sa.Table(
    "tenant", metadata,
    sa.Column("name", OPAQUE, primary_key=True),
    sa.Column("park", OPAQUE, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("credit_code", sa.Text),
    sa.Column("kind", sa.Text, nullable=False, server_default="firm"),  # firm | public
    sa.Column("held", sa.Boolean, nullable=False, server_default="false"),  # entered by the park on its behalf
    sa.Column("state", sa.Text, nullable=False),  # waiting | provisioning | active | suspended | erased
    sa.Column("consent", sa.Text, nullable=False, server_default="month"),  # month | day | interval
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("version", sa.Text),  # revision of its schema; null: none yet
    sa.Column("created", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.CheckConstraint("consent in ('month', 'day', 'interval')", name="consent"),
)  # fmt: skip


def _keys() -> tuple[sa.Column[Any], ...]:
    """Whose row it is."""
    return (
        sa.Column("tenant", OPAQUE, primary_key=True),
        sa.Column("site", _uuid, primary_key=True),
        sa.Column("flow", sa.Text, primary_key=True),
    )


# quantity = measured + estimated + the rest (suspect, allocated without evidence); backed = fixed by register or bill.
# All quantities in milli-units, times in minutes.
def _sums() -> tuple[sa.Column[Any], ...]:
    """Where it belongs and what it holds."""
    return (
        sa.Column("park", OPAQUE, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("measured", sa.BigInteger, nullable=False),
        sa.Column("estimated", sa.BigInteger, nullable=False),
        sa.Column("backed", sa.BigInteger, nullable=False),
        sa.Column("missing", sa.Integer, nullable=False),
        sa.Column("expected", sa.Integer, nullable=False),
    )


flow_day = sa.Table("flow_day", metadata, *_keys(), sa.Column("day", sa.Date, primary_key=True), *_sums())
flow_month = sa.Table(
    "flow_month", metadata, *_keys(), sa.Column("month", sa.Date, primary_key=True), *_sums(),
    sa.Index("flow_month_park_month_idx", "park", "month", postgresql_include=["tenant", "flow", "quantity"]),
)  # fmt: skip
sa.Index("flow_day_park_day_idx", flow_day.c.park, flow_day.c.day)

# Published only while the tenant consents to intervals.
flow_curve = sa.Table(
    "flow_curve", metadata, *_keys(), sa.Column("day", sa.Date, primary_key=True),
    sa.Column("park", OPAQUE, nullable=False),
    sa.Column("step_minutes", sa.SmallInteger, nullable=False),
    sa.Column("values", ARRAY(sa.BigInteger), nullable=False),
)  # fmt: skip

# When the tenant last published: what waiting pages look at.
published = sa.Table(
    "published", metadata,
    sa.Column("tenant", OPAQUE, primary_key=True),
    sa.Column("park", OPAQUE, nullable=False, index=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip

# Month confirmed by the tenant, and offsets it shows beside its accounts (tCO2e).
submitted = sa.Table(
    "submitted", metadata,
    sa.Column("tenant", OPAQUE, primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("park", OPAQUE, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip
offset_year = sa.Table(
    "offset_year", metadata,
    sa.Column("tenant", OPAQUE, primary_key=True),
    sa.Column("year", sa.SmallInteger, primary_key=True),
    sa.Column("status", sa.Text, primary_key=True),
    sa.Column("park", OPAQUE, nullable=False),
    sa.Column("tonnes", sa.BigInteger, nullable=False),
)  # fmt: skip
certificate_year = sa.Table(
    "certificate_year", metadata,
    sa.Column("tenant", OPAQUE, primary_key=True),
    sa.Column("year", sa.SmallInteger, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("park", OPAQUE, nullable=False),
    sa.Column("held_kwh", sa.BigInteger, nullable=False),
    sa.Column("valid_kwh", sa.BigInteger, nullable=False),
    sa.Column("applied_wh", sa.BigInteger, nullable=False),
)  # fmt: skip

# One serial, one claim, on the whole platform. Ranges are [first, last + 1).
claim = sa.Table(
    "claim", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("tenant", OPAQUE, nullable=False),
    sa.Column("registry", sa.Text, nullable=False),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("serials", sa.dialects.postgresql.INT8RANGE, nullable=False),
    ExcludeConstraint(("registry", "="), ("prefix", "="), ("serials", "&&"), name="claim_serials_excl", using="gist"),
)  # fmt: skip

audit = sa.Table(
    "audit", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.Column("writer", OPAQUE, nullable=False, server_default=sa.text("current_user")),  # database role
    sa.Column("subject", OPAQUE, nullable=False),  # tenant or park it is about
    sa.Column("actor", sa.Text, nullable=False),  # user id, token id or cli:<os user>
    sa.Column("action", sa.Text, nullable=False),  # noun.verb
    sa.Column("facts", JSONB, nullable=False, server_default="{}"),
    sa.Index("audit_subject_at_idx", "subject", "at"),
)  # fmt: skip

# Work a tenant asks for; the worker drains it.
mark = sa.Table(
    "mark", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("tenant", OPAQUE, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # provision | publish | quality | erase
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.Column("done", sa.DateTime(timezone=True)),
    sa.Column("error", sa.Text),
)  # fmt: skip
