"""The pages before the dashboards, as somebody walks through them."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask import Flask

from park import members, parks
from park.access import accounts_session
from park.people import invitations
from tenants.db import Database
from tests import people
from tests.browsing import Browser, shown
from tests.databases import Installed, new_park, new_tenant


def code_of(db: Database, park: str) -> str:
    return str(next(row.code for row in parks.listed(db) if row.name == park))


def form(db: Database, to: object, **more: str) -> dict[str, str]:
    company = f"铸造厂 {people.new_network()}"
    return {"by": "mobile", "name": "李厂长", "company": company, "credit_code": people.new_credit_code()} | more


def test_a_firm_joins_by_phone(browser: Browser, db: Database, park: str, installed: Installed) -> None:
    code, to = code_of(db, park), people.new_mobile()
    assert browser.get(f"/join?code={code[:4].lower()}+{code[4:]}").location == f"/join/{code}"
    assert "免费；园区默认只看月总量" in shown(browser.get(f"/join/{code}"))
    fields = form(db, to, mobile=to.value.removeprefix("+86"))
    sent = browser.post(f"/join/{code}/code", fields)
    assert to.masked in shown(sent)
    assert fields["company"] in sent.text, "what was typed is kept"
    answer = browser.post(f"/join/{code}", fields | {"code": people.code_to(db, to)})
    assert (answer.status_code, answer.location) == (302, "/joining")
    waiting = browser.get("/joining")
    assert "建立数据空间" in shown(waiting)
    assert browser.get("/joining/state").get_json()["state"] == "provisioning"
    assert browser.get("/firm/").location == "/joining"
    with accounts_session(db) as session:
        tenant = session.scalar("SELECT name FROM shared.tenant WHERE title = :title", title=fields["company"])
    members.provision_now(db, installed.owner, tenant)
    assert browser.get("/joining/state").get_json() == {"state": "active", "share": 1.0, "text": "工作空间已就绪。"}
    assert browser.get("/joining").location == "/firm/"
    assert browser.get("/firm/").status_code == 200


def test_a_wrong_digit_is_named_at_its_field(browser: Browser, db: Database, park: str) -> None:
    code, to = code_of(db, park), people.new_mobile()
    browser.get(f"/join/{code}")
    answer = browser.post(f"/join/{code}", form(db, to, mobile=to.value, code="123456", credit_code="914403001922038217"))
    assert answer.status_code == 422
    assert "校验位不符" in shown(answer)
    assert "“7”" in shown(answer)
    assert re.search(r'name="credit_code"[^>]*aria-invalid="true"', answer.text, re.S)
    quick = browser.post("/join/credit-code", {"credit_code": "914403001922038217"}, headers={"Accept": "application/json"})
    assert quick.status_code == 422
    assert quick.get_json()["message"].startswith("校验位不符")
    fine = browser.post("/join/credit-code", {"credit_code": " 9144 0300 1922 0382 16"}, headers={"Accept": "application/json"})
    assert fine.get_json() == {"credit_code": "914403001922038216"}


def test_a_firm_joins_by_mail_with_a_password(browser: Browser, db: Database, installed: Installed) -> None:
    park = new_park(installed, approval=True)
    code, to = code_of(db, park), people.new_email()
    browser.get(f"/join/{code}?by=email")
    fields = form(db, to, by="email", email=to.value, password="acht Kiefern am Hang")
    browser.post(f"/join/{code}/code", fields)
    weak = browser.post(f"/join/{code}", fields | {"code": people.code_to(db, to), "password": "password1"})
    assert "太容易被猜到" in shown(weak)
    answer = browser.post(f"/join/{code}", fields | {"code": people.code_to(db, to)})
    assert answer.location == "/joining"
    assert "园区正在审核" in shown(browser.get("/joining"))
    assert browser.get("/firm/_dash-layout").status_code == 302
    assert Browser(browser.client.application).sign_in(to.value, "acht Kiefern am Hang").location == "/joining"


@pytest.mark.parametrize("code", ["ABCDEFGH", "x", "../firm", "%00", "a" * 300])
def test_an_unknown_code_has_a_page(browser: Browser, code: str) -> None:
    answer = browser.get(f"/join/{code}")
    assert answer.status_code == 404
    assert "邀请码" in shown(answer) or "没有这个页面" in shown(answer)


def test_the_qr_picture_leads_to_the_join_page(browser: Browser, db: Database, park: str) -> None:
    answer = browser.get(f"/join/{code_of(db, park)}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert "<script" not in answer.text


def test_guessing_join_codes_is_slowed_down(browser: Browser) -> None:
    statuses = [browser.get(f"/join/GUESS{n:03d}").status_code for n in range(30)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


def test_an_invitation_is_taken_up(browser: Browser, server: Flask, db: Database, tenant: str) -> None:
    desk = people.desk(db)
    _, owner = people.signed_in(desk, people.enrolled(db, "owner", tenant=tenant))
    to = people.new_email()
    invitations.invite(desk, owner, role="member", contact=to.value, lang="zh")
    path = people.link_to(db, to)
    page = browser.get(path)
    assert "企业成员" in shown(page)
    assert to.value not in page.text
    assert to.masked in shown(page)
    browser.post(f"{path}/code")
    answer = browser.post(path, {"code": people.code_to(db, to), "name": "王", "role": "owner", "tenant": "t_other"})
    assert (answer.status_code, answer.location) == (302, "/firm/")
    assert browser.get("/firm/").status_code == 200
    again = Browser(server).get(path)
    assert again.status_code == 410
    assert "已使用" in shown(again)


def test_an_invitation_for_another_says_so(browser: Browser, db: Database, tenant: str, installed: Installed, park: str) -> None:
    desk = people.desk(db)
    _, owner = people.signed_in(desk, people.enrolled(db, "owner", tenant=tenant))
    to = people.new_email()
    invitations.invite(desk, owner, role="member", contact=to.value, lang="zh")
    browser.sign_in(people.enrolled(db, "owner", tenant=new_tenant(installed, park)).value)
    page = browser.get(people.link_to(db, to))
    assert "另一个账号" in shown(page)
    answer = browser.post(people.link_to(db, to))
    assert answer.status_code == 403


def test_a_forgotten_password(browser: Browser, server: Flask, db: Database, tenant: str) -> None:
    to = people.enrolled(db, "owner", tenant=tenant)
    browser.get("/forgot")
    assert "已发送至" in shown(browser.post("/forgot", {"email": to.value}))
    path = people.link_to(db, to)
    browser.get(path)
    assert "太容易被猜到" in shown(browser.post(path, {"password": "12345678"}))
    assert browser.post(path, {"password": "neun Kiefern am Hang"}).location == "/sign-in?by=email"
    assert browser.get(path).status_code == 410
    assert Browser(server).sign_in(to.value, "neun Kiefern am Hang").location == "/firm/"


def test_several_workspaces_are_chosen_from(browser: Browser, db: Database, tenant: str, park: str, installed: Installed) -> None:
    from park.people import users

    to, other = people.enrolled(db, "owner", tenant=tenant), new_park(installed)
    users.enrol(db, name="x", contact=to, role="park_admin", park=other, actor="test")
    assert browser.sign_in(to.value).location == "/workspaces"
    assert browser.get("/firm/").location == "/workspaces"
    page = browser.get("/workspaces")
    wanted = re.findall(r'name="membership" value="([^"]+)"', page.text)
    assert len(wanted) == 2
    before = browser.secret
    homes = set()
    for one in wanted:
        homes.add(browser.post("/workspaces", {"membership": one}).location)
        assert browser.post("/workspaces", {"membership": one}).status_code == 403, "the form's token changed with the secret"
        browser.get("/workspaces")
    assert homes == {"/firm/", "/park/"}
    assert browser.secret != before
    for made_up in ("x", "00000000-0000-0000-0000-000000000000", "' OR 1=1"):
        assert browser.post("/workspaces", {"membership": made_up}).status_code == 404


def test_both_languages_everywhere_and_remembered(browser: Browser, server: Flask, db: Database, tenant: str) -> None:
    to = people.enrolled(db, "owner", tenant=tenant)
    for path in ("/", "/sign-in", "/join", "/forgot", "/outbox"):
        assert 'lang="zh-CN"' in browser.get(path).text
    browser.sign_in(to.value)
    browser.get("/account")
    assert browser.post("/language", {"lang": "en", "next": "/account"}).location == "/account"
    for path in ("/", "/account", "/firm/"):
        assert '<html lang="en">' in browser.get(path).text
    elsewhere = Browser(server)
    elsewhere.sign_in(to.value)
    assert '<html lang="en">' in elsewhere.get("/account").text
    assert browser.post("/language", {"lang": "xx", "next": "//evil.cn"}).location == "/"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_mixes_languages(browser: Browser, db: Database, tenant: str, park: str, lang: str) -> None:
    browser.client.set_cookie("lingyuan_lang", lang, domain="localhost")
    paths = ["/", "/sign-in", "/sign-in?by=email", "/join", "/forgot", "/nothing", "/reset/x", "/invitation/x", "/outbox"]
    for path in paths:
        text = shown(browser.get(path)).replace("English", "").replace("中文", "")
        if path == "/outbox":
            text = text[:200]  # messages are in the language of whoever asked for them
        if lang == "zh":
            assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", text), (path, text)
        else:
            assert not re.search(r"[\u4e00-\u9fff]", text), (path, text)


def test_the_outbox_exists_in_the_demo_only(browser: Browser, real_server: Flask) -> None:
    assert browser.get("/outbox").status_code == 200
    assert Browser(real_server, base="https://park.example.cn").get("/outbox").status_code == 404


def test_messages_cannot_bring_html(browser: Browser, db: Database) -> None:
    from park.people import outbox

    with accounts_session(db) as session:
        outbox.put(session, people.new_email(), "<b>x</b>", "<img src=x onerror=alert(1)> http://localhost/reset/abc")
    page = browser.get("/outbox")
    assert "<img src=x" not in page.text
    assert "<b>x</b>" not in page.text
    assert 'href="/reset/abc"' in page.text


@pytest.mark.parametrize(
    "payload",
    ['"><script>alert(1)</script>', "'-alert(1)-'", "{{7*7}}", "</title><img src=x onerror=alert(1)>", "a\x00\x01b"],
    ids=["script", "quote", "template", "image", "control"],
)
def test_what_is_typed_comes_back_as_text(browser: Browser, db: Database, park: str, payload: str) -> None:
    code = code_of(db, park)
    browser.get(f"/join/{code}")
    names = ("mobile", "name", "company", "credit_code", "code", "email")
    answer = browser.post(f"/join/{code}", dict.fromkeys(names, payload) | {"by": "mobile"})
    assert answer.status_code == 422
    assert payload not in answer.text or payload in ("'-alert(1)-'", "{{7*7}}")
    assert "<script>alert" not in answer.text
    assert ">49<" not in answer.text


def test_an_account_page_shows_and_changes(browser: Browser, db: Database, tenant: str) -> None:
    to = people.enrolled(db, "owner", tenant=tenant)
    browser.sign_in(to.value)
    assert to.masked in shown(browser.get("/account"))
    browser.post("/account/name", {"name": "新名字"})
    assert 'value="新名字"' in browser.get("/account").text
    assert browser.post("/account/name", {"name": " "}).status_code == 422
    number = people.new_mobile()
    browser.post("/account/contact/code", {"by": "mobile", "mobile": number.value})
    answer = browser.post("/account/contact", {"by": "mobile", "mobile": number.value, "code": people.code_to(db, number)})
    assert answer.location == "/account"
    assert number.masked in shown(browser.get("/account"))


def test_every_page_has_one_heading_and_labels(browser: Browser, db: Database, tenant: str, park: str) -> None:
    paths = ["/", "/sign-in", "/sign-in?by=email", "/join", f"/join/{code_of(db, park)}", "/forgot", "/outbox", "/nothing"]
    pages = [browser.get(path) for path in paths]
    browser.sign_in(people.enrolled(db, "owner", tenant=tenant).value)
    pages += [browser.get(path) for path in ("/account", "/workspaces")]
    for page in pages:
        assert len(re.findall(r"<h1\b", page.text)) == 1
        labelled = set(re.findall(r'<label for="([^"]+)"', page.text))
        for tag in re.findall(r"<input\b[^>]*>", page.text, re.S):
            if 'type="hidden"' not in tag:
                found = re.search(r'id="([^"]+)"', tag)
                assert found is not None
                assert found[1] in labelled, tag


def test_a_production_house_without_a_gateway_says_so(settings: object, db: Database, park: str, server: Flask) -> None:
    from dashboards.house import House

    house: House = server.extensions["lingyuan"]
    server.extensions["lingyuan"] = dataclasses.replace(house, desk=dataclasses.replace(house.desk, sms=False))
    try:
        browser = Browser(server)
        browser.get("/sign-in")
        answer = browser.post("/sign-in/code", {"by": "mobile", "mobile": people.new_mobile().value})
        assert answer.status_code == 503
        assert "暂时不能发送短信" in shown(answer)
    finally:
        server.extensions["lingyuan"] = house
