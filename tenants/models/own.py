"""The tables of one tenant's schema. No schema name here: `tenant_session` sets the search path."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

_uuid = sa.Uuid(as_uuid=True)
_now = sa.text("now()")

# One row: whoever writes locks it first, so a tenant has one writer at a time. `settings` holds the tenant's choices.
state = sa.Table(
    "state", metadata,
    sa.Column("id", sa.Boolean, primary_key=True, server_default="true"),
    sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("settings", JSONB, nullable=False, server_default="{}"),
    sa.CheckConstraint("id", name="one_row"),
)  # fmt: skip

site = sa.Table(
    "site", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("zone", sa.Text, nullable=False, server_default=""),  # area of the park, not a time zone
    sa.Column("region", sa.Text, nullable=False),  # province of the grid factor
    sa.Column("in_boundary_from", sa.Date),  # null: since ever
    sa.Column("in_boundary_to", sa.Date),  # first day outside; null: until further notice
    sa.Column("zero_export", sa.Boolean, nullable=False, server_default="false"),  # declared, not measured
    sa.Column("counts", JSONB, nullable=False, server_default="{}"),  # {flow: "meter" | "bill"}
    sa.Column("account_no", sa.Text),
)  # fmt: skip

meter = sa.Table(
    "meter", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("site", _uuid, sa.ForeignKey("site.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("device", sa.Text, nullable=False, server_default=""),
    sa.Column("parent", _uuid, sa.ForeignKey("meter.id")),
)  # fmt: skip

channel = sa.Table(
    "channel", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("uuid", _uuid, nullable=False, unique=True),
    sa.Column("meter", _uuid, sa.ForeignKey("meter.id"), nullable=False),
    sa.Column("flow", sa.Text, nullable=False),
    sa.Column("multiplier", sa.Numeric, nullable=False, server_default="1"),  # from the start; later ones are meter events
    sa.Column("kind", sa.Text, nullable=False, server_default="interval"),  # interval | register
    sa.Column("digits", sa.SmallInteger),  # places before the point at which a register rolls over; null: unknown
    sa.Column("rated", sa.Numeric),  # greatest possible rate, in the flow's unit per hour (kW); null: unknown
    sa.Column("counterparty", sa.Text),  # for transfers: the other tenant
    sa.Column("since", sa.Date),  # first local day it should have data; set by its first data
    sa.Column("until", sa.Date),  # first day without it
    sa.UniqueConstraint("meter", "flow"),
)  # fmt: skip

batch = sa.Table(
    "batch", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),  # file | http | mqtt | bill | held | repair
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("received", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.Column("receipt", JSONB, nullable=False, server_default="{}"),
    sa.Column("undone", sa.Text),  # who took it back as a whole
)  # fmt: skip

# The 96-point load curve: one row per channel and local day; integers in milli-units; a missing interval is 0 with quality 0.
# No foreign key here and on `curve_batch`: channels and batches are never deleted, and checking a row costs as much as it.
curve = sa.Table(
    "curve", metadata,
    sa.Column("channel", sa.BigInteger, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("step_minutes", sa.SmallInteger, nullable=False),
    sa.Column("values", ARRAY(sa.Integer), nullable=False),
    sa.Column("quality", BYTEA, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.CheckConstraint("cardinality(\"values\") = octet_length(quality)", name="lengths"),
)  # fmt: skip

# Days that were sent in more than one step: what each step said. `curve` then holds the finest, filled from the coarser.
curve_step = sa.Table(
    "curve_step", metadata,
    sa.Column("channel", sa.BigInteger, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("step_minutes", sa.SmallInteger, primary_key=True),
    sa.Column("values", ARRAY(sa.Integer), nullable=False),
    sa.Column("quality", BYTEA, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.CheckConstraint("cardinality(\"values\") = octet_length(quality)", name="lengths"),
)  # fmt: skip

curve_former = sa.Table(
    "curve_former", metadata,
    sa.Column("channel", sa.BigInteger, sa.ForeignKey("channel.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("step_minutes", sa.SmallInteger, nullable=False),
    sa.Column("values", ARRAY(sa.Integer), nullable=False),
    sa.Column("quality", BYTEA, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("batch", _uuid, sa.ForeignKey("batch.id"), nullable=False),  # the one that replaced it
    sa.Column("reason", sa.Text, nullable=False),
)  # fmt: skip

curve_batch = sa.Table(
    "curve_batch", metadata,
    sa.Column("channel", sa.BigInteger, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("batch", _uuid, primary_key=True),
    # What the batch set, so that it can be undone: one bit per interval of the step, or, for a register (step 0), four bytes
    # per reading: its second of the day, big-endian.
    sa.Column("step_minutes", sa.SmallInteger, primary_key=True),
    sa.Column("slots", BYTEA, nullable=False),
)  # fmt: skip

# Cumulative readings as they were sent, the evidence behind a register channel's curve: one row per channel and local day.
# `at` [seconds since local midnight] ascending, `readings` [milli-units at the dial, before any multiplier].
register = sa.Table(
    "register", metadata,
    sa.Column("channel", sa.BigInteger, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("at", ARRAY(sa.Integer), nullable=False),
    sa.Column("readings", ARRAY(sa.BigInteger), nullable=False),
    sa.CheckConstraint('cardinality("at") = cardinality(readings)', name="lengths"),
)  # fmt: skip

# What was done to a register: exchanged, reset, another multiplier (CT x PT), a clock that was found off. Never deleted.
meter_event = sa.Table(
    "meter_event", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("channel", sa.BigInteger, sa.ForeignKey("channel.id"), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # exchange | reset | multiplier | clock
    sa.Column("details", JSONB, nullable=False, server_default="{}"),  # final, initial, digits, multiplier, offset_s
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("recorded", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.Column("withdrawn", sa.DateTime(timezone=True)),
)  # fmt: skip

# What the quality rules found and what a person made of it. `energy` [milli-units] is what is at stake.
problem = sa.Table(
    "problem", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("channel", sa.BigInteger, sa.ForeignKey("channel.id"), nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("start", sa.DateTime(timezone=True), nullable=False),
    sa.Column("end", sa.DateTime(timezone=True), nullable=False),
    sa.Column("energy", sa.BigInteger, nullable=False),
    sa.Column("facts", JSONB, nullable=False, server_default="{}"),  # the places of the rule's sentence
    sa.Column("state", sa.Text, nullable=False, server_default="open"),  # open | accepted | replaced | left | gone
    sa.Column("found", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.Column("decided", sa.DateTime(timezone=True)),
    sa.Column("actor", sa.Text, nullable=False, server_default=""),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("batch", _uuid, sa.ForeignKey("batch.id")),  # the estimate that replaced the values
    sa.UniqueConstraint("channel", "rule", "start"),
)  # fmt: skip

# How a file of this shape was read last time, with what a person said about it.
layout = sa.Table(
    "layout", metadata,
    sa.Column("shape", sa.Text, primary_key=True),  # digest of the headings and the form
    sa.Column("hints", JSONB, nullable=False),
    sa.Column("name", sa.Text, nullable=False),  # of the file it was learned from
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip

# Who sends and how well: one row per sender (token) and meter.
device = sa.Table(
    "device", metadata,
    sa.Column("sender", sa.Text, primary_key=True),  # public id of the token
    sa.Column("meter", sa.Text, primary_key=True),  # as the sender names it; "" for what names none
    sa.Column("door", sa.Text, nullable=False),  # http | mqtt
    sa.Column("seen", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.Column("until", sa.DateTime(timezone=True)),  # end of its newest reading
    sa.Column("readings", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("errors", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("error", JSONB),  # the last refusal: reason, remedy, facts, at
    sa.Column("signal", sa.SmallInteger),  # percent, as the gateway reports it
)  # fmt: skip

# Answers to requests that carried an idempotency key, stored in the transaction of their effect.
request = sa.Table(
    "request", metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("answer", JSONB, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip

# A different value for a filled interval: listed, not applied, until a person decides.
conflict = sa.Table(
    "conflict", metadata,
    sa.Column("channel", sa.BigInteger, sa.ForeignKey("channel.id"), primary_key=True),
    sa.Column("start", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("step_minutes", sa.SmallInteger, primary_key=True),
    sa.Column("offered", sa.BigInteger, primary_key=True),
    sa.Column("kept", sa.BigInteger),  # null: neither was taken
    sa.Column("batch", _uuid, sa.ForeignKey("batch.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="open"),  # open | replaced | dismissed
)  # fmt: skip

document = sa.Table(
    "document", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip

# Bills and other monthly quantities. Half-open local days.
activity = sa.Table(
    "activity", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("site", _uuid, sa.ForeignKey("site.id"), nullable=False),
    sa.Column("flow", sa.Text, nullable=False),
    sa.Column("start_day", sa.Date, nullable=False),
    sa.Column("end_day", sa.Date, nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("method", sa.Text, nullable=False),  # bill | statement | estimate
    sa.Column("details", JSONB, nullable=False, server_default="{}"),  # sharp, peak, flat, valley kWh; kW; factor; CNY
    sa.Column("document", _uuid, sa.ForeignKey("document.id")),
    sa.Column("batch", _uuid, sa.ForeignKey("batch.id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("site", "flow", "start_day"),
    sa.CheckConstraint("end_day > start_day", name="period"),
)  # fmt: skip

activity_former = sa.Table(
    "activity_former", metadata,
    sa.Column("activity", _uuid, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("row", JSONB, nullable=False),
    sa.Column("batch", _uuid, sa.ForeignKey("batch.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)  # fmt: skip

# Green certificates (gec) and traded green power (traded). One unit is 1,000 kWh.
certificate = sa.Table(
    "certificate", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("site", _uuid, sa.ForeignKey("site.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("registry", sa.Text, nullable=False),
    sa.Column("serial_prefix", sa.Text, nullable=False),
    sa.Column("serial_first", sa.BigInteger, nullable=False),
    sa.Column("serial_last", sa.BigInteger, nullable=False),
    sa.Column("vintage", sa.Date, nullable=False),  # first day of the month of generation
    sa.Column("status", sa.Text, nullable=False),  # held | cancelled
    sa.Column("claim_year", sa.SmallInteger),
    sa.Column("document", _uuid, sa.ForeignKey("document.id")),
    sa.Column("batch", _uuid, sa.ForeignKey("batch.id"), nullable=False),
)  # fmt: skip

# Offsets are shown beside the accounts, never inside them. One serial is one tCO2e.
offset = sa.Table(
    "offset", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("registry", sa.Text, nullable=False),
    sa.Column("project_id", sa.Text, nullable=False),
    sa.Column("project_name", sa.Text, nullable=False),
    sa.Column("methodology", sa.Text, nullable=False, server_default=""),
    sa.Column("host", sa.Text, nullable=False, server_default=""),
    sa.Column("vintage_year", sa.SmallInteger, nullable=False),
    sa.Column("serial_prefix", sa.Text, nullable=False),
    sa.Column("serial_first", sa.BigInteger, nullable=False),
    sa.Column("serial_last", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # held | reserved | retired | cancelled
    sa.Column("retirement_id", sa.Text),
    sa.Column("retirement_day", sa.Date),
    sa.Column("beneficiary", sa.Text, nullable=False, server_default=""),
    sa.Column("claim_year", sa.SmallInteger),
    sa.Column("purpose", sa.Text, nullable=False, server_default=""),
    sa.Column("document", _uuid, sa.ForeignKey("document.id")),
    sa.Column("batch", _uuid, sa.ForeignKey("batch.id"), nullable=False),
)  # fmt: skip

# What the firm pays: an average price, or window prices of a tariff area. Prices in milli-CNY per kWh (or kW, kVA and month).
tariff = sa.Table(
    "tariff", metadata,
    sa.Column("valid_from", sa.Date, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # average | windows
    sa.Column("area", sa.Text),  # row key of tenants/factors/tou_periods.csv
    sa.Column("prices", JSONB, nullable=False),  # {"average": n} or {"sharp": n, "peak": n, "flat": n, "valley": n, "demand": n}
)  # fmt: skip

# A factor of a later year is used only by a recorded choice.
factor_choice = sa.Table(
    "factor_choice", metadata,
    sa.Column("year", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("use_year", sa.SmallInteger, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip

submission = sa.Table(
    "submission", metadata,
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)  # fmt: skip
