"""Flow sums as tests need them, in the flow's own unit."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from tenants.calc.sums import FlowSum
from tenants.flows import FLOWS

YEAR = 525_600


def made(
    flow: str, quantity: float | str | Decimal, *, region: str = "重庆", estimated: float | str = 0, backed: float | str = 0,
    missing: int = 0, expected: int = YEAR,
) -> FlowSum:  # fmt: skip
    """The sum of a flow: quantities in the flow's unit (kWh, Nm3, kg, GJ...), minutes of a year."""
    whole, guessed, fixed = (int(Decimal(str(one)) * 1000) for one in (quantity, estimated, backed))
    return FlowSum(flow, region, whole, whole - guessed, guessed, fixed, missing, expected)


WITH_FACTORS = [flow for flow in FLOWS if flow not in ("reactive_in", "reactive_out", "fuel:raw_coal")]


@st.composite
def flow_sums(draw: st.DrawFn) -> list[FlowSum]:
    """Sums of a few flows in a few regions, all with data."""
    found = []
    for flow in draw(st.lists(st.sampled_from(WITH_FACTORS), min_size=1, max_size=8, unique=True)):
        quantity = draw(st.integers(0, 10**13))
        guessed = draw(st.integers(0, quantity))
        region = draw(st.sampled_from(["重庆", "四川", "北京"]))
        found.append(FlowSum(flow, region, quantity, quantity - guessed, guessed, 0, 0, YEAR))
    return found
