"""Every component and figure on one page, with made-up TEST data: `python -m tests.dashboards.gallery --port 8059`.

Addresses: /zh/ and /en/. For developers and for the screenshot tests; not part of the product.
"""

# ruff: noqa: E501 - sentences in two languages side by side are read better unbroken
from __future__ import annotations

import argparse
from datetime import date, datetime
from functools import partial
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import ALL, Dash, Input, Output, ctx, html, no_update
from flask import Flask, Response

from dashboards import cards as c
from dashboards import figures as f
from dashboards.frame import ASSETS_IGNORE, NavItem, Person, index_string, menu_link, shell, shell_callbacks
from park.words import t

MONTHS = {
    "zh": [f"{m}月" for m in range(1, 13)],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


class Talk:
    """`talk(zh, en)` in the gallery's language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.say = partial(t, lang=lang)

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en


def load_of_year(days: int = 300) -> np.ndarray:
    """A factory-like year at 15 minutes with two holes. [kW]"""
    rng = np.random.default_rng(7)
    hour = np.arange(96) / 4
    shape = 0.22 + 0.7 * ((hour > 7.5) & (hour < 20)) - 0.25 * ((hour > 12) & (hour < 13))
    season = 1 + 0.2 * np.exp(-((np.arange(days) - 205) ** 2) / 900)
    values = 600 * shape[None, :] * season[:, None] * rng.normal(1, 0.06, (days, 96))
    values[np.arange(days) % 7 == 6] *= 0.35
    values[25:37] = 120 * rng.normal(1, 0.05, (12, 96))
    values[118:121, 20:] = np.nan
    values[240, 30:60] = np.nan
    return values


def headline(talk: Talk, *, defined: bool) -> Any:
    marks = [
        c.Mark(talk("本园区自定目标", "Own target"), 2.2, "2.20", "target"),
        c.Mark(talk("基准年 2025", "Base year 2025"), 2.71, "2.71", "reference"),
    ]
    if defined:
        marks = [c.Mark(talk("国家限值", "National limit"), 0.2, "0.20", "limit"), *marks]
    return c.headline_card(
        talk("单位能耗碳排放（核心指标）", "Carbon per unit of energy (core indicator)"),
        "2.58", "tCO₂/tce", say=talk.say, data_indicator="core" if defined else "core_undefined", at=2.58, marks=marks,
        verdict="bad" if defined else "undefined",
        verdict_text=talk("未达国家限值", "Above the national limit") if defined else talk("国家未规定限值", "No national limit defined"),
        verdict_note=talk("年综合能源消费量约 27,960 tce，低于20万tce的园区，国家未规定限值；下方为本园区自定目标。",
                          "At about 27,960 tce a year the park is below 200,000 tce: no limit is set; below is the park's own target."),
        partial=talk("2026年1—9月，核心指标以全年为准", "January to September 2026; the indicator is annual"),
        changes=[c.Change("−4.8%", talk("同比", "year on year"), True), c.Change("+0.3%", talk("环比", "month on month"), False)],
        stats=[
            c.Stat(talk("企业覆盖率", "Firms covered"), "12 / 14", data_indicator="x"), c.Stat(talk("能耗覆盖率", "Energy covered"), "97.9", "%"),
            c.Stat(talk("与园区总量之差", "Gap to the park's total"), "2.1", "%"), c.Stat(talk("因子年份", "Factor year"), "2023"),
        ],
        method="cn_park_2025 · 0.8325 kgCO₂/kWh", completeness=c.Completeness(0.962, 0.015, 0.023), explain="core" if defined else "core_undefined",
    )  # fmt: skip


def indicators(talk: Talk) -> Any:
    say = talk.say
    return c.grid(
        c.indicator_card(
            talk("综合能源消费量", "Comprehensive energy use"), "20,114.6", "tce", say=say, data_indicator="energy", method=talk("等价值", "equivalent value"),
            completeness=c.Completeness(1, 0, 0), explain="energy", changes=[c.Change("−3.2%", talk("同比", "year on year"), True)],
        ),
        c.indicator_card(
            talk("碳排放（位置法）", "Emissions (location-based)"), "535.57", "tCO₂e", say=say, data_indicator="location", partial=talk("仅含1—9月", "January to September only"),
            method=talk("ghgp_location · 因子2023", "ghgp_location · factors 2023"), completeness=c.Completeness(0.9, 0.04, 0.06), explain="location",
        ),
        c.indicator_card(
            talk("清洁能源消费占比", "Clean energy share"), "5.8", "%", say=say, data_indicator="clean", status="warn", status_text=talk("低于目标", "Below target"),
            note=talk("目标 ≥ 90%；定义尚未公布", "Target ≥ 90 %; definition not published"), completeness=c.Completeness(0.985, 0.015, 0), explain="clean",
        ),
        c.indicator_card(
            talk("本月电费", "Electricity cost this month"), None, "", say=say, data_indicator="cost",
            note=talk("填入一张电费单即可看到", "Enter one bill to see it"),
        ),
    )  # fmt: skip


def findings(talk: Talk) -> Any:
    return html.Div(
        [
            c.finding_card(
                talk("夜间基础负荷偏高", "High base load at night"),
                talk("22:00—6:00 平均 96 kW，为白天的 31%；空压机可能未停。", "96 kW on average from 22:00 to 6:00, 31 % of the day; a compressor may be running."),
                talk("约 2,140", "about 2,140"), talk("夜间停 2 号空压机，修补漏点。", "Stop compressor 2 at night, repair leaks."), per=talk("元/月", "yuan/month"),
                basis=talk("估算，按本企业平均电价 0.68 元/kWh", "Estimate at the firm's average 0.68 yuan/kWh"), confidence=talk("较可信", "likely"),
                action=dmc.Button(talk("标记为已处理", "Mark as done"), size="xs", variant="light"),
            ),
            c.finding_card(
                talk("功率因数 0.84", "Power factor 0.84"), talk("低于考核标准 0.90。", "Below the required 0.90."), None,
                talk("投运或扩容电容补偿。", "Add capacitor compensation."), basis=talk("缺力调系数表，无法估算金额", "No adjustment table: yuan cannot be given"), status="bad",
                symbol="bolt",
            ),
        ],
        style={"display": "grid", "gap": "12px"},
    )  # fmt: skip


def curves(talk: Talk) -> list[Any]:
    values = load_of_year()
    day = values[254].copy()
    estimated = np.zeros(values.size, dtype=bool)
    estimated[96 * 150 : 96 * 156] = True
    word = talk("缺失", "missing")
    windows = [
        f.Window(0, 480, "valley", talk("谷 0.31", "valley 0.31")), f.Window(480, 660, "peak", talk("峰 0.98", "peak 0.98")),
        f.Window(660, 720, "sharp", talk("尖 1.18", "sharp 1.18")), f.Window(720, 1020, "flat", talk("平 0.65", "flat 0.65")),
        f.Window(1020, 1320, "peak", talk("峰 0.98", "peak 0.98")), f.Window(1320, 1440, "valley", talk("谷 0.31", "valley 0.31")),
    ]  # fmt: skip
    heat = f.year_heat(date(2026, 1, 1), values, unit="kW", missing=word)
    curve = f.load_curve(
        datetime(2026, 1, 1), 15, values.reshape(-1), unit="kW", name=talk("负荷", "load"), missing=word, estimated=estimated,
        estimated_name=talk("估算", "estimated"), peak=talk("最大需量", "maximum demand"),
    )  # fmt: skip
    one = f.day_curve(
        datetime(2026, 9, 12), 15, day, unit="kW", name=talk("昨日", "yesterday"), missing=word, windows=windows, usual=values[253] * 0.97,
        usual_name=talk("近四周同类日", "usual day"),
    )  # fmt: skip
    return [
        c.chart_card(talk("全年热力图", "The year by day and hour"), "heat", heat, talk("白班明显，春节12天停产，4月底缺3天数据。", "Day shift; Spring Festival stop; three days missing in April."), lang=talk.lang, height=280),
        c.split(
            c.chart_card(talk("负荷曲线", "Load curve"), "curve", curve, talk("最高 628.7 kW，7月27日 10:15。框选可放大，双击还原。", "Highest 628.7 kW on 27 July, 10:15. Drag to zoom, double-click to reset."), lang=talk.lang, zoom=True),
            c.chart_card(talk("昨日曲线", "Yesterday"), "day", one, talk("最高 612 kW；峰时用电占 46%。", "Highest 612 kW; 46 % in peak hours."), lang=talk.lang),
        ),
    ]  # fmt: skip


def monthly(talk: Talk) -> list[Any]:
    months = MONTHS[talk.lang]
    this = [80.1, 46.2, 84.4, None, 82.3, 88.9, 96.2, 98.4, 40.7, None, None, None]
    last = [82.0, 60.1, 86.0, 85.2, 84.0, 90.2, 99.0, 97.1, 88.0, 84.1, 85.5, 87.3]
    word = talk("缺失", "missing")
    bars = f.months(
        months, this, unit=talk("万kWh", "10⁴ kWh"), this_name="2026", last=last, last_name="2025", partial=[8], due=9, missing=word,
        partial_name=talk("2026 未满", "2026 partial"), decimals=1,
    )  # fmt: skip
    names = [("pv_self", talk("光伏自用", "PV self-use")), ("direct", talk("绿电直连", "direct line")), ("traded", talk("绿电交易", "traded")),
             ("certificates", talk("绿证", "certificates")), ("other_clean", talk("非电清洁", "non-electric"))]  # fmt: skip
    rng = np.random.default_rng(3)
    parts = [f.Part(name, [None if m >= 9 else float(rng.uniform(1, 4)) for m in range(12)], meaning) for meaning, name in names]
    clean = f.stacked_months(
        months, parts, unit="%", missing=word, due=9, level=15, level_name=talk("目标 15%", "target 15 %"), decimals=1
    )
    kinds = [
        ("sharp", talk("尖", "sharp")),
        ("peak", talk("峰", "peak")),
        ("flat", talk("平", "flat")),
        ("valley", talk("谷", "valley")),
    ]
    cost = f.stacked_months(
        months, [f.Part(n, [None if m in (3,) or m >= 9 else float(rng.uniform(4, 20)) for m in range(12)], k) for k, n in kinds],
        unit=talk("万元", "10⁴ yuan"), missing=word, due=9, decimals=1,
    )  # fmt: skip
    water = f.waterfall(
        [f.Step(talk("2月", "Feb"), 4210.4, "total"), f.Step(talk("活动量", "activity"), 310.2), f.Step(talk("结构", "structure"), -85.1),
         f.Step(talk("因子", "factor"), -120.5), f.Step(talk("覆盖", "coverage"), 64.0), f.Step(talk("3月", "Mar"), 4379.0, "total")],
        unit="tCO₂",
    )  # fmt: skip
    return [
        c.grid(
            c.chart_card(talk("月用电量", "Electricity by month"), "months", bars, talk("4月缺失；9月只有12天。", "April missing; September has 12 days."), lang=talk.lang),
            c.chart_card(talk("清洁能源占比", "Clean share by month"), "clean", clean, talk("五类合计 12.4%，低于自定目标 15%。", "Five kinds total 12.4 %, below the target of 15 %."), lang=talk.lang, height=330),
            columns=2,
        ),
        c.grid(
            c.chart_card(talk("电费构成", "Cost by price window"), "cost", cost, talk("峰时占 46%。", "46 % in peak hours."), lang=talk.lang),
            c.chart_card(talk("3月比2月", "March against February"), "fall", water, talk("增加 168.6 t：产量上升为主。", "168.6 t more, mostly activity."), lang=talk.lang),
            columns=2,
        ),
    ]  # fmt: skip


def ahead(talk: Talk) -> list[Any]:
    months = MONTHS[talk.lang]
    band = f.Band(68.2, 70.9, 74.0, talk("年末预计", "year-end forecast"))
    years = list(range(2024, 2036))
    path = f.emission_path(
        years, [None, 74, 71, 66, 60, 53, 46, 38, 30, 22, 14, 6], [76.5, 73.9, *[None] * 10], unit=talk("千tCO₂", "kt CO₂"), target_name=talk("目标路径", "target"),
        actual_name=talk("实际", "actual"), forecast=band, forecast_year=2026,
    )  # fmt: skip
    plan = [71 / 12 * (i + 1) for i in range(12)]
    spent = [5.7, 10.2, 16.5, 22.6, 28.5, 34.9, 41.7, 48.5, 53.8, None, None, None]
    money = f.budget(
        months,
        spent,
        plan,
        unit=talk("千tCO₂", "kt CO₂"),
        actual_name=talk("累计排放", "emitted"),
        planned_name=talk("预算", "budget"),
        year_end=band,
        decimals=1,
    )
    lines = [f.Line(talk(a, b), [2.9 - i * 0.2 - 0.03 * m + (0.05 if m % 3 else 0) if not (i == 1 and m in (4, 5)) else None for m in range(9)])
             for i, (a, b) in enumerate([("嘉陵园区", "Jialing"), ("渝北园区", "Yubei"), ("长寿园区", "Changshou"), ("涪陵园区", "Fuling")])]  # fmt: skip
    parks = f.trend(months[:9], lines, unit="tCO₂/tce")
    states: list[Any] = ["complete"] * 300
    states[40:52] = ["estimated"] * 12
    states[118:121] = ["missing"] * 3
    states[240] = "partial"
    calendar = f.completeness_calendar(
        date(2026, 1, 1), [*states, *[None] * 65], weekdays=list("一二三四五六日") if talk.lang == "zh" else ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        names={"complete": talk("完整", "complete"), "estimated": talk("含估算", "with estimates"), "partial": talk("部分缺失", "partly missing"), "missing": talk("缺失", "missing")},
    )  # fmt: skip
    return [
        c.grid(
            c.chart_card(talk("排放路径", "Emission path"), "path", path, talk("2026年末预计 70.9 千t（68.2—74.0），目标 71。", "Likely 70.9 kt at the end of 2026 (68.2–74.0), target 71."), lang=talk.lang),
            c.chart_card(talk("本年预算", "This year's budget"), "budget", money, talk("已用 75.8%，时序进度 75%。", "75.8 % spent, 75 % of the year gone."), lang=talk.lang),
            columns=2,
        ),
        c.grid(
            c.chart_card(talk("园区对比", "Parks compared"), "parks", parks, talk("渝北园区 5—6 月因企业少于3家合并，不显示。", "Yubei not shown in May and June."), lang=talk.lang, height=320),
            c.chart_card(talk("数据完整日历", "Completeness by day"), "calendar", calendar, talk("3天缺失，12天含估算。", "Three days missing, twelve with estimates."), lang=talk.lang, height=220),
            columns=2,
        ),
    ]  # fmt: skip


def flows(talk: Talk) -> Any:
    nodes = [
        f.Node("grid", talk("电网", "grid"), "grid"), f.Node("pv", talk("光伏", "PV"), "pv_self"), f.Node("direct", talk("绿电直连", "direct line"), "direct"),
        f.Node("gas", talk("天然气", "natural gas"), "gas"), f.Node("diesel", talk("柴油", "diesel"), "diesel"), f.Node("power", talk("电力", "electricity")),
        f.Node("process", talk("生产工艺", "process")), f.Node("hvac", talk("暖通空调", "HVAC")), f.Node("boiler", talk("锅炉", "boilers")),
        f.Node("vehicle", talk("车辆", "vehicles")), f.Node("public", talk("公共负荷", "public loads")),
    ]  # fmt: skip
    links = [f.Link(*one) for one in [
        ("grid", "power", 17800), ("pv", "power", 1330), ("direct", "power", 900), ("gas", "boiler", 4300), ("gas", "process", 1100), ("diesel", "vehicle", 430),
        ("power", "process", 14200), ("power", "hvac", 4900), ("power", "public", 930), ("boiler", "process", 4300)]]  # fmt: skip
    figure = f.sankey(nodes, links, unit="tce")
    ranked = [
        c.Ranked(talk("一号企业 冷水机组（测试）", "Firm 1 chillers (test)"), "5,180.2 tce", 1, href="#1", note=talk("同比 −3.1%", "−3.1 % y/y")),
        c.Ranked(talk("七号企业 电子洁净厂房（测试）", "Firm 7 electronics (test)"), "4,312.8 tce", 0.83, note=talk("同比 +1.0%", "+1.0 % y/y"), chip=talk("代填", "held")),
        c.Ranked(talk("五号企业 电镀（测试）", "Firm 5 electroplating (test)"), "2,003.1 tce", 0.39, chip=talk("缺 2 个月", "2 months missing"), chip_status="warn"),
        c.Ranked(talk("十四号企业（测试）", "Firm 14 (test)"), talk("未填报", "not submitted"), None, chip=talk("催报", "remind"), chip_status="bad"),
    ]  # fmt: skip
    shares = [
        c.Share(talk("光伏自用", "PV self-use"), 0.058, "pv_self", "1,330 tce"), c.Share(talk("绿电直供", "Direct line"), 0.039, "direct"),
        c.Share(talk("绿电交易", "Traded"), 0.012, "traded"), c.Share(talk("绿证", "Certificates"), 0.02, "certificates"), c.Share(talk("非电清洁能源", "Non-electric"), None, "other_clean"),
    ]  # fmt: skip
    share = c.share_bar(
        shares,
        label=talk("清洁能源消费占比", "Clean energy share"),
        rest=talk("其余", "rest"),
        target=0.9,
        target_text=talk("国家目标 ≥ 90%", "National target ≥ 90 %"),
    )
    return html.Div(
        [
            c.split(
                c.chart_card(talk("能流", "Energy flow"), "sankey", figure, talk("电网供能占 69%，天然气 21%。", "Grid 69 %, gas 21 %."), lang=talk.lang, height=360),
                c.card(talk("清洁能源构成", "Clean share"), share),
            ),
            c.grid(c.card(talk("企业排名", "Tenants ranked"), c.ranking_bars(ranked, label=talk("企业能耗排名", "Tenants by energy"))), tables(talk), columns=2),
        ],
        style={"display": "grid", "gap": "16px"},
    )  # fmt: skip


def tables(talk: Talk) -> Any:
    columns = [
        c.Column("name", talk("企业", "Firm")),
        c.Column("status", talk("状态", "Status")),
        c.Column("kwh", "kWh", "number"),
        c.Column("share", talk("完整率", "Complete"), "number"),
    ]
    rows: list[dict[str, Any]] = [
        {"name": talk("一号企业（测试）", "Firm 1 (test)"), "status": c.status_chip(talk("已入驻", "joined"), "good"), "kwh": "959,636.71", "share": "100%"},
        {"name": talk("四号企业（测试）", "Firm 4 (test)"), "status": c.status_chip(talk("待审批", "pending"), "neutral"), "kwh": None, "share": "—"},
        {"name": talk("五号企业（测试）", "Firm 5 (test)"), "status": c.status_chip(talk("缺 2 个月", "2 months missing"), "warn"), "kwh": "412,008.30", "share": "83.3%"},
    ]  # fmt: skip
    return c.card(talk("企业清单", "Tenants"), c.table(columns, rows, caption=talk("企业清单", "Tenants")))


def long_table(talk: Talk) -> Any:
    columns = [
        c.Column("name", talk("园区", "Park"), pinned=False),
        c.Column("core", "tCO₂/tce", "number"),
        c.Column("share", talk("清洁占比", "Clean share"), "number"),
        c.Column("due", talk("填报", "Submitted")),
    ]
    rows = [
        {
            "id": str(i),
            "name": talk(f"测试园区 {i}", f"Test park {i}"),
            "core": "—" if i == 3 else f"{2.9 - i * 0.13:.2f}",
            "share": f"{3 + i * 7.5:.1f}%",
            "due": talk("已提交", "yes"),
        }
        for i in range(1, 8)
    ]
    return c.card(talk("园区比较表", "Parks"), c.grid_table("parks-table", columns, rows, say=talk.say, row_key="id"))


def words(talk: Talk) -> Any:
    chips = [
        c.status_chip(talk("已达标", "Met"), "good"), c.status_chip(talk("接近限值", "Close to the limit"), "warn"), c.status_chip(talk("未达标", "Not met"), "bad"),
        c.status_chip(talk("国家未规定限值", "No limit defined"), "undefined"), c.status_chip(talk("暂定", "Provisional"), "neutral"),
    ]  # fmt: skip
    steps = c.steps(
        [(talk("选择文件", "Choose file"), "done"), (talk("核对识别结果", "Check"), "now"), (talk("写入", "Write"), "later")],
        label=talk("导入步骤", "Import steps"),
    )
    return html.Div(
        [
            html.Div(chips, className="ly-tools"),
            c.grid(
                html.Div(
                    [
                        c.notice(talk("3 行有问题，未写入任何数据。", "Three rows are wrong; nothing was written."), "bad", title=talk("文件未导入", "File not imported"), remedy=talk("第 17 行：时间早于上一行。修改后重新上传，或只导入正确的行。", "Row 17: earlier than the row before. Correct it, or take the good rows only.")),
                        c.notice(talk("35,040 个点已写入。", "35,040 points written."), "good"),
                        c.notice(talk("电力等价值系数尚未核实。", "The equivalent value is not verified."), "warn"),
                        c.notice(talk("尚未公布 2026 年因子，沿用 2023 年。", "No factor for 2026 yet; that of 2023 is used.")),
                        steps,
                        c.progress(0.62, talk("正在读取 21,700 / 35,040 行", "Reading 21,700 of 35,040 rows"), label=talk("导入进度", "Import")),
                        c.progress(None, talk("正在核对…", "Checking…"), label=talk("核对", "Check")),
                    ],
                    style={"display": "grid", "gap": "12px", "alignContent": "start"},
                ),
                html.Div(
                    [
                        c.upload_box("upload", talk("把供电公司或表计导出的文件拖到这里", "Drop the file from the grid company or the meters"), talk("Excel、CSV 原样即可，不用改格式", "Excel or CSV as it is"), talk("选择文件", "Choose file"), talk.say),
                        c.empty_state(talk("还没有光伏数据", "No PV data yet"), talk("上传逆变器导出文件，或先看看屋顶装光伏是否划算。", "Upload the inverter's file, or see whether PV is worth it."), dmc.Button(talk("看看光伏", "Is PV worth it?")), symbol="sun"),
                    ],
                    style={"display": "grid", "gap": "12px"},
                ),
                columns=2,
            ),
        ],
        style={"display": "grid", "gap": "12px"},
    )  # fmt: skip


def explanation(talk: Talk) -> c.Explanation:
    return c.Explanation(
        talk("碳排放（位置法）", "Emissions (location-based)"), "535.57", "tCO₂e", talk("排放 = Σ 外购电量 × 区域平均因子", "emission = Σ bought energy × regional factor"),
        "959,636.71 kWh × 0.5581 kgCO₂/kWh = 535.573 t",
        inputs=[c.InputLine(talk("外购电量", "Electricity bought"), "959,636.71", "kWh", talk("1号关口表，15分钟，实测", "meter 1, 15 min, measured"))],
        factors=[c.FactorLine(talk("重庆电力平均因子", "Chongqing average"), "0.5581", "kgCO₂/kWh", "2023", talk("生态环境部公告", "MEE notice"), talk("沿用更早年份", "latest earlier year"), False, talk("未核实", "not verified"))],
        completeness=c.Completeness(0.962, 0.015, 0.023), method="ghgp_location 1.0", source="GHG Protocol Scope 2 Guidance (2015)",
        notes=[talk("抵销量单独列示，不在此扣减。", "Offsets stand beside, never deducted.")],
    )  # fmt: skip


def content(talk: Talk) -> Any:
    picker = c.period_picker("period", "ytd", date(2026, 9, 1), first=date(2025, 1, 1), last=date(2026, 9, 1), say=talk.say)
    return c.page(
        talk("零碳进展", "Progress to zero carbon"),
        headline(talk, defined=False), indicators(talk),
        c.section(talk("可以省的钱", "What you could save"), findings(talk), note=talk("估算", "estimates")),
        *curves(talk), *monthly(talk), *ahead(talk), flows(talk), long_table(talk), headline(talk, defined=True), words(talk),
        c.card(talk("说明", "Explanation"), c.explain_body(explanation(talk), talk.say)),
        c.explain_drawer("drawer", "drawer-content", talk("怎么算的？", "How was this computed?"), talk.say),
        lead=talk("测试数据：仅供查看组件样式", "TEST data: only to look at the components"), tools=picker,
    )  # fmt: skip


def gallery(server: Flask, lang: str) -> Dash:
    """One Dash app showing everything in `lang`, at `/{lang}/`."""
    talk = Talk(lang)
    app = Dash(
        f"gallery_{lang}", server=server,  # type: ignore[arg-type]
        url_base_pathname=f"/{lang}/", assets_folder=str(_assets()), assets_ignore=ASSETS_IGNORE,
        title="gallery", update_title="", enable_mcp=False,
    )  # fmt: skip
    app.index_string = index_string("zh-CN" if lang == "zh" else "en", talk("灵元零碳园区", "Lingyuan"), f"/{lang}/assets/")
    nav = [
        NavItem(talk("零碳进展", "Progress"), f"/{lang}/", "target"), NavItem(talk("入驻企业", "Tenants"), f"/{lang}/tenants", "factory", talk("园区", "Park"), "3"),
        NavItem(talk("能源", "Energy"), f"/{lang}/energy", "bolt"), NavItem(talk("碳账", "Carbon"), f"/{lang}/carbon", "leaf"),
        NavItem(talk("上传数据", "Upload"), f"/{lang}/upload", "upload", talk("数据", "Data")), NavItem(talk("绿证与抵销", "Certificates"), f"/{lang}/gec", "certificate"),
    ]  # fmt: skip
    app.layout = shell(
        content(talk), place=talk("重庆嘉陵零碳示范园区", "Jialing Zero-Carbon Park"), place_note=talk("园区管委会", "Management committee"), nav=nav, say=talk.say,
        mark_url=app.get_asset_url("mark.svg"), person=Person(talk("测试员", "Tester"), talk("园区管理员", "Park administrator")), demo=talk("演示数据", "Demo data"),
        menu=[menu_link("English" if lang == "zh" else "中文", "/en/" if lang == "zh" else "/zh/", "globe")],
    )  # fmt: skip
    shell_callbacks(app)
    c.period_callbacks(app, "period")

    @app.callback(
        Output("drawer", "opened"),
        Output("drawer-content", "children"),
        Input({"type": "explain", "key": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def _explain(clicks: list[int]) -> tuple[Any, Any]:
        if not any(clicks) or ctx.triggered_id is None:
            return no_update, no_update
        return True, c.explain_body(explanation(talk), talk.say)

    return app


def create() -> Flask:
    """The server with both languages and the content security policy of the product."""
    server = Flask("gallery")
    apps = [gallery(server, lang) for lang in ("zh", "en")]
    hashes = " ".join({one for app in apps for one in app.csp_hashes()})

    @server.after_request
    def _policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src blob:"
        )
        return response

    return server


def _assets() -> Any:
    from pathlib import Path

    import dashboards

    return Path(dashboards.__file__).with_name("assets")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8059)
    create().run(host="127.0.0.1", port=parser.parse_args().port, threaded=True)
