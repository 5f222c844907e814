"""The demo enters through the real doors, agrees with its model to the last digit, and can be run again at any time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import psycopg
import pytest
from flask import Flask

from park import held, parks, progress, rollups
from park.access import accounts_session, park_session
from park.api.install import install as install_api
from park.demo import assumptions as book
from park.demo import bills, feed, histories, model, seed, signins, workdays
from park.demo.stream import readings
from park.people import passwords, tokens, users
from park.people.contact import email
from park.secrets import Secrets
from tenants import certificates, clock, documents, offsets, publish
from tenants.db import Database, tenant_session
from tenants.errors import LingyuanError
from tenants.ingest.payload import submit
from tenants.period import of_year
from tests.databases import Installed, install, new_park, new_tenant, uninstall

# A small cast: every kind of firm once, so that the test takes seconds. The whole demo runs in `make test-long`.
FIRMS = ("chillers", "moulding", "plating", "board", "battery", "printing", "public")
LIGHT = ("xiangpan",)
TODAY = clock.today(feed.ZONE)
YESTERDAY = TODAY - dt.timedelta(days=1)
PAST = TODAY.year - 1


@dataclass(frozen=True)
class Demo:
    """A seeded demo: what it works with, and the tenants by the firm's key."""

    house: seed.House
    installed: Installed
    park: str
    tenants: dict[str, str]
    said: list[str]


def _small(name: str) -> dict[str, Any]:
    found = _whole(name)
    if name == "firms.toml":
        found["firm"] = [row for row in found["firm"] if row["key"] in FIRMS]
    if name == "light_parks.toml":
        found["park"] = [row for row in found["park"] if row["key"] in LIGHT]
    return found


_whole = book._read


@pytest.fixture(scope="module")
def cast() -> Iterator[None]:
    """The small cast instead of the whole one."""
    book._read = _small
    book.assumptions.cache_clear()
    yield
    book._read = _whole
    book.assumptions.cache_clear()


@pytest.fixture(scope="module")
def demo(cast: None, superuser: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """An installation of its own: seeded up to the day before yesterday with a fall on the way, then up to yesterday."""
    installed = install(superuser)
    folder = tmp_path_factory.mktemp("demo")
    house = seed.House(installed.db, installed.owner, Secrets(folder / "secrets"), folder / "files")
    said: list[str] = []

    def say(text: str, **facts: Any) -> None:
        said.append(text.format(**facts))

    real = histories.confirm
    histories.confirm = _falls
    try:
        with pytest.raises(LingyuanError):
            seed.bring_up(house, YESTERDAY, say)
    finally:
        histories.confirm = real
    assert seed.bring_up(house, YESTERDAY, say)
    assert seed.bring_up(house, TODAY, say)
    park = parks.find(installed.db, book.assumptions().park["title"])
    yield Demo(house, installed, park, seed._tenants(house, park), said)
    uninstall(installed, superuser)


def _falls(*_: Any, **__: Any) -> int:
    raise LingyuanError()


def published(db: Database, tenant: str, year: int) -> dict[str, int]:
    """The tenant's published sums of a year."""
    with tenant_session(db, tenant) as session:
        rows = session.rows(
            "SELECT flow, sum(quantity)::bigint AS quantity FROM shared.flow_month WHERE tenant = current_user "
            "AND month BETWEEN make_date(:y, 1, 1) AND make_date(:y, 12, 1) GROUP BY flow",
            y=year,
        )
    return {row.flow: int(row.quantity) for row in rows}


def test_what_was_interrupted_names_the_firm_and_goes_on(demo: Demo) -> None:
    assert any("could not be entered" in line for line in demo.said)
    assert any(line.startswith("Demo: 澜岳冷机 (1 of ") for line in demo.said)


@pytest.mark.parametrize("key", ["chillers", "moulding", "board"])
def test_published_sums_are_the_model_s(demo: Demo, key: str) -> None:
    firm = book.assumptions().firm(key)
    made = model.balance(firm, workdays.year_days(PAST))
    found = published(demo.house.db, demo.tenants[key], PAST)
    assert found["grid_in"] == made.grid_in.sum()
    assert found["reactive_in"] == made.reactive.sum()
    if firm.pv_kwp:
        assert found["pv_gen"] == made.pv_gen.sum()
        assert found["pv_self"] == (made.pv_gen - made.grid_out).sum()
    assert found.get("fuel:natural_gas", 0) == firm.gas_10k_m3 * 10**7


def test_every_interval_up_to_yesterday_is_stored(demo: Demo) -> None:
    firm = book.assumptions().firm("chillers")
    first, days = dt.date(PAST, 1, 1), (TODAY - dt.date(PAST, 1, 1)).days
    made = model.curves(firm, first.isoformat(), YESTERDAY.isoformat())
    with tenant_session(demo.house.db, demo.tenants["chillers"]) as session:
        for channel, values in made.items():
            rows = session.rows(
                'SELECT c.day, c."values", c.step_minutes FROM curve c JOIN channel h ON h.id = c.channel '
                "JOIN meter m ON m.id = h.meter WHERE m.name = :meter AND h.flow = :flow ORDER BY c.day",
                meter=channel.meter, flow=channel.flow,
            )  # fmt: skip
            assert len(rows) == days
            assert {row.step_minutes for row in rows} == {15}
            assert (np.array([row[1] for row in rows]) == values).all()


def test_again_changes_nothing(demo: Demo) -> None:
    before = _rows(demo.installed.superuser)
    assert not seed.bring_up(demo.house, TODAY, lambda *_, **__: None)
    assert _rows(demo.installed.superuser) == before


def _rows(superuser: str) -> dict[str, int]:
    """Number of rows of every table of the installation."""
    with psycopg.connect(superuser) as connection:
        names = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname ~ '^(shared|t_)'"
        ).fetchall()
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for (name,) in names}  # type: ignore


