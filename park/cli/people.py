"""lingyuan user ..., lingyuan token ..."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from park import members, parks
from park.cli.frame import TENANT, actor, command, group, house, listing
from park.installation import Installation
from park.people import memberships, passwords, tokens, users
from park.people.contact import any_contact
from park.people.roles import ROLES
from tenants.errors import InvalidInput

_OF_TENANT = ("owner", "member")
_OF_PARK = ("park_admin", "auditor")


@group()
def user() -> None:
    """People and their roles."""


@command(group=user)
@click.option("--name", required=True)
@click.option("--email", help="One of e-mail and mobile number is needed.")
@click.option("--mobile", help="For signing in by a code sent to it.")
@click.option("--password", help="For signing in by e-mail; leave out to sign in by code.")
@click.option("--ask-password", is_flag=True, help="Ask for the password, so that it stands in no history.")
@click.option("--role", required=True, type=click.Choice(list(ROLES)))
@click.option("--tenant", help="For owner and member.")
@click.option("--park", help="For park_admin and auditor.")
def add(
    name: str, email: str | None, mobile: str | None, password: str | None, ask_password: bool, role: str, tenant: str | None,
    park: str | None,
) -> dict[str, Any]:  # fmt: skip
    """Add a person with a role; somebody who is there already gets the role beside the others."""
    if (email is None) == (mobile is None):
        raise InvalidInput(field="--email", reason="one of --email and --mobile is needed", remedy="Give exactly one of them.")
    contact = any_contact(email or mobile or "")
    _check_place(role, tenant, park)
    if ask_password:
        password = click.prompt("Password / 密码", hide_input=True, confirmation_prompt=True, err=True)
    if password:
        passwords.check_new(password, name, contact.value)
    with house() as found:
        identity = users.enrol(
            found.db, name=name, contact=contact, role=role, actor=actor(), password=password, **_place(found, tenant, park)
        )
        return {"user": identity, "name": name, "contact": contact.value, "role": role}


def _check_place(role: str, tenant: str | None, park: str | None) -> None:
    """Raises InvalidInput unless the role is given where it belongs."""
    if (role in _OF_TENANT) != (tenant is not None):
        reason = "owner and member are of a tenant, nobody else"
        raise InvalidInput(field="--tenant", reason=reason, remedy="Give it for these two only.")
    if (role in _OF_PARK) != (park is not None):
        reason = "park_admin and auditor are of a park, nobody else"
        raise InvalidInput(field="--park", reason=reason, remedy="Give it for these two only.")


def _place(found: Installation, tenant: str | None, park: str | None) -> dict[str, str | None]:
    return {
        "tenant": members.find(found.db, tenant) if tenant else None,
        "park": parks.find(found.db, park) if park else None,
    }


@command("list", group=user, text=listing("name", "contact", "role", "waiting"))
@click.option("--tenant", help="People of this tenant.")
@click.option("--park", help="Administrators of this park.")
def list_users(tenant: str | None, park: str | None) -> list[dict[str, Any]]:
    """People of a tenant or of a park's administration."""
    if (tenant is None) == (park is None):
        raise InvalidInput(field="--tenant", reason="one of --tenant and --park is needed", remedy="Give exactly one of them.")
    with house() as found:
        return [
            {"user": row.user_id, "name": row.name, "contact": row.mobile or row.email, "role": row.role, "waiting": row.waiting}
            for row in memberships.people(found.db, **_place(found, tenant, park))
        ]


@command(group=user)
@click.option("--id", "identity", required=True, type=click.UUID)
def disable(identity: UUID) -> dict[str, Any]:
    """Close an account: every session of it ends at the next request."""
    with house() as found:
        users.disable(found.db, identity, actor())
        return {"user": identity, "disabled": True}


@group()
def token() -> None:
    """Tokens of devices and programs."""


@command("create", group=token, text=lambda made: str(made["token"]))
@TENANT
@click.option("--name", "title", required=True, help="The device or program.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(tokens.SCOPES), default=("readings:write",), show_default=True
)
@click.option("--days", default=365, show_default=True, help="How long it is valid.")
def create(tenant: str, title: str, scopes: tuple[str, ...], days: int) -> dict[str, Any]:
    """Make a token; it is shown this once."""
    with house() as found:
        name = members.find(found.db, tenant)
        public, whole = tokens.create(found.db, tenant=name, title=title, scopes=scopes, actor=actor(), days=days)
        return {"id": public, "token": whole, "tenant": name, "scopes": sorted(scopes)}


@command("list", group=token, text=listing("id", "title", "scopes", "expires", "used", "revoked"))
@TENANT
def list_tokens(tenant: str) -> list[dict[str, Any]]:
    """A tenant's tokens, without their secrets."""
    with house() as found:
        return [dict(row._mapping) for row in tokens.listed(found.db, members.find(found.db, tenant))]


@command("revoke", group=token)
@TENANT
@click.option("--id", "public", required=True)
def revoke(tenant: str, public: str) -> dict[str, Any]:
    """Make a token useless from the next request on."""
    with house() as found:
        tokens.revoke(found.db, tenant=members.find(found.db, tenant), token=public, actor=actor())
        return {"id": public, "revoked": True}
