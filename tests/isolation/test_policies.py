"""Every policy that keeps something out does so by itself, and without it something gets through. Taken from the catalog."""

from __future__ import annotations

from tests.isolation.policies import OPEN, breaches, may_insert, policies
from tests.isolation.world import World


def test_with_all_policies_nobody_meets_a_foreign_row(world: World) -> None:
    assert {str(one): breaches(world, one, without=False) for one in policies(world)} == {str(one): [] for one in policies(world)}


def test_without_any_one_policy_somebody_does(world: World) -> None:
    found = policies(world)
    assert len(found) >= 30
    for one in found:
        through = breaches(world, one, without=True)
        assert through, str(one)
        if one.using not in OPEN:
            assert {"reads", "changes"} & set(through), f"{one}: its USING keeps nothing out"
        if one.check not in OPEN and may_insert(world, one):
            assert "writes" in through, f"{one}: its CHECK keeps nothing out"
