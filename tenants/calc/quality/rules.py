"""Every rule: its id, what it says to a person, what may be done, and all rules over one channel."""

from __future__ import annotations

from dataclasses import dataclass

from tenants.calc.quality.gap import gaps
from tenants.calc.quality.history import Found, History
from tenants.calc.quality.level_shift import level_shifts
from tenants.calc.quality.place import Place
from tenants.calc.quality.pv_night import against_the_sun
from tenants.calc.quality.spike import spikes
from tenants.calc.quality.stuck import stuck
from tenants.calc.quality.unit_slip import unit_slips
from tenants.calc.quality.usual import usual


@dataclass(frozen=True)
class Rule:
    """Templates in English: `sentence` over the finding's facts and {from}, {to}, {energy}, {unit}, {rate}.

    `methods` may replace the values, best first. `rates` are facts in milli-units per interval (shown as kW), `amounts` in
    milli-units. `shape` is whether the curve around it shows what is meant.
    """

    title: str
    sentence: str
    remedy: str
    methods: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    shape: bool = True


RULES: dict[str, Rule] = {
    "gap": Rule(
        "Gap",
        "Nothing arrived from {from} to {to} ({hours} h). In that time this meter usually shows about {energy} {unit}.",
        "See whether the meter or its gateway still holds the values, and send them; else take an estimate.",
        ("comparable", "linear", "bill", "given"),
    ),
    "gaps": Rule(
        "Gaps again and again",
        "Between {from} and {to}, {count} stretches of {hours} h in all are missing. In that time this meter usually shows "
        "about {energy} {unit}.",
        "See why the meter or its gateway loses the line so often; what it still holds can be sent.",
        ("comparable", "linear", "bill", "given"),
    ),
    "silence": Rule(
        "Nothing for long",
        "Nothing arrived from {from} to {to} ({hours} h): too long for an estimate.",
        "If a value of another year came in by mistake, take that import back. If the meter was out of use, accept it as true.",
    ),
    "duplicate": Rule(
        "Two values for the same time",
        "{count} values between {from} and {to} were sent again and differ: {kept} {unit} are stored, {offered} {unit} "
        "were sent.",
        "Find out which submission is right.",
        ("offered",), amounts=("kept", "offered"),
    ),
    "spike": Rule(
        "Spike",
        "From {from} on, for {hours} h, it shows up to {highest} {rate}. In the eight weeks before it never went above "
        "{seen} {rate}.",
        "Look at the meter's own log. A load that really was there is accepted as true.",
        ("linear", "comparable", "given"), rates=("highest", "seen"),
    ),
    "above_rated": Rule(
        "More than the line can carry",
        "From {from} on, for {hours} h, it shows up to {highest} {rate}. The line carries at most {rated} {rate}.",
        "Check the multiplier and the rated power that is entered for the meter.",
        ("linear", "comparable", "given"), rates=("highest", "rated"),
    ),
    "stuck": Rule(
        "Stuck value",
        "From {from} to {to} it repeats {value} {rate} {times} times without any change; this meter's values otherwise vary.",
        "Restart the meter's gateway. If the load really was that even, accept it as true.",
        ("comparable", "linear", "bill", "given"), rates=("value",),
    ),
    "stuck_at_zero": Rule(
        "Exactly zero",
        "From {from} to {to} ({hours} h) it shows exactly 0; otherwise it uses about {usual} {unit} in that time.",
        "Was the plant off, or the meter? If it was the plant, accept it as true.",
        ("comparable", "bill", "given"), amounts=("usual",),
    ),
    "unit_slip": Rule(
        "Wrong unit",
        "From {from} to {to} the values are about {factor} times the usual: Wh, kWh and MWh were probably mixed up.",
        "Correct the unit where the values are sent, and here put the past right.",
        ("rescale", "comparable"),
    ),
    "level_shift": Rule(
        "Lasting jump",
        "Since {from} it shows {after} {unit} a day instead of {before}: {factor} times as much, and it stays so.",
        "Was a load moved to or from this meter? Then accept it. Else check the current transformer and its multiplier.",
        amounts=("before", "after"),
    ),
    "children_above_parent": Rule(
        "Meters behind it show more",
        "On {days} days between {from} and {to} the meters behind it add up to {below} {unit}, but only {above} {unit} "
        "went through it.",
        "Check the multipliers, and whether each of these meters really stands behind this one.",
        amounts=("above", "below"), shape=False,
    ),
    "pv_at_night": Rule(
        "Generation at night",
        "In {nights} nights between {from} and {to} it shows {energy} {unit} of generation while the sun is down.",
        "The direction of the meter, or what it really measures, is worth a look.",
        ("zero",),
    ),
    "pv_clock": Rule(
        "Clock against the sun",
        "From {from} to {to} its generation is centred {hours} h away from the sun's noon: its clock or time zone is wrong.",
        "Set the clock or the time zone of the device, take the import back and send it again.",
    ),
    "bill_against_meter": Rule(
        "Bill against meter",
        "For {from} to {to} the bill says {billed} {unit}, the meter {metered} {unit}: {share} % apart.",
        "Compare the reading days, the multiplier and what else hangs on the bill's account.",
        amounts=("billed", "metered"), shape=False,
    ),
    "register_reset": Rule(
        "Register reset",
        "Between {from} and {to} the dial went from {before} to {after} {unit}, and no exchange or reset is recorded for it; "
        "{energy} {unit} hang on it.",
        "Record the exchange with its final and first reading: then it is counted to the last unit.",
    ),
    "register_rollover": Rule(
        "Register rollover",
        "Between {from} and {to} the dial passed its end, from {before} to {after} {unit}; it was counted as {energy} {unit}.",
        "If the meter was exchanged instead, record the exchange. Else accept it as true.",
    ),
    "register_glitch": Rule(
        "Readings set aside",
        "From {from} to {to}, {readings} readings showed {after} {unit} where about {before} was due. They were set aside and "
        "count for nothing.",
        "A dial cannot jump there and back. Check the line between meter and gateway.",
    ),
    "register_pending": Rule(
        "Readings not yet believed",
        "Since {from}, {readings} readings show {after} {unit} where about {before} was due. They count once later readings "
        "confirm them.",
        "If the meter was exchanged or reset, record it: then they count at once.",
    ),
    "negative": Rule(
        "Negative values",
        "{count} values between {from} and {to} were refused because they are negative, {energy} {unit} in all.",
        "What flows out is a flow of its own, for example grid_out. Check the direction of the meter.", shape=False,
    ),
    "too_large": Rule(
        "Impossible size",
        "{count} values between {from} and {to} were refused because no meter can count so much in an interval.",
        "Check the unit and the multiplier.", shape=False,
    ),
    "impossible_time": Rule(
        "Impossible time",
        "{count} values were refused because of their time: {first} to {last}.",
        "Set the device's clock, and send them again.", shape=False,
    ),
}  # fmt: skip

