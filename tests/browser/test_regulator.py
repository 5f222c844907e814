"""J7: a regulator compares like with like, takes the same digits home, and learns nothing of any one firm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.seeded import Seeded
from tests.browser.walking import DESKTOP, PHONE, Screen, Walk


def row_of(screen: Screen, title: str) -> list[str]:
    """The cells of a park's row, as shown."""
    cells = screen.page.locator("tr", has_text=title).first.locator("td").all()
    return [" ".join(cell.inner_text().split()) for cell in cells]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_only_like_with_like_is_compared(walk: Walk, seeded: Seeded, width: int) -> None:
    screen = walk.signed_in("regulator", width)
    screen.open("/regulator/")
    screen.sees("澜溪园")
    shown = row_of(screen, "澜溪园")
    assert any("年度尚未关账" in cell for cell in shown)
    hidden = row_of(screen, "独大园")
    assert sum("不显示" in cell for cell in hidden) >= 3
    assert any("80 %" in cell for cell in hidden)
    screen.page.get_by_role("link", name="澜溪园").click()
    screen.page.wait_for_url("**/regulator/park?park=*")
    screen.page.locator("h1", has_text="澜溪园").wait_for()
    body = screen.page.locator("#page").inner_text()
    assert "Firm " not in body
    assert all(firm not in screen.page.content() for firm in seeded.firms)
    assert screen.wrong == []
    assert not screen.too_wide


def test_the_workbook_has_the_same_digits(walk: Walk, seeded: Seeded, tmp_path: Path) -> None:
    import python_calamine

    screen = walk.signed_in("regulator", DESKTOP)
    screen.open("/regulator/")
    with screen.page.expect_download() as waiting:
        screen.press("导出 Excel")
    path = tmp_path / "parks.xlsx"
    waiting.value.save_as(path)
    book = python_calamine.CalamineWorkbook.from_path(path)
    lines = book.get_sheet_by_index(0).to_python()
    line = next(one for one in lines if one[0] == "澜溪园")
    shown = row_of(screen, "澜溪园")
    assert f"{line[2]:.4f}" == shown[1]
    assert f"{line[4]:,.2f}" == shown[3]
    assert len(book.sheet_names) == 2
    hidden = next(one for one in lines if one[0] == "独大园")
    assert hidden[2] == hidden[4] == ""


def test_a_firms_address_is_refused_without_a_hint(walk: Walk, seeded: Seeded) -> None:
    screen = walk.signed_in("regulator", DESKTOP)
    answers = []
    for path in (
        "/firm/",
        "/park/",
        "/firm/energy",
        "/firm/nowhere",
        f"/regulator/park?park={seeded.firm}",
        "/regulator/park?park=p_no",
    ):
        screen.page.goto(path)
        screen.page.wait_for_timeout(500)
        text = screen.page.locator("body").inner_text()
        assert seeded.firm not in text
        assert "Firm " not in text
        answers.append(text)
    assert answers[0] == answers[3], "an address that exists is refused like one that does not"
    assert answers[-2] == answers[-1]
