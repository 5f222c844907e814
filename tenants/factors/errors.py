"""What can be wrong when a factor is looked for. Each message names what there is instead."""

from __future__ import annotations

from tenants.errors import LingyuanError


class UnknownRegion(LingyuanError):
    """There is no {kind} for {region}."""

    status = 422
    remedy = "Set the site's region to one that has a factor: {regions}. A neighbouring region never stands in."


class FactorYearMissing(LingyuanError):
    """There is no {name} ({of}) for {year} or earlier. There are: {years}."""

    status = 422
    remedy = "Record a choice to use a later year's factor, with the reason; figures then name the year that was used."


class ChoiceNotLater(LingyuanError):
    """The factor year {choice} chosen for {year} is not later than {year}."""

    status = 422
    remedy = "Earlier years are found without a choice. Choose a later year, or remove the choice."


class UnknownFuel(LingyuanError):
    """There is no factor of {fuel} in factor set {set}."""

    status = 422
    remedy = "Record the fuel as one of: {fuels}."


class NoCarbonContent(LingyuanError):
    """{fuel} has no emission factor: its carbon content depends on its kind."""

    status = 422
    remedy = "Record it as what it is, one of: {kinds}."


class FactorNotAdmitted(LingyuanError):
    """The method {method} does not admit the factor {factor} ({kind})."""

    status = 422
    remedy = "Use one of the kinds the method admits: {admitted}."


class UnknownArea(LingyuanError):
    """There are no time-of-use windows of {area}."""

    status = 422
    remedy = "Choose one of: {areas}. Or enter an average price."
