"""A tenant leaves: exported into one file, restored from it, or erased without a residue.

The file is a ZIP: `manifest.json` (counts, SHA-256 of each part), one text COPY per table, and the uploaded files.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from psycopg import sql

from park.access import accounts_session, owner_session
from park.installation import Installation
from park.members import provision_now
from tenants import audit, publish
from tenants.db import Session, tenant_session
from tenants.errors import LingyuanError, NotFound
from tenants.models import own
from tenants.provision import head, new_name

FORMAT = 1
PUBLISHED = ("flow_day", "flow_month", "flow_curve", "submitted", "offset_year", "certificate_year", "published")


class NotAnExport(LingyuanError):
    """{file} is not an export of a tenant, or it was damaged: {reason}."""

    status = 422
    remedy = "Export the tenant again, or take another copy of the file."


class SerialsTaken(LingyuanError):
    """The tenant's certificate or offset serials are claimed here already."""

    status = 409
    remedy = "Erase the tenant that was restored before, or ask the operator."


def _tables() -> list[str]:
    return [table.name for table in own.metadata.sorted_tables]


def export(house: Installation, tenant: str, output: Path, actor: str) -> dict[str, Any]:
    """Writes the tenant into `output`; gives the number of rows per table and the file's SHA-256."""
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    part = output.with_name(output.name + ".part")
    with tenant_session(house.db, tenant, timeout_s=3600) as session, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as pack:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        registry = session.row("SELECT title, credit_code, kind, held, consent, timezone, region, version FROM shared.tenant")
        park = session.row("SELECT title FROM shared.park")
        claims = session.rows("SELECT registry, prefix, lower(serials) AS first, upper(serials) AS stop FROM shared.claim")
        for name in _tables():
            data = session.copy_out(_copy(name, "TO STDOUT").as_string(session.driver))
            counts[name] = session.scalar(f'SELECT count(*) FROM "{name}"')
            digests[f"{name}.copy"] = hashlib.sha256(data).hexdigest()
            pack.writestr(f"{name}.copy", data)
        folder = house.files / tenant
        for file in sorted(folder.iterdir()) if folder.is_dir() else []:
            digests[f"files/{file.name}"] = hashlib.sha256(file.read_bytes()).hexdigest()
            pack.write(file, f"files/{file.name}")
        manifest = {
            "format": FORMAT, "tenant": tenant, "park": park and park.title, "registry": registry and dict(registry._mapping),
            "claims": [dict(row._mapping) for row in claims], "counts": counts, "sha256": digests, "version": head(),
        }  # fmt: skip
        pack.writestr("manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    part.replace(output)
    with tenant_session(house.db, tenant) as session:
        audit.record(session, subject=tenant, actor=actor, action="tenant.export")
    return {"tenant": tenant, "file": str(output), "rows": counts, "sha256": hashlib.sha256(output.read_bytes()).hexdigest()}


def _copy(table: str, direction: str) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in own.metadata.tables[table].columns)
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), columns, sql.SQL(direction))  # type: ignore[arg-type]


