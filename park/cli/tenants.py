"""lingyuan tenant ..."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from park import members, parks
from park.access import accounts_session, park_session
from park.cli.frame import FILE, PARK, actor, command, group, house, listing
from park.cli.spoken import spoken
from park.people.credit_code import credit_code as checked_credit_code

_TENANT = click.option("--tenant", "wanted", required=True, help="Tenant: id, name or credit code.")


@group()
def tenant() -> None:
    """Tenants: firms of a park, each with a schema of its own."""


@command(group=tenant, text=lambda made: str(made["tenant"]))
@PARK
@click.option("--name", required=True, help="The firm's name.")
@click.option("--credit-code", help="Unified social credit code.")
@click.option("--held", is_flag=True, help="The park enters its figures on its behalf (代填).")
@click.option("--public", is_flag=True, help="Public loads of the park, not a firm.")
def create(park: str, name: str, credit_code: str | None, held: bool, public: bool) -> dict[str, str]:
    """Create a tenant with its own schema; prints its id."""
    code = checked_credit_code(credit_code) if credit_code else None
    with house() as found:
        made = members.create(
            found.db, found.owner, park=parks.find(found.db, park), title=name, actor=actor(), credit_code=code,
            held=held or public, kind="public" if public else "firm",
        )  # fmt: skip
        return {"tenant": made}


@command("list", group=tenant, text=listing("tenant", "title", "park_title", "state", "held", "consent"))
@click.option("--park", help="Only this park's.")
def list_tenants(park: str | None) -> list[dict[str, Any]]:
    """List the tenants."""
    with house() as found:
        rows = members.listed(found.db, parks.find(found.db, park) if park else None)
        return [{"tenant": row.name, **{k: v for k, v in row._mapping.items() if k != "name"}} for row in rows]


def _decide(wanted: str, state: str) -> dict[str, str]:
    with house() as found:
        name = members.find(found.db, wanted)
        with accounts_session(found.db) as session:
            park = session.scalar("SELECT park FROM shared.tenant WHERE name = :name", name=name)
        with park_session(found.db, park) as of_park:
            members.decide(of_park, name, state, actor())
        if state == "provisioning":
            members.provision_now(found.db, found.owner, name)
        return {"tenant": name, "state": "active" if state == "provisioning" else state}


@command(group=tenant)
@_TENANT
def approve(wanted: str) -> dict[str, str]:
    """Let a waiting firm in."""
    return _decide(wanted, "provisioning")


@command(group=tenant)
@_TENANT
def suspend(wanted: str) -> dict[str, str]:
    """Nobody can sign in to it, its devices are refused; its data and figures stay."""
    return _decide(wanted, "suspended")


@command(group=tenant)
@_TENANT
def resume(wanted: str) -> dict[str, str]:
    """End a suspension."""
    return _decide(wanted, "active")


@command(group=tenant)
@_TENANT
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def export(wanted: str, output: Path) -> dict[str, Any]:
    """Write everything of one tenant into one file; prints its SHA-256."""
    from park import offboarding

    with house() as found:
        return offboarding.export(found, members.find(found.db, wanted), output, actor=actor())


@command(group=tenant)
@click.argument("file", type=FILE)
@click.option("--park", help="Into this park; default: the park of the same name.")
@click.option("--sha256", help="What the export printed: a file that differs by one bit is refused.")
def restore(file: Path, park: str | None, sha256: str | None) -> dict[str, Any]:
    """Make a tenant from an exported file, under a new id if the old one is taken."""
    from park import offboarding

    with house() as found:
        target = parks.find(found.db, park) if park else None
        return offboarding.restore(found, file, park=target, actor=actor(), sha256=sha256)


@command(group=tenant)
@_TENANT
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(wanted: str, yes: bool) -> dict[str, Any]:
    """Erase a tenant: schema, role, files, people. What others rely on keeps a pseudonym."""
    from park import offboarding

    with house() as found:
        name = offboarding.find(found.db, wanted)
        if not yes:
            click.confirm(f"{wanted}: {spoken('Erase everything? This cannot be undone.')}", abort=True, err=True)
        return offboarding.erase(found, name, actor=actor())
