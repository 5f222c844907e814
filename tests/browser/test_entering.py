"""Joining on a phone with mistakes on the way (J1), and what a browser makes of sessions, themes, languages and names."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from park import parks
from park.access import accounts_session
from park.people import users
from tests import people
from tests.browser.walking import DESKTOP, PHONE, Screen, Walk
from tests.databases import Installed, new_park, new_tenant


def join_code(installed: Installed) -> str:
    """The join code of a fresh park."""
    park = new_park(installed)
    return str(next(row.code for row in parks.listed(installed.db) if row.name == park))


def owner_of_a_firm(installed: Installed) -> str:
    """The address of a fresh firm's owner."""
    return people.enrolled(installed.db, "owner", tenant=new_tenant(installed, new_park(installed))).value


def sign_in(page: Page, address: str) -> None:
    page.goto("/sign-in?by=email")
    page.get_by_label("邮箱", exact=True).fill(address)
    page.get_by_label("密码", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="登录").click()


def broken(screen: Screen) -> list[str]:
    """What the browser refused or failed at; a form that was refused is no fault."""
    return [said for said in screen.wrong if "status of 4" not in said]


def test_joining_on_a_phone_forgives_mistakes(walk: Walk, installed: Installed) -> None:
    screen, to = walk.screen(PHONE), people.new_mobile()
    page = screen.page
    page.goto(f"/join/{join_code(installed)}")
    expect(page.get_by_text("免费；园区默认只看月总量。")).to_be_visible()
    page.get_by_label("手机号").fill("138")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("手机号格式不对。")).to_be_visible()
    page.get_by_label("手机号").fill(to.value.removeprefix("+86"))
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text(f"已发送至 {to.masked}。")).to_be_visible()
    expect(page.get_by_text("手机号格式不对。")).to_have_count(0)
    expect(page.get_by_role("button", name="秒后重发")).to_be_disabled()
    outbox = page.context.new_page()
    outbox.goto("/outbox")
    sent = re.search(r"验证码 (\d{6})", outbox.locator(".message", has_text=to.value).first.inner_text())
    assert sent is not None
    outbox.close()
    page.get_by_label("验证码").fill(sent[1])
    page.get_by_label("您的姓名").fill("李厂长")
    page.get_by_label("企业全称").fill(f"渝北精铸件有限公司 {to.value[-4:]}")
    right, field = people.new_credit_code(), page.get_by_label("统一社会信用代码")
    for typed, shown in ((right[:-1] + ("0" if right[-1] != "0" else "1"), 1), (right, 0)):
        field.fill(typed)
        field.blur()
        expect(page.get_by_text("校验位不符")).to_have_count(shown)
    page.get_by_role("button", name="加入", exact=True).click()
    page.wait_for_url("**/firm/")
    expect(page.get_by_text("渝北精铸件有限公司").first).to_be_visible()
    assert not screen.too_wide
    assert broken(screen) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_no_page_before_the_dashboards_is_wider_than_the_screen(walk: Walk, installed: Installed, width: int, lang: str) -> None:
    screen, code = walk.screen(width), join_code(installed)
    screen.page.context.add_cookies([{"name": "lingyuan_lang", "value": lang, "url": walk.address}])
    for path in (
        "/",
        "/sign-in",
        "/sign-in?by=email",
        "/join",
        f"/join/{code}",
        f"/join/{code}?by=email",
        "/forgot",
        "/outbox",
        "/nothing",
    ):
        screen.page.goto(path)
        assert not screen.too_wide, path
    assert broken(screen) == []


def test_dark_chosen_on_the_first_page_stays_in_the_dashboards(walk: Walk, installed: Installed) -> None:
    page = walk.screen(DESKTOP).page
    page.goto("/sign-in")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")
    page.locator("[data-scheme]").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    sign_in(page, owner_of_a_firm(installed))
    page.wait_for_url("**/firm/")
    expect(page.locator("#shell-main h1").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_a_session_that_ended_leads_to_the_sign_in_page(walk: Walk, installed: Installed) -> None:
    to, page = owner_of_a_firm(installed), walk.screen(DESKTOP).page
    sign_in(page, to)
    page.wait_for_url("**/firm/")
    expect(page.locator("#shell-main h1").first).to_be_visible()
    ended = 'DELETE FROM shared.user_session WHERE user_id = (SELECT id FROM shared."user" WHERE email = :to)'
    with accounts_session(installed.db) as session:
        session.execute(ended, {"to": to})
    page.locator(".ly-navbar a").nth(1).click()
    page.wait_for_url("**/sign-in?next=**")


def test_language_and_signing_out_from_the_menu(walk: Walk, installed: Installed) -> None:
    page = walk.screen(DESKTOP).page
    sign_in(page, owner_of_a_firm(installed))
    page.wait_for_url("**/firm/")
    page.locator(".ly-person").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".ly-person").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto("/firm/")
    page.wait_for_url("**/sign-in?next=**")


PAYLOADS = ("<img src=x onerror=alert(1)>", '"><script>alert(2)</script>', "<svg/onload=alert(3)>", "';alert(4)//", "{{7*7}}")


def test_names_are_text_everywhere(walk: Walk, installed: Installed) -> None:
    payload = " ".join(PAYLOADS)
    park = new_park(installed)
    tenant, to = new_tenant(installed, park), people.new_email()
    with accounts_session(installed.db) as session:
        session.execute("UPDATE shared.tenant SET title = :title WHERE name = :name", {"title": payload, "name": tenant})
    for role, firm, of in (("owner", tenant, None), ("park_admin", None, park)):
        users.enrol(
            installed.db, name=payload[:60], contact=to, role=role, tenant=firm, park=of, actor="test", password=people.PASSWORD
        )
    screen = walk.screen(DESKTOP)
    page, dialogs = screen.page, []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    sign_in(page, to.value)
    page.wait_for_url("**/workspaces")
    expect(page.get_by_text(payload).first).to_be_visible()
    page.goto("/account")
    for index in (0, 1):
        page.goto("/workspaces")
        page.locator("button.choice").nth(index).click()
        screen.filled()
    assert dialogs == []
    assert broken(screen) == []
