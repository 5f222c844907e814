"""The words of column titles by what they speak of, in Chinese and English. Within a table the first that is found counts."""

from __future__ import annotations

import re

Patterns = tuple[tuple[str, re.Pattern[str]], ...]


def pattern(text: str) -> re.Pattern[str]:
    """The pattern, blind to upper and lower case."""
    return re.compile(text, re.IGNORECASE)


def _patterns(lines: str) -> Patterns:
    """Pairs of key and pattern, one a line."""
    pairs = (line.split(None, 1) for line in lines.strip().splitlines())
    return tuple((key, pattern(words)) for key, words in pairs)


# Parts and surroundings of a bill.
DETAILS = _patterns(r"""
    power_factor  功率因[数素]|力率|cos|power.?factor|(^|_|\b)pf(\b|_|$)
    max_demand    需量(?!.*(费|价))|max(imum)?.?demand|peak.?demand
    price         单价|电价|气价|水价|价格|price|tariff|\brate\b
    amount        (?<!缴)[电气水热]费|金额|费用|应[收付]|合计.*元|amount|\bcost|charge|\bbill\b
""")
WINDOW = pattern(
    r"^(?:总?(?:正向)?有功|正向|用电|下网)?(?:总)?[-_ ()]*(深谷|尖峰|尖|高峰|峰|平段?|低谷|谷)(?:段|时段|时|期)?[)]?[-_ ]*"
    r"(?:有功)?(?:总)?(?:电量|用电量|电能|电能量|有功|电度|用量|示数)?$|"
    r"^(deep.?valley|sharp|critical|on.?peak|off.?peak|peak|flat|shoulder|valley)"
    r"(?:[ _-]+(?:energy|usage|use|period|consumption|kwh))*$"
)
WINDOWS = _patterns(r"""
    deep_valley  ^深谷|^deep
    sharp        ^尖|^sharp|^critical
    valley       ^低?谷|^off|^valley
    peak         ^高?峰|^peak|^on.?peak
    flat         ^平|^flat|^shoulder
""")

# Why a column is no quantity of an interval.
EMISSIONS = "emissions are computed from energy, not read"
NOT_A_QUANTITY = "it is not an energy or a quantity"
ONE_PHASE = "it is one phase of three"
AN_EXTREME = "it is an extreme, not a quantity of the interval"
A_RATIO = "it is a ratio, not a quantity"
NO_QUANTITY = (
    (EMISSIONS, pattern(r"co2|二氧化碳|碳排放|carbon|emission")),
    (
        NOT_A_QUANTITY,
        pattern(r"电压|voltage|(?<!无功)电流|\bcurrent\b(?!.*(power|energy))|频率|frequency"),
    ),
    (
        NOT_A_QUANTITY,
        pattern(r"温度|气温|湿度|辐照|辐射|风速|风向|气压|压力|(^|[^a-z])temp|humidity|irrad|wind.?(speed|dir)|pressure|weather"),
    ),
    (ONE_PHASE, pattern(r"(^|[^a-z])[abc]相|phase.?[abc1-3]\b")),
    (AN_EXTREME, pattern(r"^(最大|最小|max|min)|(最大|最小)(负荷|功率|值)?$")),
    (A_RATIO, pattern(r"负载率|负荷率|同比|环比|占比|百分比|%|load.?factor")),
    (NOT_A_QUANTITY, pattern(r"产量|人数|工时|件数|台数|天数|小时数|单耗|headcount|pieces")),
    (NOT_A_QUANTITY, pattern(r"序号|^编号$|^no\.?$|^#$|index|行号|状态|备注|\bstatus\b|remark|comment")),
)

