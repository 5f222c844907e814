"""lingyuan problems, lingyuan problem ..."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from park import problems as words
from park.cli.frame import TENANT, actor, command, group, house, listing, of_tenant
from park.cli.spoken import language
from tenants.calc.quality.rules import RULES
from tenants.db import tenant_session
from tenants.quality import decide, find, worth
from tenants.quality import problems as kept
from tenants.quality.repair import METHODS
from tenants.quantities import in_units

_REASON = click.option("--reason", required=True, help="Why, in a sentence.")
_PROBLEM = click.argument("problem", type=click.UUID)
_WHICH = {"open": ("open",), "decided": kept.DECIDED, "gone": ("gone",), "all": kept.STATES}


@command(text=listing("problem", "tenant", "title", "meter", "energy", "unit", "yuan", "status", "sentence"))
@click.option("--tenant", help="Tenant: id, name or credit code; default all.")
@click.option("--find", "look", is_flag=True, help="Look at all data first.")
@click.option("--state", type=click.Choice(list(_WHICH)), default="open", show_default=True)
def problems(tenant: str | None, look: bool, state: str) -> list[dict[str, Any]]:
    """What looks wrong in the data, the most energy first."""
    from park import members

    found: list[dict[str, Any]] = []
    with house() as opened:
        active = [row.name for row in members.listed(opened.db) if row.state == "active"]
        for name in active if tenant is None else [members.find(opened.db, tenant)]:
            with tenant_session(opened.db, name, timeout_s=600) as session:
                if look:
                    find.find(session)
                price = worth.price(session)
                several = kept.listed(session, _WHICH[state])
                found += [{"tenant": name, **words.told(one, language(), price)} for one in several]
    return found


@group()
def problem() -> None:
    """Decide about a problem: accept, replace, leave, undo."""


def _told(one: kept.Problem, **more: Any) -> dict[str, Any]:
    return {**words.told(one, language()), **more}


@command("accept", group=problem)
@_PROBLEM
@TENANT
@_REASON
def accept(problem: UUID, tenant: str, reason: str) -> dict[str, Any]:
    """The values are true as they are."""
    with of_tenant(tenant) as (_, session):
        return _told(decide.confirm(session, problem, actor=actor(), reason=reason))


@command("leave", group=problem)
@_PROBLEM
@TENANT
@_REASON
def leave(problem: UUID, tenant: str, reason: str) -> dict[str, Any]:
    """The problem is known and stays as it is."""
    with of_tenant(tenant) as (_, session):
        return _told(decide.leave(session, problem, actor=actor(), reason=reason))


@command("replace", group=problem)
@_PROBLEM
@TENANT
@_REASON
@click.option("--method", type=click.Choice(list(METHODS)), help="Default: the first of the rule's methods.")
@click.option("--total", help="The quantity that method given spreads over the stretch.")
def replace(problem: UUID, tenant: str, reason: str, method: str | None, total: str | None) -> dict[str, Any]:
    """Put estimates in place of the values; what was there is kept and can be brought back."""
    with of_tenant(tenant) as (_, session):
        rule = RULES.get(kept.get(session, problem).rule)
        chosen = method or (rule.methods[0] if rule and rule.methods else "")
        done, repair = decide.replace(session, problem, method=chosen, actor=actor(), reason=reason, total=total)
        return _told(done, method=chosen, intervals=int(repair.start.size), total=in_units(repair.total))


@command("undo", group=problem)
@_PROBLEM
@TENANT
@_REASON
def undo(problem: UUID, tenant: str, reason: str) -> dict[str, Any]:
    """Take the decision back: the former values are there again and the problem is open."""
    with of_tenant(tenant) as (_, session):
        return _told(decide.undo(session, problem, actor=actor(), reason=reason))
