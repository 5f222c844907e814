"""Who did what, when: append-only, written in the transaction that did it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson

from tenants.db import Session


def record(session: Session, *, subject: str, actor: str, action: str, **facts: Any) -> None:
    """Writes one line: `action` is noun.verb, `facts` hold no personal data. The database fills in role and time."""
    session.later(
        "INSERT INTO shared.audit (id, subject, actor, action, facts) "
        "VALUES (:id, :subject, :actor, :action, CAST(:facts AS jsonb))",
        {"id": uuid4(), "subject": subject, "actor": actor, "action": action,
         "facts": orjson.dumps(facts, default=str).decode()},
    )  # fmt: skip