def test_nothing_published_differs_from_what_is_stored(demo: Demo) -> None:
    for tenant in demo.tenants.values():
        with tenant_session(demo.house.db, tenant) as session:
            assert not publish.check(session)


def test_the_late_firm_joined_without_a_jump(demo: Demo) -> None:
    firm, joined = book.assumptions().firm("battery"), histories.joined(TODAY)
    with accounts_session(demo.house.db) as session:
        row = session.row(
            "SELECT t.held, c.from_month FROM shared.tenant t JOIN shared.claimed c ON c.tenant = t.name WHERE t.name = :n",
            n=demo.tenants["battery"],
        )
    assert row is not None
    assert (row.held, row.from_month) == (False, joined)
    with tenant_session(demo.house.db, demo.tenants["battery"]) as session:
        months = {
            (row.flow, row.month): row.quantity
            for row in session.rows("SELECT flow, month, quantity FROM shared.flow_month WHERE tenant = current_user")
        }
        assert session.scalar("SELECT min(day) FROM curve") == joined
    for month in bills.months(histories.begin(TODAY), TODAY):
        expected = {one.flow: one.quantity for one in bills.electricity(firm, month, bills.next_month(month))}
        assert {flow: months[flow, month] for flow in expected} == expected
        assert months["pv_self", month] == expected["pv_gen"] - expected["grid_out"]


def test_gaps_are_missing_and_not_zero(demo: Demo) -> None:
    firm = book.assumptions().firm("plating")
    lost = ~model.present(firm, f"{PAST}-01-01", f"{PAST}-12-31")
    with tenant_session(demo.house.db, demo.tenants["plating"]) as session:
        row = session.row(
            "SELECT sum(missing) AS missing, sum(quantity) AS quantity FROM shared.flow_month WHERE tenant = current_user "
            "AND flow = 'grid_in' AND month BETWEEN make_date(:y, 1, 1) AND make_date(:y, 12, 1)",
            y=PAST,
        )
    assert row is not None
    made = model.balance(firm, workdays.year_days(PAST)).grid_in
    assert row.missing == lost.sum() * 15
    assert row.quantity == int(made[~lost].sum())


def test_held_firms_come_with_the_sheet_and_one_account_waits(demo: Demo) -> None:
    rows = held.accounts(demo.house.db, demo.park)
    bound = {row.title for row in rows if row.tenant}
    assert bound == {"印禾包装", "园区公共设施"}
    assert [one.account_name for one in held.unbound(demo.house.db, demo.park)] == ["岚溪水务泵站"]
    firm = book.assumptions().firm("printing")
    made = model.balance(firm, workdays.year_days(PAST)).grid_in.sum()
    assert published(demo.house.db, demo.tenants["printing"], PAST)["grid_in"] == made


