"""The demo park's sun and temperature: a rough climatology, the same sky for all its roofs."""

from __future__ import annotations

import functools

import numpy as np

from park.demo.assumptions import assumptions
from park.demo.noise import Floats, key, normal, uniform
from park.demo.workdays import Days, months, numbers, span

SLOTS = 96


def temperature(days: Days) -> Floats:
    """Mean temperature of each day. [degrees Celsius]"""
    climate = assumptions().climate
    means = np.array(climate["mean_temperature_c"], dtype=np.float64)
    day = numbers(days)
    # Warm and cold spells last some days: the mean of five neighbours, scaled back to the wanted spread.
    spell = sum(normal(key("weather", "temperature"), day + offset) for offset in range(-2, 3)) / np.sqrt(5.0)
    return np.asarray(_between_months(means, days) + climate["day_to_day_sd_c"] * spell)


def sine_of_elevation(days: Days) -> Floats:
    """Sine of the sun's height in the middle of each quarter-hour, negative at night; shape (days, 96).

    Source: declination and equation of time by Spencer (1971).
    """
    place = assumptions().place
    first_of_year = days.astype("datetime64[Y]").astype("datetime64[D]")
    angle = 2 * np.pi * (days - first_of_year).astype(np.float64) / 365.25
    declination = (
        0.006918 - 0.399912 * np.cos(angle) + 0.070257 * np.sin(angle) - 0.006758 * np.cos(2 * angle)
        + 0.000907 * np.sin(2 * angle) - 0.002697 * np.cos(3 * angle) + 0.00148 * np.sin(3 * angle)
    )  # fmt: skip
    equation_h = (
        0.000075 + 0.001868 * np.cos(angle) - 0.032077 * np.sin(angle)
        - 0.014615 * np.cos(2 * angle) - 0.040849 * np.sin(2 * angle)
    ) * 229.18 / 60  # fmt: skip
    clock = (np.arange(SLOTS) + 0.5) / 4
    solar = clock + (place["longitude"] - 15 * place["utc_offset_hours"]) / 15 + equation_h[:, None]
    hour_angle = np.pi / 12 * (solar - 12)
    latitude = np.radians(place["latitude"])
    return np.asarray(
        np.sin(latitude) * np.sin(declination)[:, None] + np.cos(latitude) * np.cos(declination)[:, None] * np.cos(hour_angle)
    )


def yield_per_kwp(days: Days) -> Floats:
    """What one kWp gives in each quarter-hour, shape (days, 96). [Wh]

    Clear-sky shape (Haurwitz) under the day's sky. Each calendar month adds up to its climatology, a little more or less,
    whichever of its days are asked for.
    """
    wanted = days.astype("datetime64[M]")
    result = np.zeros((len(days), SLOTS))
    for month in np.unique(wanted):
        mine = wanted == month
        first = month.astype("datetime64[D]")
        result[mine] = _month(str(first))[(days[mine] - first).astype(np.int64)]
    return result


@functools.lru_cache(maxsize=64)
def _month(first: str) -> Floats:
    """Yield of every day of one month, shape (days of the month, 96). [Wh per kWp]"""
    climate = assumptions().climate
    start = np.datetime64(first, "D")
    end = (start.astype("datetime64[M]") + 1).astype("datetime64[D]")
    days = span(str(start), str(end - 1))
    number = int(months(days)[0])
    height = np.clip(sine_of_elevation(days), 0.0, None)
    clear = 1098.0 * height * np.exp(-0.057 / np.maximum(height, 0.02)) * climate["pv_performance"] / 4
    spread = 2 * float(uniform(key("weather", "month"), int(numbers(days)[0]))) - 1
    target = climate["pv_kwh_per_kwp"][number] * 1000 * (1 + climate["pv_month_spread"] * spread)
    level = clear * _clearness(days, target / clear.sum())[:, None] * _clouds(days)
    return np.asarray(np.minimum(level * (target / level.sum()), climate["pv_largest_share"] * 1000 / 4))


def _clearness(days: Days, mean: float) -> Floats:
    """Share of the clear-sky energy that gets through on each day; the month's mean is as asked for.

    The days are ranked by a smooth draw, and the ranks spread over a power law: many grey days and a few bright ones in
    winter, the other way round in summer.
    """
    day = numbers(days)
    draw = sum(uniform(key("weather", "sky"), day + offset) for offset in (-1, 0, 1))
    rank = (np.argsort(np.argsort(np.asarray(draw), kind="stable")) + 0.5) / len(days)
    dark, bright = 0.05, 0.90
    return np.asarray(dark + (bright - dark) * rank ** ((bright - dark) / (mean - dark) - 1))


def _clouds(days: Days) -> Floats:
    """Passing clouds: a factor around 1 for each quarter-hour, calm on neighbouring ones; shape (days, 96)."""
    slot = np.arange(SLOTS)
    seed = key("weather", "clouds")
    moving = sum(normal(seed, numbers(days)[:, None], slot + offset) for offset in (0, 1, 2)) / np.sqrt(3.0)
    return np.asarray(np.clip(1 + 0.18 * moving, 0.35, 1.15))


def _between_months(values: Floats, days: Days) -> Floats:
    """Monthly values, smooth over the days: the value itself in the middle of its month."""
    month = days.astype("datetime64[M]")
    start = month.astype("datetime64[D]")
    length = ((month + 1).astype("datetime64[D]") - start).astype(np.float64)
    position = (days - start).astype(np.float64) / length + 0.5
    number = months(days)
    earlier = np.where(position < 1, (number - 1) % 12, number)
    weight = np.where(position < 1, position, position - 1)
    return np.asarray(values[earlier] * (1 - weight) + values[(earlier + 1) % 12] * weight)
