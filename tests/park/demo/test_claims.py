"""Certificates, offsets, targets and top-down totals of the demo."""

from datetime import date
from decimal import Decimal

from park.demo import claims
from park.demo.assumptions import assumptions


def test_certificates_of_a_year_are_as_many_as_assumed_and_never_overlap() -> None:
    made = claims.certificates("chillers", 2025, 12) + claims.certificates("chillers", 2026, 10)
    units = [one.serial_last - one.serial_first + 1 for one in made]
    assert sum(units[:12]) == 3000
    assert len(made) == 22
    seen: set[int] = set()
    for one in made:
        serials = set(range(one.serial_first, one.serial_last + 1))
        assert not serials & seen
        seen |= serials
        assert one.status == "cancelled"
        assert one.claim_year == one.vintage.year
    assert claims.certificates("gears", 2025, 12) == []


def test_serials_of_all_firms_are_apart() -> None:
    prefixes = [claims.certificates(key, 2025, 1)[0].serial_prefix for key in ("chillers", "electronics")]
    for park in assumptions().light_parks:
        prefixes += [made[0].serial_prefix for firm in park.firms if (made := claims.light_certificates(park, firm, 2025, 1))]
    assert len(set(prefixes)) == len(prefixes)
    assert all(prefix.startswith("DEMO-") for prefix in prefixes)


def test_the_mangrove_offset_is_partly_retired_and_says_it_is_invented() -> None:
    retired, held = claims.offsets("chillers", 2025)
    assert retired.serial_last - retired.serial_first + 1 == 1200
    assert (retired.status, retired.claim_year, retired.retirement_day) == ("retired", 2025, date(2026, 1, 15))
    assert held.serial_first == retired.serial_last + 1
    assert held.claim_year is None
    assert "虚构" in retired.project_name
    assert claims.offsets("gears", 2025) == []


def test_the_path_begins_at_the_base_year() -> None:
    assert claims.path((1.0, 0.97, 0.9), 2025, Decimal("72345.6")) == {
        2025: Decimal(72346), 2026: Decimal(70175), 2027: Decimal(65111),
    }  # fmt: skip


def test_top_down_totals_leave_the_assumed_part_unassigned() -> None:
    made = claims.top_down({"grid_in": 979_000, "water": 5}, {"grid_in": 0.021, "fuel:natural_gas": 0.012})
    assert made == {"grid_in": 1_000_000}
