"""What each step said on one day once a submission is taken back: found from who set which interval, and from former rows. Pure.

A value is not kept with the submission that set it. It is still in the first former row that was kept after it was set, or, when
none was, in what is stored now: whoever changed it kept the row as it was before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.curves.steps import Facts
from tenants.flows import ALLOCATED, CORRECTED, ESTIMATED, MEASURED, MISSING


@dataclass(frozen=True)
class Setter:
    """A submission that set intervals of one step: `slots`, shape (n,). `order` as they arrived; `gone`: it does not count."""

    order: int
    step: int
    slots: NDArray[np.bool_]
    gone: bool


@dataclass(frozen=True)
class Row:
    """A day's row in its finest step, as it was until the submission of this order; `values`, `quality`, shape (n,)."""

    order: int
    step: int
    values: NDArray[np.int32]
    quality: NDArray[np.uint8]


@dataclass(frozen=True)
class Day:
    """All that is known of one channel's day. `former` by order; `now` and the `steps` behind it are what is stored."""

    minutes: int
    setters: Sequence[Setter]
    former: Sequence[Row]
    now: Row
    steps: Mapping[int, Facts]

    def facts(self) -> dict[int, Facts]:
        """What each step says by the submissions that count, shape (1, n) each; steps that say nothing are left out."""
        found = {}
        for step in sorted({one.step for one in self.setters if not one.gone}):
            facts = self._of_step(step)
            if facts.quality.any():
                found[step] = facts
        return found

    def open(self, mine: Setter) -> NDArray[np.bool_]:
        """The intervals of one submission that none which counts has set after it."""
        slots = mine.slots.copy()
        for one in self.setters:
            if one.step == mine.step and one.order > mine.order and not one.gone:
                slots[: one.slots.size] &= ~one.slots[: slots.size]
        return slots

    def said_now(self, step: int) -> Facts | None:
        """What the step says in what is stored; None where only coarser steps do."""
        return self.steps[step] if step in self.steps else _at_step(self.now, step)

    def _of_step(self, step: int) -> Facts:
        count = self.minutes // step
        values, quality = np.zeros((1, count), np.int32), np.zeros((1, count), np.uint8)
        open_ = np.ones(count, bool)
        counting = [one for one in self.setters if one.step == step and not one.gone]
        for one in sorted(counting, key=lambda one: -one.order):
            mine = one.slots[:count] & open_
            open_ &= ~mine
            said = self._said(step, one.order) if mine.any() else None
            if said is not None:
                values[0, mine], quality[0, mine] = said.values[0, mine], said.quality[0, mine]
        return Facts(values, quality)

    def _said(self, step: int, order: int) -> Facts | None:
        """What the step said right after the submission of this order."""
        later = next((row for row in self.former if row.order > order), None)
        said = self.said_now(step) if later is None else _at_step(later, step)
        if said is None or step in self.steps or (later or self.now).step == step:
            return said
        return Facts(said.values, np.where(self._forced(step, order), CORRECTED, said.quality).astype(np.uint8))

    def _forced(self, step: int, order: int) -> NDArray[np.bool_]:
        """Where the submission took the place of other evidence: what is shared out no longer says so."""
        before = next((_at_step(row, step) for row in self.former if row.order == order), None)
        if before is None:
            return np.zeros((1, self.minutes // step), bool)
        return ~np.isin(before.quality, (MISSING, ESTIMATED, ALLOCATED))


def _at_step(row: Row, step: int) -> Facts | None:
    """The row's values as the step said them: a coarser value is the sum of what it was shared out to."""
    if row.step == step:
        return Facts(row.values[None, :], row.quality[None, :])
    if row.step > step:
        return None
    shape = (-1, step // row.step)
    kinds = row.quality.reshape(shape)
    known = (kinds != MISSING).all(axis=1)
    guessed = (kinds == ESTIMATED).any(axis=1) & ~(kinds == ALLOCATED).any(axis=1)
    quality = np.where(known, np.where(guessed, ESTIMATED, MEASURED), MISSING).astype(np.uint8)
    values = np.where(known, row.values.astype(np.int64).reshape(shape).sum(axis=1), 0).astype(np.int32)
    return Facts(values[None, :], quality[None, :])
