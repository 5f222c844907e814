"""Looks at a tenant's data with every rule and keeps what is found. Looking twice changes nothing."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenants import clock
from tenants.calc.quality.history import Found
from tenants.calc.quality.rules import OF_A_CURVE, of_curve
from tenants.calc.quality.usual import TRAILING_DAYS
from tenants.db import TenantSession
from tenants.quality import behind, bills, contradictions, refused
from tenants.quality.evidence import RESTLESS, SUN_MADE, checked, days_of, history, place, rated, rests
from tenants.quality.problems import keep
from tenants.registers import findings as registers
from tenants.topology import Channel, Topology, load

AROUND_DAYS = 62  # a changed day can change what is found about days so far away: profiles, jumps, gaps
CONTEXT_DAYS = TRAILING_DAYS + 7
DEVICE_PAUSE = dt.timedelta(hours=1)  # a stream of readings is looked at no more often
STREAMS = ("http", "mqtt")
ALL_TIME = (-(2**36), 2**36)  # [UTC seconds]

Days = tuple[int, int]


@dataclass(frozen=True)
class Looked:
    """What a look changed: channels looked at, findings new or changed, and those that are gone."""

    channels: int
    changed: int
    gone: int


def find(session: TenantSession, touched: Mapping[int, Days] | None = None) -> Looked:
    """Looks at these channels around these days (None: at everything) and keeps what the rules find.

    Nothing is locked while it looks: readings come in meanwhile.

    Args:
        touched: first and last changed day number by channel.
    """
    topology = load(session)
    wanted = [one for one in topology.channels.values() if checked(one) and (touched is None or one.id in touched)]
    seen: list[tuple[int, Sequence[str], tuple[int, int], list[Found]]] = []
    for channel in wanted:
        days = _days(session, channel, touched)
        if days is not None:
            seen.append((channel.id, OF_A_CURVE, _span(session, days), _of_channel(session, topology, channel, days)))
    for tree in behind.trees(topology):
        days = _of_tree(session, tree, touched)
        if days is not None:
            found = behind.findings(session, tree, *days)
            seen.append((tree.parent.id, ("children_above_parent",), _span(session, days), found))
    for rules, by_channel in (
        (("bill_against_meter",), bills.findings(session, topology)),
        (("duplicate",), contradictions.findings(session)),
        (refused.RULES, refused.findings(session, topology)),
    ):
        for number in {*by_channel, *_open(session, rules)}:
            seen.append((number, rules, ALL_TIME, by_channel.get(number, [])))
    seen += _registers(session, wanted)
    session.lock()
    counts = [keep(session, *one) for one in seen]
    return Looked(len(wanted), sum(new for new, _ in counts), sum(gone for _, gone in counts))


def _registers(
    session: TenantSession, wanted: Sequence[Channel]
) -> list[tuple[int, Sequence[str], tuple[int, int], list[Found]]]:
    """What happened to the dials behind register channels that nobody recorded."""
    dials = [one for one in wanted if one.kind == "register"]
    by_channel: dict[int, list[Found]] = {one.id: [] for one in dials}
    for one in registers.findings(session, dials):
        start, end = int(one.start.timestamp()), int(one.end.timestamp())
        by_channel[one.channel].append(Found(one.rule, start, end, one.energy, dict(one.facts)))
    return [(number, registers.RULES, ALL_TIME, found) for number, found in by_channel.items()]


def _open(session: TenantSession, rules: Sequence[str]) -> list[int]:
    """Channels with an open problem of these rules."""
    rows = session.rows("SELECT DISTINCT channel FROM problem WHERE rule = ANY(:rules) AND state = 'open'", rules=list(rules))
    return [row.channel for row in rows]


def _days(session: TenantSession, channel: Channel, touched: Mapping[int, Days] | None) -> Days | None:
    """The days to report about: around what changed, and from the last value before them on, so that a gap is seen whole."""
    all_days = days_of(session, channel)
    if all_days is None or touched is None:
        return all_days
    first = max(touched[channel.id][0] - AROUND_DAYS, all_days[0])
    last = min(touched[channel.id][1] + AROUND_DAYS, all_days[1])
    before = session.scalar(
        "SELECT max(day) FROM curve WHERE channel = :channel AND day <= :day", channel=channel.id, day=clock.date_of(first)
    )
    first = first if before is None else min(first, clock.number_of(before))
    if channel.flow in SUN_MADE:  # what the sun contradicts is told by the year
        first = max(_new_year(first), all_days[0])
    return first, max(first, last)


def _new_year(day: int) -> int:
    return clock.number_of(clock.date_of(day).replace(month=1, day=1))


def _of_tree(session: TenantSession, tree: behind.Tree, touched: Mapping[int, Days] | None) -> Days | None:
    known = days_of(session, tree.parent)
    if known is None or touched is None:
        return known
    members = [tree.parent, *tree.children, *tree.adds, *tree.takes]
    mine = [touched[one.id] for one in members if one.id in touched]
    if not mine:
        return None
    first = _new_year(min(a for a, _ in mine) - AROUND_DAYS)
    days = max(first, known[0]), min(max(b for _, b in mine) + AROUND_DAYS, known[1])
    return days if days[0] <= days[1] else None


def _span(session: TenantSession, days: Days) -> tuple[int, int]:
    bounds = clock.midnights(session.zone, *days)
    return int(bounds[0]), int(bounds[-1])


def _of_channel(session: TenantSession, topology: Topology, channel: Channel, days: Days) -> list[Found]:
    """What the rules say about the days, seen with the weeks before them."""
    known = days_of(session, channel)
    first, last = days if known is None else (max(known[0], days[0] - CONTEXT_DAYS), min(known[1], days[1] + CONTEXT_DAYS))
    seen = history(session, channel, first, last)
    span = _span(session, days)
    found = of_curve(
        seen, rated=rated(channel, seen.step), place=place(topology, channel), restless=channel.flow in RESTLESS - SUN_MADE,
        rests=rests(topology, channel),
    )  # fmt: skip
    return [one for one in found if span[0] <= one.start < span[1]]


def look_after(session: TenantSession, *, nightly: bool = False) -> Looked | None:
    """Looks at what came in since the last look; at night also at the last weeks, where time alone opens gaps. None: not yet.

    A device that sends all day is looked at once an hour; whatever else came in, at once. One night a week everything is.
    """
    last = session.row("SELECT settings ->> 'looked_at' AS at, settings ->> 'looked_through' AS through FROM state")
    at, through = (None if last is None or text is None else dt.datetime.fromisoformat(text) for text in last or (None, None))
    # Submissions are written one after the other, so one that is seen means that all received before it are.
    news = session.row(
        "SELECT max(received) AS through, bool_and(source = ANY(:streams)) AS streams, now() AS now FROM batch "
        "WHERE received > coalesce(CAST(:since AS timestamptz), '-infinity')",
        streams=list(STREAMS), since=through,
    )  # fmt: skip
    assert news is not None
    if not nightly and at is not None and news.now - at < DEVICE_PAUSE and news.streams is not False:
        return None
    touched = None if through is None or (nightly and _due_whole(session)) else changed_since(session, through)
    if touched is not None and nightly:
        _add_yesterday(session, touched)
    looked = find(session, touched)
    said = {"at": news.now.isoformat(), "through": (news.through or through or news.now).isoformat()}
    session.execute(
        "UPDATE state SET settings = settings || jsonb_build_object('looked_at', CAST(:at AS text), "
        "'looked_through', CAST(:through AS text))",
        said,
    )
    return looked


def _due_whole(session: TenantSession) -> bool:
    """Whether tonight is the one night of the week in which everything of this tenant is looked at."""
    return zlib.crc32(session.tenant.encode()) % 7 == clock.today(session.zone).weekday()


def _add_yesterday(session: TenantSession, touched: dict[int, Days]) -> None:
    """A day that ended without values has opened a gap, whatever came in."""
    yesterday = clock.number_of(clock.today(session.zone)) - 1
    for channel in load(session).channels.values():
        if checked(channel) and channel.until is None:
            first, last = touched.get(channel.id, (yesterday, yesterday))
            touched[channel.id] = min(first, yesterday), max(last, yesterday)


def changed_since(session: TenantSession, since: dt.datetime) -> dict[int, Days]:
    """First and last day that submissions after this moment have changed, by channel."""
    rows = session.rows(
        "SELECT channel, min(day) AS first, max(day) AS last FROM ("
        "SELECT o.channel, o.day FROM curve_batch o JOIN batch b ON b.id = o.batch WHERE b.received > :since UNION ALL "
        "SELECT f.channel, f.day FROM curve_former f JOIN batch b ON b.id = f.batch WHERE b.received > :since) AS q "
        "GROUP BY channel",
        since=since,
    )  # fmt: skip
    return {row.channel: (clock.number_of(row.first), clock.number_of(row.last)) for row in rows}
