"""What every answer carries, whatever it is: where scripts may come from, who may frame it, whether it may be kept."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from dashboards.house import house

STATIC = ("/static/", "/_dash-component-suites/", "/assets/")
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def nonce() -> str:
    """The request's own random word; only scripts that carry it run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def install(server: Flask) -> None:
    """Adds the headers to every answer of the server. Call before anything else that hooks into requests."""
    server.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce())
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
    if "retry_after" in g:
        headers["Retry-After"] = str(g.retry_after)
    if house().https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if not (response.status_code in (200, 304) and any(part in request.path for part in STATIC)):
        headers["Cache-Control"] = "no-store"
    return response
