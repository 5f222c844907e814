"""The demo's outbox: every message that would have left the house. Does not exist elsewhere."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from dashboards import session
from dashboards.house import house
from dashboards.public.pages import pages, render
from park import notation
from park.people import outbox as messages

_ZONE = ZoneInfo("Asia/Shanghai")


@pages.get("/outbox")
def outbox() -> ResponseReturnValue:
    """The newest messages, the demo's only way to read a code."""
    if not house().desk.demo:
        abort(404)
    lang = session.lang()
    rows = [
        {"channel": row.channel, "to": row.recipient, "subject": row.subject, "body": _linked(row.body),
         "at": notation.moment(row.created, _ZONE, lang)}
        for row in messages.recent(house().db)
    ]  # fmt: skip
    return render("outbox.html", messages=rows)


def _linked(body: str) -> Markup:
    """The text with our own links made clickable; everything else stays text."""
    base = house().desk.base_url
    words = [
        Markup('<a href="{}">{}</a>').format(word.removeprefix(base), word) if word.startswith(f"{base}/") else escape(word)
        for word in body.replace("\n", " \n ").split(" ")
    ]
    return Markup(" ").join(words)
