"""What the messages to people say. Short: a short message is one line, and nobody reads the second."""

from __future__ import annotations

from park.people.contact import Contact
from park.people.desk import Desk
from park.words import Lang, t

CODE_MINUTES = 10
RESET_MINUTES = 30
INVITATION_HOURS = 72


def code(contact: Contact, code: str, lang: Lang) -> tuple[str, str]:
    """Subject and text that carry a code."""
    subject = t("Your Lingyuan code: {code}", lang, code=code)
    body = t("[Lingyuan] Your code is {code}, valid for {minutes} minutes. Nobody from us will ask you for it.", lang,
             code=code, minutes=CODE_MINUTES)  # fmt: skip
    return (subject, body) if contact.kind == "email" else ("", body)


def stranger(contact: Contact, lang: Lang) -> tuple[str, str]:
    """Subject and text for somebody who wanted to sign in with a number or address that no account has."""
    subject = t("Signing in to Lingyuan", lang)
    body = t("[Lingyuan] No account has this number or address yet. Join with your park's link or QR code.", lang)
    return (subject, body) if contact.kind == "email" else ("", body)


def reset(desk: Desk, secret: str, lang: Lang) -> tuple[str, str]:
    """Subject and text that carry the link to a new password."""
    link = f"{desk.base_url}/reset/{secret}"
    body = t("Choose a new password here within {minutes} minutes:\n{link}\n\nIf you did not ask for it, do nothing.", lang,
             minutes=RESET_MINUTES, link=link)  # fmt: skip
    return t("A new password for Lingyuan", lang), body


def nothing_to_reset(lang: Lang) -> tuple[str, str]:
    """Subject and text for an address that no account has."""
    body = t("Somebody asked for a new password for this address, but no account has it. You need not do anything.", lang)
    return t("A new password for Lingyuan", lang), body


def invitation(desk: Desk, contact: Contact, secret: str, place: str, lang: Lang) -> tuple[str, str]:
    """Subject and text that carry an invitation to a firm, a park or the regulators' pages."""
    link = f"{desk.base_url}/invitation/{secret}"
    subject = t("Invitation to {place}", lang, place=place)
    body = t("[Lingyuan] You are invited to {place}. Open within {hours} hours: {link}", lang,
             place=place, hours=INVITATION_HOURS, link=link)  # fmt: skip
    return (subject, body) if contact.kind == "email" else ("", body)
