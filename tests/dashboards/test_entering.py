"""Signing in and out over HTTP: fixation, logout, enumeration, brute force (A1-A4, A8)."""

from __future__ import annotations

import dataclasses
import statistics
import time

import pytest
from flask import Flask

from park.config import Settings
from park.people import memberships, users
from park.people.sessions import current
from tenants.db import Database
from tests import people
from tests.browsing import Browser, shown


def test_signing_in_leads_to_ones_own_room(server: Flask, db: Database, tenant: str, park: str) -> None:
    people_of = {
        "/firm/": people.enrolled(db, "owner", tenant=tenant), "/park/": people.enrolled(db, "park_admin", park=park),
        "/regulator/": people.enrolled(db, "regulator"),
    }  # fmt: skip
    for home, to in people_of.items():
        answer = Browser(server).sign_in(to.value)
        assert (answer.status_code, answer.location) == (302, home)


def test_a_cookie_set_before_signing_in_is_not_adopted(browser: Browser, db: Database, tenant: str) -> None:
    planted = "x" * 43
    browser.client.set_cookie("lingyuan", planted, domain="localhost")
    browser.sign_in(people.enrolled(db, "owner", tenant=tenant).value)
    assert browser.secret not in (None, planted)
    assert current(db, planted) is None


def test_signing_in_again_exchanges_secret_and_form_token(browser: Browser, db: Database, tenant: str) -> None:
    to = people.enrolled(db, "owner", tenant=tenant)
    browser.get("/sign-in")
    before = browser.token
    browser.sign_in(to.value)
    first = browser.secret
    browser.get("/account")
    assert browser.token != before
    browser.post("/sign-out")
    browser.sign_in(to.value)
    assert browser.secret != first


