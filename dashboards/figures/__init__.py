"""Figures: plain arrays and words in, `go.Figure` out. Nothing here reads data, computes an indicator or translates.

Missing is never drawn as zero: it is a gap, a hatch or a grey veil with its word.
"""

from dashboards.figures.bars import Part, Step, months, stacked_months, waterfall
from dashboards.figures.calendar import DayState, completeness_calendar
from dashboards.figures.day import Window, day_curve
from dashboards.figures.envelope import Envelope, gaps, minmax
from dashboards.figures.flows import Link, Node, sankey
from dashboards.figures.heat import year_heat
from dashboards.figures.load import Level, load_curve
from dashboards.figures.path import Band, Line, budget, emission_path, trend
from dashboards.figures.suspect import Marked, suspect_curve

__all__ = [
    "Band",
    "DayState",
    "Envelope",
    "Level",
    "Line",
    "Link",
    "Marked",
    "Node",
    "Part",
    "Step",
    "Window",
    "budget",
    "completeness_calendar",
    "day_curve",
    "emission_path",
    "gaps",
    "load_curve",
    "minmax",
    "months",
    "sankey",
    "stacked_months",
    "suspect_curve",
    "trend",
    "waterfall",
    "year_heat",
]
