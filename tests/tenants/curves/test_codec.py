"""Records to PostgreSQL and back: bytes are what the server makes of them."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants import clock
from tenants.curves.codec import PACKED, DayCurves, decode, encode, framed, joined
from tenants.curves.store import COLUMNS, read_range, read_stored
from tenants.db import Database, tenant_session


def curves(step: int, rows: list[tuple[int, int, list[tuple[int, int]]]]) -> DayCurves:
    """Rows of (channel, day, [(value, quality)...])."""
    width = max(len(cells) for _, _, cells in rows)
    values, quality = np.zeros((len(rows), width), np.int32), np.zeros((len(rows), width), np.uint8)
    for i, (_, _, cells) in enumerate(rows):
        values[i, : len(cells)], quality[i, : len(cells)] = zip(*cells, strict=True)
    return joined(
        [
            DayCurves(
                step, np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.int32),
                np.array([len(row[2]) for row in rows], np.int32), values, quality, np.ones(len(rows), np.int32),
            )
        ]
    )  # fmt: skip


cells = st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 5))
row = st.tuples(
    st.integers(1, 9), st.integers(0, 40_000), st.integers(1, 30).flatmap(lambda n: st.lists(cells, min_size=n, max_size=n))
)


def pictures(found: dict[int, DayCurves]) -> set[tuple[int, int, int, bytes, bytes]]:
    return {
        (
            step,
            int(one.channel[i]),
            int(one.day[i]),
            one.values[i, : one.length[i]].tobytes(),
            one.quality[i, : one.length[i]].tobytes(),
        )
        for step, one in found.items()
        for i in range(len(one))
    }


@given(st.lists(row, min_size=1, max_size=25, unique_by=lambda one: one[:2]), st.sampled_from([1, 15, 60]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_whatever_the_lengths(
    db: Database, tenant: str, rows: list[tuple[int, int, list[tuple[int, int]]]], step: int
) -> None:
    given_ = curves(step, rows)
    with tenant_session(db, tenant) as session:
        session.execute("DELETE FROM curve")
        session.copy_in(f"COPY curve {COLUMNS} FROM STDIN (FORMAT binary)", framed(encode(given_)))
        totals = session.rows('SELECT channel, day, total, (SELECT sum(v) FROM unnest("values") v)::bigint AS truth FROM curve')
        assert all(one.total == one.truth for one in totals)
        assert {(one.channel, clock.number_of(one.day)) for one in totals} == {one[:2] for one in rows}
        packed = session.driver.cursor(binary=True).execute(f"SELECT string_agg({PACKED}, ''::bytea) FROM curve").fetchone()
        assert packed is not None
        assert pictures(decode(packed[0])) == pictures({step: given_})
        assert pictures(read_range(session, list(range(1, 10)), 0, 40_000)) == pictures({step: given_})
        whole = read_stored(session, given_.channel, given_.day)
        assert pictures(whole.curves) >= pictures({step: given_})


def test_nothing_is_read_where_nothing_is(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        assert read_range(session, [], 0, 10) == {}
        assert read_range(session, [1], 10, 0) == {}
        assert read_range(session, [1, 2], 0, 100_000) == {}


def test_the_day_of_a_row_is_the_day_of_the_calendar(db: Database, tenant: str) -> None:
    day = dt.date(2024, 2, 29)
    with tenant_session(db, tenant) as session:
        one = curves(60, [(1, clock.number_of(day), [(7, 1)])])
        session.copy_in(f"COPY curve {COLUMNS} FROM STDIN (FORMAT binary)", framed(encode(one)))
        assert session.scalar("SELECT day FROM curve") == day
