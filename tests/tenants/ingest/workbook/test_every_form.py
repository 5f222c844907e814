"""Any table, written in any form people use, comes back as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tenants.ingest.workbook import Understanding
from tests.tenants.ingest.workbook.tables import by_flow, delimited, read, values, workbook

UNITS = {"kWh": 1, "MWh": 1000, "万kWh": 10_000, "度": 1, "Wh": Decimal("0.001"), "千瓦时": 1}
DATES: dict[str, Callable[[dt.datetime], str]] = {
    "iso": lambda t: t.isoformat(),
    "iso with offset": lambda t: t.isoformat() + "+08:00",
    "another offset": lambda t: (t - dt.timedelta(hours=5)).isoformat() + "+03:00",
    "utc": lambda t: (t - dt.timedelta(hours=8)).isoformat() + "Z",
    "blank": lambda t: t.strftime("%Y-%m-%d %H:%M"),
    "slashes": lambda t: f"{t.year}/{t.month}/{t.day} {t.hour}:{t.minute:02d}",
    "dots": lambda t: f"{t.day:02d}.{t.month:02d}.{t.year} {t:%H:%M}",
    "day first": lambda t: t.strftime("%d/%m/%Y %H:%M"),
    "month first": lambda t: t.strftime("%m/%d/%Y %H:%M"),
    "half days": lambda t: t.strftime("%m/%d/%Y %I:%M:%S %p"),
    "chinese": lambda t: f"{t.year}年{t.month}月{t.day}日 {t.hour}时{t.minute}分",
    "chinese, colons": lambda t: f"{t.year}年{t.month:02d}月{t.day:02d}日{t:%H:%M}",
    "compact": lambda t: t.strftime("%Y%m%d%H%M"),
    "english": lambda t: t.strftime("%d-%b-%Y %H:%M"),
    "two digits": lambda t: t.strftime("%y-%m-%d %H:%M"),
    "serial": lambda t: repr((t - dt.datetime(1899, 12, 30)).total_seconds() / 86_400),
}
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le")


@dataclass(frozen=True, repr=False)
class Truth:
    """Energy [Wh] by meter and local start; None is an empty cell, an absent start an absent row."""

    step: int
    starts: list[dt.datetime]
    meters: dict[str, list[int | None]]

    def __repr__(self) -> str:
        gaps = {name: [i for i, value in enumerate(energy) if value is None] for name, energy in self.meters.items()}
        return f"Truth({self.step} min, {self.starts[0]} .. {self.starts[-1]}, gaps {gaps})"


@st.composite
def truths(draw: st.DrawFn, most_meters: int = 3) -> Truth:
    step = draw(st.sampled_from([1, 5, 15, 30, 60]))
    per_day = 1440 // step
    days = draw(st.integers(1, 2 if step >= 15 else 1))
    # The thirteenth to the twenty-fifth: a date whose order of day and month can be told.
    first = dt.datetime(draw(st.integers(2019, 2026)), draw(st.integers(1, 12)), draw(st.integers(13, 25)))
    starts = [first + dt.timedelta(minutes=step * i) for i in range(per_day * days)]
    names = draw(
        st.lists(
            st.sampled_from(["1#变压器", "空压机", "A-02", "0071", "Line 3", "总表"]),
            min_size=1,
            max_size=most_meters,
            unique=True,
        )
    )
    seed = draw(st.integers(0, 2**32))
    random = np.random.default_rng(seed)
    meters: dict[str, list[int | None]] = {}
    for name in names:
        numbers: list[int | None] = [int(number) for number in random.integers(0, 400_000, len(starts))]
        for i in random.integers(1, len(starts) - 1, draw(st.integers(0, 4))):
            numbers[int(i)] = None
        meters[name] = numbers
    return Truth(step, starts, meters)


def written(value: int | None, unit: str, thousands: bool = False) -> str:
    """The energy in the unit, exactly."""
    if value is None:
        return ""
    number = Decimal(value) / 1000 / UNITS[unit]
    return f"{number:,f}" if thousands else f"{number:f}"


def check(found: Understanding, truth: Truth, rename: dict[str, str] | None = None) -> None:
    """The series are the truth, empty cells are missing, nothing was refused."""
    assert found.rejected == []
    series = by_flow(found)
    names = rename or {name: name for name in truth.meters}
    assert set(series) == {(names[name], "grid_in") for name in truth.meters}
    for name, energy in truth.meters.items():
        one = series[names[name], "grid_in"]
        there = {
            start.strftime("%Y-%m-%d %H:%M"): value
            for start, value in zip(truth.starts, energy, strict=True)
            if value is not None
        }
        assert values(one) == there
        assert one.step_minutes == truth.step
        assert not one.inexact


def stamps(truth: Truth, convention: str, style: str) -> list[str]:
    """Each interval's stamp."""
    step = dt.timedelta(minutes=truth.step)
    if convention == "start":
        return [DATES[style](start) for start in truth.starts]
    texts = []
    for end in (start + step for start in truth.starts):
        midnight = end.hour == end.minute == 0
        day = end - dt.timedelta(days=1) if midnight and convention != "next day" else end
        text = DATES[style](day)
        texts.append(text.replace("00:00", "24:00") if midnight and convention == "24:00" else text)
    return texts


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    truth=truths(), style=st.sampled_from(sorted(DATES)), convention=st.sampled_from(["start", "next day", "24:00", "same date"]),
    unit=st.sampled_from(sorted(UNITS)), encoding=st.sampled_from(ENCODINGS), delimiter=st.sampled_from([",", ";", "\t"]),
    order=st.sampled_from(["up", "down", "shuffled"]), by_row=st.booleans(), around=st.booleans(), absent=st.booleans(),
    ends=st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_long(
    truth: Truth, style: str, convention: str, unit: str, encoding: str, delimiter: str, order: str, by_row: bool, around: bool,
    absent: bool, ends: str,
) -> None:  # fmt: skip
    """One row for each time, several meters in columns or in rows."""
    if convention == "24:00" and style not in ("blank", "day first", "chinese, colons"):
        style = "blank"
    if convention == "same date":
        order = "up" if order == "shuffled" else order
        assume(not style.startswith(("iso with", "another", "utc")))
    texts = stamps(truth, convention, style)
    names = list(truth.meters)
    lines: list[list[Any]] = []
    if by_row:
        title = ["表号", "时间", f"电量({unit})"]
        for name in names:
            lines += [[name, text, written(truth.meters[name][i], unit)] for i, text in enumerate(texts)]
    else:
        title = ["时间", *(f"{name}({unit})" for name in names)]
        lines = [[text, *(written(truth.meters[name][i], unit) for name in names)] for i, text in enumerate(texts)]
    if absent:
        lines = [line for line in lines if any(line[2:] if by_row else line[1:])]
    if order == "down":
        lines = lines[::-1]
    elif order == "shuffled":
        np.random.default_rng(1).shuffle(lines)  # type: ignore[arg-type]
    rows = [title, *lines]
    if around:
        rows = [["用电负荷明细"], ["制表单位：甲公司", ""], *rows, ["合计", *["12345"] * (len(title) - 1)], [], ["审核：张三"]]
    found = read(delimited(rows, delimiter, encoding, ends), "明细.csv")
    check(found, truth)
    assert found.rows == len(lines)
    assert found.form == ("long_with_meter" if by_row else "long")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    truth=truths(),
    unit=st.sampled_from(["kWh", "MWh", "万kWh"]),
    titles=st.sampled_from(["start", "24:00", "00:00 last", "number", "range"]),
    as_xlsx=st.booleans(),
    down=st.booleans(),
)
def test_wide(truth: Truth, unit: str, titles: str, as_xlsx: bool, down: bool) -> None:
    """One row for each day and meter, one column for each interval."""
    per_day = 1440 // truth.step
    assume(per_day <= 288)
    step = dt.timedelta(minutes=truth.step)
    day = truth.starts[:per_day]
    labels = {
        "start": [f"{t:%H:%M}" for t in day],
        "24:00": [f"{t + step:%H:%M}" for t in day[:-1]] + ["24:00"],
        "00:00 last": [f"{t + step:%H:%M}" for t in day],
        "number": [str(i + 1) for i in range(per_day)],
        "range": [f"{t:%H:%M}-{t + step:%H:%M}" for t in day],
    }[titles]
    lines: list[list[Any]] = []
    for name, energy in truth.meters.items():
        for first in range(0, len(truth.starts), per_day):
            cells = [written(value, unit) for value in energy[first : first + per_day]]
            date = truth.starts[first]
            numbers = [float(cell) if cell else None for cell in cells]
            lines.append([name, date, *numbers] if as_xlsx else [name, f"{date:%Y/%m/%d}", *cells])
    if down:
        lines = lines[::-1]
    rows = [[f"单位：{unit}"], ["户号", "日期", *labels], *lines]
    data = workbook({"Sheet1": rows}, "yyyy-mm-dd") if as_xlsx else delimited(rows)
    found = read(data, "九十六点.xlsx" if as_xlsx else "九十六点.csv")
    check(found, truth)
    assert (found.form, found.rows) == ("wide", len(lines))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(truth=truths(), unit=st.sampled_from(["kWh", "MWh"]), two=st.booleans(), text=st.booleans(), end=st.booleans())
