"""Joining a park: the code, the form, the QR picture, and the wait until the workspace stands."""

from __future__ import annotations

import io

import segno
from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from dashboards import session
from dashboards.house import house
from dashboards.public import forms
from dashboards.public.entering import code_refused, code_sent, send_code
from dashboards.public.forms import Form
from dashboards.public.pages import home, pages, render
from park.people import credit_code, joining
from park.people.joining import Offer, Progress
from park.words import say, t
from tenants.errors import LingyuanError

SLOW_S = 20  # after so long the page says that it takes longer than usual


@pages.get("/join")
def enter_code() -> ResponseReturnValue:
    """Asks for the park's code; with `?code=` goes on with it."""
    code = request.args.get("code", "")
    form = Form({"join_code": code[:20]})
    if code:
        try:
            joining.offer(house().desk, code[:40], session.network())
        except LingyuanError as error:
            return render("join_code.html", error.status, form=form.refuse(error, "join_code"))
        return redirect(f"/join/{_plain(code)}")
    return render("join_code.html", form=form)


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())[:12]


@pages.get("/join/<code>")
def join(code: str) -> ResponseReturnValue:
    """The form with which a firm joins."""
    return _page(code, joining.offer(house().desk, code, session.network()), Form())


def _page(code: str, park: Offer, form: Form, notice: str | None = None) -> Response:
    return render("join.html", form.status, form=form, park=park, code=_plain(code), by=forms.by(), notice=notice)


@pages.post("/join/<code>")
def joining_in(code: str) -> ResponseReturnValue:
    """Registers person and firm; the worker then makes the workspace."""
    park = joining.offer(house().desk, code, session.network())
    form, person = forms.typed(), session.who()
    try:
        firm = joining.firm(forms.text("company"), forms.text("credit_code", 40))
        if person is not None:
            secret = joining.join_as(house().desk, park, firm, person)
        else:
            password = forms.text("password", 1000) if forms.by() == "email" else None
            secret = joining.join(
                house().desk, park, firm, forms.reached_by(), forms.text("code", 20), name=forms.text("name"),
                password=password, network=session.network(), device=session.device(), lang=session.lang(),
            )  # fmt: skip
    except LingyuanError as error:
        return _page(code, park, form.refuse(error))
    session.let_in(secret)
    return redirect("/joining")


@pages.post("/join/<code>/code")
def send_join_code(code: str) -> ResponseReturnValue:
    """Sends a code to the number or address typed."""
    park = joining.offer(house().desk, code, session.network())
    form = forms.typed()
    try:
        notice = send_code("join", forms.reached_by())
    except LingyuanError as error:
        return code_refused(error) or _page(code, park, form.refuse(error, forms.by()))
    return code_sent(notice) or _page(code, park, form, notice)


@pages.post("/join/credit-code")
def look_at_credit_code() -> ResponseReturnValue:
    """Whether a credit code can be one; asked while somebody types. Says nothing of any firm."""
    try:
        return jsonify(credit_code=credit_code.credit_code(forms.text("credit_code", 40)))
    except LingyuanError as error:
        answer = jsonify(say(error, session.lang()))
        answer.status_code = error.status
        return answer


@pages.get("/join/<code>/qr.svg")
def qr(code: str) -> ResponseReturnValue:
    """The join address as a QR picture, for notices and slides."""
    joining.offer(house().desk, code, session.network())
    picture = io.BytesIO()
    segno.make(f"{house().desk.base_url}/join/{_plain(code)}", error="m").save(
        picture, kind="svg", scale=8, border=3, dark="#16211f", light="#ffffff", xmldecl=False, title="Lingyuan"
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@pages.get("/joining")
def wait() -> ResponseReturnValue:
    """How far the joining is; goes on by itself when the workspace stands."""
    person = session.signed_in()
    if person.tenant is None:
        return redirect(home(person))
    state = joining.progress(house().db, person)
    if state.state == "active":
        return redirect("/firm/")
    return render("joining.html", state=state, words=_words(state), share=_share(state), claim=person.waiting)


@pages.get("/joining/state")
def wait_state() -> ResponseReturnValue:
    """The same for the page's script."""
    state = joining.progress(house().db, session.signed_in())
    return jsonify(state=state.state, share=_share(state), text=_words(state))


def _share(state: Progress) -> float:
    """How much of the way is done, 0 to 1: the time provisioning usually takes is two seconds."""
    if state.state == "active":
        return 1.0
    return 0.0 if state.state == "waiting" else round(0.3 + 0.65 * (1 - 2 ** (-state.seconds / 2)), 3)


def _words(state: Progress) -> str:
    lang = session.lang()
    if state.state == "active":
        return t("Your workspace is ready.", lang)
    if state.state == "waiting":
        return t("The park is looking at your request. You will get a message.", lang)
    if state.state == "suspended":
        return t("The park has suspended this firm's access.", lang)
    if state.failed:
        return t("This did not work. It is tried again by itself; the operator has been told.", lang)
    if state.seconds > SLOW_S:
        return t("This takes longer than usual. You may close this page; nothing is lost.", lang)
    return t("Your own, separate data space is being made. A few seconds.", lang)
