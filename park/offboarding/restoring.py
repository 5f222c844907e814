"""A tenant from the file it was exported to: the same data, the same claims, published anew; all or nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy.exc import IntegrityError

from park.access import accounts_session, owner_session
from park.installation import Installation
from park.members import provision_now
from park.offboarding import archive
from park.offboarding.archive import NotAnExport
from park.offboarding.erasure import PSEUDONYM, erase
from tenants import audit, clock, publish, serials
from tenants.db import Session, TenantSession, tenant_session
from tenants.errors import AlreadyExists, LingyuanError, NotFound
from tenants.models import own
from tenants.provision import new_name
from tenants.publish import green
from tenants.publish.facts import published_through
from tenants.serials import Serials, SerialsClaimed

_RECORDS = ("certificate", "offset")


class SerialsTaken(LingyuanError):
    """Certificates or offsets of {title} are claimed here by another tenant: {first} to {last}."""

    status = 409
    remedy = "A serial number serves one claim. Erase the tenant that was exported first, if it still lives here."


class OtherZone(LingyuanError):
    """The days of {title} are days of {theirs}, those of the park of {ours}."""

    status = 409
    remedy = "Restore it into a park of the same time zone."


def restore(house: Installation, file: Path, park: str | None, actor: str, sha256: str | None = None) -> dict[str, Any]:
    """Makes a tenant from an export.

    Args:
        park: where it goes; None: the park of the same name.
        sha256: what the export printed.
    Raises:
        NotAnExport; NotFound: no such park; AlreadyExists: the park has this firm; SerialsTaken; OtherZone.
    """
    with archive.opened(file, sha256) as pack:
        manifest = archive.manifest(pack, file)
        name = _register(house, manifest, park, actor)
        try:
            provision_now(house.db, house.owner, name)
            _fill(house, name, pack, manifest, file)
            _take_up(house, name)
            _publish(house, name, manifest)
            _unpack(house.files / name, pack, manifest)
        except BaseException:
            erase(house, name, actor=actor)
            raise
    files = sum(1 for part in manifest["sha256"] if part.startswith("files/"))
    return {"tenant": name, "rows": manifest["counts"], "files": files}


def _register(house: Installation, manifest: dict[str, Any], park: str | None, actor: str) -> str:
    """The name of the new tenant, in the registry; its old name if that is ours and free."""
    facts = manifest["registry"]
    with accounts_session(house.db) as session:
        target = session.row(
            "SELECT name, timezone FROM shared.park WHERE name = :park OR (CAST(:park AS text) IS NULL AND title = :title)",
            park=park, title=manifest["park"],
        )  # fmt: skip
        if target is None:
            raise NotFound(what="park", name=park or manifest["park"])
        if target.timezone != facts["timezone"]:
            raise OtherZone(title=facts["title"], theirs=facts["timezone"], ours=target.timezone)
        twin = session.scalar(
            "SELECT title FROM shared.tenant WHERE park = :park AND state <> 'erased' "
            "AND (title = :title OR credit_code = CAST(:credit_code AS text))",
            park=target.name, title=facts["title"], credit_code=facts["credit_code"],
        )  # fmt: skip
        if twin is not None:
            raise AlreadyExists(what="tenant", name=twin)
        taken = session.scalar("SELECT 1 FROM shared.tenant WHERE name = :name", name=manifest["tenant"])
        ours = str(manifest["tenant"]).startswith(f"t_{house.prefix}_")
        name = str(manifest["tenant"]) if ours and not taken else new_name("t", house.prefix)
        house.db.must_be("t", name)
        kept = ("title", "credit_code", "kind", "held", "consent", "timezone", "region")
        session.execute(
            "INSERT INTO shared.tenant (name, park, title, credit_code, kind, held, state, consent, timezone, region) "
            "VALUES (:name, :park, :title, :credit_code, :kind, :held, 'provisioning', :consent, :timezone, :region)",
            {**{key: facts[key] for key in kept}, "name": name, "park": target.name},
        )
        audit.record(session, subject=name, actor=actor, action="tenant.restore")
    return name


def _fill(house: Installation, name: str, pack: zipfile.ZipFile, manifest: dict[str, Any], file: Path) -> None:
    """Copies the rows of every table in, and counts them."""
    with tenant_session(house.db, name, timeout_s=3600) as session:
        session.execute("DELETE FROM state")
        for table in archive.tables():
            statement = archive.copy_statement(table, "FROM STDIN")
            with pack.open(f"{table}.copy") as source, session.driver.cursor() as cursor, cursor.copy(statement) as copy:
                for piece in archive.chunks(source):
                    copy.write(piece)
            if session.scalar(f'SELECT count(*) FROM "{table}"') != manifest["counts"][table]:
                raise NotAnExport(file=file.name, reason="{part} has another number of rows", part=table)


def _take_up(house: Installation, name: str) -> None:
    """What only the owner may do: numbers go on after the largest one, and claims left behind by an erasure are taken up again.

    Whoever holds the random id of the record is the one who claimed.
    """
    with owner_session(house.db, house.owner) as session:
        for table in own.metadata.sorted_tables:
            for column in table.columns:
                if column.identity is not None:
                    _continue(session, name, table.name, column.name)
        for record in _RECORDS:
            session.driver.execute(
                sql.SQL(
                    "UPDATE shared.claim c SET tenant = {} FROM {} r WHERE c.id = r.id AND c.tenant LIKE {} "
                    "AND c.serials = int8range(r.serial_first, r.serial_last + 1)"
                ).format(sql.Literal(name), sql.Identifier(name, record), sql.Literal(PSEUDONYM + "%"))
            )


def _continue(session: Session, name: str, table: str, column: str) -> None:
    place, number = sql.Identifier(name, table), sql.Identifier(column)
    row = session.driver.execute(sql.SQL("SELECT coalesce(max({}), 0) + 1 FROM {}").format(number, place)).fetchone()
    start = sql.Literal(row[0] if row else 1)
    session.driver.execute(sql.SQL("ALTER TABLE {} ALTER {} RESTART WITH {}").format(place, number, start))


def _publish(house: Installation, name: str, manifest: dict[str, Any]) -> None:
    """Claims what is not claimed yet, and publishes everything the tenant had published."""
    with tenant_session(house.db, name, timeout_s=3600) as session:
        _claim(session, manifest["registry"]["title"])
        through = published_through(session)
        # Through the same day as before, so that nothing differs; the night goes on from there.
        publish.republish(session, today=None if through is None else clock.date_of(through + 1))
        years = session.scalar(
            "SELECT coalesce(array_agg(DISTINCT y), '{}') FROM certificate, "
            "LATERAL (VALUES (claim_year::int), (extract(year FROM vintage)::int)) AS v(y) WHERE y IS NOT NULL"
        )
        green.publish(session, set(years))
        green.publish_offsets(session)
        session.execute(
            "INSERT INTO shared.submitted (tenant, month, park, at) SELECT current_user, month, :park, at FROM submission",
            {"park": session.park},
        )


def _claim(session: TenantSession, title: str) -> None:
    ours = {row.id for row in session.rows("SELECT id FROM shared.claim WHERE tenant = current_user")}
    for record in _RECORDS:
        for row in session.rows(f'SELECT id, registry, serial_prefix, serial_first, serial_last FROM "{record}"'):
            if row.id in ours:
                continue
            what = Serials(row.registry, row.serial_prefix, row.serial_first, row.serial_last)
            try:
                serials.claim(session, row.id, what)
            except (SerialsClaimed, IntegrityError) as error:  # the latter: the very record that was exported still lives here
                first, last = f"{what.prefix}{what.first}", f"{what.prefix}{what.last}"
                raise SerialsTaken(title=title, first=first, last=last) from error


def _unpack(folder: Path, pack: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Writes the uploaded files."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in manifest["sha256"]:
        if part.startswith("files/"):
            target = folder / part.removeprefix("files/")
            with pack.open(part) as source, target.open("wb") as sink:
                target.chmod(0o600)
                for piece in archive.chunks(source):
                    sink.write(piece)
