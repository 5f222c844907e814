"""One submission folded into what is stored: which rows change, which are kept as former ones, what contradicts what. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tenants.curves.codec import DayCurves, fitted, joined
from tenants.curves.merge import Settled, found, settle
from tenants.curves.offer import CONFLICT, EMPTY, SAME, Offered
from tenants.curves.steps import Combined, Facts, combine
from tenants.flows import MISSING

Keys = NDArray[np.int64]
_NO_KEYS: Keys = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Stored:
    """What the database holds of the offered channels and days: the curves, and the facts of days sent in several steps."""

    curves: dict[int, DayCurves] = field(default_factory=dict)
    steps: dict[int, DayCurves] = field(default_factory=dict)


@dataclass(frozen=True)
class Contradictions:
    """Offered values that were not applied, with what was kept instead, shape (n,). Milli-units."""

    step: int
    channel: NDArray[np.int64]
    day: NDArray[np.int32]
    slot: NDArray[np.int32]
    offered: NDArray[np.int64]
    kept: NDArray[np.int64]


@dataclass
class Fold:
    """What is to be written: `curves` replace the rows with the keys `replaced`, of which `corrected` are kept as former rows.

    `steps` replace all rows of `curve_step` with the keys `restepped`. `verdicts` holds the fate of every offered cell by step.
    """

    curves: list[DayCurves] = field(default_factory=list)
    replaced: list[Keys] = field(default_factory=list)
    corrected: list[Keys] = field(default_factory=list)
    steps: list[DayCurves] = field(default_factory=list)
    restepped: Keys = field(default_factory=lambda: _NO_KEYS)
    verdicts: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    contradictions: list[Contradictions] = field(default_factory=list)


def fold(stored: Stored, offers: dict[int, Offered], *, replace: bool) -> Fold:
    """What becomes of the stored rows when these are offered, one `Offered` per step. Nothing given is changed."""
    stepped = _union(one.key for one in stored.steps.values())
    facts = {step: _facts(stored, step, stepped) for step in {*stored.curves, *stored.steps, *offers}}
    mixed = _mixed(stored, offers, stepped)
    settled = {step: settle(facts[step], offer, replace=replace) for step, offer in offers.items()}
    result = Fold(verdicts={step: one.verdict for step, one in settled.items()})
    for step, one in settled.items():
        _plain(result, one, one.changed & ~np.isin(one.curves.key, mixed) if mixed.size else one.changed)
        result.contradictions.append(_contradicted(offers[step], one))
    if mixed.size:
        after = {step: _facts_after(facts[step], settled.get(step)) for step in facts}
        _fold_mixed(result, stored, offers, settled, (facts, after), mixed)
    return result


def _union(keys: Iterable[Keys]) -> Keys:
    every = list(keys)
    return np.unique(np.concatenate(every)) if every else _NO_KEYS


def _facts(stored: Stored, step: int, stepped: Keys) -> DayCurves:
    parts = []
    if step in stored.curves:
        curves = stored.curves[step]
        parts.append(curves.take(~np.isin(curves.key, stepped)) if stepped.size else curves)
    if step in stored.steps:
        parts.append(stored.steps[step])
    return joined(parts) if parts else _none(step)


def _none(step: int) -> DayCurves:
    none = np.zeros(0, np.int32)
    return DayCurves(step, _NO_KEYS, none, none, np.zeros((0, 0), np.int32), np.zeros((0, 0), np.uint8), none)


def _mixed(stored: Stored, offers: dict[int, Offered], stepped: Keys) -> Keys:
    """Keys of the offered days that have, after this, facts of more than one step."""
    keys = {step: offer.curves.key for step, offer in offers.items()}
    found_in = [stepped]
    for step, offered in keys.items():
        others = [one.key for other, one in stored.curves.items() if other != step]
        others += [other_keys for other, other_keys in keys.items() if other != step]
        found_in += [np.intersect1d(offered, other) for other in others if other.size]
    return np.intersect1d(_union(found_in), _union(keys.values()))


def _plain(result: Fold, settled: Settled, rows: NDArray[np.bool_]) -> None:
    if not rows.any():
        return
    curves = settled.curves if rows.all() else settled.curves.take(rows)
    corrected = settled.corrected[rows]
    had = curves.revision > 0
    result.replaced.append(curves.key[had])
    result.corrected.append(curves.key[corrected])
    result.curves.append(_revised(curves, corrected))


def _revised(curves: DayCurves, corrected: NDArray[np.bool_]) -> DayCurves:
    """The rows with their new revision: 1, and one more for each former row that is kept."""
    revision = np.maximum(curves.revision + corrected, 1).astype(np.int32)
    return DayCurves(curves.step, curves.channel, curves.day, curves.length, curves.values, curves.quality, revision)


def _contradicted(offer: Offered, settled: Settled) -> Contradictions:
    rows, slots = np.nonzero(settled.verdict == CONFLICT)
    kept = settled.kept[rows, slots] if rows.size else np.zeros(0, np.int32)
    curves = offer.curves
    return Contradictions(
        curves.step, curves.channel[rows], curves.day[rows], slots.astype(np.int32),
        curves.values[rows, slots].astype(np.int64), kept.astype(np.int64),
    )  # fmt: skip


def _facts_after(facts: DayCurves, settled: Settled | None) -> DayCurves:
    if settled is None:
        return facts
    others = facts.take(~np.isin(facts.key, settled.curves.key)) if len(facts) else facts
    return joined([others, settled.curves]) if len(others) else settled.curves


# ---- days with several steps ----


def _fold_mixed(
    result: Fold,
    stored: Stored,
    offers: dict[int, Offered],
    settled: dict[int, Settled],
    before_and_after: tuple[dict[int, DayCurves], dict[int, DayCurves]],
    mixed: Keys,
) -> None:
    before, facts = before_and_after
    minutes = _minutes(offers, mixed)
    width = int(minutes.max())
    said = {step: _on_keys(curves, mixed, width // step) for step, curves in facts.items()}
    said = {step: one for step, one in said.items() if one.quality.any()}
    corrected = _union(one.curves.key[one.corrected] for one in settled.values())
    signature = sum(one.quality.any(axis=1).astype(np.int64) << bit for bit, one in enumerate(said.values()))
    for code in np.unique(signature):
        rows = np.flatnonzero(signature == code)
        steps = [step for bit, step in enumerate(said) if int(code) >> bit & 1]
        offered = {step: Facts(said[step].values[rows], said[step].quality[rows]) for step in steps}
        combined, keys = combine(offered), mixed[rows]
        again = _put_back(before, offered, combined, keys)
        final = combine(again) if again else combined
        lost = np.isin(keys, corrected) | _lost(before, final, keys)
        _write_mixed(result, stored, final, keys, minutes[rows], lost)
        for step, dropped in combined.dropped.items():
            contradiction = _between_steps(step, said[step].values[rows], combined.finer[step], dropped, keys)
            result.contradictions.append(contradiction)
            if step in offers:
                _judge_dropped(result.verdicts[step], offers[step], combined.finer[step], dropped, keys)


def _put_back(before: dict[int, DayCurves], offered: dict[int, Facts], combined: Combined, keys: Keys) -> dict[int, Facts] | None:
    """The facts with the stored coarser values back that were replaced by one which finer values contradict: it does not count,
    so it takes nobody's place. None where there are none."""
    again = dict(offered)
    for step, dropped in combined.dropped.items():
        if step not in before:
            continue
        old, new = _on_keys(before[step], keys, dropped.shape[1]), offered[step]
        other = (old.values != new.values) | (old.quality != new.quality)
        back = dropped & (old.quality != MISSING) & other
        if back.any():
            values, quality = np.where(back, old.values, new.values), np.where(back, old.quality, new.quality)
            again[step] = Facts(values.astype(np.int32), quality.astype(np.uint8))
    return again if any(again[step] is not offered[step] for step in offered) else None


