"""lingyuan imports, undo, layout"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from park.cli.frame import TENANT, actor, command, facts, group, listing, of_tenant


@command(text=listing("received", "name", "source", "actor", "rows", "accepted", "refused", "undone", "batch"))
@TENANT
@click.option("--devices", is_flag=True, help="Also what devices sent.")
@click.option("--most", default=50, show_default=True, help="How many, the newest first.")
def imports(tenant: str, devices: bool, most: int) -> list[dict[str, Any]]:
    """What came in: who, when, how many rows, and what was taken back."""
    from tenants.ingest import imports as known

    with of_tenant(tenant) as (_, session):
        return [one.as_json() for one in known.listed(session, most=most, devices=devices)]


@command(text=facts)
@click.argument("batch", type=click.UUID)
@TENANT
@click.option("--reason", required=True, help="Why it is taken back.")
def undo(batch: UUID, tenant: str, reason: str) -> dict[str, Any]:
    """Take an import back as a whole: what nobody has set since is again what it was before."""
    from tenants.ingest.undo import undo as take_back

    with of_tenant(tenant, timeout_s=600) as (_, session):
        return take_back(session, batch, actor=actor(), reason=reason).as_json()


@group()
def layout() -> None:
    """How files of a shape are read, as a person said."""


@command("list", group=layout, text=listing("shape", "name", "actor", "at"))
@TENANT
def list_layouts(tenant: str) -> list[dict[str, Any]]:
    """All shapes that are known."""
    from tenants.ingest import layouts

    with of_tenant(tenant) as (_, session):
        return [one.as_json() for one in layouts.listed(session)]


@command("forget", group=layout)
@click.argument("shape")
@TENANT
def forget_layout(shape: str, tenant: str) -> dict[str, Any]:
    """Forget how files of this shape were read."""
    from tenants.ingest import layouts

    with of_tenant(tenant) as (_, session):
        layouts.forget(session, shape, actor=actor())
    return {"forgotten": shape}
