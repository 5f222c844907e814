"""Mantine theme, Plotly template, fonts and the configuration every graph shares."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboards.palette import SEQUENCE, Scheme, colour, twin

# Named fonts only: `system-ui` gives mixed Latin and Chinese shapes on several Linux and Android systems.
FONT = (
    '"Segoe UI", -apple-system, BlinkMacSystemFont, "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Microsoft YaHei", '
    '"Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", Roboto, "Helvetica Neue", Arial, sans-serif'
)
MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "Liberation Mono", "Noto Sans Mono CJK SC", monospace'

# Ten steps each, light to dark. The brand is the deep green of a pine needle, used for actions and "actual" only.
PINE = ["#e9f5f1", "#d3e9e2", "#a8d5c7", "#78bfaa", "#4fab92", "#2f9a80", "#128068", "#0b6b5b", "#07564a", "#033f36"]
NIGHT = ["#e8eeeb", "#c6d0cc", "#a3b0ab", "#71807b", "#47534f", "#37423f", "#262e2b", "#171d1b", "#131817", "#0f1413"]
STONE = ["#f4f6f5", "#eef2f0", "#e4e9e7", "#dfe5e2", "#c9d2ce", "#a9b5b0", "#66736f", "#55625e", "#2f3b38", "#16211f"]

MANTINE: dict[str, Any] = {
    "colors": {"pine": PINE, "dark": NIGHT, "gray": STONE},
    "primaryColor": "pine",
    "primaryShade": {"light": 7, "dark": 6},
    "autoContrast": True,
    "fontFamily": FONT,
    "fontFamilyMonospace": MONO,
    "headings": {"fontFamily": FONT, "fontWeight": "650"},
    "defaultRadius": "md",
    "respectReducedMotion": True,
    "cursorType": "pointer",
    "components": {
        "Button": {"defaultProps": {"radius": "md"}},
        "Card": {"defaultProps": {"radius": "lg", "withBorder": True, "padding": "md"}},
    },
}


def template(scheme: Scheme = "light") -> go.layout.Template:
    """Plotly template with transparent ground; figures carry the light one, the page exchanges the colours."""
    ink, soft = colour("ink", scheme), colour("soft", scheme)
    small = {"color": soft, "size": 12}
    scale = [[i / (len(SEQUENCE) - 1), pair[scheme == "dark"]] for i, pair in enumerate(SEQUENCE)]
    below = {"orientation": "h", "x": 0, "xanchor": "left", "yref": "container", "y": 0, "yanchor": "bottom"}
    hover = {"bgcolor": colour("card", scheme), "bordercolor": colour("line", scheme)}
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "color": ink, "size": 13},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colour(name, scheme) for name in ("actual", "pv_self", "traded", "gas", "certificates", "grid")],
            "colorscale": {"sequential": scale},
            "coloraxis": {"colorscale": scale, "colorbar": {"outlinewidth": 0, "tickfont": small}},
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 2},
            "xaxis": _axis(scheme) | {"showgrid": False},
            "yaxis": _axis(scheme) | {"rangemode": "tozero", "separatethousands": True},
            "legend": below | {"font": small},
            "hoverlabel": hover | {"font": {"family": FONT, "color": ink, "size": 13}},
            "hovermode": "x unified",
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": soft, "activecolor": colour("actual", scheme)},
            "bargap": 0.28,
            "dragmode": False,  # else a finger on a figure could not scroll the page
            "separators": ".,",
            "uirevision": "kept",
        }
    )


def _axis(scheme: Scheme) -> dict[str, Any]:
    small = {"color": colour("soft", scheme), "size": 12}
    edge = colour("line", scheme)
    return {
        "gridcolor": colour("rule", scheme),
        "linecolor": edge,
        "zerolinecolor": edge,
        "zerolinewidth": 1,
        "tickfont": small,
        "title": {"font": small, "standoff": 8},
        "automargin": True,
        "ticks": "",
        "spikecolor": colour("missing", scheme),
        "spikethickness": 1,
        "spikedash": "dot",
    }


def in_scheme(figure: go.Figure, scheme: Scheme) -> go.Figure:
    """A copy with the colours of `scheme`, as `assets/figures.js` makes it; for exports and tests."""
    if scheme == "light":
        return go.Figure(figure)

    def exchange(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: exchange(value) for key, value in part.items()}
        if isinstance(part, (list, tuple)):
            return [exchange(value) for value in part]
        return twin(part) if isinstance(part, str) else part

    return go.Figure(exchange(figure.to_plotly_json()))


def graph_config(lang: str, *, zoom: bool = False) -> Any:
    """`config` of a dcc.Graph: local language, no logo, and no tool bar unless the figure can be zoomed."""
    return {
        "locale": "zh-CN" if lang.startswith("zh") else "en",
        "displaylogo": False,
        "displayModeBar": "hover" if zoom else False,
        # Named one by one: others send the figure elsewhere or save a picture without its words.
        "modeBarButtons": [["zoom2d", "pan2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]],
        "responsive": True,
        "scrollZoom": False,
        "doubleClick": "reset",
        "showTips": False,
    }
