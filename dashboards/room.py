"""One audience's Dash app: its pages, its navigation, and the frame around them.

A page gives `layout(ctx, query)` and, if it reacts, `callbacks(app)`. Nothing of a tenant is in the app's own layout: pages
are filled by a callback, and each callback asks the session anew who it works for (`context()`).
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from dash import Dash, Input, Output, dcc, html
from flask import Flask

from dashboards import cards, frame, session
from dashboards.cards.words import Say
from dashboards.house import house
from dashboards.shell import menu, new_app
from park.people.roles import ROLES, Room
from park.people.sessions import Who
from park.words import Lang, say, t
from tenants.db import Database
from tenants.errors import LingyuanError
from tenants.period import Period, named


@dataclass(frozen=True)
class Context:
    """Who looks, in which language, and where the figures come from. Made anew for every request."""

    who: Who
    lang: Lang
    say: Say
    db: Database

    @property
    def tenant(self) -> str:
        """The firm of a firm's person."""
        assert self.who.tenant is not None
        return self.who.tenant

    @property
    def park(self) -> str:
        """The park of a park's person."""
        assert self.who.park is not None
        return self.who.park

    @property
    def today(self) -> dt.date:
        """The local day of that firm or park, not of the server."""
        return self.who.today


def context(right: str | None = None) -> Context:
    """The context of this request.

    Raises:
        NotSignedIn; NotAllowed: the person lacks the right.
    """
    who = session.signed_in()
    if right is not None:
        who.require(right)
    lang = session.lang()
    return Context(who, lang, partial(t, lang=lang), house().db)


WHOLE_PAGE: Any = {"page": "children"}  # Dash takes it, its type hints do not
Query = Mapping[str, str]
Layout = Callable[[Context, Query], Any]


@dataclass(frozen=True)
class Page:
    """One page: `path` below the room's prefix, `title` and `group` words of the catalogue, `icon` of `dashboards.icons`."""

    path: str
    title: str
    icon: str
    layout: Layout
    right: str
    callbacks: Callable[[Dash], None] | None = None
    group: str = ""
    in_nav: bool = True


def build_room(
    server: Flask,
    *,
    room: Room,
    prefix: str,
    title: str,
    pages: Sequence[Page],
    place: Callable[[Context], tuple[str, str, bool]],
    tools: Callable[[Context], Any] | None = None,
) -> Dash:
    """The room's app on the server.

    Args:
        place: gives name and note of whose screens these are, and whether they are a demo.
        tools: what stands at the right of the header, for example the operator's park picker.
    """
    app = new_app(server, room, prefix, title)
    app.layout = lambda: _frame(app, prefix, pages, place, tools)
    frame.shell_callbacks(app)
    _routing(app, prefix, pages)
    for page in pages:
        if page.callbacks is not None:
            page.callbacks(app)
    return app


def _frame(
    app: Dash,
    prefix: str,
    pages: Sequence[Page],
    place: Callable[[Context], tuple[str, str, bool]],
    tools: Callable[[Context], Any] | None,
) -> Any:
    if session.who() is None:  # Dash asks once while the server starts; nobody else gets here without a session
        return html.Div()
    ctx = context()
    name, note, demo = place(ctx)
    nav = [
        frame.NavItem(ctx.say(page.title), prefix + page.path, page.icon, ctx.say(page.group) if page.group else "")
        for page in pages
        if page.in_nav and ctx.who.may(page.right)
    ]
    role = ROLES[ctx.who.role].title if ctx.who.role else ""
    return frame.shell(
        # Only a whole page that is being fetched: a part that renews itself must not blank what a person reads.
        dcc.Loading(
            html.Div(id="page"),
            delay_show=400,
            type="circle",
            color="var(--mantine-color-pine-6)",
            target_components=WHOLE_PAGE,
        ),
        place=name,
        place_note=note,
        nav=nav,
        say=ctx.say,
        mark_url=app.get_asset_url("mark.svg"),
        person=frame.Person(ctx.who.name, ctx.say(role)),
        menu=menu(ctx.say, prefix, ctx.lang),
        demo=ctx.say("Demo data") if demo else "",
        tools=tools(ctx) if tools else None,
    )


def _routing(app: Dash, prefix: str, pages: Sequence[Page]) -> None:
    by_path = {page.path: page for page in pages}

    @app.callback(Output("page", "children"), Input("url", "pathname"), Input("url", "search"))
    def show(pathname: str | None, search: str | None) -> Any:
        ctx = context()
        page = by_path.get((pathname or prefix).removeprefix(prefix).strip("/"))
        if page is None or not ctx.who.may(page.right):
            return not_here(ctx, prefix)
        try:
            return page.layout(ctx, query_of(search))
        except LingyuanError as error:
            return refusal(ctx, error)


def query_of(search: str | None) -> Query:
    """The first value of each name in an address's query."""
    return {key: values[0] for key, values in parse_qs((search or "").lstrip("?")).items()}


def period_of(ctx: Context, data: Mapping[str, str] | None) -> Period:
    """The period of a picker's store; without one the year to date."""
    if not data:
        return named("ytd", ctx.today)
    return named(data["kind"], dt.date.fromisoformat(f"{data['month']}-01"))


def download(content: bytes, name: str) -> dict[str, Any]:
    """A file for `dcc.Download.data`."""
    encoded = base64.b64encode(content).decode()
    return {"content": encoded, "filename": name, "type": None, "base64": True}


def not_here(ctx: Context, home: str) -> Any:
    """For an address that leads nowhere, or not for this person: the same answer."""
    return cards.empty_state(
        ctx.say("There is nothing here"),
        ctx.say("The address is wrong, or this page is not for you."),
        dcc.Link(ctx.say("To the start"), href=home, className="ly-button"),
    )


def refusal(ctx: Context, error: LingyuanError) -> Any:
    """An error as a message in its place."""
    said = say(error, ctx.lang)
    return cards.notice(said["message"], "bad", remedy=said["remedy"])


__all__ = ["Context", "Page", "Query", "build_room", "context", "download", "not_here", "period_of", "query_of", "refusal"]
