"""Building blocks of the screens: pure functions from words and numbers to components.

Texts come translated; the few fixed words of a card are asked from `say` (`functools.partial(park.words.t, lang=lang)`).
Nothing here reads data or computes a figure.
"""

from dashboards.cards.explain import (
    DoubtLine,
    Explanation,
    FactorLine,
    InputLine,
    doubt_line,
    explain_body,
    explain_drawer,
)
from dashboards.cards.findings import finding_card
from dashboards.cards.guidance import empty_state, notice, progress, steps
from dashboards.cards.indicators import Change, Mark, Stat, explain_button, headline_card, indicator_card, stat_row
from dashboards.cards.page import card, chart_card, graph, grid, page, section, split
from dashboards.cards.period import Period, PeriodKind, period_callbacks, period_picker
from dashboards.cards.shares import Ranked, Share, ranking_bars, share_bar
from dashboards.cards.status import (
    Completeness,
    Status,
    completeness_bar,
    completeness_chip,
    completeness_text,
    percent,
    status_chip,
)
from dashboards.cards.tables import Column, grid_table, table
from dashboards.cards.upload import attach_box, upload_box
from dashboards.cards.words import Say
from dashboards.icons import icon

__all__ = [
    "Change",
    "Column",
    "Completeness",
    "DoubtLine",
    "Explanation",
    "FactorLine",
    "InputLine",
    "Mark",
    "Period",
    "PeriodKind",
    "Ranked",
    "Say",
    "Share",
    "Stat",
    "Status",
    "attach_box",
    "card",
    "chart_card",
    "completeness_bar",
    "completeness_chip",
    "completeness_text",
    "doubt_line",
    "empty_state",
    "explain_body",
    "explain_button",
    "explain_drawer",
    "finding_card",
    "graph",
    "grid",
    "grid_table",
    "headline_card",
    "icon",
    "indicator_card",
    "notice",
    "page",
    "percent",
    "period_callbacks",
    "period_picker",
    "progress",
    "ranking_bars",
    "section",
    "share_bar",
    "split",
    "stat_row",
    "status_chip",
    "steps",
    "table",
    "upload_box",
]
