"""What does not arrive from a firm with a bad modem: single outages, one long one a year, and the exchange of its meter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from park.demo import workdays
from park.demo.assumptions import Firm, assumptions, quarter
from park.demo.noise import key, uniform
from park.demo.weather import SLOTS
from park.demo.workdays import Days, numbers


def present(firm: Firm, days: Days) -> NDArray[np.bool_]:
    """True where a quarter-hour arrived, shape (days, 96). Only a firm with `gaps` has any missing."""
    result = np.ones((len(days), SLOTS), dtype=bool)
    if not firm.gaps:
        return result
    rules = assumptions().meters
    day, slots = numbers(days), np.arange(SLOTS)
    begins = uniform(key(firm.key, "outage"), day) < rules["outages_a_month"] / 30.4
    start = np.floor(SLOTS * uniform(key(firm.key, "outage start"), day))
    shortest, longest = rules["outage_quarters"]
    length = shortest + np.floor((longest - shortest + 1) * uniform(key(firm.key, "outage length"), day))
    silent = (slots >= start[:, None]) & (slots < (start + length)[:, None])  # an outage ends at midnight at the latest
    result &= ~(begins[:, None] & silent)
    result &= ~_long_outage(days)[:, None]
    exchange = rules["exchange"]
    swapped = (slots >= quarter(exchange["start"])) & (slots < quarter(exchange["end"]))
    result[_is(days, exchange["day"])] &= ~swapped
    return result


def exchange_day(year: int) -> str:
    """The day on which the meter is exchanged in a year, ISO date."""
    return f"{year}-{assumptions().meters['exchange']['day']}"


def _long_outage(days: Days) -> NDArray[np.bool_]:
    first = _is(days, assumptions().meters["long_outage_day"])
    return first | _is(days - 1, assumptions().meters["long_outage_day"])


def _is(days: Days, month_day: str) -> NDArray[np.bool_]:
    wanted = [np.datetime64(f"{year}-{month_day}", "D") for year in np.unique(workdays.years(days))]
    return np.isin(days, np.array(wanted, dtype="datetime64[D]"))
