"""Taking up an invitation."""

from __future__ import annotations

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from dashboards import session
from dashboards.house import house
from dashboards.public import forms
from dashboards.public.entering import code_refused, code_sent, send_code
from dashboards.public.forms import Form
from dashboards.public.pages import home, pages, render
from park.people import invitations
from park.people.invitations import Invitation
from park.people.roles import ROLES
from tenants.errors import LingyuanError


@pages.get("/invitation/<secret>")
def invitation(secret: str) -> ResponseReturnValue:
    """What the invitation is to, and what is needed to take it up.

    Raises:
        InvitationGone
    """
    return _page(secret, invitations.look(house().desk, secret, session.network()), Form())


def _page(secret: str, found: Invitation, form: Form, notice: str | None = None) -> Response:
    person = session.who()
    mine = person is not None and found.contact.value in (person.mobile, person.email)
    return render(
        "invitation.html", form.status, form=form, invitation=found, secret=secret, mine=mine, notice=notice,
        invited_role=ROLES[found.role],
    )  # fmt: skip


@pages.post("/invitation/<secret>")
def accept(secret: str) -> ResponseReturnValue:
    """Gives the role of the invitation to the person it is for."""
    found = invitations.look(house().desk, secret, session.network())
    person, form = session.who(), forms.typed()
    try:
        if person is not None:
            entered = invitations.accept(house().desk, secret, person)
        else:
            password = forms.text("password", 1000) if found.contact.kind == "email" else None
            entered = invitations.accept_with_code(
                house().desk, secret, forms.text("code", 20), name=forms.text("name"), password=password,
                network=session.network(), device=session.device(), lang=session.lang(),
            )  # fmt: skip
    except invitations.InvitationGone:
        raise
    except LingyuanError as error:
        return _page(secret, found, form.refuse(error))
    session.let_in(entered)
    return redirect(home(session.who()))


@pages.post("/invitation/<secret>/code")
def send_invitation_code(secret: str) -> ResponseReturnValue:
    """Sends a code to the number or address that was invited."""
    found = invitations.look(house().desk, secret, session.network())
    form = forms.typed()
    try:
        notice = send_code("invitation", found.contact)
    except LingyuanError as error:
        return code_refused(error) or _page(secret, found, form.refuse(error, "code"))
    return code_sent(notice) or _page(secret, found, form, notice)
