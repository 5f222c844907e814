"""Sites, meters and channels: names, places, what may change and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tenants import sites
from tenants.db import Database, tenant_session
from tenants.errors import AlreadyExists, InvalidInput, NotFound
from tenants.sites import SiteNeeded
from tenants.topology import load
from tests.tenants.readings import send, series

D = "2026-02-27"


def test_the_first_site_has_the_firms_name_and_province(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        first = sites.main_site(session, actor="t")
        [site] = sites.list_sites(session)
        assert (site.id, site.region) == (first, "重庆")
        assert site.name == session.scalar("SELECT title FROM shared.tenant WHERE name = current_user")
        assert sites.main_site(session, actor="t") == first


def test_of_several_sites_one_must_be_named(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        for name in ("North", "South"):
            sites.create_site(session, name=name, actor="t")
        with pytest.raises(SiteNeeded, match="North, South"):
            sites.main_site(session, actor="t")
        with pytest.raises(SiteNeeded):
            sites.create_meter(session, name="M", actor="t")
        south = load(session).site_named("South")
        meter = sites.create_meter(session, name="M", actor="t", site=south.id)
        assert load(session).meters[meter].site == south.id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "site"),
        ({"name": "x" * 121}, "site"),
        ({"name": "a\x00b"}, "site"),
        ({"name": "A", "region": "Atlantis"}, "region"),
        ({"name": "A", "in_boundary_from": dt.date(2026, 2, 1), "in_boundary_to": dt.date(2026, 2, 1)}, "in_boundary_to"),
    ],
)
def test_impossible_sites_name_their_field(db: Database, tenant: str, values: dict[str, object], field: str) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(InvalidInput) as caught:
        sites.create_site(session, actor="t", **values)  # type: ignore[arg-type]
    assert caught.value.facts["field"] == field


def test_names_are_unique_and_unknown_ones_are_said(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        site = sites.create_site(session, name="A", actor="t")
        sites.create_site(session, name="B", actor="t")
        with pytest.raises(AlreadyExists):
            sites.create_site(session, name=" A ", actor="t")
        with pytest.raises(AlreadyExists):
            sites.change_site(session, site, actor="t", name="B")
        with pytest.raises(InvalidInput):
            sites.change_site(session, site, actor="t", colour="red")
        sites.create_meter(session, name="M", actor="t", site=site)
        with pytest.raises(AlreadyExists):
            sites.create_meter(session, name="M", actor="t", site=site)
        with pytest.raises(NotFound):
            sites.create_meter(session, name="N", actor="t", parent="Ghost")
        with pytest.raises(NotFound):
            sites.change_channel(session, "M", "grid_in", actor="t", until=None)


def test_a_change_is_audited_with_what_was_and_is(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        site = sites.create_site(session, name="A", actor="t")
        sites.change_site(session, site, actor="t", zero_export=True, zone="East")
        sites.change_site(session, site, actor="t", zero_export=True)  # nothing changes, nothing is said
        lines = session.rows("SELECT facts FROM shared.audit WHERE action = 'site.change'")
        assert len(lines) == 1
        assert lines[0].facts["zero_export"] == [False, True]


def test_a_parent_on_another_site_is_refused(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        one, other = (sites.create_site(session, name=name, actor="t") for name in ("A", "B"))
        sites.create_meter(session, name="M", actor="t", site=one)
        sites.create_meter(session, name="N", actor="t", site=other)
        with pytest.raises(InvalidInput, match="another site"):
            sites.change_meter(session, "N", actor="t", parent="M")
        with pytest.raises(InvalidInput, match="another site"):
            sites.create_meter(session, name="O", actor="t", site=other, parent="M")


def test_a_meter_comes_out_from_behind_another(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", D, [1]), series("B", D, [1], row=5))
    with tenant_session(db, tenant) as session:
        assert sites.change_meter(session, "B", actor="t", parent="A", new_name="Line 1").parent is not None
        assert sites.change_meter(session, "Line 1", actor="t", parentless=True).parent is None
        shown = {row["meter"]: row["parent"] for row in sites.describe(load(session))}
        assert shown == {"A": None, "Line 1": None}


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"flow": "water"}, "not counted in kWh"),
        ({"flow": "magic"}, "not a flow"),
        ({"until": dt.date(2020, 1, 1)}, "is not after"),
        ({"multiplier": Decimal(2)}, "cannot be changed here"),
    ],
)
def test_impossible_channel_changes_are_refused(db: Database, tenant: str, changes: dict[str, object], match: str) -> None:
    send(db, tenant, series("A", D, [1]))
    with tenant_session(db, tenant) as session, pytest.raises(InvalidInput, match=match):
        sites.change_channel(session, "A", "grid_in", actor="t", **changes)


@pytest.mark.parametrize(("flow", "more"), [("transfer_in", {}), ("grid_in", {"multiplier": Decimal(0)}), ("magic", {})])
def test_impossible_channels_are_refused(db: Database, tenant: str, flow: str, more: dict[str, Decimal]) -> None:
    with tenant_session(db, tenant) as session:
        meter = sites.create_meter(session, name="M", actor="t")
        with pytest.raises(InvalidInput):
            sites.create_channel(session, meter=meter, flow=flow, **more)


@pytest.mark.parametrize("which", ["bill", "meter"])
def test_what_counts_is_a_setting_of_the_site(db: Database, tenant: str, which: str) -> None:
    with tenant_session(db, tenant) as session:
        site = sites.main_site(session, actor="t")
        assert sites.set_counts(session, site, "grid_in", which, actor="t").counts == {"grid_in": which}
        with pytest.raises(InvalidInput):
            sites.set_counts(session, site, "grid_in", "guess", actor="t")
