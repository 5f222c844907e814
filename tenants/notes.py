"""What a reader must know beside a figure: templates, in English, over facts.

Both are translated at the edge: a fact that is a text may itself be a word of the catalogue (a flow, a kind of factor).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tenants.calc.sums import FlowSum
from tenants.calc.terms import Flows, Term
from tenants.exact import grouped, rounded
from tenants.factors import NATIONAL, Factor, calorific_mismatch
from tenants.flows import FLOW_NAMES, MILLI
from tenants.methods import Method

EARLIER = "{factor} ({of}) of {year}: not published yet; that of {used} stands in and will be restated."
LATER = "{factor} ({of}) of {year}: there is none; that of the later year {used} was deliberately chosen."
UNVERIFIED = "{factor} ({of}): {value} was not verified against its document."
CO2_ONLY = "The factors used count CO2 only; CH4, N2O not included."
STAND_IN = "The values of the national emission factor database are not imported; industry-guideline defaults stand in for fuels."
MISMATCH = (
    "{fuel}: the calorific value printed for CO2 ({printed} GJ) and that of its coal equivalent ({implied} GJ) differ by "
    "{percent} %; both are used as printed."
)
RESIDUAL = (
    "The national average excluding market-traded non-fossil power stands in for the residual mix; "
    "it is not an official residual mix."
)
EQUIVALENT = "Electricity at its equivalent value of {year}: {value} kgce/kWh."
HEAT_DEFAULT = "Heat bought is counted at the default of {value} tCO2/GJ; its producer's own factor is not recorded."
HEAT_SOLD = "{quantity} GJ of heat sold are not taken off: the producer's own factor is not recorded."
TRANSFERS = "Electricity passed between firms is counted at the grid's factor at both ends."
PV_UNPROVEN = "{quantity} kWh of PV generation are neither proven to be used on site nor exported; they are not counted as used."
STORAGE = "The change of stored energy over the period is not recorded and is taken as zero."
MISSING = "{flow}: {missing} of {expected} minutes have no value; the total is partial."
NO_ELECTRICITY = "No electricity is recorded in this period; the total lacks it."
CLEAN_SET = (
    "The definition is not published. Counted: PV used on site, direct line, traded green power, certificates and other "
    "non-fossil energy; the grid's mix counts as zero."
)
CLEAN_GAS = "A second reading, in which natural gas counts as clean."
NO_OTHER = "No non-fossil energy other than electricity is recorded."
NO_GASES = "Refrigerants and other gases lost are no part of this method: its zero is a rule, not an omission."
DIVISOR_ZERO = "Not computed: {divisor} is zero."

_CLEAN = {"clean_energy_share": CLEAN_SET, "clean_energy_share_with_gas": CLEAN_GAS, "clean_other_tce": NO_OTHER}
_WHOLE = ("emission_tco2", "scope12_location_tco2e", "scope12_market_tco2e", "energy_equivalent_tce", "energy_calorific_tce")
_MISMATCH_FROM = Fraction(1, 100)


class Note(NamedTuple):
    """One remark: a template and the facts for its places."""

    msgid: str
    facts: dict[str, Any]


def of_figure(key: str, terms: Sequence[Term], flows: Flows, method: Method) -> list[Note]:
    """The remarks on a linear figure, in the order a reader needs them."""
    factors = list(dict.fromkeys(term.factor for term in terms if term.factor))
    return [
        *_gaps(terms),
        *_matches(factors),
        *_of_method(factors, method),
        *_mismatches(terms),
        *_heat(terms, flows),
        *_electricity(key, terms, flows),
        *([Note(NO_GASES, {})] if key == "emission_tco2" and any(one.kind.kind == "gas" for one in flows.sums) else []),
        *([Note(_CLEAN[key], {})] if key in _CLEAN else []),
    ]


def _gaps(terms: Iterable[Term]) -> Iterable[Note]:
    for one in dict.fromkeys(term.sum for term in terms):
        if one.missing:
            yield Note(MISSING, {"flow": FLOW_NAMES[one.flow], "missing": one.missing, "expected": one.expected})


def _matches(factors: Iterable[Factor]) -> Iterable[Note]:
    for one in factors:
        if one.matched != "exact":
            template = EARLIER if one.matched == "latest_earlier" else LATER
            yield Note(template, {**_named(one), "year": one.asked, "used": one.year})
        if one.kind == "electricity_equivalent":
            yield Note(EQUIVALENT, {"year": one.year, "value": one.value})
        if not one.verified:
            yield Note(UNVERIFIED, {**_named(one), "value": f"{one.value} {one.unit}"})


def _named(factor: Factor) -> dict[str, Any]:
    return {"factor": factor.name, "of": FLOW_NAMES.get(factor.of, factor.of or NATIONAL)}


def _of_method(factors: Sequence[Factor], method: Method) -> Iterable[Note]:
    if any(one.kind == "national_average_excl_market_nonfossil" for one in factors):
        yield Note(RESIDUAL, {})
    if method.gases == "all" and any(one.gases == "CO2" and one.value for one in factors):
        yield Note(CO2_ONLY, {})
    if method.key == "cn_park_2025" and any(one.kind.startswith(("combustion", "carbon")) for one in factors):
        yield Note(STAND_IN, {})


def _mismatches(terms: Iterable[Term]) -> Iterable[Note]:
    for one in dict.fromkeys(term.sum.flow for term in terms if term.sum.kind.kind == "fuel" and term.sum.quantity):
        found = calorific_mismatch(one)
        if found is None:
            continue
        printed, implied = found
        apart = abs(Fraction(printed) / implied - 1)
        if apart >= _MISMATCH_FROM:
            facts = {
                "fuel": FLOW_NAMES[one],
                "printed": printed,
                "implied": rounded(implied, 2),
                "percent": rounded(100 * apart, 1),
            }
            yield Note(MISMATCH, facts)


def _heat(terms: Sequence[Term], flows: Flows) -> Iterable[Note]:
    defaults = [term for term in terms if term.factor and term.factor.kind == "heat_constant"]
    if defaults and sum(term.value for term in defaults):
        yield Note(HEAT_DEFAULT, {"value": defaults[0].factor.value if defaults[0].factor else ""})
    if any(term.factor and term.factor.kind in ("heat_constant", "heat_measured") for term in terms) or _emits(terms):
        sold = _quantity(flows.of("heat_out")) - sum(one.sum.quantity for one in flows.passed_by("heat_out"))
        if sold > 0:
            yield Note(HEAT_SOLD, {"quantity": grouped(Fraction(sold, MILLI))})


def _emits(terms: Iterable[Term]) -> bool:
    return any(term.factor and "CO2" in term.factor.unit for term in terms)


def _electricity(key: str, terms: Sequence[Term], flows: Flows) -> Iterable[Note]:
    used = {term.sum.flow for term in terms if term.sum.quantity}
    if key in _WHOLE and all(one.kind.kind != "electricity" for one in flows.sums):
        yield Note(NO_ELECTRICITY, {})
    if used & {"transfer_in", "transfer_out"} and _emits(terms):
        yield Note(TRANSFERS, {})
    if key in ("consumption_kwh", "energy_equivalent_tce", "energy_calorific_tce", "pv_self_use_kwh"):
        unproven = _quantity(flows.of("pv_gen")) - _quantity(flows.of("pv_self", "grid_out"))
        if unproven > 0:
            yield Note(PV_UNPROVEN, {"quantity": grouped(Fraction(unproven, MILLI))})
    if key in ("consumption_kwh", "direct_green_kwh") and _quantity(flows.of("storage_in", "storage_out")):
        yield Note(STORAGE, {})


def _quantity(sums: Iterable[FlowSum]) -> int:
    return sum(one.quantity for one in sums)