def test_the_cookie_is_closed_to_scripts_and_other_sites(browser: Browser, db: Database, tenant: str) -> None:
    answer = browser.sign_in(people.enrolled(db, "owner", tenant=tenant).value)
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("lingyuan="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_a_copied_cookie_is_dead_after_signing_out(server: Flask, db: Database, tenant: str) -> None:
    to = people.enrolled(db, "owner", tenant=tenant)
    browser, thief, elsewhere = Browser(server), Browser(server), Browser(server)
    browser.sign_in(to.value)
    elsewhere.sign_in(to.value)
    thief.client.set_cookie("lingyuan", browser.secret or "", domain="localhost")
    assert thief.get("/account").status_code == 200
    browser.get("/account")
    browser.post("/sign-out")
    assert thief.get("/account").status_code == 401
    elsewhere.get("/account")
    assert elsewhere.post("/sign-out/everywhere").status_code == 302
    assert elsewhere.get("/account").status_code == 401


def test_a_change_of_password_ends_the_others(server: Flask, db: Database, tenant: str) -> None:
    to = people.enrolled(db, "owner", tenant=tenant)
    browser, other = Browser(server), Browser(server)
    browser.sign_in(to.value)
    other.sign_in(to.value)
    browser.get("/account")
    wrong = browser.post("/account/password", {"old_password": "no", "password": "sieben Kiefern am Hang"})
    assert wrong.status_code == 401
    assert "不正确" in shown(wrong)
    assert other.get("/account").status_code == 200
    browser.post("/account/password", {"old_password": people.PASSWORD, "password": "sieben Kiefern am Hang"})
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 401


def test_a_demoted_owner_is_refused_at_the_next_request(server: Flask, db: Database, tenant: str) -> None:
    boss, to = people.enrolled(db, "owner", tenant=tenant), people.enrolled(db, "member", tenant=tenant)
    browser = Browser(server)
    browser.sign_in(to.value)
    before = browser.secret
    assert browser.get("/firm/").status_code == 200
    desk = people.desk(db)
    _, by = people.signed_in(desk, boss)
    member = next(row for row in memberships.people(db, tenant=tenant) if row.email == to.value)
    memberships.change_role(desk, by, member.id, "owner")
    assert browser.get("/firm/").status_code == 200
    assert browser.secret != before, "the secret changes with the role"
    memberships.remove(desk, by, member.id)
    layout = browser.get("/firm/_dash-layout")
    assert layout.status_code == 403
    assert tenant not in layout.text


def test_known_and_unknown_addresses_get_the_same_page(server: Flask, db: Database, tenant: str) -> None:
    known, unknown = people.enrolled(db, "owner", tenant=tenant), people.new_email()
    without = people.enrolled(db, "owner", tenant=tenant, password=False)
    pages = set()
    for to in (known, without, unknown):
        answer = Browser(server).sign_in(to.value, "wrong password")
        pages.add((answer.status_code, shown(answer), tuple(answer.headers.keys())))
    assert len(pages) == 1
    answers = []
    for to in (known, unknown):
        browser = Browser(server)
        browser.get("/forgot")
        answer = browser.post("/forgot", {"email": to.value})
        answers.append((answer.status_code, shown(answer).replace(to.value, "")))
    assert answers[0] == answers[1]


def test_asking_for_a_code_says_nothing_of_accounts(server: Flask, db: Database, tenant: str) -> None:
    known, unknown = people.new_mobile(), people.new_mobile()
    users.enrol(db, name="Li", contact=known, role="owner", tenant=tenant, actor="test")
    answers = []
    for to in (known, unknown):
        browser = Browser(server)
        browser.get("/sign-in")
        answer = browser.post("/sign-in/code", {"by": "mobile", "mobile": to.value}, headers={"Accept": "application/json"})
        answers.append((answer.status_code, answer.get_json()["message"].replace(to.masked, "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200


@pytest.mark.long
def test_known_and_unknown_take_as_long(server: Flask, db: Database, tenant: str) -> None:
    known = people.enrolled(db, "owner", tenant=tenant)

    def seconds(address: str) -> float:
        browser = Browser(server)
        browser.get("/sign-in?by=email")
        start = time.perf_counter()
        browser.post("/sign-in", {"by": "email", "email": address, "password": "wrong password"})
        return time.perf_counter() - start

    pairs = [(seconds(known.value), seconds(people.new_email().value)) for _ in range(200)]
    here, there = (statistics.median(side) for side in zip(*pairs, strict=True))
    assert abs(here - there) < 0.1 * here


def test_guessing_is_slowed_down_with_a_time_to_wait(browser: Browser, server: Flask, db: Database, tenant: str) -> None:
    to = people.enrolled(db, "owner", tenant=tenant)
    codes = [browser.sign_in(to.value, f"wrong {n}").status_code for n in range(8)]
    assert codes == [401] * 6 + [429] * 2
    refused = browser.sign_in(to.value)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert Browser(server).sign_in(to.value).status_code == 302


@pytest.mark.parametrize(
    ("wanted", "home"),
    [("/firm/energy?year=2026", "/firm/energy?year=2026"), ("//evil.cn", "/firm/"), ("https://evil.cn/firm/", "/firm/"),
     ("/\\evil.cn", "/firm/"), ("/park/", "/firm/"), ("javascript:alert(1)", "/firm/"), ("/firm/../../x", "/firm/"),
     ("", "/firm/"), ("/firm/%0d%0aSet-Cookie:x", "/firm/"), ("\t//evil.cn", "/firm/")],
)  # fmt: skip
def test_next_leads_nowhere_else(browser: Browser, db: Database, tenant: str, wanted: str, home: str) -> None:
    to = people.enrolled(db, "owner", tenant=tenant)
    browser.get("/sign-in?by=email")
    answer = browser.post("/sign-in", {"by": "email", "email": to.value, "password": people.PASSWORD, "next": wanted})
    assert answer.location == home


def test_a_number_and_its_code(browser: Browser, db: Database, tenant: str) -> None:
    to = people.new_mobile()
    users.enrol(db, name="Li", contact=to, role="owner", tenant=tenant, actor="test")
    browser.get("/sign-in")
    sent = browser.post("/sign-in/code", {"by": "mobile", "mobile": to.value})
    assert "已发送至" in shown(sent)
    wrong = browser.post("/sign-in", {"by": "mobile", "mobile": to.value, "code": "000000"})
    assert wrong.status_code == 422
    assert "验证码不正确" in shown(wrong)
    answer = browser.post("/sign-in", {"by": "mobile", "mobile": to.value, "code": people.code_to(db, to)})
    assert (answer.status_code, answer.location) == (302, "/firm/")


def test_secrets_are_never_given_back(browser: Browser, db: Database, tenant: str) -> None:
    answer = browser.sign_in(people.enrolled(db, "owner", tenant=tenant).value, "my secret password")
    assert "my secret password" not in answer.text


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_who_is_forwarded_is_believed_only_behind_a_proxy(
    settings: Settings, db: Database, tenant: str, proxies: int, believed: bool
) -> None:
    """Else a guesser would come from another network with every try."""
    from wsgi import create_app

    server, to = create_app(dataclasses.replace(settings, proxies=proxies), db), people.enrolled(db, "owner", tenant=tenant)
    browser, answers = Browser(server), []
    for n in range(8):
        browser.get("/sign-in?by=email")
        form = {"by": "email", "email": to.value, "password": f"wrong {n}"}
        answers.append(browser.post("/sign-in", form, headers={"X-Forwarded-For": f"203.{n}.113.1"}).status_code)
    assert (429 not in answers) == believed