OF_A_CURVE = (
    "gap",
    "gaps",
    "silence",
    "spike",
    "above_rated",
    "stuck",
    "stuck_at_zero",
    "unit_slip",
    "level_shift",
    "pv_at_night",
    "pv_clock",
)


def of_curve(
    history: History, *, rated: int | None = None, place: Place | None = None, restless: bool = False, rests: bool = False
) -> list[Found]:
    """Everything the rules find in one channel's curve, the greatest energy first. No interval is blamed twice.

    Args:
        rated: the greatest energy possible in an interval. [milli-units]
        place: where it is, for PV; None for every other flow.
        restless: the flow is what others leave over (export, storage).
        rests: zero is nothing special for it.
    """
    profile = usual(history)
    slips = unit_slips(history)
    sun = against_the_sun(history, profile, place) if place is not None else []
    blamed = [*slips, *(one for one in sun if one.rule == "pv_at_night")]  # a wrong clock does not explain what values say
    found = [*gaps(history, profile), *slips, *sun]
    jumps = [] if restless else level_shifts(history)
    above = spikes(history, profile, rated=rated, capped=place is not None, restless=restless)
    still = [] if restless else stuck(history, profile, rests=rests)  # a battery charges at its one power for hours
    for more in (above, still, jumps):
        found += [one for one in more if not any(_within(one, other) for other in blamed)]
    return sorted(found, key=lambda one: (-one.energy, one.start, one.rule))


def _within(one: Found, other: Found) -> bool:
    """Whether most of one lies inside the other; a jump counts by the day on which it begins."""
    if one.rule == "level_shift":
        return other.rule == "unit_slip" and other.start - 86_400 <= one.start <= other.end + 86_400
    overlap = min(one.end, other.end) - max(one.start, other.start)
    return 2 * overlap > one.end - one.start
