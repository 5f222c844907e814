"""Where somebody with several roles works, and which park the operator looks at."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from dashboards import session
from dashboards.house import house
from dashboards.public import forms
from dashboards.public.pages import home, pages, render
from park import parks
from park.access import accounts_session
from park.people import sessions
from park.people.roles import ROLES
from tenants.errors import NotFound


@pages.get("/workspaces")
def workspaces() -> ResponseReturnValue:
    """The person's places, to choose one."""
    person = session.signed_in()
    with accounts_session(house().db) as accounts:
        places = sessions.workspaces(accounts, person.user)
    picks = parks.listed(house().db) if person.may("park.pick") else []
    return render("workspaces.html", places=places, picks=picks, roles=ROLES)


@pages.post("/workspaces")
def choose() -> ResponseReturnValue:
    """Goes to one of the person's own places."""
    wanted = forms.text("membership", 40)
    try:
        membership = UUID(wanted)
    except ValueError as error:
        raise NotFound(what="workspace", name=wanted) from error
    session.let_in(sessions.switch(house().desk, session.signed_in(), membership))
    return redirect(home(session.who()))


@pages.post("/workspaces/park")
def pick() -> ResponseReturnValue:
    """The operator looks at one park."""
    session.let_in(sessions.pick_park(house().desk, session.signed_in(), forms.text("park", 80)))
    return redirect(home(session.who()))