def _lost(before: dict[int, DayCurves], combined: Combined, keys: Keys) -> NDArray[np.bool_]:
    """The keys of which a stored coarser value is no fact any more, as finer ones say the same or more."""
    lost = np.zeros(keys.size, bool)
    for step, dropped in combined.dropped.items():
        if step in before:
            lost |= (dropped & (_on_keys(before[step], keys, dropped.shape[1]).quality != MISSING)).any(axis=1)
    return lost


def _minutes(offers: dict[int, Offered], mixed: Keys) -> NDArray[np.int32]:
    minutes = np.zeros(mixed.size, np.int32)
    for step, offer in offers.items():
        hit, at = found(offer.curves.key, mixed)
        minutes[hit] = offer.curves.length[at[hit]] * step
    return minutes


def _on_keys(curves: DayCurves, keys: Keys, width: int) -> Facts:
    values = np.zeros((keys.size, width), np.int32)
    quality = np.zeros((keys.size, width), np.uint8)
    hit, at = found(curves.key, keys)
    if hit.any():
        values[hit] = fitted(curves.values, width)[at[hit]]
        quality[hit] = fitted(curves.quality, width)[at[hit]]
    return Facts(values, quality)


def _write_mixed(
    result: Fold, stored: Stored, combined: Combined, keys: Keys, minutes: NDArray[np.int32], corrected: NDArray[np.bool_]
) -> None:
    finest = min(combined.facts)
    revision = np.zeros(keys.size, np.int32)
    equal = np.zeros(keys.size, bool)
    for step, curves in stored.curves.items():
        hit, at = found(curves.key, keys)
        revision[hit] = curves.revision[at[hit]]
        if step == finest and hit.any():
            old = _on_keys(curves, keys, combined.values.shape[1])
            equal = hit & _same(old, Facts(combined.values, combined.quality))
    rows = _rows(finest, keys, minutes, Facts(combined.values, combined.quality), revision)
    changed = rows.take(~equal)
    result.replaced.append(changed.key[changed.revision > 0])
    result.corrected.append(changed.key[corrected[~equal] & (changed.revision > 0)])
    result.curves.append(_revised(changed, corrected[~equal]))
    _write_steps(result, stored, combined, keys, minutes)


