"""A list of firms pasted from a spreadsheet: each line becomes a firm the park holds, invited where a contact is given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from park import held, members
from park.access import park_session
from park.people import invitations
from park.people.contact import any_contact
from park.people.credit_code import credit_code as checked
from park.people.desk import Desk
from park.people.sessions import Who
from park.words import Lang, say
from tenants.errors import InvalidInput, LingyuanError

_HEADS = {"名称", "企业名称", "单位名称", "firm", "name", "company"}
MOST_LINES = 500


@dataclass(frozen=True)
class Line:
    """What one pasted line says."""

    row: int
    title: str
    credit_code: str | None = None
    account_no: str | None = None
    contact: str | None = None


@dataclass(frozen=True)
class Refused:
    """A line that was not taken, in the reader's words."""

    row: int
    title: str
    message: str
    remedy: str


@dataclass
class Done:
    """How many firms were added and invited, and the lines that were refused."""

    added: int = 0
    invited: int = 0
    refused: list[Refused] = field(default_factory=list)


def parse(text: str) -> list[Line]:
    """The lines of a pasted list. Cells are told apart by what they look like; their order does not matter after the name.

    Raises:
        InvalidInput: too many lines.
    """
    lines = [line for line in enumerate(text.splitlines(), start=1) if line[1].strip()]
    if len(lines) > MOST_LINES:
        raise InvalidInput(field="list", reason="more than {most} lines", remedy="Paste it in parts.", most=MOST_LINES)
    return [_line(row, line) for row, line in lines if not _is_head(line)]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"[\t,，;；]", line) if cell.strip()]


def _is_head(line: str) -> bool:
    cells = _cells(line)
    return bool(cells) and cells[0].lower() in _HEADS


def _line(row: int, line: str) -> Line:
    title, *rest = _cells(line)
    code = next((cell for cell in rest if re.fullmatch(r"[0-9A-Za-z]{18}", cell)), None)
    contact = next((cell for cell in rest if "@" in cell or re.fullmatch(r"(\+?86)?1\d{10}", cell)), None)
    account = next((cell for cell in rest if cell not in (code, contact) and re.fullmatch(r"\d{4,20}", cell)), None)
    strange = next((cell for cell in rest if cell not in (code, contact, account)), None)
    return Line(row, title, code or strange, account, contact)


def add(desk: Desk, who: Who, text: str, lang: Lang) -> Done:
    """Adds the firms; a line that cannot be taken is listed with its reason, and the others go on."""
    who.require("park.invite")
    done = Done()
    for line in parse(text):
        try:
            _add(desk, who, line, lang, done)
        except LingyuanError as error:
            words = say(error, lang)
            done.refused.append(Refused(line.row, line.title, words["message"], words["remedy"]))
    return done


def _add(desk: Desk, who: Who, line: Line, lang: Lang, done: Done) -> None:
    code = checked(line.credit_code) if line.credit_code else None
    if line.contact:
        any_contact(line.contact)
    with park_session(desk.db, who.park or "") as session:
        tenant = members.register(session, park=session.role, title=line.title, actor=who.actor, credit_code=code, held=True)
        if line.account_no:
            held.tie(session, line.account_no, line.title, tenant)
    done.added += 1
    if line.contact:
        invitations.invite(desk, who, role="owner", contact=line.contact, lang=lang, tenant=tenant)
        done.invited += 1
