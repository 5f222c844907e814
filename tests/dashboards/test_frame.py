"""The frame: nothing inline, the demo badge only on demo data, every fixed word translated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import dashboards
from dashboards import icons
from dashboards.cards.tables import _GRID_WORDS
from dashboards.frame import NavItem, Person, index_string, shell
from park.words import known
from tests.dashboards.cards.walk import classes, parts, text

NAV = [NavItem("A", "/a", "home"), NavItem("B", "/b", "bolt", "Group"), NavItem("C", "/c", "leaf", "Group")]


def frame(**given: Any) -> Any:
    return shell("content", place="Park", nav=NAV, say=lambda msgid, **facts: msgid, mark_url="/mark.svg", **given)


def test_the_page_has_no_inline_script_and_its_language() -> None:
    html = index_string("zh-CN", "零园 <&>", "/park/assets/")
    assert '<html lang="zh-CN">' in html
    assert "零园 &lt;&amp;&gt;" in html
    assert re.findall(r"<script(.*?)>(.*?)</script>", html) == [(' src="/park/assets/first.js"', "")]
    for part in ("metas", "css", "app_entry", "config", "scripts", "renderer"):
        assert "{%" + part + "%}" in html


def test_made_up_data_are_badged_and_real_ones_are_not() -> None:
    assert "ly-demo" in classes(frame(demo="演示数据"))
    assert "ly-demo" not in classes(frame())


def test_groups_are_named_once() -> None:
    assert text(frame()).split().count("Group") == 1


def test_a_phone_starts_with_the_navigation_closed() -> None:
    (app_shell,) = [part for part in parts(frame()) if getattr(part, "id", None) == "shell"]
    assert app_shell.navbar["collapsed"]["mobile"] is True


def test_only_the_signed_in_have_a_menu() -> None:
    assert "ly-menu" in classes(frame(person=Person("Li", "Owner")))
    assert "ly-menu" not in classes(frame())


def test_unknown_icons_are_an_error() -> None:
    with pytest.raises(KeyError):
        icons.icon("no such icon")


def test_every_fixed_word_has_its_chinese() -> None:
    folder = Path(dashboards.__file__).parent
    sources = [*(folder / "cards").glob("*.py"), folder / "frame.py"]
    said = {word for path in sources for word in re.findall(r'say\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))}
    assert len(said) > 15
    assert not {word for word in said | set(_GRID_WORDS.values()) if not known(word)}
