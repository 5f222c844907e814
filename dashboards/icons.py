"""Icons drawn for this product: stroke paths on a 24 x 24 grid, shown as CSS masks so that they take the text's colour."""

from __future__ import annotations

from urllib.parse import quote

from dash import html

from dashboards.aria import aria

# One stroke path each; nothing is fetched (`img-src data:` is enough).
PATHS: dict[str, str] = {
    "alert": "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.01",
    "arrow-down": "M12 5v14M6 13l6 6 6-6",
    "arrow-right": "M5 12h14M13 6l6 6-6 6",
    "arrow-up": "M12 19V5M6 11l6-6 6 6",
    "battery": "M3 8h15v8H3zM21 11v2M6 11v2M9 11v2",
    "bell": "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
    "bolt": "M13 3 5 13.5h6L10 21l9-11h-6.5z",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8 3.5V7M16 3.5V7",
    "certificate": "M5 4h14v11H5zM8.5 8h7M8.5 11h4M12 15v6l2.5-1.6L17 21v-6",
    "check": "M5 12.5 10 17.5 19.5 7",
    "chevron-down": "M6 9.5 12 15.5 18 9.5",
    "chevron-left": "M14.5 6 8.5 12 14.5 18",
    "chevron-right": "M9.5 6 15.5 12 9.5 18",
    "clock": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 8v4.5l3 2",
    "close": "M6 6l12 12M18 6 6 18",
    "compare": "M4 20h16M6.5 16V9M12 16V4.5M17.5 16v-5",
    "copy": "M8 8h12v12H8zM16 8V4H4v12h4",
    "dash": "M6 12h12",
    "download": "M12 4v11M7 10.5 12 15.5 17 10.5M4.5 20h15",
    "factory": "M3.5 20V10l5 3.5V10l5 3.5V10l5 3.5L20 4h.5v16zM8 16.5h.01M12 16.5h.01M16 16.5h.01",
    "file": "M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5",
    "flag": "M6 21V4M6 4.5c4-2 7 2 12 0v8c-5 2-8-2-12 0",
    "flame": "M12 3c1 4 5.5 5.5 5.5 11a5.5 5.5 0 0 1-11 0c0-2.5 1.5-4 2.5-5 .3 1.5 1 2.3 2 2.5C10.5 8.5 10.5 5.5 12 3",
    "flow": "M4 7c8 0 8 4 16 4M4 17c8 0 8-3 16-3M4 12h5",
    "globe": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
    "help": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.6v.01",
    "home": "M4 11 12 4.5 20 11v9H4zM10 20v-5.5h4V20",
    "info": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5.5M12 7.8v.01",
    "leaf": "M5 19C5 9 11 5 20 5c0 9-4 14.5-11 14.5-2 0-3.5-1-3.5-3M5 20c1.5-5 4.5-8 9-9.5",
    "link": "M9.5 14.5l5-5M11 6.5l1.5-1.5a4.2 4.2 0 0 1 6 6L17 12.5M13 17.5 11.5 19a4.2 4.2 0 0 1-6-6L7 11.5",
    "mail": "M3.5 6h17v12.5h-17zM3.5 7l8.5 6.5L20.5 7",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "meter": "M5 3.5h14v17H5zM8.5 7h7v4h-7zM8.5 15h.01M12 15h.01M15.5 15h.01",
    "moon": "M19.5 14.5A8 8 0 1 1 10 4.2a6.5 6.5 0 0 0 9.5 10.3",
    "phone": "M8 3.5h8v17H8zM11 17.8h2",
    "plus": "M12 5v14M5 12h14",
    "search": "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5",
    "settings": "M4 7.5h9M17 7.5h3M4 16.5h3M11 16.5h9M15 5.2v4.6M9 14.2v4.6",
    "share": "M12 15V4.5M8 8l4-4 4 4M5 12.5V20h14v-7.5",
    "sign-out": "M14 4.5H5v15h9M10 12h10.5M16.5 8l4 4-4 4",
    "stamp": "M9 14c1-2 0-4-.5-5.5a3.6 3.6 0 1 1 7 0C15 10 14 12 15 14M5 14h14v3.5H5zM5 20.5h14",
    "sun": "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4"
    "M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
    "target": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 12v.01",
    "upload": "M12 15.5V4.5M7 9l5-5 5 5M4.5 20h15",
    "user": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6",
    "users": "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M2.5 19.5c.4-3.5 3-5 6.5-5s6.100 1.5 6.5 5M16 5.3a3.5 3.5 0 0 1 0 6.5"
    "M18 14.800c2 .6 3.200 2.200 3.5 4.7",
    "water": "M12 3.5c3 4 6 7 6 10.5a6 6 0 0 1-12 0c0-3.5 3-6.5 6-10.5",
    "yuan": "M6.5 4.5 12 12l5.5-7.5M12 12v8M7.5 12.5h9M7.5 16h9",
}


def icon(name: str, *, label: str = "", size: int = 18) -> html.Span:
    """The icon; decoration unless it has a `label` for screen readers."""
    if name not in PATHS:
        raise KeyError(name)
    meaning = {"role": "img"} | aria(label=label) if label else aria(hidden="true")
    return html.Span(className=f"ly-icon ly-icon-{name}", style={"width": f"{size}px", "height": f"{size}px"}, **meaning)


def stylesheet() -> str:
    """Text of `assets/icons.css`."""
    rows = ["/* Written by `python -m dashboards.icons`; change dashboards/icons.py instead. */"]
    for name, path in PATHS.items():
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" stroke-width="1.8" '
            f'stroke-linecap="round" stroke-linejoin="round"><path d="{path}"/></svg>'
        )
        rows.append(f'.ly-icon-{name} {{ --ly-mask: url("data:image/svg+xml,{quote(svg)}"); }}')
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).parent / "assets" / "icons.css").write_text(stylesheet(), encoding="utf-8")
