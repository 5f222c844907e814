"""The people of the demo: one for each role, with passwords made for this installation and shown at its start."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from park.access import accounts_session
from park.demo.assumptions import assumptions
from park.people import users
from park.people.contact import email
from park.people.roles import ROLES
from park.secrets import Secrets
from tenants.db import Database

ACTOR = "demo"
_SECRET = "demo-people"  # the name of the secret the passwords come from, not a password
_SYLLABLES = ("lan", "xi", "qing", "shan", "lu", "ye", "feng", "he", "yun", "tao", "mei", "zhu", "song", "bai", "yu", "chuan")


@dataclass(frozen=True)
class Person:
    """Somebody of the demo. `firm` is a firm's key, `park` "main"; both None for the platform's own and the regulator."""

    account: str
    name: str
    role: str
    firm: str | None = None
    park: str | None = None


@dataclass(frozen=True)
class SignIn:
    """What a person types at the sign-in page; `role` is a word of the catalogue, `where` a firm's or park's name."""

    account: str
    password: str
    role: str
    where: str


PEOPLE = (
    Person("operator@demo.example", "平台运营", "operator"),
    Person("park@demo.example", "岚溪园区管理员", "park_admin", park="main"),
    Person("chillers@demo.example", "澜岳能源经理", "owner", firm="chillers"),
    Person("engineer@demo.example", "澜岳设备工程师", "member", firm="chillers"),
    Person("moulding@demo.example", "塑禾厂长", "owner", firm="moulding"),
    Person("regulator@demo.example", "主管部门", "regulator"),
)


def password(secrets: Secrets, account: str) -> str:
    """The account's password: three words and a number, the same at every start of this installation, unlike any other's."""
    digest = hashlib.sha256(f"{secrets.create(_SECRET)}:{account}".encode()).digest()
    words = ["".join(_SYLLABLES[byte % 16] for byte in digest[at : at + 2]) for at in (0, 2, 4)]
    return "-".join([*words, str(1000 + int.from_bytes(digest[9:13], "big") % 9000)])


def enrol(db: Database, secrets: Secrets, firms: Mapping[str, str], park: str) -> None:
    """Opens the accounts that are not there yet. `firms` maps a firm's key to its tenant."""
    for person in PEOPLE:
        with accounts_session(db) as session:
            if users.find(session, email(person.account)):
                continue
        users.enrol(
            db, name=person.name, contact=email(person.account), role=person.role, actor=ACTOR,
            tenant=firms[person.firm] if person.firm else None, park=park if person.park else None,
            password=password(secrets, person.account),
        )  # fmt: skip


def listed(secrets: Secrets) -> list[SignIn]:
    """Who can sign in, with the passwords of this installation."""
    book = assumptions()
    places = {firm.key: firm.title for firm in book.firms}
    return [
        SignIn(
            person.account, password(secrets, person.account), ROLES[person.role].title,
            book.park["title"] if person.park else places.get(person.firm or "", ""),
        )
        for person in PEOPLE
    ]  # fmt: skip
