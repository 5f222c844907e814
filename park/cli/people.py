"""lingyuan user ..., lingyuan token ..."""

from __future__ import annotations

from typing import Any

import click

from park import members, parks
from park.cli.frame import actor, command, house, table
from park.people import memberships, tokens, users
from park.people.contact import any_contact
from park.people.roles import ROLES
from tenants.errors import InvalidInput


@click.group()
def user() -> None:
    """Add people and their roles."""


@command(group=user)
@click.option("--name", required=True)
@click.option("--email")
@click.option("--mobile")
@click.option("--password", help="For signing in by e-mail; leave out to sign in by code.")
@click.option("--role", required=True, type=click.Choice(list(ROLES)))
@click.option("--tenant", help="For owner and member.")
@click.option("--park", help="For park_admin and auditor.")
def add(
    name: str, email: str | None, mobile: str | None, password: str | None, role: str, tenant: str | None, park: str | None
) -> dict[str, Any]:
    """Add a person with a role; somebody who is there already gets the role beside the others."""
    contact = email or mobile
    if not contact:
        raise InvalidInput(field="--email", reason="an e-mail or a mobile number is needed", remedy="Give --email or --mobile.")
    with house() as found:
        identity = users.enrol(
            found.db, name=name, contact=any_contact(contact), role=role, actor=actor(), password=password,
            tenant=members.find(found.db, tenant) if tenant else None, park=parks.find(found.db, park) if park else None,
        )  # fmt: skip
        return {"user": str(identity), "role": role}


@command("list", group=user, text=table)
@click.option("--tenant")
@click.option("--park")
def list_users(tenant: str | None, park: str | None) -> list[dict[str, Any]]:
    """People of a tenant or of a park's administration."""
    with house() as found:
        rows = memberships.people(
            found.db, tenant=members.find(found.db, tenant) if tenant else None, park=parks.find(found.db, park) if park else None
        )
        return [{"name": row.name, "contact": row.mobile or row.email, "role": row.role, "membership": str(row.id)} for row in rows]


@click.group()
def token() -> None:
    """Create, list and revoke device tokens."""


@command("create", group=token, text=lambda made: str(made["token"]))
@click.option("--tenant", required=True)
@click.option("--name", "title", required=True, help="The device or program.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(tokens.SCOPES), default=("readings:write",), show_default=True)
@click.option("--days", default=365, show_default=True)
def create(tenant: str, title: str, scopes: tuple[str, ...], days: int) -> dict[str, Any]:
    """Make a token; it is shown this once."""
    with house() as found:
        name = members.find(found.db, tenant)
        public, whole = tokens.create(found.db, tenant=name, title=title, scopes=scopes, actor=actor(), days=days)
        return {"id": public, "token": whole, "tenant": name}


@command("list", group=token, text=lambda rows: table(rows, ["id", "title", "scopes", "expires", "used", "revoked"]))
@click.option("--tenant", required=True)
def list_tokens(tenant: str) -> list[dict[str, Any]]:
    """A tenant's tokens, without their secrets."""
    with house() as found:
        return [dict(row._mapping) for row in tokens.listed(found.db, members.find(found.db, tenant))]


@command("revoke", group=token)
@click.option("--tenant", required=True)
@click.option("--id", "public", required=True)
def revoke(tenant: str, public: str) -> dict[str, Any]:
    """Make a token useless from the next request on."""
    with house() as found:
        tokens.revoke(found.db, tenant=members.find(found.db, tenant), token=public, actor=actor())
        return {"id": public, "revoked": True}
