"""What the gate refused although the meter is known, summed up for the submission's record: the quality rules tell it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tenants.ingest import check
from tenants.ingest.series import Reject

RULE_OF = {
    check.NEGATIVE: "negative", check.TOO_LARGE: "too_large", check.TOO_EARLY: "impossible_time", check.FUTURE: "impossible_time",
}  # fmt: skip


def summed(rejected: Iterable[Reject]) -> list[dict[str, Any]]:
    """The refused rows of known meters by rule, meter and flow, for the submission's record."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in rejected:
        rule, facts = RULE_OF.get(one.reason), one.facts
        if rule is None or "flow" not in facts:
            continue
        line = found.setdefault((rule, facts["meter"], facts["flow"]), {
            "rule": rule, "meter": facts["meter"], "flow": facts["flow"], "first": facts["start"], "last": facts["start"],
            "step": facts["step"], "count": 0, "sum": "0",
        })  # fmt: skip
        line["first"], line["last"] = min(line["first"], facts["start"]), max(line["last"], facts["start"])
        line["count"] += 1
        line["sum"] = str(Decimal(line["sum"]) + abs(Decimal(str(facts["value"]))))
    return list(found.values())