def test_workbooks(truth: Truth, unit: str, two: bool, text: bool, end: bool) -> None:
    """Real date cells (midnight comes as a date), texts, dates and times in columns of their own."""
    names = list(truth.meters)
    step = dt.timedelta(minutes=truth.step)
    rows: list[list[Any]] = [[*(["日期", "时间"] if two else ["时间"]), *(f"{name} 电量（{unit}）" for name in names)]]
    for i, start in enumerate(truth.starts):
        moment = start + step if end else start
        cells = [written(truth.meters[name][i], unit) for name in names]
        numbers: list[Any] = [cell if text or not cell else float(cell) for cell in cells]
        when = [f"{moment:%Y-%m-%d}", moment.time()] if two else [moment]
        rows.append([*when, *(None if number == "" else number for number in numbers)])
    check(read(workbook({"数据": rows}), "数据.xlsx"), truth)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(truth=truths(), thousands=st.booleans(), decimal_comma=st.booleans())
def test_separators(truth: Truth, thousands: bool, decimal_comma: bool) -> None:
    """1,234.5 and 1.234,5 and 1234,5."""
    rows = [["时间", *(f"{name}(Wh)" for name in truth.meters)]]
    for i, start in enumerate(truth.starts):
        cells = [
            "" if energy[i] is None else f"{energy[i]:,}.0" if thousands else f"{energy[i]}.0" for energy in truth.meters.values()
        ]
        if decimal_comma:
            cells = [cell.translate(str.maketrans(",.", ".,")) for cell in cells]
        rows.append([start.isoformat(), *cells])
    check(read(delimited(rows, ";" if decimal_comma else ","), "a.csv"), truth)
