"""A firm's own files: scans of bills, contracts. The door in front of /firm/ has asked who it is."""

from __future__ import annotations

from uuid import UUID

from flask import Response, send_file

from dashboards.house import house
from dashboards.room import context
from tenants import documents
from tenants.db import tenant_session


def send(document: UUID) -> Response:
    """The file, as a download unless it is a picture or PDF; only of the firm's own."""
    ctx = context("firm.see")
    with tenant_session(ctx.db, ctx.tenant) as session:
        found = documents.find(session, house().settings.home / "files", document)
    shown = found.media_type.startswith("image/") or found.media_type == "application/pdf"
    return send_file(found.path, mimetype=found.media_type, as_attachment=not shown, download_name=found.name)
