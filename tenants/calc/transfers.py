"""What passes between firms of one park cancels in the park's sums, whoever passed it to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tenants.calc.sums import FlowSum, add, less
from tenants.calc.terms import Passed


def cancel_transfers(sums: Iterable[FlowSum]) -> list[FlowSum]:
    """The park's sums, merged, with min(sent, received) taken out of both sides per grid region.

    What stays of `transfer_in` or `transfer_out` is unmatched: shown, not forgotten.
    """
    merged = add(sums)
    quantities = {(one.flow, one.region): one.quantity for one in merged}

    def matched(region: str) -> int:
        return min(quantities.get(("transfer_in", region), 0), quantities.get(("transfer_out", region), 0))

    return [less(one, matched(one.region)) if one.flow in ("transfer_in", "transfer_out") else one for one in merged]


def unmatched_transfers(sums: Iterable[FlowSum]) -> dict[str, int]:
    """Received minus sent per grid region, where they differ. [Wh]"""
    left: dict[str, int] = {}
    for one in cancel_transfers(sums):
        if one.flow in ("transfer_in", "transfer_out") and one.quantity:
            left[one.region] = one.quantity if one.flow == "transfer_in" else -one.quantity
    return left


def cancel_passed_heat(sums: Iterable[FlowSum], passed: Sequence[Passed]) -> tuple[list[FlowSum], tuple[Passed, ...]]:
    """The park's sums and records of heat without what was passed inside, at both ends alike.

    Consolidation of the GHG Protocol: the producer's scope 1 stays, the user's scope 2 goes.
    """
    sent, received = ([one for one in passed if one.inside and one.sum.flow == flow] for flow in ("heat_out", "heat_in"))
    inside = min(sum(one.sum.quantity for one in side) for side in (sent, received))
    kept = [one for one in passed if not one.inside] + _after(sent, inside) + _after(received, inside)
    merged = add(sums)
    return [_less_heat(one, merged, inside) for one in merged], tuple(kept)


def _after(records: Sequence[Passed], quantity: int) -> list[Passed]:
    """The records with `quantity` [MJ] taken off, from the first on."""
    kept = []
    for one in records:
        taken = min(one.sum.quantity, quantity)
        quantity -= taken
        if one.sum.quantity > taken:
            kept.append(replace(one, sum=less(one.sum, taken)))
    return kept


def _less_heat(one: FlowSum, merged: Sequence[FlowSum], inside: int) -> FlowSum:
    if one.flow not in ("heat_in", "heat_out"):
        return one
    # Heat has no grid region; where a park's sites carry several, it goes off the first that has it.
    before = sum(other.quantity for other in merged[: merged.index(one)] if other.flow == one.flow)
    return less(one, min(one.quantity, max(0, inside - before)))
