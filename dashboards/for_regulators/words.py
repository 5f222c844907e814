"""Words that both regulators' pages use: why something is not shown, and how a park stands."""

from __future__ import annotations

from decimal import Decimal

from dashboards.cards import Status
from dashboards.cards.words import Say
from park.notation import MISSING, number
from park.summaries import ParkRow

HIDDEN = {
    "few": "Fewer than three firms: not shown",
    "dominated": "One firm makes up more than 80 %: not shown",
    "complement": "Not shown, so that nothing can be had by subtraction",
    "changed": "Held back: the firms differ by one or two from the last month",
}
LIKE_WITH_LIKE = Decimal("0.9")  # coverage and completeness below which a park is not ranked


def figure(row: ParkRow, key: str, say: Say) -> str:
    """A figure of the park as text; where it is hidden it says so, where it is unknown there is a dash."""
    value = row.figures.get(key)
    return say("Not shown") if value is None and key in row.hidden else number(value, 2)


def why_hidden(row: ParkRow, key: str, say: Say) -> str:
    """Why a figure is not shown; empty where it is."""
    return say(HIDDEN[row.hidden[key]]) if row.figures.get(key) is None and key in row.hidden else ""


def own_target(row: ParkRow) -> Decimal | None:
    """The park's own core target [tCO2/tce]."""
    target = row.facts.get("own_target")
    return None if target is None else Decimal(str(target))


def standing(row: ParkRow, say: Say) -> tuple[str, Status]:
    """How the shown months stand against the park's own target. Never called met: the year is not closed."""
    target = own_target(row)
    if row.core is None:
        return say("Not shown"), "neutral"
    if target is None:
        return say("No target set"), "undefined"
    return (say("Below own target"), "good") if row.core <= target else (say("Above own target"), "warn")


def not_ranked(row: ParkRow, say: Say) -> str:
    """Why a park is not ranked with the others; empty if it is."""
    if row.core is None:
        return why_hidden(row, "emission_tco2", say) or say("No completed month yet")
    if row.completeness is not None and row.completeness < LIKE_WITH_LIKE:
        return say("Data less than 90 % complete")
    if row.facts.get("members_only", True):
        return say("Members only: what the park uses beside them is not known")
    if Decimal(str(row.facts.get("coverage") or 0)) < LIKE_WITH_LIKE:
        return say("Coverage below 90 %")
    if row.facts.get("open", True):
        return say("The year is still open")
    return ""


def coverage_text(row: ParkRow, say: Say) -> str:
    """Coverage of the park's energy, or that it is not known."""
    coverage = row.facts.get("coverage")
    return say("not known") if coverage is None else f"{number(Decimal(str(coverage)) * 100, 1)} %"


def change(now: Decimal | None, before: Decimal | None) -> str:
    """Change against the year before, with its sign."""
    if now is None or not before:
        return MISSING
    share = (now / before - 1) * 100
    return f"{'+' if share > 0 else ''}{number(share, 1)} %"
