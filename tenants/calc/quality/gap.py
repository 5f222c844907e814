"""gap: values are expected and not there."""

from __future__ import annotations

import numpy as np

from tenants.calc.quality.history import Found, History, runs
from tenants.calc.quality.usual import Usual


def gaps(history: History, usual: Usual) -> list[Found]:
    """Each stretch without values; at stake is what the channel usually shows then, or, where that is not known, its mean."""
    missing = history.line(history.missing)
    if not missing.any():
        return []
    mean = float(np.nanmean(history.known)) if history.measured.any() else 0.0
    expected = history.line(np.where(np.isnan(usual.median), mean, usual.median))
    return [
        history.found("gap", a, b, float(expected[a:b].sum()), intervals=b - a, hours=hours(history, b - a))
        for a, b in runs(missing)
    ]


def hours(history: History, intervals: int) -> str:
    """So many intervals in hours, as people write it."""
    return f"{intervals * history.step / 60:g}"
