"""What a submission tells of the devices behind it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from tenants.devices import NO_METER, Heard, Refusal
from tenants.ingest.series import Register, Reject, Series


def heard(
    sender: str, taken: Sequence[Series | Register], meters: Collection[str], *, signals: Mapping[str, int],
    rejected: Sequence[Reject], refused: int,
) -> Iterator[Heard]:  # fmt: skip
    """One `Heard` per series, signal and refusal of a body. What names none of the tenant's meters is told of the sender itself.

    Args:
        meters: The names of those that exist.
        refused: Number of refused rows, of which `rejected` lists some.
    """
    names = frozenset(meters)
    for one in taken:
        name = " ".join(one.meter.split())
        if name not in names:
            continue
        if isinstance(one, Series):
            filled = one.start[one.quality > 0]
            until = int(filled.max()) + 60 * one.step_minutes if filled.size else None
            yield Heard(sender, name, until, int(filled.size))
        elif one.at.size:
            yield Heard(sender, name, int(one.at.max()), int(one.at.size))
    for name, percent in signals.items():
        yield Heard(sender, name if name in names else NO_METER, signal=percent)
    for reject in reversed(rejected):  # the first one is the one to look at
        named = reject.facts.get("meter", NO_METER)
        yield Heard(sender, named if named in names else NO_METER, refusal=Refusal(reject.reason, reject.remedy, reject.facts))
    if refused:
        named = rejected[0].facts.get("meter", NO_METER) if rejected else NO_METER
        yield Heard(sender, named if named in names else NO_METER, errors=refused)
