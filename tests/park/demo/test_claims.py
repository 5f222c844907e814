"""Certificates, offsets, targets and top-down totals of the demo."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from park.demo import claims
from park.demo.assumptions import assumptions
from park.demo.contract import contract
from tenants.documents import sniffed

FIRST, TODAY = dt.date(2025, 1, 1), dt.date(2026, 11, 24)


def test_certificates_of_a_year_are_as_many_as_assumed_and_never_overlap() -> None:
    made = claims.lots("chillers", FIRST, TODAY)
    assert [str(one.vintage) for one in made] == [
        "2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01", "2026-07-01",
    ]  # fmt: skip
    assert sum(one.serials.units for one in made[:4]) == assumptions().certificates["units_a_year"]["chillers"]
    seen: set[int] = set()
    for one in made:
        numbers = set(range(one.serials.first, one.serials.last + 1))
        assert not numbers & seen
        seen |= numbers
    assert claims.lots("gears", FIRST, TODAY) == []


def test_a_quarter_is_bought_when_it_is_over() -> None:
    assert len(claims.lots("chillers", FIRST, dt.date(2025, 12, 31))) == 3
    assert len(claims.lots("chillers", FIRST, dt.date(2026, 1, 1))) == 4


def test_a_lot_does_not_depend_on_when_it_is_asked_for() -> None:
    assert claims.lots("electronics", FIRST, dt.date(2025, 7, 1)) == claims.lots("electronics", FIRST, TODAY)[:2]


def test_serials_of_all_firms_are_apart() -> None:
    prefixes = [claims.lots(key, FIRST, TODAY)[0].serials.prefix for key in ("chillers", "electronics")]
    for park in assumptions().light_parks:
        prefixes += [made[0].serials.prefix for firm in park.firms if (made := claims.light_lots(park, firm, FIRST, TODAY))]
    assert len(prefixes) > 12
    assert len(set(prefixes)) == len(prefixes)
    assert all(prefix.startswith("DEMO-") for prefix in prefixes)


def test_the_mangrove_offset_is_partly_retired_and_says_it_is_invented() -> None:
    retired, held = claims.credits("chillers", 2025)
    assert retired.serials.units == 1200
    assert retired.retirement is not None
    assert (retired.retirement.claim_year, retired.retirement.day) == (2025, dt.date(2025, 12, 31))
    assert held.serials.first == retired.serials.last + 1
    assert held.retirement is None
    assert "虚构" in retired.project.name
    assert claims.credits("gears", 2025) == []


def test_the_contract_is_a_pdf_that_says_it_is_none() -> None:
    (retired, held) = (contract(one) for one in claims.credits("chillers", 2025))
    assert sniffed(retired) == "application/pdf"
    assert b"NOT A CONTRACT" in retired
    assert retired == contract(claims.credits("chillers", 2025)[0]) != held
    start = int(retired.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert retired[start : start + 4] == b"xref"
    for number, entry in enumerate(retired[start:].split(b"\n")[3:8], start=1):
        assert retired[int(entry[:10]) :].startswith(b"%d 0 obj" % number)


def test_the_path_begins_at_the_base_year() -> None:
    assert claims.path((1.0, 0.97, 0.9), 2025, Decimal("72345.6")) == {
        2025: Decimal(72346), 2026: Decimal(70175), 2027: Decimal(65111),
    }  # fmt: skip


def test_top_down_totals_leave_the_assumed_part_unassigned() -> None:
    made = claims.top_down({"grid_in": 979_000, "water": 5}, {"grid_in": 0.021, "fuel:natural_gas": 0.012})
    assert made == {"grid_in": 1_000_000}
