"""The curve tables in memory, so that the pure part of the gate is tried without a database."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from tenants import clock
from tenants.curves.codec import DayCurves, joined
from tenants.curves.fold import Fold, Stored, fold
from tenants.curves.offer import Readings, arrange, tell
from tenants.flows import MEASURED

SHANGHAI = ZoneInfo("Asia/Shanghai")
Reading = tuple[int, int, int, int]  # channel, step, UTC seconds, value
State = dict[tuple[int, int], tuple[int, bytes, bytes]]


def readings(
    given: Sequence[Reading], zone: ZoneInfo = SHANGHAI, quality: int = MEASURED, inexact: bool = False
) -> list[Readings]:
    """The readings grouped by channel and step, in the order given."""
    made = []
    for channel, step in dict.fromkeys((one[0], one[1]) for one in given):
        mine = [one for one in given if one[:2] == (channel, step)]
        day, seconds = clock.split(np.array([one[2] for one in mine], np.int64), zone)
        count = len(mine)
        made.append(
            Readings(
                channel, step, day, (seconds // (60 * step)).astype(np.int32), np.array([one[3] for one in mine], np.int64),
                np.full(count, quality, np.uint8), np.arange(1, count + 1, dtype=np.int32), np.full(count, inexact),
                np.zeros(count, np.uint8), np.zeros(0, np.intp),
            )
        )  # fmt: skip
    return made


class Tables:
    """`curve` and `curve_step` of one tenant."""

    def __init__(self, zone: ZoneInfo = SHANGHAI) -> None:
        self.zone = zone
        self.stored = Stored()
        self.last: list[Readings] = []
        self.torn: list[np.ndarray] = []

    def send(self, given: Sequence[Reading], *, replace: bool = False, quality: int = MEASURED, inexact: bool = False) -> Fold:
        """One submission through the gate's pure part."""
        self.last = readings(given, self.zone, quality, inexact)
        self.torn = [one.choose() for one in self.last]
        by_step: dict[int, list[Readings]] = {}
        for one in self.last:
            by_step.setdefault(one.step, []).append(one)
        offers = {step: arrange(group, self.zone) for step, group in by_step.items()}
        offers = {step: offer for step, offer in offers.items() if len(offer.curves)}
        result = fold(self.stored, offers, replace=replace)
        for step, verdict in result.verdicts.items():
            tell(by_step[step], verdict)
        replaced = np.concatenate([np.zeros(0, np.int64), *result.replaced])
        self.stored = Stored(
            _after(self.stored.curves, replaced, result.curves), _after(self.stored.steps, result.restepped, result.steps)
        )
        return result

    def state(self) -> State:
        """Step, values and quality of each row, by channel and day."""
        return {
            (int(one.channel[row]), int(one.day[row])): (
                step, one.values[row, : one.length[row]].tobytes(), one.quality[row, : one.length[row]].tobytes(),
            )
            for step, one in self.stored.curves.items()
            for row in range(len(one))
        }  # fmt: skip

    def values(self, channel: int, day: int) -> list[int]:
        """The values of one row."""
        return np.frombuffer(self.state()[channel, day][1], np.int32).tolist()

    def quality(self, channel: int, day: int) -> list[int]:
        """The quality codes of one row."""
        return list(self.state()[channel, day][2])


def _after(tables: dict[int, DayCurves], gone: np.ndarray, new: list[DayCurves]) -> dict[int, DayCurves]:
    parts: dict[int, list[DayCurves]] = {}
    for step, one in tables.items():
        parts.setdefault(step, []).append(one.take(~np.isin(one.key, gone)))
    for one in new:
        parts.setdefault(one.step, []).append(one)
    made = {step: joined(several) for step, several in parts.items()}
    keys = np.concatenate([np.zeros(0, np.int64), *(np.unique(one.key) for one in made.values())])
    for one in made.values():
        assert len(np.unique(one.key)) == len(one), "two rows of one key"
    del keys
    return {step: one for step, one in made.items() if len(one)}
