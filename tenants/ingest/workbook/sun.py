"""What the sun says of a file: a power beside irradiance is a PV plant's, and a plant's noon tells which clock the file shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np

from tenants.ingest.series import Series
from tenants.ingest.workbook.local_time import locals_of
from tenants.ingest.workbook.result import Question, message
from tenants.ingest.workbook.roles import AS_SAID, Roles
from tenants.ingest.workbook.stamps import DAY_S

_IRRADIANCE = re.compile(r"irrad|辐照|辐射|日照", re.IGNORECASE)
_INVERTER = re.compile(r"逆变器|inverter", re.IGNORECASE)
_OTHERS = re.compile(r"grid|load|import|consum|use|电网|用电|负荷|负载|下网|购|买|关口|市电|进线", re.IGNORECASE)
_NOON, _NEAR = 13.0, 4.5  # hours of the local clock: noon by the sun from 11 in the east to 15:30 in the west of a wide zone
_FEWEST_DAYS = 2
UTC = "UTC"


def of_plants(roles: Roles, titles: Sequence[str]) -> Roles:
    """Electricity without a direction in a table of a PV plant is what it generates, until a person says otherwise: where
    irradiance or a yield stands beside it, or the words around it speak of inverters."""
    values = roles.of("value")
    told = any(_IRRADIANCE.search(one.label) for one in roles.of("ignored"))
    yields = any(one.flow == "pv_gen" for one in values) or any(_INVERTER.search(text) for text in titles)
    why = message("the table speaks of a PV plant: it is taken for what the plant generates")
    mine = [one for one in values if one.flow == "grid_in" and one.why.template != AS_SAID and not _OTHERS.search(one.label)]
    if not told and yields:  # a works' own columns beside those of its plant stay what they are
        mine = [one for one in mine if not one.means.name and one.unit and one.unit.power]
    if not (told or yields):
        return roles
    return roles.changed([replace(one, flow="pv_gen", why=why, assumed=one.assumed) for one in mine])


def clock_of(series: Sequence[Series], zone: ZoneInfo) -> str | None:
    """UTC where the generation of a PV plant lies in the middle of UTC's days and not of the zone's, else None."""
    for one in series:
        if one.flow != "pv_gen" or one.values.sum() <= 0 or one.start[-1] - one.start[0] < _FEWEST_DAYS * DAY_S:
            continue
        middle = one.start + 30 * one.step_minutes
        shown = locals_of(middle, zone)  # if the file is in local time
        ahead = int(np.median(shown - middle)) / 3600
        noon = _noon(shown, one)
        return UTC if abs(noon - _NOON) > _NEAR and abs((noon + ahead) % 24 - _NOON) <= _NEAR else None
    return None


def _noon(local: np.ndarray, one: Series) -> float:
    """The hour around which the values lie, as the direction of their sum on the clock's face."""
    angle = (local % DAY_S) * (2 * np.pi / DAY_S)
    sum_ = np.array([(one.values * np.sin(angle)).sum(), (one.values * np.cos(angle)).sum()])
    return float(np.arctan2(*sum_) % (2 * np.pi)) * 24 / (2 * np.pi)


def question(hour: str) -> Question:
    """Whether the file's times are UTC, as its sun says."""
    text = message("By this file's times the sun stands highest at {hour}: they are taken as UTC. Is that so?", hour=hour)
    return Question("zone", text, UTC, (UTC, "local"))


def noon_of(series: Sequence[Series], zone: ZoneInfo) -> str:
    """The local time of day around which a PV plant generates, such as 04:15."""
    one = next(one for one in series if one.flow == "pv_gen")
    minutes = round(_noon(locals_of(one.start + 30 * one.step_minutes, zone), one) * 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
