from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.calc import gec
from tenants.calc.gec import WH_PER_UNIT, Certificate, apply, expiry, uncovered_wh

YEAR = 2026


def certificate(
    units: int, *, kind: gec.Kind = "gec", month: int = 1, year: int = YEAR, status: str = "cancelled", claim: int | None = YEAR
) -> Certificate:
    return Certificate(f"{kind}-{year}-{month}-{units}", kind, units, dt.date(year, month, 1), status, claim)


def use(*kwh: int) -> np.ndarray:
    return np.array([*kwh, *[0] * (12 - len(kwh))], np.int64) * 1000


CERTIFICATES = st.lists(
    st.builds(certificate, st.integers(1, 5_000), kind=st.sampled_from(["gec", "traded"]), month=st.integers(1, 12)), max_size=8
)
MONTHS = st.lists(st.integers(0, 10**10), min_size=12, max_size=12).map(lambda months: np.array(months, np.int64))


@given(CERTIFICATES, MONTHS)
def test_covered_is_the_least_of_what_there_is_and_what_was_used(certificates: list[Certificate], uncovered: np.ndarray) -> None:
    found = apply(certificates, uncovered, year=YEAR)
    assert found.traded.dtype == found.gec.dtype == np.int64
    assert ((found.traded >= 0) & (found.gec >= 0)).all()
    assert (found.traded + found.gec <= uncovered).all()
    for kind, covered in (("traded", found.traded), ("gec", found.gec)):
        valid = sum(one.wh for one in certificates if one.kind == kind)
        assert found.valid_wh[kind] == valid
        assert int(covered.sum()) + found.surplus_wh[kind] == valid
        assert found.surplus_wh[kind] >= 0
    left = int((uncovered - found.traded).sum())
    assert int(found.gec.sum()) == min(found.valid_wh["gec"], left)


@given(CERTIFICATES.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), MONTHS)
def test_the_order_of_the_certificates_changes_nothing(
    orders: tuple[list[Certificate], list[Certificate]], uncovered: np.ndarray
) -> None:
    certificates, shuffled = orders
    one, other = apply(certificates, uncovered, year=YEAR), apply(shuffled, uncovered, year=YEAR)
    assert one.gec.tolist() == other.gec.tolist()
    assert one.traded.tolist() == other.traded.tolist()


def test_certificates_lie_over_the_months_as_the_use_does() -> None:
    found = apply([certificate(2)], use(3_000, 1_000), year=YEAR)
    assert found.gec[:2].tolist() == [1_500_000, 500_000]
    thirds = apply([certificate(1)], use(1_000, 1_000, 1_000), year=YEAR)
    assert thirds.gec[:3].tolist() == [333_334, 333_333, 333_333]


def test_traded_power_covers_its_own_month_first() -> None:
    found = apply([certificate(2, kind="traded", month=2), certificate(1)], use(1_000, 1_500), year=YEAR)
    assert found.traded[:2].tolist() == [0, 1_500_000]
    assert found.gec[:2].tolist() == [1_000_000, 0]
    assert found.surplus_wh == {"traded": 500_000, "gec": 0}


def test_surplus_is_neither_carried_nor_negative() -> None:
    found = apply([certificate(2_000)], use(600), year=YEAR)
    assert (int(found.gec.sum()), found.surplus_wh["gec"]) == (600_000, 2_000 * WH_PER_UNIT - 600_000)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (certificate(1, status="held"), gec.NOT_CANCELLED),
        (certificate(1, claim=None), gec.NO_CLAIM_YEAR),
        (certificate(1, claim=2025), gec.OTHER_CLAIM_YEAR),
        (certificate(1, year=2025), gec.OTHER_VINTAGE),
        (certificate(1, kind="traded", year=2025), gec.OTHER_VINTAGE),
    ],
)
def test_what_does_not_count_is_listed_with_its_reason(one: Certificate, reason: str) -> None:
    found = apply([one], use(5_000), year=YEAR)
    assert found.gec.sum() == found.traded.sum() == 0
    assert [(left.id, left.wh, left.reason) for left in found.left_out] == [(one.id, 1_000_000, reason)]


def test_a_wider_rule_of_vintages_is_a_choice_and_still_knows_expiry() -> None:
    earlier, expired = certificate(1, year=2025), certificate(1, year=2023, month=12)
    found = apply([earlier, expired], use(5_000), year=YEAR, vintages={2023, 2025, 2026})
    assert int(found.gec.sum()) == 1_000_000
    assert [left.reason for left in found.left_out] == [gec.EXPIRED]


@pytest.mark.parametrize(
    ("vintage", "last"),
    [("2024-11-01", "2026-10-31"), ("2024-01-01", "2025-12-31"), ("2024-02-01", "2026-01-31"), ("2023-06-01", "2025-12-31")],
)
def test_expiry_counts_the_month_of_generation(vintage: str, last: str) -> None:
    assert expiry(dt.date.fromisoformat(vintage)) == dt.date.fromisoformat(last)


def test_what_may_be_covered() -> None:
    found = uncovered_wh(np.array([10, 5]), np.array([2, 0]), np.array([3, 9]))
    assert found.tolist() == [9, 0]


@pytest.mark.parametrize("uncovered", [np.zeros(11, np.int64), np.full(12, -1)])
def test_use_is_twelve_months_none_negative(uncovered: np.ndarray) -> None:
    with pytest.raises(ValueError, match="twelve months"):
        apply([], uncovered, year=YEAR)
