"""How exact the firm's meters and factors are, as it states it: the ground of every figure's uncertainty."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards import cards, explained
from dashboards.room import Context
from tenants import uncertainties
from tenants.db import TenantSession, tenant_session
from tenants.factors.factor import KIND_NAMES
from tenants.flows import FLOWS


def form(ctx: Context, session: TenantSession) -> Any:
    """A field for each flow in use and each factor that no method fixes."""
    say = ctx.say
    said = uncertainties.stated(session)
    flows = uncertainties.flows_in_use(session)
    fields = [
        *(_field("quantities", flow, explained.flow_name(flow, say), said.quantities.get(flow)) for flow in flows),
        *(_field("factors", kind, say(KIND_NAMES[kind]), said.factors.get(kind)) for kind in _factors(flows)),
    ]
    return cards.card(
        say("How exact your meters are"),
        html.Div(fields, className="ly-fields"),
        dmc.Button(say("Save"), id="exactness-save", variant="default"),
        note=say(
            "± % at 95 %: for an electricity meter the class printed on it, 0.5S is 0.5. "
            "What stays empty is unknown, and the figure's grade is then D."
        ),
    )


def _factors(flows: list[str]) -> list[str]:
    """The kinds of factors that figures of these flows use and no method fixes."""
    gases = any(FLOWS[flow].kind == "gas" for flow in flows)
    return [kind for kind in uncertainties.OPEN_FACTORS if gases or kind != "gwp_ar6"]


def _field(part: str, key: str, label: str, value: Any) -> Any:
    return dmc.TextInput(
        id={"type": "exactness", "part": part, "of": key},
        label=label,
        value="" if value is None else f"{value:f}",
        leftSection="±",
        rightSection="%",
        inputProps={"inputMode": "decimal"},
    )


def save(ctx: Context, values: list[str | None], ids: list[dict[str, str]]) -> Any:
    """Keeps what was typed; says so."""
    given: dict[str, dict[str, str]] = {"quantities": {}, "factors": {}}
    for one, text in zip(ids, values, strict=True):
        given.setdefault(one["part"], {})[one["of"]] = text or ""
    with tenant_session(ctx.db, ctx.tenant) as session:
        uncertainties.state(session, quantities=given["quantities"], factors=given["factors"], actor=ctx.who.actor)
    return cards.notice(ctx.say("Saved."), "good")
