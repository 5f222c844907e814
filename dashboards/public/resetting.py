"""A forgotten password."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue

from dashboards import session
from dashboards.house import house
from dashboards.public import forms
from dashboards.public.forms import Form
from dashboards.public.pages import pages, render
from park.people import resets
from tenants.errors import LingyuanError


@pages.get("/forgot")
def forgot() -> ResponseReturnValue:
    """Asks for the address."""
    return render("forgot.html", form=Form(), sent=None)


@pages.post("/forgot")
def send_link() -> ResponseReturnValue:
    """Sends a link; says the same whether an account has the address or not."""
    form = forms.typed()
    try:
        resets.ask(house().desk, forms.text("email"), session.network(), session.lang())
    except LingyuanError as error:
        return render("forgot.html", error.status, form=form.refuse(error), sent=None)
    return render("forgot.html", form=form, sent=form.values.get("email", ""))


@pages.get("/reset/<secret>")
def reset(secret: str) -> ResponseReturnValue:
    """The form behind the link.

    Raises:
        ResetGone
    """
    resets.check(house().desk, secret, session.network())
    return render("reset.html", form=Form(), secret=secret)


@pages.post("/reset/<secret>")
def use_link(secret: str) -> ResponseReturnValue:
    """Sets the new password; the person signs in with it."""
    try:
        resets.use(house().desk, secret, forms.text("password", 1000), session.network())
    except resets.ResetGone:
        raise
    except LingyuanError as error:
        return render("reset.html", error.status, form=Form().refuse(error), secret=secret)
    session.let_out()
    return redirect("/sign-in?by=email")
