"""J1: an owner's first day, from the park's code to the figures of a year of quarter hours."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

import pytest

from park import parks
from tests import people
from tests.browser.seeded import new_park
from tests.browser.walking import DESKTOP, PHONE, Screen, Walk
from tests.databases import Installed

STEEL = Path(
    os.environ.get("LINGYUAN_TESTDATA", Path(__file__).parents[3] / "shared" / "data"), "steel/Steel_industry_data.csv.gz"
)


@pytest.fixture(scope="module")
def steel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The meter's file as the firm has it."""
    if not STEEL.exists():
        pytest.skip(f"no test data at {STEEL}: set LINGYUAN_TESTDATA")
    path = tmp_path_factory.mktemp("steel") / "Steel_industry_data.csv"
    with gzip.open(STEEL) as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return path


def join(walk: Walk, installed: Installed, width: int) -> Screen:
    """A fresh firm in a fresh park, its workspace ready; on the way a credit code with one wrong digit."""
    park = new_park(installed, f"入驻园{width}-{people.new_credit_code()[8:14]}")
    code = next(row.code for row in parks.listed(installed.db) if row.name == park)
    screen, to, credit = walk.screen(width), people.new_mobile(), people.new_credit_code()
    page = screen.page
    page.goto(f"/join/{code}")
    screen.sees("免费；园区默认只看月总量")
    page.locator("input[name=mobile]").fill(to.value.removeprefix("+86"))
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_text(to.masked).first.wait_for()
    page.locator("input[name=code]").fill(people.code_to(installed.db, to))
    page.locator("input[name=name]").fill("李厂长")
    page.locator("input[name=company]").fill(f"试点钢件厂 {credit[8:14]}")
    wrong = credit[:-1] + ("1" if credit[-1] != "1" else "2")
    page.locator("input[name=credit_code]").fill(wrong)
    page.keyboard.press("Tab")
    screen.sees("校验位不符")
    page.locator("input[name=credit_code]").fill(credit)
    page.get_by_role("button", name="加入", exact=True).click()
    page.wait_for_url("**/firm/")
    screen.filled()
    screen.sees("欢迎")
    screen.wrong.clear()  # the browser notes the refused credit code, too
    return screen


def enter_bill(screen: Screen) -> None:
    """Six numbers of last month's bill."""
    screen.open("/firm/bills")
    bill = {"sharp": "1,000", "peak": "30,000", "flat": "40,000", "valley": "9,000", "amount": "56,000", "demand": "310"}
    for key, value in bill.items():
        screen.page.locator(f"#ebill-{key}").fill(value)
    screen.press("录入账单")
    screen.sees("已录入。")
    screen.page.get_by_role("link", name="看这个月").click()
    assert screen.figure("electricity_cost_cny") == "56,000.00"
    screen.sees("0.7000 元/kWh")
    assert screen.figure("consumption_kwh") == "80,000"
    assert screen.figure("scope12_location_tco2e") != screen.figure("emission_tco2")


def drop(screen: Screen, file: Path) -> None:
    """Drops a file on the upload page and waits for what was understood."""
    screen.open("/firm/upload")
    screen.page.locator("#upload-box input[type=file]").set_input_files(file)
    screen.page.locator(".ly-preview").wait_for()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_an_owners_first_day(walk: Walk, installed: Installed, steel: Path, width: int) -> None:
    screen = join(walk, installed, width)
    enter_bill(screen)
    drop(screen, steel)
    assert [screen.figure(key) for key in ("rows", "accepted", "unchanged", "rejected")] == ["35,040", "35,040", "0", "0"]
    screen.sees("15 分钟")
    screen.press("确认写入")
    screen.page.locator('[data-done="upload"]').wait_for()
    screen.open("/firm/energy")
    assert screen.figure("curve_total") == "959,636.71"
    assert screen.figure("maximum_demand_kw") == "628.72"
    _carbon(screen)
    drop(screen, steel)
    assert screen.figure("unchanged") == "35,040"
    screen.sees("未改变：文件中的数据均已存在。")
    assert screen.wrong == []
    assert not screen.too_wide


def _carbon(screen: Screen) -> None:
    """Factors of 2023 are chosen on record; then each view shows its known answer."""
    screen.open("/firm/carbon")
    screen.page.locator("#carbon-period-kind").get_by_text("全年", exact=True).click()
    screen.choose("carbon-period-year", "2018年")
    screen.page.locator("#carbon-why").fill("只有这一年的数据")
    screen.press("留痕采用")
    screen.shows("scope12_location_tco2e", "535.57")
    screen.page.locator("#carbon-method").get_by_text("园区要", exact=True).click()
    screen.shows("emission_tco2", "798.90")
    screen.shows("energy_calorific_tce", "117.94")
    screen.shows("energy_equivalent_tce", "274.07")


def test_what_differs_is_shown_and_the_firm_decides(walk: Walk, installed: Installed, tmp_path: Path) -> None:
    screen = join(walk, installed, PHONE)
    rows = [f"2026-03-02 {hour:02d}:{minute:02d},{hour * 7 % 11 + 1}.5" for hour in range(24) for minute in (0, 15, 30, 45)]
    other = [*rows[:-1], rows[-1].rpartition(",")[0] + ",99.5", "2026-03-03 00:00,4.5"]
    for folder, lines in (("一", rows), ("二", other)):
        file = tmp_path / folder / "关口表.csv"
        file.parent.mkdir()
        file.write_text("\n".join(["时间,有功电量(kWh)", *lines]))
        drop(screen, file)
        screen.press("确认写入")
        screen.page.locator('[data-done="upload"]').wait_for()
    screen.sees("与已存数据不一致的数值")
    screen.sees("99.500 kWh")
    screen.press("保留已存数据")
    screen.sees("1 个数值保留原值。")
    assert screen.wrong == []