REGISTER = pattern(
    r"示数|示值|表底|(?<!报)表读数|止[码度]|起[码度]|底[码度]|表码|抄见数|累[计积](?!.*(费|额))|register|cumulative|lifetime|odometer|"
    r"total.?yield|\be(ac|pv)?[-_ ]?total\b"
)
ELECTRIC = _patterns(r"""
    storage_out   储能.*放电|电池.*放电|放电量|discharg
    storage_in    储能.*充电|电池.*充电|battery.*charg|storage.*charg
    grid_out      反向|上网|倒送|返送|馈[网入]|余电|卖电|export|out.?of.?load|liefer|einspeis|feed.?in|reverse|to.?grid|grid.?out
    transfer_out  转供出|转出|transfer.?out
    transfer_in   转供入|转入|transfer.?in
    direct_in     绿电直连|直供|专线|direct.?(in|line|supply)
    pv_self       自发自用|自用光伏|光伏自用|self.?use|self.?consum|pv.?self
    pv_gen        光伏|发电|太阳能|逆变器|\bpv|solar|photov|generat|inverter|yield|\be[-_ ]?(day|total)\b|\b[ep](ac|pv)(\b|_|to)
""")
GASES = _patterns(r"""
    fuel:coke_oven_gas      焦炉煤?气|coke.?oven
    fuel:blast_furnace_gas  高炉煤?气|blast.?furnace
    fuel:converter_gas      转炉煤?气|converter.?gas
    fuel:natural_gas        天然气|燃气|用气|气量|(?<!蒸)(?<!空)(?<!氧)(?<!氮)气$|natural.?gas|\bgas
""")
MASSES = _patterns(r"""
    fuel:diesel           柴油|diesel
    fuel:petrol           汽油|petrol(?!eum)|gasoline
    fuel:lpg              液化石油气|\blpg
    fuel:lng              液化天然气|\blng
    fuel:fuel_oil         燃料油|重油|fuel.?oil
    fuel:kerosene         煤油|kerosene
    fuel:crude_oil        原油|crude
    fuel:naphtha          石脑油|naphtha
    fuel:anthracite       无烟煤|anthracite
    fuel:bituminous_coal  烟煤|bituminous
    fuel:lignite          褐煤|lignite
    fuel:briquette        型煤|briquette
    fuel:petroleum_coke   石油焦|petroleum.?coke
    fuel:coke             焦炭|\bcoke\b
    fuel:raw_coal         原煤|raw.?coal
""")
REFILLED = pattern(r"制冷剂|冷媒|雪种|充注|加注|补充|泄漏|逸散|refrigerant|refill|leak|lost")
REFRIGERANTS = _patterns(r"""
    gas:R410A  (?<![a-z0-9])R[-_ ]?410A(?![a-z0-9])
    gas:R407C  (?<![a-z0-9])R[-_ ]?407C(?![a-z0-9])
    gas:R134a  (?<![a-z0-9])R[-_ ]?134A(?![a-z0-9])
    gas:R125   (?<![a-z0-9])R[-_ ]?125(?![a-z0-9])
    gas:R290   (?<![a-z0-9])R[-_ ]?290(?![a-z0-9])
    gas:R32    (?<![a-z0-9])R[-_ ]?32(?![a-z0-9])
    gas:R22    (?<![a-z0-9])R[-_ ]?22(?![a-z0-9])
    gas:SF6    六氟化硫|(?<![a-z0-9])SF[-_ ]?6(?![a-z0-9])
""")
REACTIVE_OUT = pattern(r"反向|超前|容性|leading|export|reverse|capacitive")
WATER = pattern(r"水|water")
STEAM = pattern(r"蒸汽|steam")
HEAT = pattern(r"热力|热量|供热|用热|蒸汽|\bheat(?!.?pump)|steam")
HEAT_OUT = pattern(r"外供|外售|输出|heat.?out|export")
VALUE_ADDED = pattern(r"增加值|value.?added")
OUTPUT = pattern(r"产值|output")
REACTIVE = pattern(r"无功|reactive|k?var\b")
POWER = pattern(r"功率|负荷|leistung|\bpower\b|\bload\b|\bdemand\b")
ENERGY = pattern(r"电量|电能|energy|usage|consumption|kwh")
ELECTRICITY = pattern(
    r"电量|电能|用电|耗电|电度|有功|electric|energy|consumption|\busage|下网|kwh|grid.?import|买电|取电|wirkenergie"
)

# Words that speak of the quantity and not of the meter, the longest first.
_SPOKEN = """
    正向 反向 有功 无功 总 合计 总计 电量 电能量 电能 电度 用电量 用电 耗电量 耗电 用量 能耗 功率 负荷 示值 数值 值 数据 读数
    示数 表底 止码 起码 底码 表码 抄见数 累计 累积 电能示值 当日 今日
    瞬时 实时 上网 下网 购网 余电 购电量 上网电量 下网电量 超前 滞后 感性 容性 平均 实际 数量 总量
    usage use used consumption energy active reactive power total import export imported exported lagging leading current load
    value values reading readings data electric electricity interval demand quantity amount delivered received forward reverse
    grid from to in out average avg mean net kwh kw unnamed register cumulative lifetime yield daily today
    wirkenergie wirkleistung bezug lieferung ppv pac eac epv eactoday eactotal epvtoday epvtotal etoday etotal eday
"""
SPOKEN = sorted(_SPOKEN.split(), key=len, reverse=True)
