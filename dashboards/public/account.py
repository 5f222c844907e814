"""A person's own account: name, number, address, password, and where they are signed in."""

from __future__ import annotations

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from dashboards import session
from dashboards.house import house
from dashboards.public import forms
from dashboards.public.entering import code_refused, code_sent, send_code
from dashboards.public.forms import Form
from dashboards.public.pages import pages, render
from park.people import sessions, users
from park.people.contact import Contact
from tenants.errors import LingyuanError


@pages.get("/account")
def account() -> ResponseReturnValue:
    """The account page."""
    return _page(Form())


def _page(form: Form, notice: str | None = None) -> Response:
    person = session.signed_in()
    known = [Contact("mobile", person.mobile)] if person.mobile else []
    known += [Contact("email", person.email)] if person.email else []
    return render(
        "account.html", form.status, form=form, by=forms.by(), notice=notice, known=known,
        has_password=users.has_password(house().db, person.user), places=sessions.listed(house().db, person.user),
    )  # fmt: skip


@pages.post("/account/name")
def rename() -> ResponseReturnValue:
    """Changes the name others see."""
    try:
        users.rename(house().desk, session.signed_in(), forms.text("name"))
    except LingyuanError as error:
        return _page(forms.typed().refuse(error))
    return redirect("/account")


@pages.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Changes the password; every other place is signed out."""
    person = session.signed_in()
    try:
        secret = users.change_password(
            house().desk, person, forms.text("old_password", 1000), forms.text("password", 1000),
            network=session.network(), device=session.device(),
        )  # fmt: skip
    except users.SignInFailed as error:
        return _page(forms.typed().refuse(error, "old_password"))
    except LingyuanError as error:
        return _page(forms.typed().refuse(error))
    session.let_in(secret)
    return redirect("/account")


@pages.post("/account/contact/code")
def send_contact_code() -> ResponseReturnValue:
    """Sends a code to a new number or address."""
    session.signed_in()
    form = forms.typed()
    try:
        notice = send_code("contact", forms.reached_by())
    except LingyuanError as error:
        return code_refused(error) or _page(form.refuse(error, forms.by()))
    return code_sent(notice) or _page(form, notice)


@pages.post("/account/contact")
def add_contact() -> ResponseReturnValue:
    """Makes a proven number or address the person's own."""
    try:
        contact = forms.reached_by()
        users.add_contact(house().desk, session.signed_in(), contact, forms.text("code", 20), network=session.network())
    except LingyuanError as error:
        return _page(forms.typed().refuse(error))
    return redirect("/account")
