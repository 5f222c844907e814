"""Titles of columns as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tenants.flows import FLOWS
from tenants.ingest.workbook import title_words
from tenants.ingest.workbook.units import SPELLINGS, named_unit, split_unit, unit
from tenants.ingest.workbook.vocabulary import meaning


@pytest.mark.parametrize(
    ("title", "flow", "label", "name"),
    [
        ("正向有功总(kWh)", "grid_in", "kWh", ""),
        ("反向有功总（kWh）", "grid_out", "kWh", ""),
        ("用电量/万kWh", "grid_in", "万kWh", ""),
        ("Usage_kWh", "grid_in", "kWh", ""),
        ("电量(度)", "grid_in", "kWh", ""),
        ("有功功率 kW", "grid_in", "kW", ""),
        ("1号变压器正向有功(kW·h)", "grid_in", "kWh", "1号变压器"),
        ("1#空压机 (kWh)", "grid_in", "kWh", "1#空压机"),
        ("总表(kWh)", "grid_in", "kWh", "总表"),
        ("A车间用电量 千瓦时", "grid_in", "kWh", "A车间"),
        ("光伏发电量(kWh)", "pv_gen", "kWh", None),
        ("光伏上网电量kWh", "grid_out", "kWh", None),
        ("自发自用电量(kWh)", "pv_self", "kWh", None),
        ("储能充电量(kWh)", "storage_in", "kWh", None),
        ("储能放电量(kWh)", "storage_out", "kWh", None),
        ("充电桩(kWh)", "grid_in", "kWh", "充电桩"),
        ("绿电直连电量(MWh)", "direct_in", "MWh", None),
        ("正向无功电量(kvarh)", "reactive_in", "kvarh", ""),
        ("反向无功(kvarh)", "reactive_out", "kvarh", ""),
        ("Lagging_Current_Reactive_Power_kVarh", "reactive_in", "kvarh", ""),
        ("Leading_Current_Reactive_Power_kVarh", "reactive_out", "kvarh", ""),
        ("天然气用量(Nm³)", "fuel:natural_gas", "Nm3", None),
        ("天然气(m3)", "fuel:natural_gas", "m3", None),
        ("焦炉煤气(万m3)", "fuel:coke_oven_gas", "万m3", None),
        ("自来水(立方米)", "water", "m3", None),
        ("用水量（吨）", "water", "t", None),
        ("蒸汽(GJ)", "heat_in", "GJ", None),
        ("外供热力(GJ)", "heat_out", "GJ", None),
        ("柴油(t)", "fuel:diesel", "t", None),
        ("LNG(kg)", "fuel:lng", "kg", None),
        ("产值(万元)", "output", "万元", None),
        ("工业增加值（万元）", "value_added", "万元", None),
        ("PV [kWh]", "pv_gen", "kWh", None),
        ("Grid export (kWh)", "grid_out", "kWh", ""),
        ("电量(kW.h)", "grid_in", "kWh", ""),
    ],
)
def test_flow_unit_and_meter(title: str, flow: str, label: str, name: str | None) -> None:
    found = meaning(title)
    assert (found.flow, found.why_not, found.detail) == (flow, None, None)
    assert found.unit is not None
    assert found.unit.label == label
    if name is not None:
        assert found.name == name


@pytest.mark.parametrize(
    ("title", "flow", "label"),
    [
        ("用电量", "grid_in", "kWh"),
        ("负荷", "grid_in", "kW"),
        ("有功功率", "grid_in", "kW"),
        ("无功总", "reactive_in", "kvarh"),
        ("天然气", "fuel:natural_gas", "m3"),
        ("发电量", "pv_gen", "kWh"),
        ("energy", "grid_in", "kWh"),
        ("上网电量", "grid_out", "kWh"),
    ],
)
def test_words_without_a_unit_suggest_one(title: str, flow: str, label: str) -> None:
    found = meaning(title)
    assert (found.unit, found.flow) == (None, flow)
    assert found.default_unit is not None
    assert found.default_unit.label == label


@pytest.mark.parametrize(
    ("title", "detail"),
    [
        ("尖", "sharp"),
        ("峰电量(kWh)", "peak"),
        ("平段", "flat"),
        ("谷", "valley"),
        ("深谷电量", "deep_valley"),
        ("正向有功尖", "sharp"),
        ("Peak", "peak"),
        ("off-peak kWh", "valley"),
        ("最大需量(kW)", "max_demand"),
        ("功率因数", "power_factor"),
        ("电费合计（元）", "amount"),
        ("应付金额", "amount"),
        ("电价", "price"),
    ],
)
def test_parts_of_bills(title: str, detail: str) -> None:
    assert meaning(title).detail == detail


@pytest.mark.parametrize(
    "title",
    [
        "CO2(tCO2)",
        "A相电压(V)",
        "温度",
        "环境温度(℃)",
        "A相有功功率(kW)",
        "电流",
        "序号",
        "压缩空气(m3)",
        "柴油(L)",
        "负荷率",
        "最大负荷(kW)",
        "Lagging_Current_Power_Factor",
    ],
)
def test_what_is_no_quantity_says_why(title: str) -> None:
    found = meaning(title)
    assert found.flow is None or found.why_not
    assert found.why_not


@pytest.mark.parametrize("title", ["NSM", "空压机", "value", "合计", "Load Type 2", "WeekStatus"])
def test_other_titles_claim_nothing(title: str) -> None:
    found = meaning(title)
    assert found.unit is None
    assert found.detail is None


@pytest.mark.parametrize("title", ["止码", "正向有功示数(kWh)", "累计电量", "表底", "Cumulative energy (kWh)"])
def test_registers(title: str) -> None:
    assert meaning(title).register


def test_a_unit_over_the_table_stands_in_only_where_it_can() -> None:
    table = unit("MWh")
    assert meaning("空压机", table=table).flow == "grid_in"
    assert meaning("用电量", table=table).unit == table
    assert meaning("用电量(kWh)", table=table).unit == unit("kWh")
    assert meaning("无功", table=table).unit is None
    assert meaning("温度", table=table).flow is None


def test_every_flow_named_is_one() -> None:
    tables = (title_words.ELECTRIC, title_words.GASES, title_words.MASSES, title_words.REFRIGERANTS)
    assert {key for table in tables for key, _ in table} <= set(FLOWS)


@pytest.mark.parametrize(
    ("title", "flow"),
    [
        ("R410A制冷剂加注量(kg)", "gas:R410A"), ("冷媒R-32补充", "gas:R32"), ("R22 refilled, kg", "gas:R22"),
        ("六氟化硫补充量", "gas:SF6"), ("R134a (kg)", "gas:R134a"), ("R22(kWh)", "grid_in"),
    ],
)  # fmt: skip
def test_refrigerants_by_what_is_refilled(title: str, flow: str) -> None:
    found = meaning(title)
    assert found.flow == flow
    assert flow == "grid_in" or (found.unit or found.default_unit) == unit("kg")


def test_a_name_alone_is_no_refrigerant() -> None:
    assert meaning("R22").flow != "gas:R22"


@pytest.mark.parametrize(
    ("text", "milli"),
    [
        ("kWh", 1000),
        ("KWH", 1000),
        ("MWh", 10**6),
        ("万kWh", 10**7),
        ("万千瓦时", 10**7),
        ("Wh", 1),
        ("度", 1000),
        ("GJ", 1000),
        ("MJ", 1),
        ("t", 10**6),
        ("kg", 1000),
        ("Nm³", 1000),
        ("万Nm3", 10**7),
        ("m3 (20 °C)", Fraction(93178, 100)),
        ("万元", 10**7),
        ("kw·h", 1000),
        ("kW-h", 1000),
    ],
)
def test_units(text: str, milli: Fraction) -> None:
    known = unit(text)
    assert known is not None
    assert known.milli(15) == milli


def test_power_counts_by_the_hour() -> None:
    kw, kvar = unit("kW"), unit("kvar")
    assert kw is not None
    assert kvar is not None
    assert [kw.milli(step) for step in (1, 5, 15, 30, 60)] == [Fraction(50, 3), Fraction(250, 3), 250, 500, 1000]
    assert kvar.quantity == "reactive"


def test_every_label_is_a_spelling() -> None:
    for known in SPELLINGS.values():
        assert unit(known.label) == known


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("温度", "温度"),
        ("tCO2", "tCO2"),
        ("CO2(tCO2)", "CO2(tCO2)"),
        ("重量方", "重量方"),
        ("电量 (kWh) 表1", "电量 表1"),
        ("", ""),
    ],
)
def test_split(title: str, rest: str) -> None:
    assert split_unit(title)[1] == rest


def test_unit_over_the_table() -> None:
    assert named_unit("单位：kWh") == unit("kWh")
    assert named_unit("制表单位：甲公司  单位:万千瓦时") == unit("万kWh")
    assert named_unit("用电单位：甲公司") is None
