"""Colours: contrast in both schemes, apart for colour-blind eyes, exchangeable one by one, and the assets up to date."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import dashboards
from dashboards import icons, palette
from dashboards.palette import MEANINGS, SEQUENCE, SURFACES, Scheme, colour

Vector = NDArray[np.float64]
SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")
ASSETS = Path(dashboards.__file__).with_name("assets")

# Machado, Oliveira and Fernandes (2009), severity 1.0: deuteranopia and protanopia, in linear RGB.
EYES = [
    np.eye(3),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
]
TOGETHER = [
    ["pv_self", "direct", "traded", "certificates", "other_clean", "grid"],
    ["grid", "pv_self", "direct", "gas", "diesel", "heat", "coal"],
    ["sharp", "peak", "flat", "valley"],
    ["good", "bad"],
]


def linear(hexa: str) -> Vector:
    value = np.array([int(hexa[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    found: Vector = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return found


def luminance(hexa: str) -> float:
    return float(linear(hexa) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: Vector) -> Vector:
    to_lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    found: Vector = to_lab @ np.cbrt(to_lms @ np.clip(rgb, 0, 1))
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("meaning", [name for name in MEANINGS if name != "previous"])
def test_marks_stand_out_from_the_card(meaning: str, scheme: Scheme) -> None:
    assert contrast(colour(meaning, scheme), colour("card", scheme)) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", ["ink", "soft", "actual", "good", "warn", "bad"])
@pytest.mark.parametrize("ground", ["card", "page", "sunken"])
def test_text_is_readable(text: str, ground: str, scheme: Scheme) -> None:
    assert contrast(colour(text, scheme), colour(ground, scheme)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", ["good", "warn", "bad", "ink", "soft"])
def test_text_is_readable_on_its_tint(text: str, scheme: Scheme) -> None:
    for tint in ["tint-good", "tint-warn", "tint-bad"] if text in ("ink", "soft") else [f"tint-{text}"]:
        assert contrast(colour(text, scheme), colour(tint, scheme)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("group", TOGETHER, ids="-".join)
def test_what_is_drawn_together_stays_apart_for_every_eye(group: list[str], scheme: Scheme) -> None:
    for one, other in combinations(group, 2):
        for eye in EYES:
            distance = np.linalg.norm(oklab(eye @ linear(colour(one, scheme))) - oklab(eye @ linear(colour(other, scheme))))
            assert distance > 0.045, f"{one} and {other} in {scheme}"


def test_every_light_colour_has_exactly_one_dark_twin() -> None:
    pairs = [*MEANINGS.values(), *SURFACES.values(), *SEQUENCE]
    lights, darks = [light for light, _ in pairs], [dark for _, dark in pairs]
    assert len(set(lights)) == len(lights)
    assert len(set(darks)) == len(darks)
    assert not set(lights) & set(darks), "exchanging would go round in circles"


@pytest.mark.parametrize(("scheme", "direction"), [("light", -1), ("dark", 1)])
def test_heat_runs_one_way_in_brightness(scheme: Scheme, direction: int) -> None:
    steps = [luminance(pair[scheme == "dark"]) for pair in SEQUENCE]
    assert all((b - a) * direction > 0 for a, b in pairwise(steps))


def test_twin_of_a_veil_keeps_its_strength() -> None:
    assert palette.twin(palette.veil("gas", 0.3)) == "rgba(242,126,69,0.3)"
    assert palette.twin("rgba(1,2,3,0.5)") == "rgba(1,2,3,0.5)"
    assert palette.twin("solid") == "solid"


def test_unknown_meaning_is_an_error() -> None:
    with pytest.raises(KeyError):
        colour("no such flow")
    with pytest.raises(KeyError):
        palette.css_name("no such flow")


@pytest.mark.parametrize(
    ("name", "text"), [("palette.css", palette.stylesheet()), ("palette.js", palette.script()), ("icons.css", icons.stylesheet())]
)
def test_written_assets_are_up_to_date(name: str, text: str) -> None:
    assert (ASSETS / name).read_text(encoding="utf-8") == text, f"run python -m dashboards.{name.split('.')[0]}"


def test_assets_fetch_nothing_from_elsewhere() -> None:
    for path in ASSETS.iterdir():
        text = (
            path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "").replace("http%3A//www.w3.org/2000/svg", "")
        )
        assert "http:" not in text, path.name
        assert "https:" not in text, path.name
        assert "@import" not in text, path.name
