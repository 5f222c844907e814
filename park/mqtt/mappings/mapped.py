"""What every mapping gives: readings of registers, and maybe the signal of who sent them. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from tenants.errors import LingyuanError


class NotThisForm(LingyuanError):
    """The message is not of the form {form}: {reason}"""

    status = 422
    remedy = "Check the topic: its third level names the form. What each form looks like stands in the documentation of MQTT."


@dataclass(frozen=True)
class Reading:
    """One reading of a register at a moment; without a `flow` the unit and the meter decide."""

    meter: str
    unit: str
    at: dt.datetime
    value: float
    flow: str | None = None


@dataclass(frozen=True)
class Mapped:
    """What a payload says. Nothing at all for a heartbeat."""

    readings: Sequence[Reading] = ()
    signal: int | None = None

    def body(self) -> dict[str, Any]:
        """As `POST /api/v1/readings` takes it."""
        return {
            "registers": [
                {"meter": one.meter, "unit": one.unit, "at": [one.at.isoformat()], "readings": [one.value],
                 **({"flow": one.flow} if one.flow else {})}
                for one in self.readings
            ]
        }  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A payload: its JSON, the levels of its topic after the form, when it came, and the zone of times without an offset."""

    content: Any
    levels: Sequence[str]
    arrived: dt.datetime
    zone: ZoneInfo
    form: str = field(default="")

    def fails(self, reason: str, **facts: Any) -> NotThisForm:
        """The error for a payload of another form."""
        return NotThisForm(form=self.form, reason=reason, **facts)

    def object(self, value: Any, where: str) -> dict[str, Any]:
        """The value if it is a JSON object. Raises NotThisForm."""
        if not isinstance(value, dict):
            raise self.fails("{where} is not an object", where=where)
        return value

    def text(self, value: Any, where: str) -> str:
        """The value if it is a text or a whole number. Raises NotThisForm."""
        if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
            raise self.fails("{where} is not a name", where=where)
        return str(value).strip()[:120]

    def number(self, value: Any, where: str) -> float:
        """The value as a number; gateways also write it as text. Raises NotThisForm."""
        try:
            found = float(value) if not isinstance(value, bool) else math.nan
        except (TypeError, ValueError):
            found = math.nan
        if not math.isfinite(found):
            raise self.fails("{where} is not a number", where=where)
        return found

    def local(self, text: str, pattern: str, where: str) -> dt.datetime:
        """A time of the park's clock. Raises NotThisForm."""
        try:
            return dt.datetime.strptime(text, pattern).replace(tzinfo=self.zone)
        except (TypeError, ValueError):
            raise self.fails("{where} is not a time", where=where) from None


Read = Callable[[Given], Mapped]


def percent(value: Any) -> int | None:
    """A signal between 0 and 100, or None."""
    return round(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 100 else None
