"""Green certificates, traded green power and offsets: entered with their serials and contract, shown beside the accounts."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any
from uuid import UUID

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import aria
from dashboards.house import house
from dashboards.room import Context, Query, context, refusal
from park.notation import number
from tenants import certificates, clock, documents, offsets
from tenants.db import TenantSession, tenant_session
from tenants.errors import InvalidInput, LingyuanError
from tenants.serials import Serials, serials

KINDS = {"gec": "Green certificate (GEC)", "traded": "Traded green power", "gec_self_use": "GEC of self-used PV (evidence only)"}
STATUSES: dict[str, tuple[str, cards.Status]] = {
    "held": ("Held", "neutral"),
    "reserved": ("Reserved", "warn"),
    "retired": ("Retired", "good"),
    "cancelled": ("Cancelled", "good"),
}


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    return html.Div(_content(ctx), id="certificates-content")


def _content(ctx: Context, said: Any = None) -> Any:
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        today = clock.today(session.zone)
        parts = [_coverage(ctx, session, today.year), _list(ctx, session, today), _offset_list(ctx, session)]
    return cards.page(
        say("Green power and offsets"),
        html.Div(said, **aria(live="polite")),
        cards.grid(_form(ctx, today), _offset_form(ctx, today), columns=2),
        *parts,
        lead=say(
            "Four kinds stay apart: PV self-use and direct line are metered; "
            "traded green power and certificates are entered here."
        ),
    )


def _form(ctx: Context, today: dt.date) -> Any:
    say = ctx.say
    return cards.card(
        say("Certificates or traded green power"),
        dmc.Select(
            id="cert-kind",
            label=say("Kind"),
            value="gec",
            allowDeselect=False,
            data=[{"value": k, "label": say(v)} for k, v in KINDS.items()],
        ),
        dmc.TextInput(id="cert-registry", label=say("Registry"), placeholder="国家绿证核发交易系统"),
        dmc.TextInput(id="cert-serials", label=say("First and last serial number"), placeholder="GEC-2026-0001 - GEC-2026-0100"),
        html.Div(
            [
                dmc.TextInput(id="cert-vintage", label=say("Month of generation"), placeholder="2026-03", value=f"{today:%Y-%m}"),
                dmc.NumberInput(
                    id="cert-year", label=say("Cancelled for year; empty if only held"), allowDecimal=False, value=""
                ),
            ],
            className="ly-form-row",
        ),
        _contract(ctx, "cert"),
        dmc.Button(say("Record"), id="cert-save"),
        note=say("One certificate is 1,000 kWh. A serial can be claimed once on the whole platform."),
    )


def _offset_form(ctx: Context, today: dt.date) -> Any:
    say = ctx.say
    return cards.card(
        say("Offsets"),
        dmc.TextInput(id="offset-registry", label=say("Registry"), placeholder="CCER"),
        dmc.TextInput(id="offset-serials", label=say("First and last serial number")),
        html.Div(
            [
                dmc.TextInput(id="offset-project", label=say("Project id")),
                dmc.TextInput(id="offset-name", label=say("Project name")),
            ],
            className="ly-form-row",
        ),
        html.Div(
            [
                dmc.TextInput(id="offset-method", label=say("Methodology")),
                dmc.NumberInput(id="offset-year", label=say("Year they arose"), allowDecimal=False, value=today.year - 1),
            ],
            className="ly-form-row",
        ),
        _contract(ctx, "offset"),
        dmc.Button(say("Record"), id="offset-save"),
        note=say("Each is one tonne. Offsets are shown beside the accounts and never deducted."),
    )


def _contract(ctx: Context, prefix: str) -> Any:
    kinds = ctx.say("Only photos, PDF and Word are taken here.")
    return cards.attach_box(f"{prefix}-file", ctx.say("Attach the contract"), ctx.say, accept="image/*,.pdf,.docx", kinds=kinds)


def _coverage(ctx: Context, session: TenantSession, year: int) -> Any:
    say = ctx.say
    rows = session.rows(
        "SELECT year, kind, held_kwh, valid_kwh, applied_wh FROM shared.certificate_year WHERE tenant = current_user "
        "AND year >= :since ORDER BY year DESC, kind",
        since=year - 1,
    )
    if not rows:
        return None
    table = [
        {
            "year": str(row.year),
            "kind": say(KINDS[row.kind]),
            "held": number(row.held_kwh),
            "valid": number(row.valid_kwh),
            "applied": number(row.applied_wh / 1000, 0),
            "surplus": number(row.valid_kwh - row.applied_wh / 1000, 0),
        }
        for row in rows
    ]
    columns = [
        cards.Column("year", say("Year")),
        cards.Column("kind", say("Kind")),
        cards.Column("held", say("Recorded, kWh"), "number"),
        cards.Column("valid", say("Valid for the year, kWh"), "number"),
        cards.Column("applied", say("Covers, kWh"), "number"),
        cards.Column("surplus", say("Surplus, kWh"), "number"),
    ]
    return cards.section(
        say("What they cover"),
        cards.table(columns, table, caption=say("What they cover")),
        note=say("At most the grid power that is not green already; surplus is neither carried over nor counted."),
    )


def _range(of: Serials) -> str:
    first, last = of.ends
    return first if first == last else f"{first} – {last}"


def _list(ctx: Context, session: TenantSession, today: dt.date) -> Any:
    say = ctx.say
    rows = []
    for one in certificates.list_certificates(session):
        text, status = STATUSES[one.status]
        do = None
        if one.status == "held" and one.kind != "gec_self_use":
            do = dmc.Button(
                say("Cancel for {year}", year=one.vintage.year),
                size="compact-sm",
                variant="default",
                id={"type": "cert-cancel", "id": str(one.id), "year": one.vintage.year},
            )
        rows.append(
            {
                "kind": say(KINDS[one.kind]),
                "serials": _range(one.serials),
                "kwh": number(one.kwh),
                "vintage": f"{one.vintage:%Y-%m}",
                "status": cards.status_chip(say(text) + (f" {one.claim_year}" if one.claim_year else ""), status),
                "valid": say("expired") if one.expiry < today and one.status == "held" else f"{one.expiry}",
                "do": do,
            }
        )
    columns = [
        cards.Column("kind", say("Kind")),
        cards.Column("serials", say("Serial numbers")),
        cards.Column("kwh", "kWh", "number"),
        cards.Column("vintage", say("Generated")),
        cards.Column("status", say("Status")),
        cards.Column("valid", say("Valid to")),
        cards.Column("do", ""),
    ]
    return cards.section(
        say("Certificates"), cards.table(columns, rows, caption=say("Certificates"), empty=say("None recorded yet."))
    )


def _offset_list(ctx: Context, session: TenantSession) -> Any:
    say = ctx.say
    rows = []
    for one in offsets.list_offsets(session):
        text, status = STATUSES[one.status]
        claim = f"{one.retirement.claim_year} · {one.retirement.id}" if one.retirement else ""
        rows.append(
            {
                "project": one.project.name,
                "serials": _range(one.serials),
                "tonnes": number(one.tonnes),
                "vintage": str(one.project.vintage_year),
                "status": cards.status_chip(say(text), status),
                "claim": claim,
            }
        )
    columns = [
        cards.Column("project", say("Project")),
        cards.Column("serials", say("Serial numbers")),
        cards.Column("tonnes", "tCO2e", "number"),
        cards.Column("vintage", say("Arose in")),
        cards.Column("status", say("Status")),
        cards.Column("claim", say("Retired for, number")),
    ]
    return cards.section(say("Offsets"), cards.table(columns, rows, caption=say("Offsets"), empty=say("None recorded yet.")))


def _attached(ctx: Context, session: TenantSession, content: str | None, name: str | None) -> UUID | None:
    if not content:
        return None
    data = base64.b64decode(content.partition(",")[2])
    return documents.store(session, house().settings.home / "files", name=name or "", content=data, actor=ctx.who.actor).id


def callbacks(app: Dash) -> None:
    """Recording, cancelling."""
    for prefix in ("cert", "offset"):

        @app.callback(Output(f"{prefix}-file-name", "children"), Input(f"{prefix}-file", "filename"), prevent_initial_call=True)
        def named(name: str | None) -> Any:
            return name or ""

    @app.callback(
        Output("certificates-content", "children"),
        Input("cert-save", "n_clicks"),
        Input("offset-save", "n_clicks"),
        Input({"type": "cert-cancel", "id": ALL, "year": ALL}, "n_clicks"),
        State("cert-kind", "value"),
        State("cert-registry", "value"),
        State("cert-serials", "value"),
        State("cert-vintage", "value"),
        State("cert-year", "value"),
        State("cert-file", "contents"),
        State("cert-file", "filename"),
        State("offset-registry", "value"),
        State("offset-serials", "value"),
        State("offset-project", "value"),
        State("offset-name", "value"),
        State("offset-method", "value"),
        State("offset-year", "value"),
        State("offset-file", "contents"),
        State("offset-file", "filename"),
        prevent_initial_call=True,
    )
    def save(cert: int | None, offset: int | None, cancel: list[int | None], *given: Any) -> Any:
        ctx = context("firm.enter")
        pressed = fired.triggered_id
        try:
            with tenant_session(ctx.db, ctx.tenant) as session:
                if pressed == "cert-save" and cert:
                    _record(ctx, session, given[:7])
                elif pressed == "offset-save" and offset:
                    _record_offset(ctx, session, given[7:])
                elif isinstance(pressed, dict) and any(cancel):
                    certificates.cancel(session, UUID(pressed["id"]), year=int(pressed["year"]), actor=ctx.who.actor)
                else:
                    return no_update
        except LingyuanError as error:
            return _content(ctx, refusal(ctx, error))
        return _content(ctx, cards.notice(ctx.say("Recorded."), "good"))


def _record(ctx: Context, session: TenantSession, given: tuple[Any, ...]) -> None:
    kind, registry, text, vintage, year, content, name = given
    try:
        month = dt.date.fromisoformat(f"{(vintage or '').strip()}-01")
    except ValueError as error:
        raise InvalidInput(
            field="vintage", reason="'{given}' is not a month", remedy="Write it like 2026-03.", given=vintage
        ) from error
    certificates.record(
        session,
        kind=kind,
        serials=serials(registry or "", text or ""),
        vintage=month,
        actor=ctx.who.actor,
        claim_year=int(year) if year else None,
        document=_attached(ctx, session, content, name),
    )


def _record_offset(ctx: Context, session: TenantSession, given: tuple[Any, ...]) -> None:
    registry, text, project, title, method, year, content, name = given
    offsets.record(
        session,
        serials=serials(registry or "", text or ""),
        project=offsets.Project(project or "", title or "", int(year or 0), method or ""),
        actor=ctx.who.actor,
        document=_attached(ctx, session, content, name),
    )