def _same(one: Facts, other: Facts) -> NDArray[np.bool_]:
    return np.asarray((one.values == other.values).all(axis=1) & (one.quality == other.quality).all(axis=1))


def _rows(step: int, keys: Keys, minutes: NDArray[np.int32], facts: Facts, revision: NDArray[np.int32]) -> DayCurves:
    return DayCurves(step, keys >> 20, (keys & 0xFFFFF).astype(np.int32), minutes // step, facts.values, facts.quality, revision)


def _write_steps(result: Fold, stored: Stored, combined: Combined, keys: Keys, minutes: NDArray[np.int32]) -> None:
    """The facts are kept by step while a coarser one still fills a gap; afterwards the finest alone says everything."""
    coarse = [facts.quality.any(axis=1) for step, facts in combined.facts.items() if step != min(combined.facts)]
    several = np.any(coarse, axis=0) if coarse else np.zeros(keys.size, bool)
    wanted = {step: several & facts.quality.any(axis=1) for step, facts in combined.facts.items()}
    differs = np.zeros(keys.size, bool)
    for step in {*stored.steps, *combined.facts}:
        old = _on_keys(stored.steps.get(step, _none(step)), keys, combined.values.shape[1] * min(combined.facts) // step)
        new = combined.facts.get(step, Facts(np.zeros_like(old.values), np.zeros_like(old.quality)))
        shown = wanted.get(step, np.zeros(keys.size, bool))[:, None]
        differs |= ~_same(old, Facts(np.where(shown, new.values, 0), np.where(shown, new.quality, MISSING)))
    result.restepped = np.concatenate([result.restepped, keys[differs]])
    for step, facts in combined.facts.items():
        write = wanted[step] & differs
        if write.any():
            result.steps.append(_rows(step, keys, minutes, facts, np.ones(keys.size, np.int32)).take(write))


def _between_steps(
    step: int, said: NDArray[np.int32], finer: NDArray[np.int64], dropped: NDArray[np.bool_], keys: Keys
) -> Contradictions:
    rows, slots = np.nonzero(dropped & (np.abs(finer - said) > 1))
    return Contradictions(
        step, keys[rows] >> 20, (keys[rows] & 0xFFFFF).astype(np.int32), slots.astype(np.int32),
        said[rows, slots].astype(np.int64), finer[rows, slots],
    )  # fmt: skip


def _judge_dropped(
    verdict: NDArray[np.uint8], offer: Offered, finer: NDArray[np.int64], dropped: NDArray[np.bool_], keys: Keys
) -> None:
    """An offered coarse value that finer ones stand for is the same as they or contradicts them; it was not taken."""
    hit, at = found(keys, offer.curves.key)
    width = offer.curves.values.shape[1]
    lines = np.flatnonzero(hit)
    out = fitted(dropped, width)[at[lines]] & (verdict[lines] != EMPTY)
    agrees = np.abs(fitted(finer, width)[at[lines]] - offer.curves.values[lines]) <= 1
    verdict[lines] = np.where(out, np.where(agrees, SAME, CONFLICT), verdict[lines])
