"""Template and configuration of figures."""

from __future__ import annotations

import json
import re

import plotly.graph_objects as go

from dashboards import figures as f
from dashboards.palette import SURFACES, colour, twins
from dashboards.theme import graph_config, in_scheme, template


def test_a_dark_figure_keeps_no_light_colour() -> None:
    figure = f.months(["1月"], [1.0], unit="kWh", this_name="2026", missing="缺失", last=[None], last_name="2025")
    text = json.dumps(in_scheme(figure, "dark").to_plotly_json(), default=str)
    left = set(re.findall(r"#[0-9a-f]{6}", text)) & set(twins())
    assert not left
    assert colour("actual", "dark") in text


def test_exchanging_does_not_touch_the_original() -> None:
    figure = f.trend(["1月"], [f.Line("甲", [1.0])], unit="t")
    before = figure.to_json()
    in_scheme(figure, "dark")
    assert figure.to_json() == before


def test_the_dark_template_is_the_light_one_in_other_colours() -> None:
    light = go.Figure(layout={"template": template("light")})
    assert in_scheme(light, "dark").layout.template == template("dark")


def test_ground_is_transparent_so_that_the_card_shows() -> None:
    layout = template().layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.font.color == SURFACES["ink"][0]


def test_figures_speak_the_reader_s_language_and_have_no_logo() -> None:
    assert graph_config("zh")["locale"] == "zh-CN"
    assert graph_config("en")["locale"] == "en"
    assert graph_config("zh")["displaylogo"] is False
    assert graph_config("zh")["displayModeBar"] is False
    assert graph_config("zh", zoom=True)["displayModeBar"] == "hover"
