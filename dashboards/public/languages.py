"""The language, chosen by anybody at any time. (Light or dark is the device's own matter and stays in the browser.)"""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue

from dashboards import session
from dashboards.house import house
from dashboards.public.pages import pages
from dashboards.session import LANGUAGE_COOKIE
from park.people import users
from park.words import LANGUAGES, language

KEPT_S = 365 * 24 * 3600


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    """Remembers the language: with the person if signed in, and in this browser."""
    answer = redirect(session.safe_next(request.form.get("next")) or "/")
    wanted = request.form.get("lang", "")
    if wanted in LANGUAGES:
        person = session.who()
        if person is not None:
            users.set_language(house().desk, person, language(wanted))
        settings = {"path": "/", "secure": house().https, "httponly": True}
        answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=KEPT_S, samesite="Lax", **settings)  # type: ignore[arg-type]
    return answer
