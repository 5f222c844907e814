"""A person decides about a problem: true as it is, replaced by an estimate, or left; each with a reason, all in the audit."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import numpy as np
import orjson

from tenants import audit
from tenants.db import TenantSession
from tenants.errors import InvalidInput, LingyuanError
from tenants.ingest.accept import accept
from tenants.ingest.series import Series
from tenants.ingest.undo import undo as take_back
from tenants.quality import contradictions
from tenants.quality.problems import Problem, get
from tenants.quality.repair import Repair, propose
from tenants.topology import load

SOURCE = "repair"
LONGEST_REASON = 500
STATES = {"accepted": "accepted as true", "replaced": "replaced", "left": "left as it is", "gone": "gone"}  # in words


class DecidedAlready(LingyuanError):
    """This problem is decided already: {state}."""

    status = 409
    remedy = "Take the decision back first, then decide anew."


class NothingDecided(LingyuanError):
    """Nothing is decided about this problem that could be taken back."""

    status = 409
    remedy = "The list shows what has been decided."


class NothingToAccept(LingyuanError):
    """Values that are missing cannot be accepted as true."""

    status = 409
    remedy = "Replace them by an estimate, or leave the gap."


def confirm(session: TenantSession, wanted: UUID, *, actor: str, reason: str) -> Problem:
    """The stored values are true: the problem is none.

    Raises:
        NotFound, DecidedAlready, NothingToAccept; InvalidInput: no reason.
    """
    problem = _opened(session, wanted, reason)
    if problem.rule in ("gap", "gaps"):
        raise NothingToAccept()
    if problem.rule == "duplicate":
        contradictions.dismiss(session, problem)
    return _decided(session, problem, "accepted", actor, reason)


def leave(session: TenantSession, wanted: UUID, *, actor: str, reason: str) -> Problem:
    """The problem is known and stays as it is.

    Raises:
        NotFound, DecidedAlready; InvalidInput: no reason.
    """
    return _decided(session, _opened(session, wanted, reason), "left", actor, reason)


def replace(
    session: TenantSession, wanted: UUID, *, method: str, actor: str, reason: str, total: str | None = None
) -> tuple[Problem, Repair]:
    """Puts estimates in place of the problem's values, through the one gate; what was there is kept as a former row.

    Args:
        method: one of the rule's methods (`tenants.calc.quality.rules`); `total` is the quantity that `given` spreads.
    Raises:
        NotFound, DecidedAlready, NotHere, CannotEstimate; InvalidInput: no reason or no such total.
    """
    problem = _opened(session, wanted, reason)
    repair = propose(session, problem, method, total)
    channel = load(session).channels[problem.channel]
    count = repair.start.size
    series = Series(
        problem.meter, channel.flow, repair.step, repair.start, repair.values, np.full(count, repair.quality, np.uint8),
        np.arange(1, count + 1, dtype=np.int32), final=True,
    )  # fmt: skip
    receipt = accept(
        session, [series], source=SOURCE, name=f"{problem.rule}: {method}", actor=actor, replace_reason=reason,
        sha256=hashlib.sha256(repair.start.tobytes() + repair.values.tobytes()).hexdigest(),
    )  # fmt: skip
    if receipt.refused:
        raise InvalidInput(field="the total", reason="no meter can count so much in so short a time", remedy="Check the unit.")
    if receipt.batch is not None:
        said = {"problem": str(problem.id), "rule": problem.rule, "method": method, "author": actor}
        session.execute(
            "UPDATE batch SET receipt = receipt || CAST(:said AS jsonb) WHERE id = :batch",
            {"batch": receipt.batch, "said": orjson.dumps(said).decode()},
        )
    decided = _decided(session, problem, "replaced", actor, reason, batch=receipt.batch, method=method, total=repair.total)
    return decided, repair


def undo(session: TenantSession, wanted: UUID, *, actor: str, reason: str) -> Problem:
    """Takes a decision back: estimates give way to what was there before, and the problem is open again.

    Raises:
        NotFound, NothingDecided; InvalidInput: no reason.
    """
    _check(reason)
    session.lock()
    problem = get(session, wanted)
    if problem.state not in ("accepted", "replaced", "left"):
        raise NothingDecided()
    if problem.batch is not None:
        take_back(session, problem.batch, actor=actor, reason=reason)
    if problem.rule == "duplicate" and problem.state == "accepted":
        contradictions.reopen(session, problem)
    session.execute(
        "UPDATE problem SET state = 'open', decided = NULL, actor = '', reason = '', batch = NULL WHERE id = :id", {"id": wanted}
    )
    audit.record(session, subject=session.tenant, actor=actor, action="problem.undo", problem=wanted, rule=problem.rule,
                 was=problem.state, reason=reason)  # fmt: skip
    return get(session, wanted)


def _opened(session: TenantSession, wanted: UUID, reason: str) -> Problem:
    _check(reason)
    session.lock()
    problem = get(session, wanted)
    if problem.state != "open":
        raise DecidedAlready(state=STATES.get(problem.state, problem.state))
    return problem


def _check(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(field="reason", reason="a decision needs a reason", remedy="Say why, in a sentence.")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(field="reason", reason="it is too long", remedy="Say it in a sentence.")


def _decided(
    session: TenantSession, problem: Problem, state: str, actor: str, reason: str, *, batch: UUID | None = None, **more: Any
) -> Problem:
    session.execute(
        "UPDATE problem SET state = :state, decided = clock_timestamp(), actor = :actor, reason = :reason, batch = :batch "
        "WHERE id = :id",
        {"state": state, "actor": actor, "reason": reason.strip(), "batch": batch, "id": problem.id},
    )
    audit.record(
        session, subject=session.tenant, actor=actor, action=f"problem.{VERBS[state]}", problem=problem.id, rule=problem.rule,
        reason=reason.strip(), batch=batch, **more,
    )  # fmt: skip
    return get(session, problem.id)


VERBS = {"accepted": "accept", "replaced": "replace", "left": "leave"}
