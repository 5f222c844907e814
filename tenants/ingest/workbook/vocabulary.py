"""What a column's title means: which flow, which part of a bill, which meter, or why it is none of these."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tenants.ingest.workbook.units import Quantity, Unit, split_unit, unit

_I = re.IGNORECASE

TIME = re.compile(r"时间|日期|时刻|date|time|stamp|月份|账期|周期|年月|^日$|^月$|\bday\b|\bmonth\b|^ts$|数据时标", _I)
STARTS = re.compile(r"开始|起始|起时|^起$|\bfrom\b|start|begin", _I)
ENDS = re.compile(r"结束|截止|终止|止时|^止$|\bto\b|\bend|until|ending", _I)
METER = re.compile(
    r"电表|表号|表计|计量点|测点|监测点|设备|户号|户名|用户|名称|回路|支路|线路|资产号|变压器|公司|企业|车间|部门|"
    r"meter|device|account|point|\bsite\b|\bname\b|channel|customer|feeder|circuit|^id$|_id$|\bmpan\b|\bnmi\b", _I,
)  # fmt: skip
ITEM = re.compile(
    r"数据项|数据类型|数据名称|曲线类型|类型|项目|能源品种|能源种类|\bitem\b|quantity|\btype\b|register$|\bflow\b|energy source",
    _I,
)
UNIT = re.compile(r"^(计量)?单位$|^units?$|^uom$", _I)
MULTIPLIER = re.compile(r"倍率|multiplier|ct.?ratio", _I)
TOTAL_LINE = re.compile(
    r"合\s*计|总\s*计|小\s*计|累\s*计|平\s*均|最\s*大|最\s*小|^\s*(grand\s+)?(sub)?totals?\b|^\s*(sum|average|mean|max|min)\b", _I
)

# Parts and surroundings of a bill. Order matters: the first that is found counts.
_DETAILS = (
    ("power_factor", re.compile(r"功率因[数素]|力率|cos|power.?factor|(^|_|\b)pf(\b|_|$)", _I)),
    ("max_demand", re.compile(r"需量(?!.*(费|价))|max(imum)?.?demand|peak.?demand", _I)),
    ("price", re.compile(r"单价|电价|气价|水价|价格|price|tariff|\brate\b", _I)),
    ("amount", re.compile(r"(?<!缴)[电气水热]费|金额|费用|应[收付]|合计.*元|amount|\bcost|charge|\bbill\b", _I)),
)  # fmt: skip
_WINDOW = re.compile(
    r"^(?:总?(?:正向)?有功|正向|用电|下网)?(?:总)?[-_ ()]*(深谷|尖峰|尖|高峰|峰|平段?|低谷|谷)(?:段|时段|时|期)?[)]?[-_ ]*"
    r"(?:有功)?(?:总)?(?:电量|用电量|电能|电能量|有功|电度|用量|示数)?$|"
    r"^(deep.?valley|sharp|critical|on.?peak|off.?peak|peak|flat|shoulder|valley)(?:[ _-]+(?:energy|usage|use|period|consumption|kwh))*$",
    _I,
)  # fmt: skip
_WINDOWS = {
    "深谷": "deep_valley", "尖": "sharp", "尖峰": "sharp", "峰": "peak", "高峰": "peak", "平": "flat", "平段": "flat", "谷": "valley",
    "低谷": "valley", "sharp": "sharp", "critical": "sharp", "peak": "peak", "flat": "flat", "shoulder": "flat", "valley": "valley",
}  # fmt: skip
_REGISTER = re.compile(r"示数|表底|止码|起码|底码|表码|抄见数|累计(?!.*(费|额))|register|cumulative|lifetime|odometer", _I)
_NO_QUANTITY = (
    (re.compile(r"co2|二氧化碳|碳排放|carbon|emission", _I), "emissions are computed from energy, not read"),
    (re.compile(r"电压|voltage|(?<!无功)电流|\bcurrent\b(?!.*(power|energy))|频率|frequency|温度|湿度|temperature|humidity", _I),
     "it is not an energy or a quantity"),
    (re.compile(r"(^|[^a-z])[abc]相|phase.?[abc1-3]\b", _I), "it is one phase of three"),
    (re.compile(r"^(最大|最小|max|min)|(最大|最小)(负荷|功率|值)?$", _I), "it is an extreme, not a quantity of the interval"),
    (re.compile(r"负载率|负荷率|同比|环比|占比|百分比|%|load.?factor", _I), "it is a ratio, not a quantity"),
    (re.compile(r"序号|^编号$|^no\.?$|^#$|index|行号|状态|备注|\bstatus\b|remark|comment", _I), "it is not an energy or a quantity"),
)  # fmt: skip

# Flows of electricity by words, in the order in which they are looked for.
_ELECTRIC = (
    ("storage_out", re.compile(r"储能.*放电|电池.*放电|放电量|discharg", _I)),
    ("storage_in", re.compile(r"储能.*充电|电池.*充电|battery.*charg|storage.*charg", _I)),
    ("grid_out", re.compile(r"反向|上网|倒送|返送|馈网|余电|export|feed.?in|reverse|delivered.?to.?grid|grid.?out", _I)),
    ("transfer_out", re.compile(r"转供出|转出|transfer.?out", _I)),
    ("transfer_in", re.compile(r"转供入|转入|transfer.?in", _I)),
    ("direct_in", re.compile(r"绿电直连|直供|专线|direct.?(in|line|supply)", _I)),
    ("pv_self", re.compile(r"自发自用|自用光伏|光伏自用|self.?use|self.?consum|pv.?self", _I)),
    ("pv_gen", re.compile(r"光伏|发电|太阳能|逆变器|\bpv|solar|photovoltaic|generation|inverter", _I)),
)  # fmt: skip
_REACTIVE_OUT = re.compile(r"反向|超前|容性|leading|export|reverse|capacitive", _I)
_GASES = (
    ("fuel:coke_oven_gas", re.compile(r"焦炉煤?气|coke.?oven", _I)), ("fuel:blast_furnace_gas", re.compile(r"高炉煤?气|blast.?furnace", _I)),
    ("fuel:converter_gas", re.compile(r"转炉煤?气|converter.?gas", _I)),
    ("fuel:natural_gas", re.compile(r"天然气|燃气|用气|气量|(?<!蒸)(?<!空)(?<!氧)(?<!氮)气$|natural.?gas|\bgas", _I)),
)  # fmt: skip
_MASSES = (
    ("fuel:diesel", re.compile(r"柴油|diesel", _I)), ("fuel:petrol", re.compile(r"汽油|petrol|gasoline", _I)), ("fuel:lpg", re.compile(r"液化石油气|lpg", _I)),
    ("fuel:lng", re.compile(r"液化天然气|lng", _I)), ("fuel:fuel_oil", re.compile(r"燃料油|重油|fuel.?oil", _I)), ("fuel:kerosene", re.compile(r"煤油|kerosene", _I)),
    ("fuel:anthracite", re.compile(r"无烟煤|anthracite", _I)), ("fuel:bituminous_coal", re.compile(r"烟煤|bituminous", _I)),
    ("fuel:lignite", re.compile(r"褐煤|lignite", _I)), ("fuel:briquette", re.compile(r"型煤|briquette", _I)), ("fuel:petroleum_coke", re.compile(r"石油焦|petroleum.?coke", _I)),
    ("fuel:coke", re.compile(r"焦炭|\bcoke\b", _I)), ("fuel:raw_coal", re.compile(r"原煤|raw.?coal", _I)),
)  # fmt: skip
_WATER = re.compile(r"水|water", _I)
_STEAM = re.compile(r"蒸汽|steam", _I)
_HEAT = re.compile(r"热力|热量|供热|用热|蒸汽|\bheat|steam", _I)
_HEAT_OUT = re.compile(r"外供|外售|输出|heat.?out|export", _I)
_VALUE_ADDED = re.compile(r"增加值|value.?added", _I)
_OUTPUT = re.compile(r"产值|output", _I)
_REACTIVE = re.compile(r"无功|reactive|k?var\b", _I)
_POWER = re.compile(r"功率|负荷|\bpower\b|\bload\b|\bdemand\b", _I)
_ELECTRICITY = re.compile(r"电量|电能|用电|耗电|电度|有功|electric|energy|consumption|\busage|下网|kwh", _I)

# Words that speak of the quantity and not of the meter; longest first, taken off the end of a title again and again.
_SPOKEN = sorted(
    ["正向", "反向", "有功", "无功", "总", "合计", "总计", "电量", "电能量", "电能", "电度", "用电量", "用电", "耗电量", "耗电", "用量", "能耗", "功率", "负荷", "示值", "数值", "值", "数据", "读数", "上网", "下网", "购网", "余电", "购电量", "上网电量", "下网电量", "超前", "滞后", "感性", "容性", "平均", "实际", "数量", "总量", "usage", "use", "used", "consumption", "energy", "active", "reactive", "power", "total", "import", "export", "imported", "exported", "lagging", "leading", "current", "load", "value", "values", "reading", "readings", "data", "electric", "electricity", "interval", "demand", "quantity", "amount", "delivered", "received", "forward", "reverse", "grid", "from", "to", "in", "out", "average", "avg", "mean", "net", "kwh", "kw", "unnamed"], key=len, reverse=True,
)  # fmt: skip
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
    steam: bool = False
    why_not: str | None = None


def meaning(header: str, said: Unit | None = None, table: Unit | None = None) -> Meaning:
    """What a column's title means. `said` is the unit that a person gave it, `table` one written above the whole table: it
    stands in where the title has none and its words speak of nothing else."""
    own, title = split_unit(header)
    words = title.replace("_", " ")
    known = said or own or _fitting(table, words)
    name = _name(title)
    detail = _detail(title, known)
    if detail in ("power_factor", "max_demand", "price", "amount"):
        return Meaning(title, name, known, detail=detail, why_not=_DETAIL_WHY[detail])
    if known is None:
        foreign = next((why for pattern, why in _NO_QUANTITY if pattern.search(words) and not _ELECTRICITY.search(words)), None)
        guess, flow = (None, None) if foreign else _by_words(words)
        if detail and guess is None:
            guess, flow = unit("kWh"), "grid_in"
        return Meaning(title, name, None, guess, flow, detail, bool(_REGISTER.search(words)), bool(_STEAM.search(words)), foreign)
    if known.quantity == "mass" and _WATER.search(words) and not _STEAM.search(words):
        known = replace(known, quantity="volume", size=known.size / 1000)  # a tonne of water is a cubic metre
    flow = _by_unit(known.quantity, words)
    phase = next((why for pattern, why in _NO_QUANTITY[2:4] if pattern.search(words)), None)
    why_not = phase or (None if flow else "the title names a unit but not what is counted in it")
    return Meaning(title, name, known, None, flow, detail, bool(_REGISTER.search(words)), bool(_STEAM.search(words)), why_not)


def _fitting(table: Unit | None, words: str) -> Unit | None:
    if table is None or any(pattern.search(words) for pattern, _ in _NO_QUANTITY):
        return None
    guess, _ = _by_words(words)
    return table if guess is None or guess.quantity == table.quantity else None


_DETAIL_WHY = {
    "power_factor": "the power factor is computed from active and reactive energy",
    "max_demand": "the maximum demand is found from the curve itself",
    "price": "prices are entered with the tariff",
    "amount": "money is entered with bills",
}


def _detail(title: str, known: Unit | None) -> str | None:
    """The part of a bill that a title names, or None."""
    if known is None or known.quantity == "electricity":
        if found := _WINDOW.match(title.strip()):
            word = (found[1] or found[2]).lower()
            return _WINDOWS.get(word) or (
                "valley" if word.startswith("off") else "deep_valley" if word.startswith("deep") else "peak"
            )
    for key, pattern in _DETAILS:
        if pattern.search(title) and (known is None or key in _BY_QUANTITY.get(known.quantity, ())):
            return key
    return "amount" if known and known.quantity == "money" and not (_OUTPUT.search(title) or _VALUE_ADDED.search(title)) else None


# A unit rules out some readings of a title: 功率因数 has none, 需量 is a power, 电费 is money.
_BY_QUANTITY: dict[Quantity, tuple[str, ...]] = {"electricity": ("max_demand",), "money": ("price", "amount")}


def _by_unit(quantity: Quantity, words: str) -> str | None:
    """The flow counted in a unit of this quantity, by the words beside it; None where they do not tell."""
    match quantity:
        case "electricity":
            return next((flow for flow, pattern in _ELECTRIC if pattern.search(words)), "grid_in")
        case "reactive":
            return "reactive_out" if _REACTIVE_OUT.search(words) else "reactive_in"
        case "heat":
            return "heat_out" if _HEAT_OUT.search(words) else "heat_in"
        case "volume":
            return next((flow for flow, pattern in _GASES if pattern.search(words)), "water" if _WATER.search(words) else None)
        case "mass":
            if _STEAM.search(words):
                return "heat_out" if _HEAT_OUT.search(words) else "heat_in"
            return next((flow for flow, pattern in _MASSES if pattern.search(words)), None)
        case "money":
            return "value_added" if _VALUE_ADDED.search(words) else "output" if _OUTPUT.search(words) else None


def _by_words(words: str) -> tuple[Unit | None, str | None]:
    """Unit and flow that a title without a unit suggests, or (None, None)."""
    for pattern, spelling in ((_REACTIVE, "kvarh"), (_VALUE_ADDED, "万元"), (_OUTPUT, "万元"), (_STEAM, "t"), (_HEAT, "GJ")):
        if pattern.search(words) and (known := unit(spelling)):
            return known, _by_unit(known.quantity, words)
    for flow, pattern in _GASES + _MASSES:
        if pattern.search(words):
            return unit("m3" if (flow, pattern) in _GASES else "t"), flow
    electric = _by_unit("electricity", words)
    if _ELECTRICITY.search(words) or electric != "grid_in":
        return unit("kW" if _POWER.search(words) and not _ENERGY.search(words) else "kWh"), electric
    if _POWER.search(words):
        return unit("kW"), electric
    return (unit("m3"), "water") if _WATER.search(words) else (None, None)


_ENERGY = re.compile(r"电量|电能|energy|usage|consumption|kwh", _I)


def _name(title: str) -> str:
    """What remains of a title when the words for quantities at its end are taken away."""
    rest = title.strip(_EDGE)
    while True:
        lowered = rest.lower()
        word = next((word for word in _SPOKEN if lowered.endswith(word) and _separate(lowered, word)), None)
        if word is None:
            return rest
        rest = rest[: -len(word)].strip(_EDGE)


def _separate(text: str, word: str) -> bool:
    """Whether the word at the end of the text stands for itself: an English one must not be the end of a longer one."""
    return not word.isascii() or len(text) == len(word) or not text[-len(word) - 1].isalnum()
