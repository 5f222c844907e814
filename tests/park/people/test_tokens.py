from __future__ import annotations

import pytest

from park.access import accounts_session
from park.people import tokens
from park.people.desk import Desk
from park.people.tokens import ScopeMissing, TokenExpired, TokenMissing, TokenWrong
from tenants.errors import InvalidInput, NotFound
from tests import people
from tests.databases import Installed, new_tenant


def made(desk: Desk, tenant: str, *scopes: str) -> tuple[str, str]:
    return tokens.create(desk.db, tenant=tenant, title="gateway 1", scopes=scopes or ("readings:write",), actor="test")


def test_a_token_opens_its_tenants_door_and_is_nowhere_stored(desk: Desk, tenant: str, installed: Installed) -> None:
    public, whole = made(desk, tenant)
    found = tokens.verify(desk.db, f"Bearer {whole}")
    assert found == tokens.Token(public, tenant, frozenset({"readings:write"}))
    assert found.actor == f"token:{public}"
    stored = people.everything_stored(installed.superuser)
    assert public in stored
    assert whole.partition(".")[2] not in stored


def test_scopes(desk: Desk, tenant: str) -> None:
    _, whole = made(desk, tenant, "data:read")
    found = tokens.verify(desk.db, f"bearer {whole}")
    found.require("data:read")
    with pytest.raises(ScopeMissing) as caught:
        found.require("readings:write")
    assert caught.value.facts == {"scope": "readings:write"}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc"])
def test_without_a_token(desk: Desk, header: str | None) -> None:
    with pytest.raises(TokenMissing):
        tokens.verify(desk.db, header)


def test_wrong_ones_are_all_the_same(desk: Desk, tenant: str) -> None:
    public, whole = made(desk, tenant)
    other, _ = made(desk, tenant)
    secret = whole.partition(".")[2]
    flipped = ("A" if secret[0] != "A" else "B") + secret[1:]
    wrong = [f"{public}.{flipped}", f"{other}.{secret}", f"{public}.", public, secret, "x", f"{whole} ' OR 1=1"]
    for shown in (*wrong, "ly" + "a" * 12 + "." + secret):
        with pytest.raises(TokenWrong):
            tokens.verify(desk.db, f"Bearer {shown}")


def test_expired_says_when(desk: Desk, tenant: str) -> None:
    public, whole = made(desk, tenant)
    with accounts_session(desk.db) as session:
        session.execute("UPDATE shared.token SET expires = '2026-01-31T12:00Z' WHERE id = :id", {"id": public})
    with pytest.raises(TokenExpired) as caught:
        tokens.verify(desk.db, f"Bearer {whole}")
    assert str(caught.value.facts["day"]) == "2026-01-31"


def test_withdrawn_at_the_next_request_by_its_own_tenant_only(desk: Desk, tenant: str, installed: Installed, park: str) -> None:
    public, whole = made(desk, tenant)
    with pytest.raises(NotFound):
        tokens.revoke(desk.db, tenant=new_tenant(installed, park), token=public, actor="test")
    tokens.verify(desk.db, f"Bearer {whole}")
    tokens.revoke(desk.db, tenant=tenant, token=public, actor="test")
    with pytest.raises(TokenWrong):
        tokens.verify(desk.db, f"Bearer {whole}")
    with pytest.raises(NotFound):
        tokens.revoke(desk.db, tenant=tenant, token=public, actor="test")
    assert people.audited(installed.superuser, subject=tenant)[-2:] == ["token.create", "token.revoke"]


def test_a_suspended_firms_tokens_rest(desk: Desk, tenant: str) -> None:
    _, whole = made(desk, tenant)
    for state, works in (("suspended", False), ("active", True)):
        with accounts_session(desk.db) as session:
            session.execute("UPDATE shared.tenant SET state = :state WHERE name = :name", {"state": state, "name": tenant})
        if works:
            tokens.verify(desk.db, f"Bearer {whole}")
        else:
            with pytest.raises(TokenWrong):
                tokens.verify(desk.db, f"Bearer {whole}")


def test_last_use_is_kept(desk: Desk, tenant: str) -> None:
    public, whole = made(desk, tenant)
    assert next(row for row in tokens.listed(desk.db, tenant) if row.id == public).used is None
    tokens.verify(desk.db, f"Bearer {whole}")
    assert next(row for row in tokens.listed(desk.db, tenant) if row.id == public).used is not None


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"title": "x" * 81}, {"scopes": []}, {"scopes": ["all"]}, {"days": 0}, {"days": 5000}]
)
def test_what_a_token_needs(desk: Desk, tenant: str, wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"tenant": tenant, "title": "x", "scopes": ["data:read"], "actor": "test"} | wrong
    with pytest.raises(InvalidInput):
        tokens.create(desk.db, **given)  # type: ignore[arg-type]


def test_no_token_for_no_tenant(desk: Desk) -> None:
    with pytest.raises(NotFound):
        made(desk, "t_nobody")