def _manifest(pack: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads(pack.read("manifest.json"))
        if found["format"] != FORMAT or found["version"] != head():
            raise NotAnExport(file=file.name, reason=f"format {found['format']}, schema {found['version']}")
        for name, digest in found["sha256"].items():
            if hashlib.sha256(pack.read(name)).hexdigest() != digest:
                raise NotAnExport(file=file.name, reason=f"{name} was changed")
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise NotAnExport(file=file.name, reason=str(error)) from error
    return found


def restore(house: Installation, file: Path, park: str | None, actor: str) -> dict[str, Any]:
    """Makes a tenant from an export: same data, same claims, published anew; all or nothing."""
    try:
        pack = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise NotAnExport(file=file.name, reason=str(error)) from error
    with pack:
        manifest = _manifest(pack, file)
        name = _register(house, manifest, park, actor)
        provision_now(house.db, house.owner, name)
        try:
            _fill(house, name, pack, manifest, actor)
        except BaseException:
            erase(house, name, actor=actor)
            raise
    return {"tenant": name, "rows": manifest["counts"]}


def _register(house: Installation, manifest: dict[str, Any], park: str | None, actor: str) -> str:
    with accounts_session(house.db) as session:
        target = park or session.scalar("SELECT name FROM shared.park WHERE title = :title", title=manifest["park"])
        if target is None:
            raise NotFound(what="park", name=manifest["park"])
        taken = session.scalar("SELECT 1 FROM shared.tenant WHERE name = :name", name=manifest["tenant"])
        ours = manifest["tenant"].startswith(f"t_{house.prefix}_")
        name = manifest["tenant"] if ours and not taken else new_name("t", house.prefix)
        facts = manifest["registry"]
        session.execute(
            "INSERT INTO shared.tenant (name, park, title, credit_code, kind, held, state, consent, timezone, region) "
            "VALUES (:name, :park, :title, :credit_code, :kind, :held, 'provisioning', :consent, :timezone, :region)",
            {**{key: facts[key] for key in ("title", "credit_code", "kind", "held", "consent", "timezone", "region")},
             "name": name, "park": target},
        )  # fmt: skip
        audit.record(session, subject=name, actor=actor, action="tenant.restore")
    return name


def _fill(house: Installation, name: str, pack: zipfile.ZipFile, manifest: dict[str, Any], actor: str) -> None:
    with tenant_session(house.db, name, timeout_s=3600) as session:
        session.execute("DELETE FROM state")
        for table in _tables():
            session.copy_in(_copy(table, "FROM STDIN").as_string(session.driver), pack.read(f"{table}.copy"))
            restart_identity(session, table)
        for claim in manifest["claims"]:
            taken = session.execute(
                "INSERT INTO shared.claim (id, tenant, registry, prefix, serials) "
                "VALUES (:id, current_user, :registry, :prefix, int8range(:first, :stop)) ON CONFLICT DO NOTHING",
                {**claim, "id": uuid4()},
            )
            if taken.rowcount == 0:
                raise SerialsTaken()
        publish.republish(session)
    folder = house.files / name
    folder.mkdir(parents=True, exist_ok=True)
    for entry in manifest["sha256"]:
        if entry.startswith("files/"):
            (folder / Path(entry).name).write_bytes(pack.read(entry))


def restart_identity(session: Session, table: str) -> None:
    """Lets the table's own numbers go on after the largest one that was copied in."""
    for column in own.metadata.tables[table].columns:
        if column.identity is not None:
            largest = session.scalar(f'SELECT max("{column.name}") FROM "{table}"')
            if largest is not None:
                session.scalar(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{column.name}'), :largest)", largest=largest
                )


def erase(house: Installation, tenant: str, actor: str) -> dict[str, Any]:
    """Drops schema, role, files and live sums; audit and claims keep a random pseudonym that nothing leads back from."""
    pseudonym = f"erased-{secrets.token_hex(8)}"
    rows: dict[str, int] = {}
    with accounts_session(house.db) as session:
        users = [row.user_id for row in session.rows("SELECT user_id FROM shared.membership WHERE tenant = :t", t=tenant)]
        session.execute("DELETE FROM shared.token WHERE tenant = :t", {"t": tenant})
        session.execute("DELETE FROM shared.invitation WHERE tenant = :t", {"t": tenant})
        session.execute("DELETE FROM shared.membership WHERE tenant = :t", {"t": tenant})
        for user in users:
            if not session.scalar("SELECT 1 FROM shared.membership WHERE user_id = :u", u=user):
                session.execute('DELETE FROM shared."user" WHERE id = :u', {"u": user})  # sessions go with it
    with owner_session(house.db, house.owner) as session:
        for table in PUBLISHED:
            rows[table] = session.execute(f"DELETE FROM shared.{table} WHERE tenant = :t", {"t": tenant}).rowcount
        session.execute("DELETE FROM shared.mark WHERE tenant = :t", {"t": tenant})
        session.execute("UPDATE shared.held_account SET tenant = NULL, account_name = '' WHERE tenant = :t", {"t": tenant})
        session.execute("DELETE FROM shared.claimed WHERE tenant = :t", {"t": tenant})
        session.execute("UPDATE shared.claim SET tenant = :p WHERE tenant = :t", {"p": pseudonym, "t": tenant})
        session.execute(
            "UPDATE shared.audit SET subject = CASE WHEN subject = :t THEN :p ELSE subject END, "
            "writer = CASE WHEN writer = :t THEN :p ELSE writer END, "
            "actor = CASE WHEN actor = ANY(:users) THEN :p ELSE actor END "
            "WHERE subject = :t OR writer = :t OR actor = ANY(:users)",
            {"p": pseudonym, "t": tenant, "users": [str(user) for user in users]},
        )
        rows["tenant"] = session.execute("DELETE FROM shared.tenant WHERE name = :t", {"t": tenant}).rowcount
        name = sql.Identifier(tenant)
        session.driver.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
        session.driver.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))
        audit.record(session, subject=pseudonym, actor=actor, action="tenant.erase", rows=rows)
    shutil.rmtree(house.files / tenant, ignore_errors=True)
    return {"erased": pseudonym, "rows": rows}
