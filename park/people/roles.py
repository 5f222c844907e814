"""What each role may do: one table, asked by every page, callback and door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Room = Literal["firm", "park", "regulator"]


@dataclass(frozen=True)
class Role:
    """`title` is a word of the catalogue; `room` the part of the house it works in; `rights` are noun.verb."""

    key: str
    title: str
    room: Room | None
    rights: frozenset[str]


_FIRM = frozenset({"firm.see", "firm.enter"})
_OWNER = _FIRM | {"firm.submit", "firm.settings", "firm.people", "firm.tokens"}
_PARK = frozenset({"park.see", "park.invite", "park.decide", "park.hold", "park.settings", "park.people"})

ROLES: Final = {
    role.key: role
    for role in (
        Role("operator", "Platform operator", "park", _PARK | {"platform.run", "park.pick"}),
        Role("park_admin", "Park administrator", "park", _PARK),
        Role("owner", "Firm owner", "firm", _OWNER),
        Role("member", "Firm member", "firm", _FIRM),
        Role("regulator", "Regulator", "regulator", frozenset({"summary.see"})),
        Role("auditor", "Auditor", None, frozenset()),
    )
}

# Who may invite whom: a role never hands out more than it holds.
INVITES: Final[dict[str, frozenset[str]]] = {
    "operator": frozenset({"park_admin", "owner", "regulator"}),
    "park_admin": frozenset({"park_admin", "owner"}),
    "owner": frozenset({"owner", "member"}),
}


def may(role: str | None, right: str) -> bool:
    """Whether the role has the right; unknown roles have none."""
    return role in ROLES and right in ROLES[role].rights


def room(role: str | None) -> Room | None:
    """The room the role works in, or None."""
    return ROLES[role].room if role in ROLES else None


def invites(role: str | None, invited: str) -> bool:
    """Whether the role may invite somebody to the other."""
    return invited in INVITES.get(role or "", frozenset())
