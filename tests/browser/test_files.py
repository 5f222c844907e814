"""A firm's files on a phone: a grid company's 96 points without help, an answer remembered, an import taken back."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from uuid import uuid4

import pytest
import xlsxwriter

from tests.browser.seeded import new_park
from tests.browser.walking import PHONE, Screen, Walk
from tests.databases import Installed, new_tenant

PICTURES = os.environ.get("LINGYUAN_PICTURES")  # a folder for a picture of every step


def look(screen: Screen, name: str) -> None:
    """A picture of the step, where wanted; no step may be wider than the phone."""
    if PICTURES:
        screen.page.wait_for_timeout(600)
        screen.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
    assert not screen.too_wide, name


def grid_company(path: Path) -> Path:
    """Ninety-six points a day of a month, as the grid company's site gives them: a merged title, lines above, totals below."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("负荷曲线")
        bold = book.add_format({"bold": True, "align": "center"})
        sheet.merge_range(0, 0, 0, 100, "国网重庆市电力公司 用户负荷曲线（96点）", bold)
        sheet.write(1, 0, "户号：5001234567890  户名：重庆某精密铸造有限公司  查询日期：2026-03-01至2026-03-31  单位：kW")
        heads = ["序号", "户号", "户名", "表计资产编号", "日期", *(f"{i // 4:02d}:{i % 4 * 15:02d}" for i in range(96))]
        sheet.write_row(2, 0, heads, bold)
        for day in range(31):
            date = dt.date(2026, 3, 1) + dt.timedelta(days=day)
            power = [round(180 + 40 * ((i + day) % 7) + (300 if 32 <= i < 72 else 0), 1) for i in range(96)]
            sheet.write_row(
                3 + day, 0, [day + 1, "5001234567890", "重庆某精密铸造有限公司", "50401000012", f"{date:%Y-%m-%d}", *power]
            )
        sheet.write(34, 0, "合计")
    return path


@pytest.fixture
def firm(walk: Walk, installed: Installed) -> Screen:
    """A new firm's owner with a phone."""
    tenant = new_tenant(installed, new_park(installed, f"文件园{uuid4().hex[:6]}"))
    return walk.signed_in("owner", PHONE, tenant=tenant)


def drop(screen: Screen, file: Path) -> None:
    screen.open("/firm/upload")
    screen.page.locator("#upload-box input[type=file]").set_input_files(file)
    screen.page.locator(".ly-preview").wait_for()


def test_ninety_six_points_come_in_without_help_and_are_taken_back(firm: Screen, tmp_path: Path) -> None:
    screen = firm
    screen.open("/firm/upload")
    look(screen, "1-page")
    (tmp_path / "账单.pdf").write_bytes(b"%PDF-1.4 no table")
    screen.page.locator("#upload-box input[type=file]").set_input_files(tmp_path / "账单.pdf")
    screen.page.locator("#upload-preview", has_text="账单.pdf").wait_for()  # no file is dropped without a word
    drop(screen, grid_company(tmp_path / "负荷曲线202603.xlsx"))
    assert [screen.figure(key) for key in ("rows", "accepted", "rejected")] == ["31", "31", "0"]
    screen.page.locator(".js-plotly-plot").first.wait_for()
    look(screen, "2-understood")
    screen.press("确认写入")
    screen.page.locator('[data-done="upload"]').wait_for()
    look(screen, "3-written")
    screen.page.locator("#upload-earlier").get_by_role("button", name="撤销").click()
    screen.page.locator("#upload-undo").get_by_role("button", name="撤销", exact=True).click()
    screen.sees("撤销需要写明原因")
    assert "撤销 的导入" not in screen.page.locator("#upload-undo").inner_text()  # it still says which
    screen.page.get_by_label("为什么撤销？").fill("表选错了")
    look(screen, "4-undo")
    screen.page.locator("#upload-undo").get_by_role("button", name="撤销", exact=True).click()
    screen.page.locator('[data-done="undo"]').wait_for()
    screen.sees("已撤销")
    look(screen, "5-undone")
    assert screen.wrong == []


def test_an_answer_is_remembered_for_the_next_file_of_its_shape(firm: Screen, tmp_path: Path) -> None:
    screen = firm
    lines = [f"0{1 + i // 96}/03/2026 {i % 96 // 4:02d}:{i % 4 * 15:02d},{(i * 7) % 11}" for i in range(192)]
    lines[40] = lines[40].rpartition(",")[0] + ",=坏"
    for name, old, new in (("一", "/03/", "/03/"), ("二", "/03/", "/04/")):
        file = tmp_path / name / "车间.csv"
        file.parent.mkdir()
        file.write_text("\n".join(["时间,有功", *lines]).replace(old, new), encoding="gb18030")
        drop(screen, file)
        if name == "一":
            screen.sees("请核对")
            look(screen, "6-questions")
            screen.page.get_by_role("textbox", name="「有功」的单位").click()
            screen.page.get_by_role("option", name="MWh", exact=True).click()
            screen.press("写入可用的行")
            screen.sees("您改了回答")
            look(screen, "7-changed")
        else:
            screen.sees("已按上次同样格式的文件读取")
            look(screen, "8-as-last-time")
        assert "MWh" in str(screen.page.locator("#upload-preview").text_content())
        screen.press("写入可用的行")
        screen.page.locator('[data-done="upload"]').wait_for()
    with screen.page.expect_download() as got:
        screen.press("下载模板")
    assert got.value.suggested_filename == "lingyuan.xlsx"
    assert screen.wrong == []


def test_what_the_browser_does_not_hand_over_gets_a_reason(firm: Screen, tmp_path: Path) -> None:
    screen = firm
    screen.open("/firm/bills")
    (tmp_path / "bill.exe").write_bytes(b"MZ")
    (tmp_path / "bill.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "large.pdf").write_bytes(b"0" * 20_000_001)
    field = screen.page.locator("#ebill-scan input[type=file]")
    for name, said in (("bill.exe", "只收照片和 PDF"), ("large.pdf", "超过 20 MB"), ("bill.pdf", "")):
        field.set_input_files(tmp_path / name)
        refused = screen.page.locator(".ly-attach .ly-refused").first
        refused.wait_for(state="visible" if said else "hidden")
        assert said in refused.inner_text()
