"""In which order a file writes year, month and day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenants.ingest.workbook.result import DateOrder, Message, message
from tenants.ingest.workbook.stamps import NONE, Ints, Stamps

ORDERS: tuple[DateOrder, ...] = ("ymd", "dmy", "mdy")
_MANY_STEPS = 3  # days that follow one another before their order is believed


@dataclass(frozen=True)
class Order:
    """The order, why, and whether the dates left it open."""

    order: DateOrder
    why: Message
    open: bool = False


def date_order(stamps: Stamps, hint: DateOrder | None = None) -> Order:
    """The order of date parts in which the most texts are days; among equals, the one in which days follow one another."""
    if hint:
        return Order(hint, message("as you said"))
    full = stamps.good & ((stamps.a_digits == 4) | (stamps.c_digits != 4)) & (stamps.a_digits >= 3)
    if full.all() or (stamps.good & ~full).sum() == 0:
        return Order("ymd", message("the year stands first"))
    possible = [order for order in ORDERS if order != "ymd" or not (stamps.c_digits[stamps.good] == 4).any()]
    days = {order: stamps.days(order) for order in possible}
    hits = {order: int((days[order] != NONE).sum()) for order in possible}
    best = [order for order in possible if hits[order] == max(hits.values())]
    if len(best) == 1:
        why = message("{count} of the dates exist only in this order", count=hits[best[0]] - sorted(hits.values())[-2])
        return Order(best[0], why)
    following = {order: _following(days[order]) for order in best}
    first, second = sorted(best, key=lambda order: -following[order])[:2]
    if following[first] >= _MANY_STEPS and following[first] > 2 * following[second]:
        return Order(first, message("in this order the days follow one another"))
    return Order(first, message("the dates can be read in several orders"), open=True)


def _following(days: Ints) -> int:
    """How often a date is followed by the next or the previous day."""
    real = days[days != NONE]
    dates = real[np.r_[True, real[1:] != real[:-1]]] if real.size else real
    return int((np.abs(np.diff(dates)) == 1).sum())
