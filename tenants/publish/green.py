"""What certificates and traded green power cover, published per month; certificates and offsets per year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.calc import gec
from tenants.calc.spread import largest_remainder
from tenants.db import TenantSession
from tenants.publish.write import NUMBERS

_KINDS: dict[gec.Kind, str] = {"gec": "gec_applied", "traded": "traded_applied"}
_KWH_PER_UNIT = 1000


def publish(session: TenantSession, years: Iterable[int], *, even_none: bool = False) -> None:
    """Publishes what the tenant's certificates cover of the grid use of these years, and its certificates of them.

    `even_none`: also when there are none, because the last one has just been taken back.
    """
    certificates = _certificates(session)
    if not certificates and not even_none:
        return
    for year in sorted(years):
        _publish_year(session, year, certificates)


def _certificates(session: TenantSession) -> list[gec.Certificate]:
    rows = session.rows(
        "SELECT id, kind, serial_last - serial_first + 1 AS units, vintage, status, claim_year FROM certificate "
        "WHERE kind IN ('gec', 'traded') ORDER BY vintage, id"
    )
    return [gec.Certificate(str(row.id), row.kind, row.units, row.vintage, row.status, row.claim_year) for row in rows]


def _publish_year(session: TenantSession, year: int, certificates: list[gec.Certificate]) -> None:
    grid, places = _grid_use(session, year)
    uncovered = gec.uncovered_wh(
        *(sum(grid[flow].values(), np.zeros(12, np.int64)) for flow in ("grid_in", "transfer_in", "transfer_out"))
    )
    applied = gec.apply(certificates, uncovered, year=year)
    session.execute(
        "DELETE FROM shared.flow_month WHERE tenant = current_user AND flow IN ('gec_applied', 'traded_applied') "
        "AND month BETWEEN make_date(:year, 1, 1) AND make_date(:year, 12, 1)",
        {"year": year},
    )
    for kind, covered in (("traded", applied.traded), ("gec", applied.gec)):
        _write_flow(session, year, _KINDS[kind], _by_site(covered, grid), places)  # type: ignore[index]
    _write_year(session, year, certificates, applied)


def _grid_use(session: TenantSession, year: int) -> tuple[dict[str, dict[UUID, NDArray[np.int64]]], dict[UUID, tuple[str, str]]]:
    """Grid import and transfers per flow, site and month [Wh], and zone and region of each site."""
    found: dict[str, dict[UUID, NDArray[np.int64]]] = defaultdict(lambda: defaultdict(lambda: np.zeros(12, np.int64)))
    places = {}
    rows = session.rows(
        "SELECT flow, site, extract(month FROM month)::int AS month, quantity, zone, region FROM shared.flow_month "
        "WHERE tenant = current_user AND flow IN ('grid_in', 'transfer_in', 'transfer_out') "
        "AND month BETWEEN make_date(:year, 1, 1) AND make_date(:year, 12, 1)",
        year=year,
    )
    for row in rows:
        found[row.flow][row.site][row.month - 1] += row.quantity
        places[row.site] = (row.zone, row.region)
    return found, places


def _by_site(covered: NDArray[np.int64], grid: dict[str, dict[UUID, NDArray[np.int64]]]) -> dict[UUID, NDArray[np.int64]]:
    """The covered quantity of each month over the sites, in proportion to what they drew."""
    sites = sorted({*grid["grid_in"], *grid["transfer_in"]}, key=str)
    drawn = np.array([grid["grid_in"][site] + grid["transfer_in"][site] for site in sites]).reshape(len(sites), 12)
    shares = np.zeros_like(drawn)
    for month in np.flatnonzero(covered):
        shares[:, month] = largest_remainder(int(covered[month]), drawn[:, month])
    return dict(zip(sites, shares, strict=True))


def _write_flow(
    session: TenantSession, year: int, flow: str, shares: dict[UUID, NDArray[np.int64]], places: dict[UUID, tuple[str, str]]
) -> None:
    """A certificate's energy is metered by its issuer: measured and backed, nothing missing."""
    for site, months in shares.items():
        if not months.any():
            continue
        zone, region = places[site]
        at = np.flatnonzero(months)
        session.execute(
            f"INSERT INTO shared.flow_month (tenant, site, flow, month, park, zone, region, {', '.join(NUMBERS)}) "
            "SELECT current_user, :site, :flow, make_date(:year, m, 1), :park, :zone, :region, q, q, 0, q, 0, 0 "
            "FROM unnest(CAST(:months AS int[]), CAST(:quantities AS bigint[])) AS x(m, q)",
            {"site": site, "flow": flow, "year": year, "park": session.park, "zone": zone, "region": region,
             "months": (at + 1).tolist(), "quantities": months[at].tolist()},
        )  # fmt: skip


def _write_year(session: TenantSession, year: int, certificates: list[gec.Certificate], applied: gec.Applied) -> None:
    """`held_kwh`: all that are claimed for the year, or of it and not claimed; `valid_kwh`: those that count."""
    session.execute("DELETE FROM shared.certificate_year WHERE tenant = current_user AND year = :year", {"year": year})
    covered: dict[str, int] = {"gec": int(applied.gec.sum()), "traded": int(applied.traded.sum())}
    for kind in _KINDS:
        mine = [one for one in certificates if one.kind == kind and (one.claim_year or one.vintage.year) == year]
        if mine:
            session.execute(
                "INSERT INTO shared.certificate_year (tenant, year, kind, park, held_kwh, valid_kwh, applied_wh) "
                "VALUES (current_user, :year, :kind, :park, :held, :valid, :applied)",
                {"year": year, "kind": kind, "park": session.park, "held": sum(one.units for one in mine) * _KWH_PER_UNIT,
                 "valid": applied.valid_wh[kind] // 1000, "applied": covered[kind]},
            )  # fmt: skip


def publish_offsets(session: TenantSession) -> None:
    """Publishes the tenant's offsets per year and status, in tonnes: shown beside accounts, in none of them."""
    session.execute("DELETE FROM shared.offset_year WHERE tenant = current_user")
    session.execute(
        "WITH sums AS MATERIALIZED (SELECT coalesce(claim_year, vintage_year) AS year, status, "
        'sum(serial_last - serial_first + 1)::bigint AS tonnes FROM "offset" GROUP BY 1, 2) '
        "INSERT INTO shared.offset_year (tenant, year, status, park, tonnes) "
        "SELECT current_user, year, status, :park, tonnes FROM sums",
        {"park": session.park},
    )
