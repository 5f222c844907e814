"""A tenant exported, erased and restored: the same rows, sums and accounts; tampered files refused; no trace after erasure."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from park import held, members, offboarding
from park.access import accounts_session, park_session
from park.installation import Installation
from park.offboarding import NotAnExport, SerialsTaken, erasure
from park.offboarding.restoring import OtherZone
from park.people import tokens, users
from park.people.invitations import invite
from tenants import (
    accounts,
    activities,
    certificates,
    consent,
    devices,
    documents,
    offsets,
    requests,
    sites,
    submissions,
    tariffs,
)
from tenants.db import Database, tenant_session
from tenants.entries import entry
from tenants.errors import AlreadyExists, NotFound
from tenants.ingest import layouts
from tenants.ingest.workbook.result import HeldRow, HeldSheet, Hints
from tenants.ledger import METHODS, as_json
from tenants.models import own
from tenants.period import of_year
from tenants.quality import find
from tenants.registers import events
from tenants.serials import serials
from tenants.topology import load
from tests import people
from tests.databases import Installed, new_park, new_tenant
from tests.tenants.dials import register
from tests.tenants.readings import digest, send, series

TODAY = dt.date(2026, 3, 1)
TITLE = "重庆霁云压铸有限公司"
MARCH = dt.date(2025, 3, 1)


@pytest.fixture
def house(installed: Installed, tmp_path: Path) -> Installation:
    """The installation as the commands see it, with a folder for files."""
    found = SimpleNamespace(db=installed.db, owner=installed.owner, files=tmp_path / "files", prefix=installed.db.prefix)
    return cast("Installation", found)


@pytest.fixture
def firm(house: Installation, installed: Installed, park: str) -> str:
    """A firm with something in every book: readings, conflicts, bills, certificates, offsets, files, settings."""
    code, registry = people.new_credit_code(), uuid4().hex
    tenant = members.create(house.db, house.owner, park=park, title=f"{TITLE} {code}", credit_code=code, actor="test")
    send(house.db, tenant, series("总表", "2026-02-01", [10_000] * 960), series("PV", "2026-02-01", [2_000] * 960, flow="pv_gen"),
         series("上网", "2026-02-01", [500] * 960, flow="grid_out"))  # fmt: skip
    send(house.db, tenant, series("总表", "2026-02-01", [11_000] * 4))  # a conflict
    send(house.db, tenant, series("总表", "2026-02-02", [12_000] * 4), replace="the meter was read wrong")
    send(house.db, tenant, series("总表", "2026-02-20", [10_000] * 48))
    send(house.db, tenant, series("总表", "2026-02-20T12:00", [40_000] * 12, step=60))  # the rest of the day, in another step
    send(house.db, tenant, register("水表", "2026-02-01", [100 + i / 4 for i in range(96)], flow="water"))
    with tenant_session(house.db, tenant) as session:
        scan = documents.store(session, house.files, name="bill.pdf", content=b"%PDF-1.4 bill", actor="test").id
        year = (dt.date(2025, 1, 1), dt.date(2026, 1, 1))
        activities.add(session, entry("grid_in", 900_000, "kWh", *year, document=scan), actor="test", today=TODAY)
        activities.add(session, entry("grid_in", 960_000, "kWh", *year), actor="test", replace_reason="read again", today=TODAY)
        activities.add(session, entry("fuel:natural_gas", 50, "万Nm3", *year), actor="test", today=TODAY)
        for kind, text, claim in (("gec", "A-1 - A-300", 2025), ("traded", "T-1 - T-20", 2025), ("gec", "B-1 - B-7", None)):
            what = serials(registry, text)
            certificates.record(session, kind=kind, serials=what, vintage=MARCH, claim_year=claim, actor="test", today=TODAY)
        project = offsets.Project("P-1", "霞浦红树林", 2024)
        made = offsets.record(session, serials=serials(registry, "C-1 - C-40"), project=project, actor="test", today=TODAY)
        offsets.retire(session, made, offsets.Retirement("R-1", dt.date(2025, 5, 1), "nobody", 2025), actor="test")
        tariffs.set_tariff(session, valid_from=dt.date(2025, 1, 1), prices={"average": 680}, actor="test")
        accounts.choose_factor_year(session, year=2025, use_year=2026, why="the only one", actor="test")
        submissions.confirm(session, MARCH, actor="test", today=TODAY)
        sites.change_site(session, load(session).site_named(f"{TITLE} {code}").id, actor="test", zone="A 区", account_no="5001")
        consent.choose(session, "interval", actor="test")
        noon = dt.datetime(2026, 2, 1, 12, tzinfo=session.zone)
        events.set_multiplier(session, "水表", at=noon, multiplier=Decimal(10), actor="test", today=TODAY)
        devices.note(
            session, [devices.Heard("lytest", "总表", readings=96, refusal=devices.Refusal("wrong", "mend it"))], door="http"
        )
        requests.keep(session, requests.Request.of("lytest", "1", b"body"), requests.Answer(200, "{}"))
        layouts.remember(session, "shape", Hints(unit="MWh"), name="a.csv", actor="test")
        find.find(session)
    return tenant


def books(db: Database, tenant: str, superuser: str) -> dict[str, Any]:
    """Everything the tenant has and has published, but its name, its park and when it was published."""
    with tenant_session(db, tenant) as session:
        found: dict[str, Any] = {"curves": digest(session)}
        for table in own.metadata.sorted_tables:
            found[table.name] = sorted(row[0] for row in session.rows(f'SELECT x::text FROM "{table.name}" x'))
        found["state"] = [session.scalar("SELECT settings FROM state")]  # without how often it has published
        for method in METHODS:
            found[method] = as_json(accounts.of_tenant(session, of_year(2025), method))["figures"]
    with psycopg.connect(superuser) as connection:
        for table in (*offboarding.PUBLISHED[:-1], "claim"):
            rows = connection.execute(
                sql.SQL("SELECT (to_jsonb(x) - 'tenant' - 'park')::text FROM shared.{} x WHERE tenant = %s ORDER BY 1").format(
                    sql.Identifier(table)
                ), (tenant,),
            ).fetchall()  # fmt: skip
            found[f"shared.{table}"] = rows
    return found


def test_a_firm_erased_and_restored_is_the_same(house: Installation, installed: Installed, firm: str, tmp_path: Path) -> None:
    before = books(house.db, firm, installed.superuser)
    empty = {name for name, rows in before.items() if not rows}
    assert empty == set(), "the test should compare something in every table"
    told = offboarding.export(house, firm, tmp_path / "firm.zip", actor="test")
    assert told["rows"] == {table.name: len(before[table.name]) for table in own.metadata.sorted_tables}
    offboarding.erase(house, firm, actor="test")
    back = offboarding.restore(house, tmp_path / "firm.zip", None, actor="test", sha256=told["sha256"])
    assert back == {"tenant": firm, "rows": told["rows"], "files": 1}, "its own name is free again"
    assert books(house.db, firm, installed.superuser) == before
    with tenant_session(house.db, firm) as session:
        (scan,) = session.rows("SELECT id FROM document")
        assert documents.intact(documents.find(session, house.files, scan.id))
    send(house.db, firm, series("another meter", "2026-02-01", [1_000]))  # numbers go on after the largest
    with tenant_session(house.db, firm) as session:
        assert session.scalar("SELECT count(*) FROM channel") == len(before["channel"]) + 1
        still = session.scalar("SELECT id FROM certificate WHERE status = 'held'")
        certificates.withdraw(session, still, actor="test", reason="x")
        assert session.scalar("SELECT count(*) FROM shared.claim") == 3, "the claim goes with its record"


def test_serials_are_claimed_once_also_by_a_copy(house: Installation, installed: Installed, firm: str, tmp_path: Path) -> None:
    offboarding.export(house, firm, tmp_path / "firm.zip", actor="test")
    other = new_park(installed)
    before = books(house.db, firm, installed.superuser)
    with pytest.raises(SerialsTaken) as caught:
        offboarding.restore(house, tmp_path / "firm.zip", other, actor="test")
    assert caught.value.facts["first"] == "A-1"
    assert members.listed(house.db, other) == [], "nothing of it is left"
    assert books(house.db, firm, installed.superuser) == before


def test_a_firm_without_claims_goes_into_another_park(
    house: Installation, installed: Installed, tenant: str, tmp_path: Path
) -> None:
    send(house.db, tenant, series("总表", "2026-02-01", [10_000] * 96))
    before = books(house.db, tenant, installed.superuser)
    offboarding.export(house, tenant, tmp_path / "firm.zip", actor="test")
    other = new_park(installed)
    back = offboarding.restore(house, tmp_path / "firm.zip", other, actor="test")
    assert back["tenant"] != tenant
    assert books(house.db, back["tenant"], installed.superuser) == before == books(house.db, tenant, installed.superuser)
    with park_session(house.db, other) as session:
        assert [row.name for row in session.rows("SELECT name FROM tenant")] == [back["tenant"]]
        assert session.scalar("SELECT sum(quantity) FROM flow_month") == 960_000
    with pytest.raises(AlreadyExists):
        offboarding.restore(house, tmp_path / "firm.zip", other, actor="test")
    with pytest.raises(NotFound):
        offboarding.restore(house, tmp_path / "firm.zip", "p_nowhere", actor="test")


def test_days_stay_days_of_their_zone(house: Installation, installed: Installed, tenant: str, tmp_path: Path) -> None:
    offboarding.export(house, tenant, tmp_path / "firm.zip", actor="test")
    other = new_park(installed)
    with psycopg.connect(installed.superuser) as connection:
        connection.execute("UPDATE shared.park SET timezone = 'Europe/Berlin' WHERE name = %s", (other,))
    with pytest.raises(OtherZone):
        offboarding.restore(house, tmp_path / "firm.zip", other, actor="test")


# ---- files that are no exports ----


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> Path:
    """A copy of the file with other parts."""
    target = file.with_name(f"{uuid4().hex}.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return target


def manifest(change: Callable[[dict[str, Any]], None]) -> Callable[[str, bytes], bytes]:
    """Changes the manifest only."""

    def changed(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        found = json.loads(content)
        change(found)
        return json.dumps(found).encode()

    return changed


TAMPERED: dict[str, tuple[Callable[[str, bytes], bytes | None], dict[str, bytes]]] = {
    "a value": (lambda name, content: content.replace(b"10000", b"10001") if name == "curve.copy" else content, {}),
    "a part gone": (lambda name, content: None if name == "curve.copy" else content, {}),
    "a part more": (lambda name, content: content, {"files/more": b"x"}),
    "a path out": (manifest(lambda found: found["sha256"].update({"files/../../x": "0"})), {"files/../../x": b"x"}),
    "no manifest": (lambda name, content: None if name == "manifest.json" else content, {}),
    "no JSON": (lambda name, content: b"{" if name == "manifest.json" else content, {}),
    "a list": (lambda name, content: b"[]" if name == "manifest.json" else content, {}),
    "another format": (manifest(lambda found: found.update(format=99)), {}),
    "another revision": (manifest(lambda found: found.update(version="9999")), {}),
    "no registry": (manifest(lambda found: found["registry"].pop("title")), {}),
    "other counts": (manifest(lambda found: found["counts"].update(curve=1)), {}),
}


@pytest.fixture
def exported(house: Installation, tenant: str, tmp_path: Path) -> Path:
    """A small export."""
    send(house.db, tenant, series("总表", "2026-02-01", [10_000] * 300))
    offboarding.export(house, tenant, tmp_path / "firm.zip", actor="test")
    return tmp_path / "firm.zip"


@pytest.mark.parametrize("what", list(TAMPERED))
def test_a_tampered_file_is_refused(house: Installation, installed: Installed, exported: Path, what: str) -> None:
    other = new_park(installed)
    with pytest.raises(NotAnExport):
        offboarding.restore(house, rewritten(exported, *TAMPERED[what]), other, actor="test")
    assert members.listed(house.db, other) == []
    assert not list(house.files.glob("*"))


def test_every_flipped_bit_is_refused_by_the_printed_sum(house: Installation, exported: Path, installed: Installed) -> None:
    from park.offboarding.archive import sha256_of

    printed = sha256_of(exported)
    whole = bytearray(exported.read_bytes())
    whole[len(whole) // 2] ^= 1
    exported.write_bytes(whole)
    with pytest.raises(NotAnExport):
        offboarding.restore(house, exported, new_park(installed), actor="test", sha256=printed)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 40])
def test_other_files_are_refused(house: Installation, tmp_path: Path, content: bytes, park: str) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(NotAnExport):
        offboarding.restore(house, tmp_path / "x.zip", park, actor="test")


def test_an_export_that_fails_leaves_no_file(
    house: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tenant: str
) -> None:
    from park.offboarding import exporting

    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "add", full)
    with pytest.raises(OSError, match="No space"):
        offboarding.export(house, tenant, tmp_path / "firm.zip", actor="test")
    assert list(tmp_path.glob("firm*")) == []


# ---- erasure ----


def canaries(db: Database, tenant: str) -> list[str]:
    """By what the firm and its people could be recognised."""
    with accounts_session(db) as session:
        row = session.row("SELECT title, credit_code FROM shared.tenant WHERE name = :t", t=tenant)
        assert row is not None
        owner, invited = people.new_mobile(), people.new_email()
        users.enrol(db, name="欧阳霁", contact=owner, role="owner", tenant=tenant, actor="test", password="drei Kiefern")
        desk = people.desk(db)
        session.execute(
            "INSERT INTO shared.login_code (id, purpose, destination, code, expires) "
            "VALUES (:id, 'sign_in', :to, '\\x00', now())",
            {"id": uuid4(), "to": owner.value},
        )
        for to, body in ((owner.value, "code 123456"), ("admin@park.cn", f"{row.title} has joined")):
            session.execute(
                "INSERT INTO shared.outbox (id, channel, recipient, subject, body) VALUES (:id, 'mail', :to, 'x', :body)",
                {"id": uuid4(), "to": to, "body": body},
            )
        session.execute(
            "INSERT INTO shared.invitation (id, secret, role, park, mobile, title, credit_code, invited_by, expires, used) "
            "SELECT :id, :secret, 'owner', park, '+8613000000000', title, credit_code, 'test', now(), now() "
            "FROM shared.tenant WHERE name = :t",
            {"id": uuid4(), "secret": uuid4().bytes, "t": tenant},
        )
    secret = users.sign_in_with_password(desk, owner.value, "drei Kiefern", network=people.new_network())
    who = people.seen(desk, secret)
    invite(desk, who, role="member", contact=invited.value, lang="zh", tenant=tenant)
    tokens.create(db, tenant=tenant, title="gateway", scopes=["data:read"], actor=who.actor)
    return [tenant, str(row.title), str(row.credit_code), owner.value, invited.value, "欧阳霁"]


def found_in(superuser: str, words: list[str]) -> dict[str, list[str]]:
    """Where one of these stands in any table of any schema, by table."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(superuser) as connection:
        places = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for place in places:
            for word in words:
                query = sql.SQL("SELECT x::text FROM {} AS x WHERE position(%s IN x::text) > 0 LIMIT 1")
                row = connection.execute(query.format(sql.Identifier(*place)), (word,)).fetchone()
                if row:
                    found.setdefault(".".join(place), []).append(f"{word}: {row[0]}")
    return found


