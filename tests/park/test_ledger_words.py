"""Every sentence of factors, accounts, certificates and findings has its Chinese, with the same places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from park.words import catalogue, say, tell
from tenants import figures, methods, notes
from tenants.calc import finding, gec, limits, tariff
from tenants.calc.indicators import INDICATORS
from tenants.errors import LingyuanError
from tenants.factors import PERIODS, errors, grid_factor
from tenants.factors.factor import KIND_NAMES
from tenants.flows import FLOW_NAMES
from tenants.ledger import account, as_json
from tests.tenants.sums import made

STATUSES = ("met", "not_met", "not_defined", "not_determinable")


def constants(module: ModuleType) -> Iterator[str]:
    """The sentences of a module: its text constants."""
    for name, value in vars(module).items():
        if name.isupper() and not name.startswith("_") and isinstance(value, str):
            yield value


def of_errors(module: ModuleType) -> Iterator[str]:
    """Messages and remedies of the errors that a module defines."""
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, LingyuanError) and found.__module__ == module.__name__:
            yield from (found().template, found.remedy)


def sentences() -> Iterator[str]:
    for one in INDICATORS.values():
        yield from (one.title, one.formula, one.source)
    for method in methods.METHODS.values():
        yield from (method.title, method.version)
    for module in (notes, limits, gec, finding):
        yield from (value for value in constants(module) if " " in value)
    for module in (errors, figures, methods, limits, tariff):
        yield from of_errors(module)
    yield from (*KIND_NAMES.values(), *FLOW_NAMES.values(), *PERIODS, *STATUSES)


@pytest.mark.parametrize("english", sorted(set(sentences()) - {"GB/T 2589"}))
def test_it_has_chinese_with_the_same_places(english: str) -> None:
    chinese = catalogue()[english]
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese))


def test_a_note_and_an_error_read_well_in_chinese() -> None:
    with pytest.raises(errors.FactorYearMissing) as caught:
        grid_factor("重庆", 2018)
    assert say(caught.value, "zh")["message"] == (
        "没有2018年或更早的省级电力平均二氧化碳排放因子（重庆），现有年份：2021, 2022, 2023。"
    )


def test_an_account_in_the_words_of_the_door() -> None:
    data = as_json(account([made("grid_in", 1)], method="ghgp_location", year=2025), lambda text, facts: tell(text, facts, "zh"))
    headline = next(one for one in data["figures"] if one["key"] == "scope12_location_tco2e")
    assert headline["title"] == "范围一＋范围二（位置法）"
    assert headline["notes"][0] == "2025年的省级电力平均二氧化碳排放因子（重庆）尚未发布，暂用2023年数值，发布后重述。"
