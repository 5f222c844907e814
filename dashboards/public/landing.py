"""The first page."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dashboards.public.pages import pages, render


@pages.get("/")
def landing() -> ResponseReturnValue:
    """What this is, the way in, and the way to join."""
    return render("landing.html")