@pytest.fixture
def entangled(house: Installation, installed: Installed, firm: str, park: str) -> tuple[str, list[str]]:
    """The firm with people, and traces of it in everybody else's books; by what it could be recognised."""
    words = canaries(house.db, firm)
    other = new_tenant(installed, park)
    with tenant_session(house.db, other) as session:
        meter = sites.create_meter(session, name="to the neighbour", actor="test")
        sites.create_channel(session, meter=meter, flow="transfer_out", counterparty=firm)
        sites.create_channel(session, meter=meter, flow="transfer_in", counterparty=new_tenant(installed, park))
        sites.change_channel(session, "to the neighbour", "transfer_in", actor="test", counterparty=firm)
    held.import_sheet(house.db, park, HeldSheet([HeldRow(2, "5001", words[1], {MARCH: 1000})], [], "kWh"), actor="test")
    held.bind(house.db, park, "5001", firm, actor="test")
    with psycopg.connect(installed.superuser) as connection:
        connection.execute(
            "INSERT INTO shared.summary_month (park, month, method, figure, tenants, missing, expected, contributors) "
            "VALUES (%s, '2025-03-01', 'cn_park_2025', 'emission_tco2', 3, 0, 0, %s)", (park, [firm, other]),
        )  # fmt: skip
        connection.execute("SET LOCAL search_path = jobs")
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args) VALUES ('default', 'publish', %s, %s)",
            (f"publish:{firm}", json.dumps({"tenant": firm})),
        )
    waiting = house.files.with_name("pending") / firm
    waiting.mkdir(parents=True)
    (waiting / "preview").write_bytes(b"x")
    return firm, words


