"""A firm's first minute on a phone (J1), and what a browser makes of sessions, themes and names."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from park import parks
from park.access import accounts_session
from park.people import users
from tests import people
from tests.browser.conftest import DESK, PHONE, Live
from tests.databases import new_park, new_tenant

pytestmark = pytest.mark.browser


def fits(page: Page) -> bool:
    """Whether nothing sticks out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def sign_in(live: Live, page: Page, address: str) -> None:
    page.goto(f"{live.address}/sign-in?by=email")
    page.get_by_label("邮箱", exact=True).fill(address)
    page.get_by_label("密码", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_a_firm_joins_on_a_phone_and_is_in_its_workspace_within_a_minute(live: Live) -> None:
    park = new_park(live.installed)
    code = next(row.code for row in parks.listed(live.installed.db) if row.name == park)
    page, to = live.open(PHONE), people.new_mobile()
    page.goto(f"{live.address}/join/{code}")
    expect(page.get_by_text("免费；园区默认只看月总量。")).to_be_visible()
    assert fits(page)
    page.get_by_label("手机号").fill("138")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("手机号格式不对。")).to_be_visible()
    page.get_by_label("手机号").fill(to.value.removeprefix("+86"))
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text(f"已发送至 {to.masked}。")).to_be_visible()
    expect(page.get_by_text("手机号格式不对。")).to_have_count(0)
    expect(page.get_by_role("button", name="秒后重发")).to_be_disabled()
    outbox = page.context.new_page()
    outbox.goto(f"{live.address}/outbox")
    sent = re.search(r"验证码 (\d{6})", outbox.locator(".message", has_text=to.value).first.inner_text())
    assert sent is not None
    outbox.close()
    page.get_by_label("验证码").fill(sent[1])
    page.get_by_label("您的姓名").fill("李厂长")
    page.get_by_label("企业全称").fill(f"渝北精铸件有限公司 {park}")
    right = people.new_credit_code()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    field = page.get_by_label("统一社会信用代码")
    field.fill(wrong)
    field.blur()
    expect(page.get_by_text("校验位不符")).to_be_visible()
    field.fill(right)
    field.blur()
    expect(page.get_by_text("校验位不符")).to_have_count(0)
    page.get_by_role("button", name="加入", exact=True).click()
    page.wait_for_url("**/firm/")
    expect(page.locator("#shell-main")).to_be_visible()
    expect(page.get_by_text("渝北精铸件有限公司").first).to_be_visible()
    assert fits(page)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_is_wider_than_the_screen(live: Live, size: dict[str, int], lang: str) -> None:
    park = new_park(live.installed)
    code = next(row.code for row in parks.listed(live.installed.db) if row.name == park)
    page = live.open(size, lang=lang)
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
        page.goto(live.address + path)
        assert fits(page), path


def test_dark_chosen_on_the_first_page_stays_in_the_dashboards(live: Live) -> None:
    to = people.enrolled(live.installed.db, "owner", tenant=new_tenant(live.installed, new_park(live.installed)))
    page = live.open()
    page.goto(f"{live.address}/sign-in")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")
    page.get_by_role("button", name="浅色或深色").or_(page.locator("[data-scheme]")).first.click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    sign_in(live, page, to.value)
    page.wait_for_url("**/firm/")
    expect(page.locator("#shell-main")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_a_session_that_ended_leads_to_the_sign_in_page(live: Live) -> None:
    db = live.installed.db
    to = people.enrolled(db, "owner", tenant=new_tenant(live.installed, new_park(live.installed)))
    page = live.open()
    sign_in(live, page, to.value)
    page.wait_for_url("**/firm/")
    expect(page.locator("#shell-main h1")).to_be_visible()
    with accounts_session(db) as session:
        session.execute(
            'DELETE FROM shared.user_session WHERE user_id = (SELECT id FROM shared."user" WHERE email = :to)', {"to": to.value}
        )
    page.locator(".ly-navbar a").nth(1).click()
    page.wait_for_url("**/sign-in?next=**")


def test_language_and_signing_out_from_the_menu(live: Live) -> None:
    to = people.enrolled(live.installed.db, "owner", tenant=new_tenant(live.installed, new_park(live.installed)))
    page = live.open()
    sign_in(live, page, to.value)
    page.wait_for_url("**/firm/")
    page.locator(".ly-person").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".ly-person").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(f"{live.address}/firm/")
    page.wait_for_url("**/sign-in?next=**")


PAYLOADS = ("<img src=x onerror=alert(1)>", '"><script>alert(2)</script>', "<svg/onload=alert(3)>", "';alert(4)//", "{{7*7}}")


def test_names_are_text_everywhere(live: Live) -> None:
    installed, payload = live.installed, " ".join(PAYLOADS)
    park = new_park(installed)
    tenant = new_tenant(installed, park)
    with accounts_session(installed.db) as session:
        session.execute("UPDATE shared.tenant SET title = :title WHERE name = :name", {"title": payload, "name": tenant})
    to = people.new_email()
    for role, firm, of in (("owner", tenant, None), ("park_admin", None, park)):
        users.enrol(
            installed.db, name=payload[:60], contact=to, role=role, tenant=firm, park=of, actor="test", password=people.PASSWORD
        )
    page = live.open()
    sign_in(live, page, to.value)
    page.wait_for_url("**/workspaces")
    expect(page.get_by_text(payload).first).to_be_visible()
    page.goto(f"{live.address}/account")
    for index in (0, 1):
        page.goto(f"{live.address}/workspaces")
        page.locator("button.choice").nth(index).click()
        expect(page.locator("#shell-main")).to_be_visible()
        page.wait_for_timeout(1500)
