"""Colours by meaning, for light and dark.

Figures are built with the light colours; `assets/figures.js` exchanges each for its dark twin, so one figure serves
both schemes and no request is needed when the scheme changes. Every hex below occurs once per scheme for that reason.
Marks reach 3:1 on the card in both schemes, text 4.5:1, and neighbours stay apart for red- and green-blind eyes
(tests/dashboards/test_palette.py).
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Literal

Scheme = Literal["light", "dark"]

# name: (light, dark). Flows and sources of energy:
MEANINGS: dict[str, tuple[str, str]] = {
    "grid": ("#4a6484", "#6c8cb8"),
    "pv_self": ("#c48a00", "#f5c542"),
    "direct": ("#087a5c", "#3fd3a0"),
    "traded": ("#2f93dd", "#86cdff"),
    "certificates": ("#5b37ab", "#9a7be8"),
    "other_clean": ("#4b5a0c", "#8d9c2c"),
    "export": ("#a07a3a", "#d9b36b"),
    "storage": ("#3d8f99", "#5fbcc6"),
    "gas": ("#cf5226", "#f27e45"),
    "diesel": ("#5f3a1f", "#97744f"),
    "heat": ("#c9639a", "#f3a5cb"),
    "coal": ("#2b3037", "#e3e8ee"),
    "water": ("#3178b0", "#69aee0"),
    # Price windows:
    "sharp": ("#a01d1d", "#dc4a42"),
    "peak": ("#d5810f", "#f3b562"),
    "flat": ("#7096c2", "#b9d4ee"),
    "valley": ("#0d5560", "#2f9aa5"),
    # Roles within a figure:
    "actual": ("#0b6b5b", "#43c3a4"),
    "previous": ("#84918e", "#7b8986"),
    "target": ("#1c2b29", "#f0f4f2"),
    "forecast": ("#5f8f86", "#7fb5a9"),
    "missing": ("#8b9492", "#858f8c"),
    "good": ("#18794e", "#4cc38a"),
    "warn": ("#9a5b00", "#f0b13f"),
    "bad": ("#bd2c2c", "#ff8378"),
}

# The page itself.
SURFACES: dict[str, tuple[str, str]] = {
    "page": ("#f4f6f5", "#0f1413"),
    "card": ("#ffffff", "#171d1b"),
    "sunken": ("#eef2f0", "#1e2523"),
    "line": ("#dfe5e2", "#2c3532"),
    "rule": ("#e9edeb", "#262e2b"),
    "ink": ("#16211f", "#e8eeeb"),
    "soft": ("#55625e", "#a3b0ab"),
    "tint": ("#e3f1ec", "#16312a"),
    "tint-good": ("#e4f4ea", "#12301f"),
    "tint-warn": ("#fdf1dc", "#34270f"),
    "tint-bad": ("#fdeaea", "#3a1a1a"),
}

# Low to high, for heat maps: pale to deep on light, deep to pale on dark. No grey in it: grey is "missing".
SEQUENCE: tuple[tuple[str, str], ...] = (
    ("#ecf6f0", "#12302d"),
    ("#c3e3d2", "#14453f"),
    ("#84c4ae", "#1b6a62"),
    ("#43a08f", "#3a9a80"),
    ("#1a7672", "#7cc79a"),
    ("#0d4c56", "#c9e8a8"),
    ("#0a293e", "#fbf6c8"),
)


def colour(meaning: str, scheme: Scheme = "light") -> str:
    """Hex of a meaning; KeyError for a meaning that nobody defined, rather than a grey that says nothing."""
    pair = MEANINGS[meaning] if meaning in MEANINGS else SURFACES[meaning]
    return pair[scheme == "dark"]


def veil(meaning: str, alpha: float) -> str:
    """Translucent light colour of a meaning; its dark twin is found by the same three numbers."""
    red, green, blue = (int(colour(meaning)[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def twin(value: str) -> str:
    """The dark colour for a light one (hex or `rgba(...)`), anything else as it is."""
    pairs = twins()
    found = re.fullmatch(r"rgba\((\d+),(\d+),(\d+),([\d.]+)\)", value)
    if found is None:
        return pairs.get(value, value)
    light = "#" + "".join(f"{int(part):02x}" for part in found.groups()[:3])
    if light not in pairs:
        return value
    red, green, blue = (int(pairs[light][at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{found[4]})"


def css_name(meaning: str) -> str:
    """CSS value of a meaning, following the scheme by itself."""
    if meaning not in MEANINGS and meaning not in SURFACES:
        raise KeyError(meaning)
    return f"var(--ly-{meaning.replace('_', '-')})"


@cache
def twins() -> dict[str, str]:
    """Light hex to dark hex, for every colour a figure may carry."""
    pairs = [*MEANINGS.values(), *SURFACES.values(), *SEQUENCE]
    return dict(pairs)


def stylesheet() -> str:
    """Text of `assets/palette.css`."""
    both = MEANINGS | SURFACES
    blocks = []
    for index, selector in enumerate((":root", ':root[data-mantine-color-scheme="dark"]')):
        rows = "".join(f"  --ly-{name.replace('_', '-')}: {pair[index]};\n" for name, pair in both.items())
        blocks.append(f"{selector} {{\n{rows}}}\n")
    return "/* Written by `python -m dashboards.palette`; change dashboards/palette.py instead. */\n" + "\n".join(blocks)


def script() -> str:
    """Text of `assets/palette.js`."""
    body = json.dumps(twins(), indent=2)
    return (
        f"// Written by `python -m dashboards.palette`; change dashboards/palette.py instead.\nwindow.lingyuanTwins = {body};\n"
    )


if __name__ == "__main__":
    from pathlib import Path

    assets = Path(__file__).with_name("assets")
    (assets / "palette.css").write_text(stylesheet(), encoding="utf-8")
    (assets / "palette.js").write_text(script(), encoding="utf-8")
