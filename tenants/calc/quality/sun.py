"""Where the sun stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_J2000_S = 946_728_000  # 2000-01-01 12:00 UTC


def _coordinates(instants: NDArray[np.int64], longitude: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Declination and hour angle [rad]."""
    days = (instants - _J2000_S) / 86_400.0
    anomaly = np.radians(357.529 + 0.98560028 * days)
    ecliptic = np.radians(280.459 + 0.98564736 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    tilt = np.radians(23.439 - 3.6e-7 * days)
    ascension = np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic))
    sidereal = np.radians(15 * (18.697374558 + 24.06570982441908 * days) + longitude)
    hour_angle = (sidereal - ascension + np.pi) % (2 * np.pi) - np.pi
    return np.arcsin(np.sin(tilt) * np.sin(ecliptic)), hour_angle


def elevation(instants: NDArray[np.int64], latitude: float, longitude: float) -> NDArray[np.float64]:
    """The sun's elevation at each instant [UTC seconds], without refraction. [degrees]

    Source: the Astronomical Almanac's low-precision formulas (0.01 degrees from 1950 to 2050).
    """
    declination, hour_angle = _coordinates(instants, longitude)
    here = np.radians(latitude)
    sine = np.sin(here) * np.sin(declination) + np.cos(here) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.degrees(np.arcsin(sine)))


def since_noon(instants: NDArray[np.int64], longitude: float) -> NDArray[np.float64]:
    """How long ago the sun stood highest, from -43,200 to 43,200. [s]"""
    return np.asarray(_coordinates(instants, longitude)[1] / (2 * np.pi) * 86_400)
