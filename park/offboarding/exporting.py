"""Everything of one tenant into one file."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from park.installation import Installation
from park.offboarding.archive import AUDIT, FORMAT, MANIFEST, add, chunks, copy_statement, sha256_of, tables
from park.plain import to_json
from tenants import audit
from tenants.db import TenantSession, tenant_session
from tenants.errors import LingyuanError
from tenants.provision import head

_AUDIT = "COPY (SELECT at, actor, action, facts FROM shared.audit WHERE subject = current_user ORDER BY at) TO STDOUT"


class NotUpToDate(LingyuanError):
    """The tables of this tenant are at revision {version}, the newest is {newest}."""

    status = 409
    remedy = "Run lingyuan migrate first."


def export(house: Installation, tenant: str, output: Path, actor: str) -> dict[str, Any]:
    """Writes the tenant into `output`, whole or not at all; gives the number of rows per table and the file's SHA-256."""
    part = output.with_name(output.name + ".part")
    try:
        with (
            tenant_session(house.db, tenant, timeout_s=3600) as session,
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as pack,
        ):
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")  # all parts of one moment
            counts, files = _pack(session, pack, house.files / tenant)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    with tenant_session(house.db, tenant) as session:
        audit.record(session, subject=tenant, actor=actor, action="tenant.export")
    return {"tenant": tenant, "file": str(output), "rows": counts, "files": files, "sha256": sha256_of(output)}


def _pack(session: TenantSession, pack: zipfile.ZipFile, folder: Path) -> tuple[dict[str, int], int]:
    """Writes every part; rows per table and number of files."""
    registry = session.row("SELECT title, credit_code, kind, held, consent, timezone, region, version FROM shared.tenant")
    assert registry is not None
    if registry.version != head():
        raise NotUpToDate(version=registry.version, newest=head())
    counts, digests = {}, {}
    for name in tables():
        counts[name] = session.scalar(f'SELECT count(*) FROM "{name}"')
        statement = copy_statement(name, "TO STDOUT").as_string(session.driver)
        digests[f"{name}.copy"] = add(pack, f"{name}.copy", _rows(session, statement))
    digests[AUDIT] = add(pack, AUDIT, _rows(session, _AUDIT))
    files = sorted(path for path in folder.glob("*") if path.is_file() and path.suffix != ".part")
    for path in files:
        with path.open("rb") as source:
            digests[f"files/{path.name}"] = add(pack, f"files/{path.name}", chunks(source))
    made = {
        "format": FORMAT, "version": head(), "program": version("lingyuan"), "exported": dt.datetime.now(dt.UTC),
        "tenant": session.tenant, "park": session.scalar("SELECT title FROM shared.park"), "registry": dict(registry._mapping),
        "counts": counts, "sha256": digests,
    }  # fmt: skip
    pack.writestr(MANIFEST, to_json(made, indent=True))
    return counts, len(files)


def _rows(session: TenantSession, statement: str) -> Iterable[bytes | bytearray | memoryview]:
    with session.driver.cursor() as cursor, cursor.copy(statement) as copy:
        yield from copy
