"""Parks, what they set, what they know from above, and what regulators may see of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tenants.models.shared import OPAQUE, metadata

_uuid = sa.Uuid(as_uuid=True)
_now = sa.text("now()")

park = sa.Table(
    "park", metadata,
    sa.Column("name", OPAQUE, primary_key=True),  # opaque; also the role
    sa.Column("title", sa.Text, nullable=False, unique=True),
    sa.Column("province", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),  # join code
    sa.Column("approval", sa.Boolean, nullable=False, server_default="true"),  # joining waits for the park's yes
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("base_year", sa.SmallInteger),
    sa.Column("own_target", sa.Numeric),  # tCO2/tce, the park's own; null: none set
    sa.Column("created", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip

# The park's own top-down totals (grid company, gas company, statistics), in milli-units.
park_total = sa.Table(
    "park_total", metadata,
    sa.Column("park", OPAQUE, primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("flow", sa.Text, primary_key=True),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)  # fmt: skip

park_target = sa.Table(
    "park_target", metadata,
    sa.Column("park", OPAQUE, primary_key=True),
    sa.Column("year", sa.SmallInteger, primary_key=True),
    sa.Column("emission_tco2", sa.Numeric, nullable=False),
)  # fmt: skip

park_choice = sa.Table(
    "park_choice", metadata,
    sa.Column("park", OPAQUE, primary_key=True),
    sa.Column("year", sa.SmallInteger, primary_key=True),
    sa.Column("use_year", sa.SmallInteger, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip

# Account numbers of the park's own sheet, bound to tenants.
held_account = sa.Table(
    "held_account", metadata,
    sa.Column("park", OPAQUE, primary_key=True),
    sa.Column("account_no", sa.Text, primary_key=True),
    sa.Column("account_name", sa.Text, nullable=False, server_default=""),
    sa.Column("tenant", OPAQUE),  # null: still to bind
    sa.Column("months", JSONB, nullable=False, server_default="{}"),  # kept until bound: {"2026-03": milli-kWh}
)  # fmt: skip

# A firm that joins takes over its held tenant: whose it was is kept to show that the total did not jump.
claimed = sa.Table(
    "claimed", metadata,
    sa.Column("tenant", OPAQUE, primary_key=True),
    sa.Column("park", OPAQUE, nullable=False),
    sa.Column("from_month", sa.Date, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip

# What regulators see: additive figures of completed months, refreshed once a day. A hidden one has no value but a reason.
# `contributors` never leaves the table.
summary_month = sa.Table(
    "summary_month", metadata,
    sa.Column("park", OPAQUE, primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("method", sa.Text, primary_key=True),
    sa.Column("figure", sa.Text, primary_key=True),
    sa.Column("value", sa.Numeric),
    sa.Column("hidden", sa.Text),  # few | dominated | complement | changed
    sa.Column("tenants", sa.Integer, nullable=False),
    sa.Column("missing", sa.BigInteger, nullable=False),
    sa.Column("expected", sa.BigInteger, nullable=False),
    sa.Column("contributors", ARRAY(sa.Text), nullable=False),
    sa.Column("refreshed", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip
# Facts of a park's year that hold no tenant's name or figure: submitted and due months, coverage, targets.
summary_year = sa.Table(
    "summary_year", metadata,
    sa.Column("park", OPAQUE, primary_key=True),
    sa.Column("year", sa.SmallInteger, primary_key=True),
    sa.Column("facts", JSONB, nullable=False),
    sa.Column("refreshed", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip
