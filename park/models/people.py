"""People: who they are, what they may do where, and every secret they hold, as hashes only. Only `accounts` reads these."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from tenants.models.shared import OPAQUE, metadata

ROLES = ("operator", "park_admin", "owner", "member", "regulator", "auditor")

_uuid = sa.Uuid(as_uuid=True)
_now = sa.text("now()")


def _instant(name: str, *, null: bool = False, now: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, server_default=_now if now else None)


def _of_user(*, null: bool = False) -> sa.Column[object]:
    return sa.Column("user_id", _uuid, sa.ForeignKey("shared.user.id", ondelete="CASCADE"), nullable=null, index=True)


user = sa.Table(
    "user", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("mobile", sa.Text, unique=True),  # +86..., proven by a code
    sa.Column("email", sa.Text, unique=True),  # lower case, proven by a code or a link
    sa.Column("password", sa.Text),  # argon2id; null: signs in by code
    sa.Column("active", sa.Boolean, nullable=False, server_default="true"),
    sa.Column("lang", sa.Text),  # null: the installation's
    _instant("created", now=True),
    sa.CheckConstraint("mobile IS NOT NULL OR email IS NOT NULL", name="reachable"),
)  # fmt: skip

# What a person may do where. `tenant` for owner and member, `park` for park_admin, neither for operator and regulator.
membership = sa.Table(
    "membership", metadata,
    sa.Column("id", _uuid, primary_key=True),
    _of_user(),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("tenant", OPAQUE, index=True),
    sa.Column("park", OPAQUE, index=True),
    sa.Column("waiting", sa.Boolean, nullable=False, server_default="false"),  # claims a held firm; the park has not said yes
    _instant("created", now=True),
    sa.UniqueConstraint("user_id", "role", "tenant", "park", postgresql_nulls_not_distinct=True, name="membership_once"),
    sa.CheckConstraint("role IN ('operator', 'park_admin', 'owner', 'member', 'regulator', 'auditor')", name="role"),
    sa.CheckConstraint("(role IN ('owner', 'member')) = (tenant IS NOT NULL)", name="tenant"),
    sa.CheckConstraint("(role IN ('park_admin', 'auditor')) = (park IS NOT NULL)", name="park"),
)  # fmt: skip

# `id` is the SHA-256 of what the browser holds. `park` is the operator's pick.
user_session = sa.Table(
    "user_session", metadata,
    sa.Column("id", sa.LargeBinary, primary_key=True),
    _of_user(),
    sa.Column("membership_id", _uuid, sa.ForeignKey("shared.membership.id", ondelete="SET NULL"), index=True),
    sa.Column("park", OPAQUE),
    sa.Column("renew", sa.Boolean, nullable=False, server_default="false"),  # exchange the secret at the next request
    sa.Column("device", sa.Text, nullable=False, server_default=""),  # browser and system, for the person's own list
    _instant("created", now=True),
    _instant("seen", now=True),
    _instant("expires"),
)  # fmt: skip

# Six digits sent to a mobile number or e-mail address, or the long secret of a reset link.
login_code = sa.Table(
    "login_code", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),  # sign_in | join | contact | reset
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("code", sa.LargeBinary, nullable=False),  # keyed hash
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
    _instant("created", now=True),
    _instant("expires"),
    _instant("used", null=True),
    sa.Index("login_code_destination_idx", "destination", "purpose", "created"),
)  # fmt: skip

# To be owner or member of a tenant, administrator of a park, or a regulator; or (tenant null, park set) to bring a new firm.
invitation = sa.Table(
    "invitation", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False, unique=True),  # SHA-256
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("tenant", OPAQUE, index=True),
    sa.Column("park", OPAQUE, index=True),
    sa.Column("mobile", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("title", sa.Text),  # of the firm invited
    sa.Column("credit_code", sa.Text),
    sa.Column("invited_by", sa.Text, nullable=False),
    _instant("created", now=True),
    _instant("expires"),
    _instant("used", null=True),
    _instant("withdrawn", null=True),
    sa.CheckConstraint("num_nonnulls(mobile, email) = 1", name="bound"),
)  # fmt: skip

# A device's or program's key to one tenant's door.
token = sa.Table(
    "token", metadata,
    sa.Column("id", sa.Text, primary_key=True),  # public part
    sa.Column("secret", sa.LargeBinary, nullable=False),  # SHA-256
    sa.Column("broker", sa.Text, nullable=False),  # the same secret as an MQTT broker's password file holds it
    sa.Column("tenant", OPAQUE, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("scopes", ARRAY(sa.Text), nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    _instant("created", now=True),
    _instant("expires"),
    _instant("used", null=True),
    _instant("revoked", null=True),
)  # fmt: skip

# Messages to carry out of the house. `body` is emptied once carried, for it may hold a code or link; the demo keeps it to show.
outbox = sa.Table(
    "outbox", metadata,
    sa.Column("id", _uuid, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),  # sms | mail
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, server_default=""),
    sa.Column("body", sa.Text, nullable=False),
    _instant("created", now=True),
    _instant("sent", null=True),
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Index("outbox_unsent_idx", "created", postgresql_where=sa.text("sent IS NULL")),
)  # fmt: skip

# How often something was tried without success. `key` is a digest of what is guarded, never the name itself.
throttle = sa.Table(
    "throttle", metadata,
    sa.Column("key", sa.LargeBinary, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    _instant("last"),
    _instant("until"),
)  # fmt: skip
