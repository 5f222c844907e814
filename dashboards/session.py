"""Who asks, and in which language: from the server-side session alone, never from an address, header or callback.

The cookie holds a random secret; everything else is looked up with each request (`park.people.sessions`).
"""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import urlsplit

import flask
from flask import Flask, Response, g, request
from flask_login import LoginManager

from dashboards.house import house
from park.people import sessions, throttle
from park.people.sessions import NotSignedIn, Who
from park.words import LANGUAGES, Lang, language

COOKIE = "lingyuan"
CSRF_COOKIE = "lingyuan_csrf"  # read by Dash's script and sent back in a header
LANGUAGE_COOKIE = "lingyuan_lang"  # of somebody who is not signed in; no secret
_NONE = object()


def install(server: Flask) -> None:
    """Teaches the server who is signed in, and hands out the cookie after the request."""
    manager = LoginManager(server)
    manager.session_protection = None  # the session is ours, on the server
    manager.request_loader(lambda _: who())
    server.after_request(_hand_out)


def cookie_name() -> str:
    """With https the browser itself guarantees that the cookie came from this host, encrypted."""
    return f"__Host-{COOKIE}" if house().https else COOKIE


def who() -> Who | None:
    """The signed-in person, or None; None also while the program starts and nobody asks."""
    if not flask.has_request_context():
        return None
    if "who" not in g:
        g.who = _look_up()
    return cast("Who | None", g.who)


def _look_up() -> Who | None:
    secret = request.cookies.get(cookie_name())
    found = sessions.current(house().db, secret)
    if found is None:
        if secret:
            g.secret = None  # worthless: take it away
        return None
    if found.renew:
        try:
            g.secret = sessions.renew(house().desk, found)
        except NotSignedIn:
            return None
        return sessions.current(house().db, g.secret)
    return found


def signed_in() -> Who:
    """The signed-in person.

    Raises:
        NotSignedIn
    """
    found = who()
    if found is None:
        raise NotSignedIn()
    return found


def let_in(secret: str) -> None:
    """The browser gets this secret, and a new token against forged forms, with the answer."""
    flask.session.clear()
    g.pop("csrf_token", None)
    g.secret = secret
    g.who = sessions.current(house().db, secret)


def let_out() -> None:
    """The browser forgets its secret with the answer."""
    flask.session.clear()
    g.pop("csrf_token", None)
    g.secret = None
    g.who = None


def _hand_out(response: Response) -> Response:
    if "csrf_cookie" in g:
        response.set_cookie(CSRF_COOKIE, g.csrf_cookie, path="/", secure=house().https, samesite="Strict")
    secret = g.get("secret", _NONE)
    if secret is _NONE:
        return response
    settings: dict[str, Any] = {"path": "/", "secure": house().https, "httponly": True, "samesite": "Lax"}
    if secret is None:
        response.delete_cookie(cookie_name(), **settings)
    else:
        response.set_cookie(cookie_name(), str(secret), **settings)
    return response


def lang() -> Lang:
    """The reader's language: the person's own, else the browser's choice here, else the installation's."""
    if not flask.has_request_context():
        return "zh"
    person = who()
    if person is not None and person.lang:
        return language(person.lang)
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return language(chosen) if chosen in LANGUAGES else house().desk.lang


def network() -> str:
    """The network the request comes from, for throttling."""
    return throttle.network(request.remote_addr)


def device() -> str:
    """Browser and system in a few words, for the person's list of where they are signed in."""
    agent = request.headers.get("User-Agent", "")
    names = ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
    systems = ("Windows", "HarmonyOS", "Android", "iPhone", "iPad", "Mac OS", "Linux")
    browser = next((name for name in names if name in agent), "")
    system = next((name for name in systems if name in agent), "")
    return " · ".join(filter(None, (browser.replace("MicroMessenger", "WeChat").replace("Edg", "Edge"), system)))


def safe_next(wanted: str | None) -> str | None:
    """The address to go on to, if it is a page of ours; anything that could lead elsewhere is None."""
    if not wanted or not re.fullmatch(r"/[A-Za-z0-9_\-./?=&%]*", wanted) or wanted.startswith("//") or "/." in wanted:
        return None
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc and parts.path.startswith("/") else None
