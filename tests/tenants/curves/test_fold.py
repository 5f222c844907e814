"""The merge rules: order, duplication and batching do not matter; conflicts, finer and coarser steps, evidence and estimates."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.curves.offer import CONFLICT, REPLACED, SAME, TAKEN
from tenants.curves.steps import STEPS
from tenants.flows import ALLOCATED, CORRECTED, ESTIMATED, MEASURED, MISSING
from tests.tenants.curves.memory import SHANGHAI, Reading, Tables

MIDNIGHT = 1_767_196_800  # 2026-01-01 00:00 in Shanghai
DAY = 20_454  # its number
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Adelaide", "Asia/Kathmandu")
CLOCK_CHANGES = {"Europe/Berlin": (1_774_738_800, 1_792_879_200), "America/Sao_Paulo": (1_541_300_400, 1_550_368_800)}


def at(hour: float) -> int:
    return MIDNIGHT + int(hour * 3600)


def verdicts(tables: Tables) -> list[int]:
    return [int(code) for one in tables.last for code in one.verdict]


def test_an_empty_slot_is_filled_and_that_is_no_correction() -> None:
    tables = Tables()
    tables.send([(1, 15, at(0), 100)])
    result = tables.send([(1, 15, at(1), 200)])
    assert tables.values(1, DAY)[:5] == [100, 0, 0, 0, 200]
    assert not np.concatenate(result.corrected).size
    assert [int(rev) for one in result.curves for rev in one.revision] == [1]


def test_an_equal_value_writes_nothing() -> None:
    tables = Tables()
    tables.send([(1, 15, at(0), 100)])
    result = tables.send([(1, 15, at(0), 100)])
    assert verdicts(tables) == [SAME]
    assert not result.curves


def test_a_different_value_is_a_conflict_and_not_applied() -> None:
    tables = Tables()
    tables.send([(1, 15, at(0), 100)])
    result = tables.send([(1, 15, at(0), 101), (1, 15, at(1), 7)])
    assert verdicts(tables) == [CONFLICT, TAKEN]
    assert tables.values(1, DAY)[0] == 100
    [found] = [one for one in result.contradictions if one.slot.size]
    assert (found.offered.tolist(), found.kept.tolist(), found.slot.tolist()) == ([101], [100], [0])


def test_a_replacement_keeps_the_former_row_and_marks_the_value_corrected() -> None:
    tables = Tables()
    tables.send([(1, 15, at(0), 100), (1, 15, at(1), 5)])
    result = tables.send([(1, 15, at(0), 101)], replace=True)
    assert verdicts(tables) == [REPLACED]
    assert tables.quality(1, DAY)[0] == CORRECTED
    assert tables.quality(1, DAY)[4] == MEASURED
    assert np.concatenate(result.corrected).size == 1
    assert result.curves[0].revision.tolist() == [2]


def test_an_inexact_difference_of_one_is_no_difference() -> None:
    tables = Tables()
    tables.send([(1, 15, at(0), 100), (1, 15, at(0.25), 100)])
    tables.send([(1, 15, at(0), 101), (1, 15, at(0.25), 102)], inexact=True)
    assert verdicts(tables) == [SAME, CONFLICT]


def test_duplicates_that_contradict_each_other_are_both_left_out() -> None:
    tables = Tables()
    tables.send([(1, 15, at(0), 1), (1, 15, at(1), 5), (1, 15, at(0), 2), (1, 15, at(1), 5)])
    assert verdicts(tables) == [CONFLICT, TAKEN, CONFLICT, SAME]
    assert tables.values(1, DAY)[:5] == [0, 0, 0, 0, 5]
    assert tables.quality(1, DAY)[0] == MISSING


@pytest.mark.parametrize("first", [ESTIMATED, MEASURED])
def test_evidence_takes_the_place_of_an_estimate_in_either_order(first: int) -> None:
    tables = Tables()
    value = {ESTIMATED: 25, MEASURED: 27}
    for quality in (first, ESTIMATED + MEASURED - first):
        tables.send([(1, 15, at(0), value[quality])], quality=quality)
    assert (tables.values(1, DAY)[0], tables.quality(1, DAY)[0]) == (27, MEASURED)


def test_a_coarser_value_fills_what_the_finer_ones_left_open() -> None:
    tables = Tables()
    tables.send([(1, 15, at(0), 10)])
    tables.send([(1, 60, at(0), 30), (1, 60, at(1), 7)])
    assert tables.values(1, DAY)[:8] == [10, 7, 7, 6, 2, 2, 2, 1]
    assert tables.quality(1, DAY)[:8] == [MEASURED, *[ALLOCATED] * 7]


def test_finer_values_share_the_coarser_one_out_again_as_they_arrive() -> None:
    tables = Tables()
    tables.send([(1, 60, at(0), 30)])
    for quarter, value in enumerate((10, 9, 8)):
        tables.send([(1, 15, at(quarter / 4), value)])
    assert tables.values(1, DAY)[:4] == [10, 9, 8, 3]
    assert tables.stored.steps
    tables.send([(1, 15, at(0.75), 3)])
    assert tables.quality(1, DAY)[:4] == [MEASURED] * 4
    assert not tables.stored.steps


def test_a_coarser_value_that_contradicts_the_finer_ones_is_listed_in_either_order() -> None:
    fine: list[Reading] = [(1, 15, at(q / 4), 10) for q in range(4)]
    coarse: list[Reading] = [(1, 60, at(0), 50)]
    listed = []
    for order in ((fine, coarse), (coarse, fine)):
        tables = Tables()
        results = [tables.send(batch) for batch in order]
        listed.append(
            [(int(o), int(k), int(s), one.step) for r in results for one in r.contradictions
             for o, k, s in zip(one.offered, one.kept, one.slot, strict=True)]
        )  # fmt: skip
        assert tables.values(1, DAY)[:4] == [10] * 4
    assert listed[0] == listed[1] == [(50, 40, 0, 60)]


def test_the_finer_values_agree_with_the_coarser_one_then_it_says_nothing_new() -> None:
    tables = Tables()
    tables.send([(1, 15, at(q / 4), 10) for q in range(4)])
    result = tables.send([(1, 60, at(0), 40)])
    assert verdicts(tables) == [SAME]
    assert not any(len(one) for one in result.curves)
    assert not result.steps


def test_a_finer_value_above_the_coarser_one_wins_and_leaves_the_rest_missing() -> None:
    tables = Tables()
    tables.send([(1, 60, at(0), 30)])
    tables.send([(1, 15, at(0), 31)])
    assert tables.quality(1, DAY)[:4] == [MEASURED, MISSING, MISSING, MISSING]


def test_an_estimate_of_an_hour_stays_an_estimate_in_its_quarters() -> None:
    tables = Tables()
    tables.send([(1, 60, at(0), 30)], quality=ESTIMATED)
    tables.send([(1, 15, at(0), 10)])
    assert tables.quality(1, DAY)[:4] == [MEASURED, ESTIMATED, ESTIMATED, ESTIMATED]


# ---- any order, any duplication, any batching ----


def energy(start: int, step: int, per_minute: int) -> int:
    """What flows in an interval if every minute has its own amount: coarser intervals are the sums of finer ones."""
    return sum(per_minute + (start // 60 + minute) % 7 for minute in range(step))


@st.composite
def submissions(draw: st.DrawFn) -> tuple[ZoneInfo, list[list[Reading]], list[list[Reading]]]:
    """The same consistent readings of several steps, twice: in one batch, and shuffled, doubled and batched."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    anchors = CLOCK_CHANGES.get(zone.key, (1_767_225_600,))
    anchor = draw(st.sampled_from(anchors)) // 86_400 * 86_400
    per_minute = draw(st.integers(0, 50))
    picks = draw(st.lists(st.tuples(st.integers(1, 2), st.sampled_from(STEPS), st.integers(-4, 6)), min_size=1, max_size=30))
    readings = {}
    for channel, step, hours in picks:
        start = anchor + hours * 3600 + (draw(st.integers(0, 3600 // (60 * step) - 1)) * 60 * step)
        start += {"Asia/Kathmandu": 15 * 60, "Australia/Adelaide": 30 * 60}.get(zone.key, 0)
        readings[channel, step, start] = (channel, step, start, energy(start, step, per_minute))
    every = list(readings.values())
    doubled = draw(st.permutations(every + draw(st.lists(st.sampled_from(every), max_size=10))))
    cuts = sorted(draw(st.lists(st.integers(0, len(doubled)), max_size=4)))
    batches = [doubled[a:b] for a, b in zip([0, *cuts], [*cuts, len(doubled)], strict=True)]
    return zone, [every], [batch for batch in batches if batch]


@given(submissions())
@settings(max_examples=300)
def test_any_order_duplication_and_batching_gives_the_same_bytes(
    case: tuple[ZoneInfo, list[list[Reading]], list[list[Reading]]],
) -> None:
    zone, whole, batches = case
    one, other = Tables(zone), Tables(zone)
    for batch in whole:
        one.send(batch)
    for batch in batches:
        other.send(batch)
    assert one.state() == other.state()
    again = other.state()
    for batch in whole:
        result = other.send(batch)
        assert not any(len(curves) for curves in result.curves)
        assert set(verdicts(other)) == {SAME}
    assert other.state() == again


def test_the_days_of_the_clock_changes_have_92_and_100_quarters() -> None:
    for start, count in zip(CLOCK_CHANGES["Europe/Berlin"], (92, 100), strict=True):
        tables = Tables(ZoneInfo("Europe/Berlin"))
        tables.send([(1, 15, start + 900 * i, 1) for i in range(-8, 108)])
        lengths = sorted(len(quality) for _, _, quality in tables.state().values())
        assert count in lengths
        assert sum(sum(np.frombuffer(values, np.int32)) for _, values, _ in tables.state().values()) == 116


@given(st.permutations([(1, 15, MIDNIGHT, 5), (1, 15, MIDNIGHT, 6), (1, 15, MIDNIGHT, 6), (1, 15, MIDNIGHT + 900, 5)]))
def test_contradicting_duplicates_give_the_same_list_in_any_order(given_: list[Reading]) -> None:
    tables = Tables(SHANGHAI)
    tables.send(given_)
    torn = sorted((int(one.values[i])) for one, where in zip(tables.last, tables.torn, strict=True) for i in where)
    assert torn == [5, 6, 6]
    assert tables.quality(1, DAY)[:2] == [MISSING, MEASURED]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from([MEASURED, ESTIMATED])), min_size=1, max_size=12, unique=True),
    st.data(),
)
def test_evidence_and_estimates_end_the_same_in_any_order(given_: list[tuple[int, int]], data: st.DataObject) -> None:
    states = []
    for order in (given_, data.draw(st.permutations(given_))):
        tables = Tables()
        for slot, quality in order:
            tables.send([(1, 15, at(slot / 4), 100 + slot + 10 * quality)], quality=quality)
        states.append(tables.state())
    assert states[0] == states[1]


def test_a_replacement_that_finer_values_contradict_takes_nobodys_place() -> None:
    tables = Tables()
    tables.send([(1, 15, at(0), 60)])
    tables.send([(1, 60, at(0), 300)])
    before = tables.state()
    result = tables.send([(1, 60, at(0), 10)], replace=True)
    assert verdicts(tables) == [CONFLICT]
    assert [(int(one.offered[0]), int(one.kept[0])) for one in result.contradictions if one.slot.size] == [(10, 60)]
    assert tables.state() == before
    assert not any(len(one) for one in result.curves)