def test_the_park_s_year_is_whole_and_its_path_starts_there(demo: Demo) -> None:
    with park_session(demo.house.db, demo.park) as session:
        found = rollups.of_park(session, of_year(PAST), progress.METHOD)
        targets = session.rows("SELECT year, emission_tco2 FROM shared.park_target ORDER BY year")
        own = parks.own(session)
    assert (found.members_only, found.problem) == (False, None)
    assert found.coverage is not None
    assert 0.96 < found.coverage < 0.99
    assert own.demo
    assert own.base_year == PAST
    emission = found.whole.figures["emission_tco2"].value
    assert emission is not None
    assert (targets[0].year, targets[0].emission_tco2) == (PAST, emission.quantize(targets[0].emission_tco2))
    assert [row.emission_tco2 for row in targets] == sorted((row.emission_tco2 for row in targets), reverse=True)
    core = found.whole.figures["carbon_per_energy"].value
    assert core is not None
    assert 2.2 < core < 2.8


def test_who_has_not_submitted(demo: Demo) -> None:
    with park_session(demo.house.db, demo.park) as session:
        late = {one.title: len(one.months) for one in progress.unsubmitted(session, of_year(PAST), TODAY) if not one.held}
        open_now = {one.title for one in progress.unsubmitted(session, of_year(TODAY.year), TODAY) if not one.held}
    if TODAY.month > 1:
        assert late == {}
        assert open_now == {"叠川纸箱"}


def test_certificates_and_the_offset_with_its_contract(demo: Demo) -> None:
    with tenant_session(demo.house.db, demo.tenants["chillers"]) as session:
        units = sum(one.serials.units for one in certificates.list_certificates(session, year=PAST))
        (retired,) = [one for one in offsets.list_offsets(session) if one.status == "retired"]
        paper = documents.find(session, demo.house.files, retired.document) if retired.document else None
    assert units == book.assumptions().certificates["units_a_year"]["chillers"]
    assert published(demo.house.db, demo.tenants["chillers"], PAST)["gec_applied"] == units * 10**6
    assert retired.tonnes == 1200
    assert paper is not None
    assert documents.intact(paper)


def test_consent_is_what_was_assumed(demo: Demo) -> None:
    with accounts_session(demo.house.db) as session:
        rows = session.rows("SELECT name, consent FROM shared.tenant")
    found = {row.name: row.consent for row in rows}
    assert found[demo.tenants["chillers"]] == "interval"
    assert found[demo.tenants["moulding"]] == "month"


def test_everybody_can_sign_in_with_the_printed_password(demo: Demo) -> None:
    for one in signins.listed(demo.house.secrets):
        with accounts_session(demo.house.db) as session:
            user = users.find(session, email(one.account))
            stored = session.scalar('SELECT password FROM shared."user" WHERE id = :id', id=user)
        assert passwords.fits(stored, one.password)
        passwords.check_new(one.password)
    other = signins.password(Secrets(demo.house.secrets.folder.with_name("other")), "operator@demo.example")
    assert other != signins.password(demo.house.secrets, "operator@demo.example")


def test_light_parks_have_months_only(demo: Demo) -> None:
    light = book.assumptions().light_parks[0]
    name = parks.find(demo.house.db, light.title)
    with park_session(demo.house.db, name) as session:
        found = rollups.of_park(session, of_year(PAST), progress.METHOD)
        tenants = [row.name for row in session.rows("SELECT name FROM tenant")]
    assert not found.members_only
    assert len(tenants) == len(light.firms)
    with tenant_session(demo.house.db, tenants[0]) as session:
        assert session.scalar("SELECT count(*) FROM curve") == 0


