"""What accounts are computed from: one flow summed over sites, tenants and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tenants.flows import FLOWS, Flow


@dataclass(frozen=True)
class FlowSum:
    """Sum of one flow in one grid region. Quantities in milli-units of the flow's unit, times in minutes.

    `measured` was metered (or billed), `estimated` was filled in, `backed` is fixed by a register or bill;
    `missing` of `expected` minutes have no value. Missing is not zero.
    """

    flow: str
    region: str
    quantity: int
    measured: int
    estimated: int
    backed: int
    missing: int
    expected: int

    @property
    def kind(self) -> Flow:
        """The flow's unit and kind."""
        return FLOWS[self.flow]

    @property
    def empty(self) -> bool:
        """Whether values were expected and none is there: unknown, not zero."""
        return self.missing >= self.expected > 0


def add(sums: Iterable[FlowSum]) -> list[FlowSum]:
    """The sums merged per flow and region, in the order of first appearance."""
    merged: dict[tuple[str, str], FlowSum] = {}
    for one in sums:
        key = (one.flow, one.region)
        seen = merged.get(key)
        merged[key] = one if seen is None else _plus(seen, one)
    return list(merged.values())


def less(one: FlowSum, quantity: int) -> FlowSum:
    """The sum with `quantity` [milli-units] taken out, its evidence reduced in the same proportion."""
    left = one.quantity - quantity
    if quantity == 0 or one.quantity == 0:
        return replace(one, quantity=left)
    measured, estimated, backed = (part * left // one.quantity for part in (one.measured, one.estimated, one.backed))
    return replace(one, quantity=left, measured=measured, estimated=estimated, backed=backed)


def _plus(a: FlowSum, b: FlowSum) -> FlowSum:
    return FlowSum(
        a.flow, a.region, a.quantity + b.quantity, a.measured + b.measured, a.estimated + b.estimated,
        a.backed + b.backed, a.missing + b.missing, a.expected + b.expected,
    )  # fmt: skip
