"""Units as people write them, and how many milli-units of a flow each is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Quantity = Literal["electricity", "reactive", "volume", "heat", "mass", "money"]

MINUTES_PER_HOUR = 60
# Gas is traded at 20 C, counted at 0 C: 273.15 / 293.15 (the factor sheet prints 0.93178).
GAS_20C = Fraction(93178, 100_000)


@dataclass(frozen=True)
class Unit:
    """A unit: what it measures and `size`, the flow units (kWh, kvarh, m3 or Nm3, GJ, kg, CNY) in one of it.

    A `power` is multiplied by the interval's hours. `normal` says that a gas volume is at 0 C; None that it does not say.
    """

    label: str
    quantity: Quantity
    size: Fraction
    power: bool = False
    normal: bool | None = None

    def milli(self, step_minutes: int) -> Fraction:
        """Milli-units of the flow in one of this unit, over an interval of this length."""
        return self.size * 1000 * (Fraction(step_minutes, MINUTES_PER_HOUR) if self.power else 1)


def _family(quantity: Quantity, power: bool, *sizes: tuple[str, Fraction | int, str]) -> dict[str, Unit]:
    """Units by each of their spellings (lower case, blanks removed)."""
    return {
        spelling: Unit(label, quantity, Fraction(size), power)
        for label, size, spellings in sizes
        for spelling in (label.lower(), *spellings.lower().split())
    }


_K = Fraction(1, 1000)
SPELLINGS: dict[str, Unit] = {
    **_family(
        "electricity", False,
        ("kWh", 1, "千瓦时 千瓦小时 度 度电 kw时 kwhr kwhrs"), ("MWh", 1000, "兆瓦时 千度"), ("GWh", 10**6, "吉瓦时"),
        ("Wh", _K, "瓦时"),
        ("万kWh", 10_000, "万千瓦时 万度 万kw时 10^4kwh 10000kwh 万千瓦小时"), ("亿kWh", 10**8, "亿千瓦时 亿度"),
    ),
    **_family("electricity", True, ("kW", 1, "千瓦"), ("MW", 1000, "兆瓦"), ("W", _K, "瓦 watt"), ("万kW", 10_000, "万千瓦")),
    **_family(
        "reactive", False,
        ("kvarh", 1, "千乏时 kvar时"), ("Mvarh", 1000, "兆乏时"), ("varh", _K, "乏时"), ("万kvarh", 10_000, "万千乏时"),
    ),
    **_family("reactive", True, ("kvar", 1, "千乏"), ("Mvar", 1000, "兆乏"), ("var", _K, "乏")),
    **_family(
        "volume", False,
        ("m3", 1, "立方米 立方 立米 方 cbm 工况立方米"), ("万m3", 10_000, "万立方米 万立方 万方 10^4m3"), ("L", _K, "升"),
    ),
    **_family("heat", False, ("GJ", 1, "吉焦 百万千焦"), ("MJ", _K, "兆焦"), ("TJ", 1000, "太焦"), ("kJ", _K * _K, "千焦")),
    **_family("mass", False, ("kg", 1, "千克 公斤"), ("t", 1000, "吨 ton tons tonne"), ("万t", 10**7, "万吨"), ("g", _K, "克")),
    **_family("money", False, ("CNY", 1, "元 人民币 yuan rmb ¥"), ("万元", 10_000, "万cny 万元人民币"), ("亿元", 10**8, "")),
}  # fmt: skip
SPELLINGS |= {
    spelling: Unit(label, "volume", size, normal=True)
    for label, size, spellings in (
        ("Nm3", Fraction(1), "nm3 标方 标立方米 标准立方米 标立方 m3(0°c) m3(0c)"),
        ("万Nm3", Fraction(10_000), "万nm3 万标方 万标立方米 万标准立方米 10^4nm3"),
    )
    for spelling in spellings.split()
}
SPELLINGS |= {
    spelling: Unit(label, "volume", size, normal=False)
    for label, size, spellings in (
        ("m3 (20 °C)", GAS_20C, "m3(20°c) m3(20c) m3@20c sm3"), ("万m3 (20 °C)", 10_000 * GAS_20C, "万m3(20°c) 万m3(20c)"),
    )
    for spelling in spellings.split()
}  # fmt: skip

# Spellings that are also ordinary letters or ends of other words count only when they stand alone.
_ALONE = {"度", "方", "t", "w", "g", "l", "var", "升", "克", "瓦", "乏", "立方", "吨", "元", "ton", "tons"}
_TAILS = sorted((spelling for spelling in SPELLINGS if spelling not in _ALONE), key=len, reverse=True)
_HOURS = re.compile(r"(k|m|g|万)?(w|var)\s*[·.•∙⋅*\-x×]\s*h(?![a-z])", re.IGNORECASE)
_BRACKET = re.compile(r"[(\[{【〔]([^()\[\]{}【】〔〕]*)[)\]}】〕]")
_TOKEN = re.compile(r"^(.*?)[\s/_:,;\-]+([^\s/_:,;\-]+)$")
_RATING = re.compile(r"容量|额定|rated|capacity|installed", re.IGNORECASE)  # of what is installed, not of what is read
_LABELLED = re.compile(r"单\s*位\s*[::]\s*([^\s,;)]+)")


def normal(text: str) -> str:
    """The text with full-width forms made narrow, powers and dots of units unified, blanks at the ends removed."""
    narrow = unicodedata.normalize("NFKC", text.replace("°C", "℃")).strip().replace("°c", "°C")
    return _HOURS.sub(lambda m: f"{m[1] or ''}{m[2]}h", narrow)


def unit(text: str) -> Unit | None:
    """The unit that this text is, or None."""
    return SPELLINGS.get(re.sub(r"\s+", "", normal(text)).lower())


def split_unit(header: str) -> tuple[Unit | None, str]:
    """A title's unit (None when it names none) and the title without it, both after `normal`."""
    title = normal(header)
    for found in _BRACKET.finditer(title):
        if known := unit(found[1].removeprefix("单位").lstrip(":")):
            return known, _tidy(title[: found.start()] + " " + title[found.end() :])
    if (parts := _TOKEN.match(title)) and (known := unit(parts[2])):
        return known, _tidy(parts[1])
    if known := unit(title):
        return known, ""
    lowered = title.lower()
    for tail in _TAILS:
        if lowered.endswith(tail) and not lowered[-len(tail) - 1].isascii():
            return SPELLINGS[tail], _tidy(title[: -len(tail)])
    return None, _tidy(title)


def named_unit(text: str) -> Unit | None:
    """The unit that a line above the table names, as in 单位：kWh, or None."""
    return next((known for found in _LABELLED.finditer(normal(text)) if (known := unit(found[1]))), None)


def unit_above(texts: Iterable[str]) -> Unit | None:
    """The unit that the lines above a table name: behind 单位：, or the one that stands in brackets, as in 用电量（kWh）."""
    lines = list(texts)
    if said := next((found for text in lines if (found := named_unit(text))), None):
        return said
    written = {known.label: known for text in lines if not _RATING.search(text) for found in _BRACKET.finditer(normal(text))
               if (known := unit(found[1].strip()))}  # fmt: skip
    return next(iter(written.values())) if len(written) == 1 else None


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" /_:,;-")