def test_nothing_is_left_of_an_erased_firm(
    house: Installation, installed: Installed, entangled: tuple[str, list[str]], park: str
) -> None:
    firm, words = entangled
    assert {"shared.tenant", "shared.user", "shared.outbox", "shared.invitation", "jobs.procrastinate_jobs"} <= set(
        found_in(installed.superuser, words)
    )
    told = offboarding.erase(house, firm, actor="test")
    assert found_in(installed.superuser, words) == {}
    assert told["rows"]["flow_month"] > 0
    with psycopg.connect(installed.superuser) as connection:
        assert connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (firm,)).fetchone() is None
        assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (firm,)).fetchone() is None
        claims = connection.execute("SELECT count(*) FROM shared.claim WHERE tenant = %s", (told["erased"],)).fetchone()
        kept = connection.execute("SELECT count(*) FROM shared.audit WHERE subject = %s", (told["erased"],)).fetchone()
    assert claims == (4,), "serial numbers stay claimed"
    assert kept is not None
    assert kept[0] > 10, "what was done stays written down"
    assert not [path for path in house.files.parent.rglob("*") if firm in path.name]
    with pytest.raises(NotFound):
        offboarding.erase(house, firm, actor="test")


def test_people_who_work_elsewhere_stay(house: Installation, installed: Installed, tenant: str, park: str) -> None:
    both = people.new_email()
    other = new_tenant(installed, park)
    for name in (tenant, other):
        users.enrol(house.db, name="Li", contact=both, role="owner", tenant=name, actor="test")
    offboarding.erase(house, tenant, actor="test")
    with accounts_session(house.db) as session:
        rows = session.rows('SELECT m.tenant FROM shared."user" u JOIN shared.membership m ON m.user_id = u.id WHERE email = :e',
                            e=both.value)  # fmt: skip
    assert [row.tenant for row in rows] == [other]


