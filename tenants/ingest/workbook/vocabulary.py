"""What a column's title means: which flow, which part of a bill, which meter, or why it is none of these."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tenants.ingest.workbook import title_words as tw
from tenants.ingest.workbook.title_words import Patterns, pattern
from tenants.ingest.workbook.units import Quantity, Unit, split_unit, unit

TIME = pattern(r"时间|日期|时刻|date|time|stamp|月份|账期|周期|年月|^日$|^月$|\bday\b|\bmonth\b|^ts$|数据时标")
STARTS = pattern(r"开始|起始|起时|^起$|\bfrom\b|start|begin")
ENDS = pattern(r"结束|截止|终止|止时|^止$|\bto\b|\bend|until|ending")
METER = pattern(
    r"电表(?!读数|数)|表名|表号|表计|计量点|测点|监测点|设备|户号|户名|用户|名称|回路|支路|线路|资产号|变压器|公司|企业|车间|部门|产线|机台|工位|"
    r"meter|device|account|point|\bsite\b|\bname\b|channel|customer|feeder|circuit|^id$|_id$|\bmpan\b|\bnmi\b"
)
IDENTITY = pattern(
    r"户号|户名|表号|表名|局号|资产号|编号|编码|名称|地址|计量点|测点|电表$|用户$|客户$|公司|企业|"
    r"^meters?([_ ]?(id|no|name|number))?$|^id$|[_ ]id$|device|account|name$|^mpan|^nmi|customer"
)
ITEM = pattern(
    r"数据项|数据类型|数据名称|曲线类型|类型|项目|能源品种|能源种类|\bitem\b|quantity|\btype\b|register$|\bflow\b|energy source"
)
ITEM_NAME = pattern(r"(参数|指标|数据|变量|量测|测量)(项|量)?(名称?|编码|类型|项)|parameter|^metric|variable.?name|measurand")
SHIFT = pattern(r"班次|班别|班组|^班$|\bshift")
UNIT = pattern(r"^(计量)?单位$|^units?$|^uom$")
VALUE = pattern(r"^(数[值据]|值|读数|values?|readings?|data)$")
MULTIPLIER = pattern(r"倍率|multiplier|ct.?ratio")
SUM = pattern(r"(合\s*计|总\s*计|小\s*计|总\s*和|total|sum|subtotal)")
TOTAL_LINE = pattern(
    r"合\s*计|总\s*计|小\s*计|累\s*计|平\s*均|最\s*大|最\s*小|^\s*(grand\s+)?(sub)?totals?\b|^\s*(sum|average|mean|max|min)\b"
)
NO_FLOW = "its title names a unit but not what is counted in it"
NO_DENSITY = "litres of this fuel need its density: give kilograms or tonnes"
ELSEWHERE = {
    "power_factor": "the power factor is computed from active and reactive energy",
    "max_demand": "the maximum demand is found from the curve itself",
    "price": "prices are entered with the tariff",
    "amount": "money is entered with bills",
}
# A unit rules out some readings of a title: 功率因数 has none, 需量 is a power, 电费 is money.
_DETAILS_IN: dict[Quantity, tuple[str, ...]] = {"electricity": ("max_demand",), "money": ("price", "amount")}
_EDGE = " _-/:.,"


@dataclass(frozen=True)
class Meaning:
    """What a title says. `flow` None: no flow. `unit` is the one written in it, `default_unit` what its words suggest.

    `detail` is a part of a bill (sharp .. deep_valley, max_demand, power_factor, amount, price). `register`: words for a
    cumulative reading. `name` is what remains when the words for quantities are taken away: the meter's name. `title` is the
    title without its unit. `why_not` says why it is no quantity of an interval.
    """

    title: str
    name: str
    unit: Unit | None = None
    default_unit: Unit | None = None
    flow: str | None = None
    detail: str | None = None
    register: bool = False
    why_not: str | None = None


def meaning(header: str, said: Unit | None = None, table: Unit | None = None) -> Meaning:
    """What a column's title means. `said` is the unit that a person gave it, `table` one written above the whole table: it
    stands in where the title has none and its words speak of nothing else."""
    own, title = split_unit(header)
    words = title.replace("_", " ")
    known = said or own or _fitting(table, words)
    empty = Meaning(title, _name(title), known, register=bool(tw.REGISTER.search(words)))
    detail = _detail(title, known)
    if detail in ELSEWHERE:
        return replace(empty, detail=detail, why_not=ELSEWHERE[detail])
    if known is not None:
        return _with_unit(replace(empty, detail=detail), known, words)
    if not tw.ELECTRICITY.search(words) and (why := _foreign(words)):
        return replace(empty, detail=detail, why_not=why)
    guess, flow = _by_words(words)
    if detail and guess is None:
        guess, flow = unit("kWh"), "grid_in"
    return replace(empty, detail=detail, default_unit=guess, flow=flow)


def _with_unit(empty: Meaning, known: Unit, words: str) -> Meaning:
    """The meaning of a title with a unit."""
    if known.quantity == "mass" and tw.WATER.search(words) and not tw.STEAM.search(words):
        known = replace(known, quantity="volume", size=known.size / 1000)  # a tonne of water is a cubic metre
    flow = _by_unit(known.quantity, words)
    why = _foreign(words)
    if why not in (tw.ONE_PHASE, tw.AN_EXTREME):
        why = None if flow else NO_DENSITY if _first(tw.MASSES, words) else NO_FLOW
    return replace(empty, unit=known, flow=flow, why_not=why)


def _first(patterns: Patterns, words: str) -> str | None:
    return next((key for key, one in patterns if one.search(words)), None)


def _foreign(words: str) -> str | None:
    """Why a title speaks of no quantity, or None."""
    return next((why for why, one in tw.NO_QUANTITY if one.search(words)), None)


def _fitting(table: Unit | None, words: str) -> Unit | None:
    if table is None or _foreign(words):
        return None
    guess, _ = _by_words(words)
    if table.power and tw.ENERGY.search(words):
        return None
    return table if guess is None or guess.quantity == table.quantity else None


def _detail(title: str, known: Unit | None) -> str | None:
    """The part of a bill that a title names, or None."""
    if (known is None or known.quantity == "electricity") and (found := tw.WINDOW.match(title.strip())):
        return _first(tw.WINDOWS, found[1] or found[2])
    for key, one in tw.DETAILS:
        if one.search(title) and (known is None or key in _DETAILS_IN.get(known.quantity, ())):
            return key
    return "amount" if known and known.quantity == "money" and _by_unit("money", title) is None else None


def _by_unit(quantity: Quantity, words: str) -> str | None:
    """The flow counted in a unit of this quantity, by the words beside it; None where they do not tell."""
    match quantity:
        case "electricity":
            return _first(tw.ELECTRIC, words) or "grid_in"
        case "reactive":
            return "reactive_out" if tw.REACTIVE_OUT.search(words) else "reactive_in"
        case "heat":
            return "heat_out" if tw.HEAT_OUT.search(words) else "heat_in"
        case "volume":
            return _first(tw.GASES, words) or ("water" if tw.WATER.search(words) else None)
        case "mass":
            return _by_unit("heat", words) if tw.STEAM.search(words) else _first((*tw.MASSES, *tw.REFRIGERANTS), words)
        case "money":
            return "value_added" if tw.VALUE_ADDED.search(words) else "output" if tw.OUTPUT.search(words) else None


_UNITS_BY_WORDS = (
    (tw.REACTIVE, "kvarh"), (tw.VALUE_ADDED, "万元"), (tw.OUTPUT, "万元"), (tw.STEAM, "t"), (tw.HEAT, "GJ"),
)  # fmt: skip


def _by_words(words: str) -> tuple[Unit | None, str | None]:
    """Unit and flow that a title without a unit suggests, or (None, None)."""
    for one, spelling in _UNITS_BY_WORDS:
        if one.search(words) and (known := unit(spelling)):
            return known, _by_unit(known.quantity, words)
    if tw.REFILLED.search(words) and (gas := _first(tw.REFRIGERANTS, words)):
        return unit("kg"), gas
    if fuel := _first(tw.GASES, words):
        return unit("m3"), fuel
    if fuel := _first(tw.MASSES, words):
        return unit("t"), fuel
    electric = _by_unit("electricity", words)
    if tw.ELECTRICITY.search(words) or tw.POWER.search(words) or electric != "grid_in":
        return unit("kW" if tw.POWER.search(words) and not tw.ENERGY.search(words) else "kWh"), electric
    return (unit("m3"), "water") if tw.WATER.search(words) else (None, None)


def _name(title: str) -> str:
    """What remains of a title when the words for quantities at its end are taken away."""
    rest = title.strip(_EDGE)
    while True:
        lowered = rest.lower()
        word = next((word for word in tw.SPOKEN if lowered.endswith(word) and _separate(lowered, word)), None)
        if word is None:
            return rest
        rest = rest[: -len(word)].strip(_EDGE)


def _separate(text: str, word: str) -> bool:
    """Whether the word at the end of the text stands for itself: an English one must not be the end of a longer one."""
    return not word.isascii() or len(text) == len(word) or not text[-len(word) - 1].isalnum()
