"""What several accounts, meters or shifts come to in each period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from tenants.exact import rounded
from tenants.ingest.receipt import Rejects
from tenants.ingest.workbook.bill_columns import ALL, BESIDE, WINDOWS
from tenants.ingest.workbook.result import BillRow, Message, message
from tenants.ingest.workbook.roles import Roles
from tenants.ingest.workbook.vocabulary import SHIFT

TWICE = "the period {period} stands in rows {rows} with different values; none of them is taken"
DECIDE = "Delete the wrong row."
ADDED = (*WINDOWS, "amount")  # what may be added up over accounts
_SHOWN = 5
Account = tuple[str, ...]  # what the cells say that name it


def accounts_of(roles: Roles, rows: Sequence[Sequence[str]]) -> list[Account]:
    """The account (or meter) and shift that each row names; an account in the first row of a block holds for those below."""
    shifts = [one.index for one in roles.every if one.role == "ignored" and SHIFT.search(one.label)]
    meters = [one.index for one in roles.of("meter")]
    named: list[Account] = []
    last: Account = ()
    for cells in rows:
        last = tuple(cells[i] for i in meters if cells[i]) or last
        named.append((*last, *(cells[i] for i in shifts)))
    return named


def of_all(bills: list[tuple[Account, BillRow]], notes: list[Message]) -> list[tuple[Account, BillRow]]:
    """The bills that together are the whole: those of an account that says it is all of them, or those of every account."""
    names = list(dict.fromkeys(account for account, _ in bills))
    whole = [account for account in names if any(ALL.match(text) for text in account)]
    if whole and len(whole) < len(names):
        others = [" ".join(account) for account in names if account not in whole]
        shown = ", ".join(others[:_SHOWN]) + (" ..." if len(others) > _SHOWN else "")
        notes.append(message(BESIDE, column=", ".join(" ".join(account) for account in whole), others=shown))
        return [(account, bill) for account, bill in bills if account in whole]
    if len(names) > 1:
        notes.append(message("quantities of {count} accounts, meters or shifts were added up for each period", count=len(names)))
    return bills


def once(bills: list[tuple[Account, BillRow]], rejects: Rejects) -> list[BillRow]:
    """Each flow and period once: equal rows of an account count once, of contradicting ones none is taken, and what several
    accounts used in the same period is added up."""
    by_start: dict[tuple[str, dt.date], dict[Account, list[BillRow]]] = {}
    for account, bill in bills:
        by_start.setdefault((bill.flow, bill.start_day), {}).setdefault(account, []).append(bill)
    kept = []
    for accounts in by_start.values():
        every = [bill for same in accounts.values() for bill in same]
        if all(_equal(same) for same in accounts.values()) and len({bill.end_day for bill in every}) == 1:
            kept.append(_added([same[0] for same in accounts.values()]))
            continue
        rows = ", ".join(str(bill.row) for bill in every)
        period = f"{every[0].start_day} - {every[0].end_day}"
        for bill in every:
            rejects.add(np.array([bill.row], np.int32), TWICE, DECIDE, partial(_facts, {"period": period, "rows": rows}))
    return kept


def _facts(facts: dict[str, str], _: int) -> dict[str, str]:
    return dict(facts)


def added_up(bills: list[tuple[Account, BillRow]]) -> list[BillRow]:
    """Each flow and period once, with the quantities of all accounts, of which each has it once."""
    same: dict[tuple[str, dt.date, dt.date], list[BillRow]] = {}
    for _, bill in bills:
        same.setdefault((bill.flow, bill.start_day, bill.end_day), []).append(bill)
    return [_added(every) for every in same.values()]


def _equal(same: list[BillRow]) -> bool:
    return len({(bill.end_day, bill.quantity, tuple(sorted(bill.details.items()))) for bill in same}) == 1


def _added(bills: list[BillRow]) -> BillRow:
    """The bills of several accounts as one. Demands and power factors do not add up; a part that one bill lacks is no sum."""
    if len(bills) == 1:
        return bills[0]
    parts = [key for key in ADDED if all(key in bill.details for bill in bills)]
    details = {key: plain(sum((Fraction(bill.details[key]) for bill in bills), Fraction(0))) for key in parts}
    return replace(bills[0], quantity=sum(bill.quantity for bill in bills), details=details)


def plain(value: Fraction) -> str:
    """The number without the noise of binary fractions."""
    text = format(rounded(value, 6), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