def test_an_owner_who_is_blind_erases_nothing(house: Installation, installed: Installed, firm: str) -> None:
    """Row-level security without the owner's policy shows it 0 rows and raises no error; the comparison notices."""
    before = books(house.db, firm, installed.superuser)
    with psycopg.connect(installed.superuser, autocommit=True) as connection:
        connection.execute("DROP POLICY owner ON shared.flow_day")
        try:
            with pytest.raises(erasure.RowsUnseen) as caught:
                offboarding.erase(house, firm, actor="test")
        finally:
            role = sql.Identifier(installed.db.role("migrator"))
            made = sql.SQL("CREATE POLICY owner ON shared.flow_day TO {} USING (true) WITH CHECK (true)")
            connection.execute(made.format(role))
    assert caught.value.facts["table"] == "flow_day"
    assert books(house.db, firm, installed.superuser) == before
    assert offboarding.erase(house, offboarding.find(house.db, firm), actor="test")["rows"]["flow_day"] > 0, "a second try works"


def test_an_erasure_that_was_interrupted_is_ended_by_another(
    house: Installation, installed: Installed, firm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(erasure.shutil, "rmtree", away)
        with pytest.raises(erasure.FilesRemain):
            offboarding.erase(house, firm, actor="test")
    assert (house.files / firm).is_dir()
    with pytest.raises(NotFound):
        members.find(house.db, firm)  # nobody else finds it any more
    offboarding.erase(house, offboarding.find(house.db, firm), actor="test")
    assert not (house.files / firm).exists()
    assert found_in(installed.superuser, [firm]) == {}


def test_a_firm_that_has_no_books_yet_is_erased_too(house: Installation, installed: Installed, park: str) -> None:
    with accounts_session(house.db) as session:
        waiting = members.register(session, park=park, title="Nobody Ltd", actor="test", state="waiting")
    assert offboarding.erase(house, waiting, actor="test")["rows"]["tenant"] == 1
    assert found_in(installed.superuser, [waiting, "Nobody Ltd"]) == {}
