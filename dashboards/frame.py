"""The frame around every page: header, navigation, person, language and scheme; and the HTML that loads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dashboards.aria import aria
from dashboards.cards.words import Say
from dashboards.icons import icon
from dashboards.theme import MANTINE

# For `Dash(..., assets_ignore=ASSETS_IGNORE)`: loaded from the head by `index_string`, before the first paint.
ASSETS_IGNORE = r"first\.js"
NAVBAR = {"width": 232, "breakpoint": "md"}


@dataclass(frozen=True)
class NavItem:
    """One place to go; items of one `group` stand together under its word."""

    label: str
    href: str
    icon: str
    group: str = ""
    badge: str = ""


@dataclass(frozen=True)
class Person:
    """Who is signed in, as shown in the menu."""

    name: str
    role: str


def shell(
    children: Any,
    *,
    place: str,
    nav: Sequence[NavItem],
    say: Say,
    mark_url: str,
    place_note: str = "",
    person: Person | None = None,
    menu: Sequence[Any] = (),
    tools: Any = None,
    demo: str = "",
    home: str = "",
) -> dmc.MantineProvider:
    """The whole screen. Ids: `url`, `shell`, `shell-burger`, `shell-main`; call `shell_callbacks(app)` once.

    Args:
        place: Whose screen it is: park or firm.
        mark_url: `app.get_asset_url("mark.svg")`.
        menu: Entries of the person's menu (`menu_link`, a sign-out form), after their name.
        tools: Slot at the right of the header, for example the operator's park picker.
        demo: Badge text where the data are made up (演示数据); empty on real data.
        home: Address behind the mark; the first entry of `nav` if empty.
    """
    mark = _mark(mark_url, home or (nav[0].href if nav else ""), say)
    right = [tools, _toggle(say), _person_menu(person, menu) if person else None]
    header = _header(mark, place, place_note, demo, right, say)
    return dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh="callback-nav"),
            html.A(say("Skip to the content"), href="#shell-main", className="ly-skip"),
            _screen(header, html.Nav(_navigation(nav), **aria(label=say("Main menu"))), children),
            dmc.NotificationContainer(id="notices", position="bottom-right"),
        ],
        theme=MANTINE,
        defaultColorScheme="auto",
    )


def bare(children: Any) -> dmc.MantineProvider:
    """A screen without navigation (wall, sign-in, one report): only theme and content."""
    return dmc.MantineProvider(
        html.Main(children, id="shell-main", className="ly-bare"), theme=MANTINE, defaultColorScheme="auto"
    )


def menu_link(label: str, href: str, symbol: str) -> html.A:
    """An entry of the person's menu that leads somewhere by an ordinary request."""
    return html.A([icon(symbol), html.Span(label)], href=href, className="ly-menu-button")


def shell_callbacks(app: Dash) -> None:
    """Open the navigation by its button and close it when the page changes, in the browser."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("lingyuan", "navigation"),
        Output("shell", "navbar"),
        Output("shell-burger", "opened"),
        Input("shell-burger", "opened"),
        Input("url", "pathname"),
        State("shell", "navbar"),
        prevent_initial_call=True,
    )


def index_string(html_lang: str, title: str, assets_url: str) -> str:
    """`app.index_string`: language, title and the small blocking script that sets the scheme before the first paint.

    Args:
        assets_url: Prefix of the assets, ending in a slash. Scripts carry no inline code; a nonce may be added by the mount.
    """
    assets = escape(assets_url, quote=True)
    return f"""<!DOCTYPE html>
<html lang="{escape(html_lang, quote=True)}">
<head>
{{%metas%}}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<link rel="icon" type="image/svg+xml" href="{assets}mark.svg">
<script src="{assets}first.js"></script>
{{%css%}}
</head>
<body>
{{%app_entry%}}
<footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
</body>
</html>"""


def _screen(header: Any, navigation: Any, children: Any) -> dmc.AppShell:
    parts = [
        dmc.AppShellHeader(header, className="ly-header"),
        dmc.AppShellNavbar(navigation, className="ly-navbar"),
        dmc.AppShellMain(html.Div(children, id="shell-main", tabIndex=-1), className="ly-main"),
    ]
    closed_on_phones = {"collapsed": {"mobile": True, "desktop": False}}
    return dmc.AppShell(parts, id="shell", header={"height": 56}, navbar=NAVBAR | closed_on_phones, padding=0)


def _header(mark: Any, place: str, place_note: str, demo: str, right: Sequence[Any], say: Say) -> html.Div:
    left = [
        dmc.Burger(id="shell-burger", opened=False, size="sm", hiddenFrom="md", **aria(label=say("Main menu"))),
        mark,
        html.Div([html.Strong(place), _under(place_note, demo)], className="ly-place"),
        html.Span(demo, className="ly-demo ly-demo-wide") if demo else None,
    ]
    sides = [html.Div(left, className="ly-header-side"), html.Div(list(right), className="ly-header-side ly-header-right")]
    return html.Div(sides, className="ly-header-line")


def _under(note: str, demo: str) -> html.Span | None:
    """The line below the name; on a phone, where there is no room beside it, the badge of made-up data leads it."""
    parts = [html.Span(demo, className="ly-demo ly-demo-narrow") if demo else None, note or None]
    return html.Span([part for part in parts if part is not None]) if any(parts) else None


def _mark(url: str, home: str, say: Say) -> dcc.Link:
    return dcc.Link(html.Img(src=url, alt=say("Home"), width=28, height=28), href=home, className="ly-mark")


def _toggle(say: Say) -> dmc.ColorSchemeToggle:
    looks = {"variant": "subtle", "color": "gray", "size": "lg"}
    return dmc.ColorSchemeToggle(lightIcon=icon("sun"), darkIcon=icon("moon"), **looks, **aria(label=say("Light or dark")))


def _person_menu(person: Person, menu: Sequence[Any]) -> html.Details:
    """A native disclosure: keyboard and screen readers know it, and forms work in it. `lingyuan.js` closes it outside."""
    face = html.Summary(
        [
            html.Span(person.name[:1].upper(), className="ly-face", **aria(hidden="true")),
            html.Span(person.name, className="ly-face-name"),
            icon("chevron-down", size=14),
        ],
        className="ly-person",
        **aria(label=person.name),
    )
    name = html.Div([html.Strong(person.name), html.Div(person.role, className="ly-note")], className="ly-menu-name")
    return html.Details([face, html.Div([name, *menu], className="ly-menu-list")], className="ly-menu")


def _navigation(nav: Sequence[NavItem]) -> list[Any]:
    """Links by group, in their order."""
    parts: list[Any] = []
    group = ""
    for item in nav:
        if item.group and item.group != group:
            parts.append(html.Div(item.group, className="ly-nav-group"))
            group = item.group
        parts.append(
            dmc.NavLink(
                label=item.label,
                href=item.href,
                leftSection=icon(item.icon),
                active="exact",
                className="ly-nav",
                rightSection=html.Span(item.badge, className="ly-nav-badge") if item.badge else None,
            )
        )
    return parts
