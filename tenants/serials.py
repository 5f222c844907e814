"""Serial numbers claimed once on the whole platform. Who holds a claim is nobody's business."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

import psycopg
import sqlalchemy as sa

from tenants.db import TenantSession
from tenants.errors import InvalidInput, LingyuanError

LONGEST = 64
# A hyphen may be part of a number, so it joins two of them only between spaces, or between bare digits.
_BETWEEN = re.compile(r"\s+[-–—~]\s+|\s*(?:至|到|~|–|—|\.\.)\s*|\s+to\s+")
_BARE = re.compile(r"(\d+)\s*-\s*(\d+)")
_SERIAL = re.compile(r"(.*?)(\d{1,18})")
_ZEROS = re.compile(r"(?<!\d)0+$")  # of the number itself; those after another digit belong to a longer number's front


class SerialsClaimed(LingyuanError):
    """Some of the serial numbers {first} to {last} are claimed already."""

    status = 409
    remedy = "Check the serial numbers. A certificate or credit serves one claim, on the whole platform."


@dataclass(frozen=True)
class Serials:
    """Consecutive serial numbers of a registry: `prefix` and the numbers `first` to `last`, both inclusive.

    The zeros in front of the first number stand at the end of `prefix`, so that it is shown as it is printed.
    """

    registry: str
    prefix: str
    first: int
    last: int

    @property
    def units(self) -> int:
        """How many there are."""
        return self.last - self.first + 1

    @property
    def series(self) -> str:
        """The prefix without the first number's zeros: what all numbers of the series share, however they are written."""
        return _ZEROS.sub("", self.prefix)

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last number as they are printed, as wide as each other where the first has zeros in front."""
        first = f"{self.prefix}{self.first}"
        width = len(first) - len(self.series) if self.prefix != self.series else 0
        return first, f"{self.series}{self.last:0{width}d}"


def serials(registry: str, text: str) -> Serials:
    """The range that a person writes, for example `GEC-2025-000001 - GEC-2025-002000` or a single number.

    Raises:
        InvalidInput: no number at the end, different prefixes, an end before the start.
    """
    bare = _BARE.fullmatch(text.strip())
    ends = [bare[1], bare[2]] if bare else [part.strip() for part in _BETWEEN.split(text.strip())]
    found = [_SERIAL.fullmatch(part) for part in ends]
    if len(found) > 2 or not all(found) or len(text) > 3 * LONGEST:
        raise InvalidInput(field="serials", reason="{given} is no range of serial numbers", given=text[:80],
                           remedy="Write the first and the last, for example GEC-2025-0001 - GEC-2025-2000.")  # fmt: skip
    (prefix, digits), (other, end) = ((one[1], one[2]) for one in (found[0], found[-1]) if one)
    first, last = int(digits), int(end)
    if _ZEROS.sub("", prefix) != _ZEROS.sub("", other):
        raise InvalidInput(field="serials", reason="{one} and {other} are two series", one=prefix, other=other,
                           remedy="Enter each series by itself.")  # fmt: skip
    if last < first:
        raise InvalidInput(field="serials", reason="{last} is before {first}", first=digits, last=end,
                           remedy="Write the first number first.")  # fmt: skip
    name = " ".join(registry.split())
    if not name or len(name) > LONGEST:
        raise InvalidInput(field="registry", reason="the registry has no name, or too long a one",
                           remedy="Name the registry, for example 国家绿证核发交易系统.")  # fmt: skip
    return Serials(name, prefix + "0" * (len(digits) - len(str(first))), first, last)


def claim(session: TenantSession, id: UUID, what: Serials) -> None:
    """Claims the serial numbers for this tenant under the id of its record.

    Raises:
        SerialsClaimed: one of them is claimed, by whomever.
    """
    try:
        session.execute(
            "INSERT INTO shared.claim (id, tenant, registry, prefix, serials) "
            "VALUES (:id, current_user, :registry, :prefix, int8range(:first, :end))",
            # Another way of writing a name must not make a second series of it.
            {"id": id, "registry": _plain(what.registry), "prefix": _plain(what.series), "first": what.first,
             "end": what.last + 1},
        )  # fmt: skip
    except sa.exc.IntegrityError as error:
        if isinstance(error.orig, psycopg.errors.ExclusionViolation):
            first, last = what.ends
            raise SerialsClaimed(first=first, last=last) from None
        raise


def _plain(text: str) -> str:
    """The text without what the eye passes over: case, full width, spaces, invisible characters, kinds of dashes."""
    narrow = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kinds = ((char, unicodedata.category(char)) for char in "".join(narrow.split()))
    return "".join("-" if kind == "Pd" or char == "\u2212" else char for char, kind in kinds if kind not in ("Cf", "Cc"))


def release(session: TenantSession, id: UUID) -> None:
    """Gives the claim of a record up, so that the serial numbers are free again."""
    session.execute("DELETE FROM shared.claim WHERE id = :id AND tenant = current_user", {"id": id})
