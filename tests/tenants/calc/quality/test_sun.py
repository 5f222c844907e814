"""The sun's place against published almanac values, and every province's noon."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tenants.calc.quality.place import PROVINCES
from tenants.calc.quality.sun import elevation, since_noon


def seconds(text: str) -> np.ndarray:
    """One instant."""
    return np.array([int(dt.datetime.fromisoformat(text).timestamp())])


@pytest.mark.parametrize(("when", "latitude", "longitude", "expected"), [
    # NREL's Solar Position Algorithm, its own example: zenith 50.11162 with refraction of 0.013 degrees.
    ("2003-10-17T12:30:30-07:00", 39.742476, -105.1786, 90 - 50.11162),
    # Equinox and solstices at noon: 90 - latitude + declination.
    ("2026-06-21T04:02:00+00:00", 23.44, 120.0, 90.0), ("2026-12-21T03:58:00+00:00", 40.0, 120.0, 26.56),
])  # fmt: skip
def test_elevation(when: str, latitude: float, longitude: float, expected: float) -> None:
    assert elevation(seconds(when), latitude, longitude)[0] == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("name", PROVINCES)
def test_noon_is_when_the_sun_stands_highest(name: str) -> None:
    place = PROVINCES[name]
    day = seconds("2026-03-20T00:00:00+08:00")[0] + np.arange(0, 86_400, 60)
    highest = day[elevation(day, place.latitude, place.longitude).argmax()]
    assert abs(since_noon(np.array([highest]), place.longitude)[0]) < 120
    assert 73 < place.longitude < 136
    assert 18 < place.latitude < 54
