"""Signing in and out."""

from __future__ import annotations

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from dashboards import session
from dashboards.house import house
from dashboards.public import forms
from dashboards.public.forms import Form
from dashboards.public.pages import HOMES, home, pages, render, wants_json
from park.people import codes, contact, sessions, users
from park.people.codes import Purpose
from park.people.contact import Contact
from park.people.roles import room
from park.words import say, t
from tenants.errors import LingyuanError


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The sign-in page; who is signed in goes on."""
    if session.who() is not None:
        return redirect(_onward())
    return _page(Form())


def _page(form: Form, notice: str | None = None) -> Response:
    wanted = session.safe_next(request.values.get("next"))
    return render("sign_in.html", form.status, form=form, by=forms.by(), next=wanted, notice=notice)


@pages.post("/sign-in")
def signing_in() -> ResponseReturnValue:
    """Signs in with number and code, or address and password."""
    form = forms.typed()
    desk, network, device = house().desk, session.network(), session.device()
    try:
        if forms.by() == "email":
            address, password = forms.text("email"), forms.text("password", 1000)
            secret = users.sign_in_with_password(desk, address, password, network=network, device=device)
        else:
            number = contact.mobile(forms.text("mobile"))
            secret = users.sign_in_with_code(desk, number, forms.text("code", 20), network=network, device=device)
    except LingyuanError as error:
        return _page(form.refuse(error, "email" if isinstance(error, contact.MobileWrong) and forms.by() == "email" else None))
    session.let_in(secret)
    return redirect(_onward())


def _onward() -> str:
    """Where to go after signing in: the page asked for, if it lies in the person's own room."""
    person = session.who()
    wanted = session.safe_next(request.values.get("next"))
    place = room(person.role) if person else None
    if wanted and (wanted.startswith(("/join/", "/invitation/")) or (place and wanted.startswith(HOMES[place]))):
        return wanted
    return home(person)


@pages.post("/sign-in/code")
def send_sign_in_code() -> ResponseReturnValue:
    """Sends a code to the number typed; the answer is the same whoever it belongs to."""
    form = forms.typed()
    try:
        number = contact.mobile(forms.text("mobile"))
        notice = send_code("sign_in", number)
    except LingyuanError as error:
        return code_refused(error) or _page(form.refuse(error, None if isinstance(error, contact.MobileWrong) else "mobile"))
    return code_sent(notice) or _page(form, notice)


def send_code(purpose: Purpose, to: Contact) -> str:
    """Sends a code; gives the words that say so."""
    codes.ask(house().desk, purpose, to, session.network(), session.lang())
    return t("A message is on its way to {contact}.", session.lang(), contact=to.masked)


def code_sent(notice: str) -> Response | None:
    """The answer for a script; None for a browser without scripts."""
    return jsonify(message=notice, wait=60) if wants_json() else None


def code_refused(error: LingyuanError) -> Response | None:
    """The refusal for a script; None for a browser without scripts."""
    if not wants_json():
        return None
    answer = jsonify(say(error, session.lang()))
    answer.status_code = error.status
    return answer


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Ends this session."""
    person = session.who()
    if person is not None:
        sessions.close(house().desk, person)
    session.let_out()
    return redirect("/sign-in")


@pages.post("/sign-out/everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """Ends every session of the person."""
    sessions.close_everywhere(house().desk, session.signed_in())
    session.let_out()
    return redirect("/sign-in")