def test_a_new_year_goes_on_where_the_old_one_ended(demo: Demo) -> None:
    firm, park = book.assumptions().firm("board"), new_park(demo.installed)
    tenant, new_year = new_tenant(demo.installed, park), dt.date(TODAY.year, 1, 1)
    assert histories.enter_firm(demo.house.db, demo.house.files, tenant, firm, new_year) > 0
    histories.enter_firm(demo.house.db, demo.house.files, tenant, firm, TODAY)
    begun = histories.begin(new_year)
    with tenant_session(demo.house.db, tenant) as session:
        days = session.scalar("SELECT count(DISTINCT day) FROM curve")
        months = session.scalar("SELECT count(*) FROM activity WHERE flow = 'output'")
        assert not publish.check(session)
    assert days == (TODAY - begun).days
    assert months == len(list(bills.months(begun, TODAY)))


def test_the_running_day_is_finished_in_the_feeder_s_step(demo: Demo) -> None:
    """The feeder sent part of a day minute by minute and fell; the next start of the demo completes it without a conflict."""
    firm, tenant = book.assumptions().firm("moulding"), demo.tenants["moulding"]
    with tenant_session(demo.house.db, tenant) as session:
        session.execute("DELETE FROM curve_batch WHERE day = :day", {"day": YESTERDAY})
        session.execute("DELETE FROM curve WHERE day = :day", {"day": YESTERDAY})
        midnight = int(clock.day_bounds(session.zone, YESTERDAY, YESTERDAY)[0])
        part = readings(firm, session.zone, midnight, midnight + 37_000)
        assert submit(session, orjson.dumps({"readings": part}), actor="test").accepted > 0
    histories.enter_firm(demo.house.db, demo.house.files, tenant, firm, TODAY)
    made = model.curves(firm, YESTERDAY.isoformat(), YESTERDAY.isoformat())
    with tenant_session(demo.house.db, tenant) as session:
        rows = session.rows(
            "SELECT m.name, h.flow, c.total, c.step_minutes FROM curve c JOIN channel h ON h.id = c.channel "
            "JOIN meter m ON m.id = h.meter WHERE c.day = :day",
            day=YESTERDAY,
        )
        assert session.scalar("SELECT count(*) FROM conflict") == 0
        assert not publish.check(session)
    assert {(row.name, row.flow): row.total for row in rows} == {
        (one.meter, one.flow): int(values.sum()) for one, values in made.items()
    }
    assert {row.step_minutes for row in rows} == {1, 15}


def test_the_feeder_s_readings_pass_the_real_door(demo: Demo, tmp_path: Path) -> None:
    server = Flask("door")
    install_api(server, demo.house.db, demo.house.files, lambda: None)
    client = server.test_client()

    def post(token: str, body: bytes) -> int:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return client.post(feed.PATH, data=body, headers=headers).status_code

    keys = orjson.loads(demo.house.secrets.read(feed.TOKENS))
    assert set(keys) == {firm.key for firm in model.firms_with_meters()}
    assert all(tokens.verify(demo.house.db, f"Bearer {token}").tenant == demo.tenants[key] for key, token in keys.items())
    now = int(dt.datetime.now(dt.UTC).timestamp())
    feeder = feed.Feeder(keys, feed.Marks(tmp_path / "marks.json"), post)
    assert feeder.round(now)
    assert feed.Feeder(keys, feed.Marks(tmp_path / "nothing.json"), post).round(now)  # all of it again
    passed = (now - int(clock.day_bounds(feed.ZONE, TODAY, TODAY)[0])) // 60
    with tenant_session(demo.house.db, demo.tenants["battery"]) as session:
        assert session.scalar("SELECT count(*) FROM conflict") == 0
        total = session.scalar(
            "SELECT c.total FROM curve c JOIN channel h ON h.id = c.channel WHERE c.day = :day AND h.flow = 'grid_in'", day=TODAY
        )
    made = model.minutes(book.assumptions().firm("battery"), TODAY.isoformat())[model.Channel(model.GATEWAY, "grid_in")]
    assert total == int(made[:passed].sum())


def test_withdrawn_tokens_are_replaced(demo: Demo) -> None:
    keys = orjson.loads(demo.house.secrets.read(feed.TOKENS))
    tokens.revoke(demo.house.db, tenant=demo.tenants["board"], token=keys["board"].partition(".")[0], actor="test")
    seed.bring_up(demo.house, TODAY, lambda *_, **__: None)
    renewed = orjson.loads(demo.house.secrets.read(feed.TOKENS))
    assert tokens.verify(demo.house.db, f"Bearer {renewed['board']}").tenant == demo.tenants["board"]
