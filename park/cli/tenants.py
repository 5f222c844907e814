"""lingyuan tenant ..."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from park import members, parks
from park.access import accounts_session, park_session
from park.cli.frame import actor, command, house, table


@click.group()
def tenant() -> None:
    """Create, list, suspend, export, restore and erase tenants."""


@command(group=tenant, text=lambda made: str(made["tenant"]))
@click.option("--park", required=True, help="Park id, name or join code.")
@click.option("--name", required=True, help="The firm's name.")
@click.option("--credit-code", help="Unified social credit code.")
@click.option("--held", is_flag=True, help="The park enters its figures on its behalf (代填).")
@click.option("--public", is_flag=True, help="Public loads of the park, not a firm.")
def create(park: str, name: str, credit_code: str | None, held: bool, public: bool) -> dict[str, str]:
    """Create a tenant with its own schema; prints its id."""
    from park.people.credit_code import credit_code as checked

    with house() as found:
        made = members.create(
            found.db, found.owner, park=parks.find(found.db, park), title=name, actor=actor(),
            credit_code=checked(credit_code) if credit_code else None, held=held or public, kind="public" if public else "firm",
        )  # fmt: skip
        return {"tenant": made}


@command("list", group=tenant, text=lambda rows: table(rows, ["tenant", "title", "park_title", "state", "held", "consent"]))
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
@click.option("--tenant", "wanted", required=True)
def approve(wanted: str) -> dict[str, str]:
    """Let a waiting firm in."""
    return _decide(wanted, "provisioning")


@command(group=tenant)
@click.option("--tenant", "wanted", required=True)
def suspend(wanted: str) -> dict[str, str]:
    """Nobody can sign in to it, its devices are refused; its data and figures stay."""
    return _decide(wanted, "suspended")


@command(group=tenant)
@click.option("--tenant", "wanted", required=True)
def resume(wanted: str) -> dict[str, str]:
    """End a suspension."""
    return _decide(wanted, "active")


@command(group=tenant)
@click.option("--tenant", "wanted", required=True)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write.")
def export(wanted: str, output: Path) -> dict[str, Any]:
    """Write everything of one tenant into one file."""
    from park import offboarding

    with house() as found:
        return offboarding.export(found, members.find(found.db, wanted), output, actor=actor())


@command(group=tenant)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--park", help="Into this park; default: the park of the same name.")
def restore(file: Path, park: str | None) -> dict[str, Any]:
    """Make a tenant from an exported file, under a new id if the old one is taken."""
    from park import offboarding

    with house() as found:
        return offboarding.restore(found, file, park=parks.find(found.db, park) if park else None, actor=actor())


@command(group=tenant)
@click.option("--tenant", "wanted", required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(wanted: str, yes: bool) -> dict[str, Any]:
    """Erase a tenant: schema, role, files, people. What others rely on keeps a pseudonym."""
    from park import offboarding

    with house() as found:
        name = members.find(found.db, wanted)
        if not yes:
            click.confirm(f"{wanted}: erase everything? This cannot be undone / 彻底删除，无法恢复", abort=True)
        return offboarding.erase(found, name, actor=actor())
