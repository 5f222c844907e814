"""The moments of reading: whole minutes of the local clock, so that quarter hours are quarter hours. Nothing drifts."""

from __future__ import annotations

import datetime as dt

MINUTE_S = 60


def offset_s(at: float) -> int:
    """Seconds by which this machine's local time is ahead of UTC at the instant."""
    found = dt.datetime.fromtimestamp(at).astimezone().utcoffset()
    return int(found.total_seconds()) if found else 0


def next_moment(now: float, minutes: int) -> int:
    """The next instant [UTC seconds] after `now` at which the local clock shows a multiple of the minutes."""
    period, ahead = minutes * MINUTE_S, offset_s(now)
    return (int(now) + ahead) // period * period + period - ahead


def due(moment: int, minutes: int) -> bool:
    """Whether something that happens every so many minutes happens at this moment."""
    return (moment + offset_s(moment)) % (minutes * MINUTE_S) == 0


def stamp(moment: int, read_at: float, tolerance_s: int) -> int:
    """The instant [UTC seconds] that a reading counts for.

    Taken within the tolerance after its moment it counts for the moment; later, it keeps its own second. Energy is not changed
    by it: what is counted too early in one interval is missing in the next.
    """
    return moment if 0 <= read_at - moment <= tolerance_s else int(read_at)


def interval(at: int, minutes: int) -> int:
    """The start [UTC seconds] of the local interval that the instant lies in."""
    period, ahead = minutes * MINUTE_S, offset_s(at)
    return (at + ahead) // period * period - ahead


def written(at: float) -> str:
    """The instant in local time with its offset."""
    return dt.datetime.fromtimestamp(int(at)).astimezone().isoformat()
