"""Open conflicts as problems: values sent again that differ from the stored ones."""

from __future__ import annotations

from collections import defaultdict

from tenants.calc.quality.history import Found
from tenants.db import TenantSession
from tenants.quality.problems import Problem

SAME_S = 86_400  # conflicts of one channel no further apart are one problem


def findings(session: TenantSession) -> dict[int, list[Found]]:
    """The open conflicts by channel, those that lie together as one; at stake is by how much they differ."""
    rows = session.rows(
        "SELECT channel, extract(epoch FROM start)::bigint AS start, step_minutes, offered, coalesce(kept, 0) AS kept "
        "FROM conflict WHERE state = 'open' ORDER BY channel, start, step_minutes, offered"
    )
    groups: dict[int, list[list[tuple[int, int, int, int]]]] = defaultdict(list)
    for row in rows:
        known = groups[row.channel]
        if not known or row.start - known[-1][-1][0] > SAME_S:
            known.append([])
        known[-1].append((row.start, row.step_minutes, row.offered, row.kept))
    return {channel: [_found(group) for group in several] for channel, several in groups.items()}


def _found(group: list[tuple[int, int, int, int]]) -> Found:
    facts = {
        "count": len(group), "kept": sum(kept for _, _, _, kept in group), "offered": sum(given for _, _, given, _ in group),
    }  # fmt: skip
    end = max(start + 60 * step for start, step, _, _ in group)
    return Found("duplicate", group[0][0], end, sum(abs(given - kept) for _, _, given, kept in group), facts)


# By their ends: those of a register are moments, of no length.
_BETWEEN = "channel = :channel AND start >= :start AND start + make_interval(mins => step_minutes) <= :end"


def dismiss(session: TenantSession, problem: Problem) -> None:
    """The stored values stay, whatever else was said about them."""
    _turn(session, problem, "open", "dismissed")


def reopen(session: TenantSession, problem: Problem) -> None:
    """What was dismissed in the problem's time waits for a decision again."""
    _turn(session, problem, "dismissed", "open")


def _turn(session: TenantSession, problem: Problem, before: str, after: str) -> None:
    session.execute(
        f"UPDATE conflict SET state = :after WHERE state = :before AND {_BETWEEN}",
        {"after": after, "before": before, "channel": problem.channel, "start": problem.start, "end": problem.end},
    )
