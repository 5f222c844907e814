"""A person's decision stands: a value that was replaced does not come back because the same file or device sends it again."""

from __future__ import annotations

import numpy as np

from tenants.curves.codec import PACKED, DayCurves, decode, fitted
from tenants.curves.fold import Stored
from tenants.curves.merge import found
from tenants.curves.offer import RANK, Offered
from tenants.db import TenantSession
from tenants.flows import ESTIMATED

_FORMER = (
    f"SELECT string_agg({PACKED}, ''::bytea) FROM curve_former f JOIN batch b ON b.id = f.batch "
    "AND b.source = 'repair' AND b.undone IS NULL "
    "JOIN unnest(%(channels)s::bigint[], %(days)s::int[]) AS q(c, d) ON channel = q.c AND day = date '1970-01-01' + q.d"
)


def hold(session: TenantSession, stored: Stored, offers: dict[int, Offered]) -> None:
    """Lets offered values that a person has replaced by an estimate say what the person said. Changes `offers` in place.

    Another value than the replaced one is new evidence and takes the estimate's place.
    """
    for step, offer in offers.items():
        curves = stored.curves.get(step)
        if curves is not None and (curves.quality == ESTIMATED).any():
            _hold(session, curves, offer.curves)


def _hold(session: TenantSession, stored: DayCurves, new: DayCurves) -> None:
    hit, at = found(stored.key, new.key)
    width = new.values.shape[1]
    quality = np.where(hit[:, None], fitted(stored.quality, width)[at], 0)
    better = (quality == ESTIMATED) & (RANK[new.quality] > RANK[ESTIMATED])
    rows = np.flatnonzero(better.any(axis=1))
    if not rows.size:
        return
    former = _former(session, new.take(rows)).get(new.step)
    if former is None:
        return
    values = fitted(stored.values, width)[at]
    for i in range(len(former)):
        row = int(np.searchsorted(new.key, former.key[i]))
        was = fitted(former.values, width)[i]
        again = better[row] & (was == new.values[row]) & (RANK[fitted(former.quality, width)[i]] > RANK[ESTIMATED])
        new.values[row, again] = values[row, again]
        new.quality[row, again] = ESTIMATED


def _former(session: TenantSession, of: DayCurves) -> dict[int, DayCurves]:
    """The rows that repairs have replaced on these days."""
    with session.driver.cursor(binary=True) as cursor:
        row = cursor.execute(_FORMER, {"channels": of.channel.tolist(), "days": of.day.tolist()}).fetchone()
    return {} if row is None or row[0] is None else decode(bytes(row[0]))
