"""One catalogue: everything that is said has its Chinese, nothing in it is left over, and the places are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from park import words
from park.words import catalogue, language, say, t
from tenants.errors import AlreadyExists, InvalidInput, NotFound
from tests import sources

PLACE = re.compile(r"\{(\w+)\}")


def test_everything_said_has_its_chinese() -> None:
    missing = sorted(f"{min(paths)}: {text!r}" for text, paths in sources.required().items() if text not in catalogue())
    assert missing == []


def test_nothing_in_the_catalogue_is_left_over() -> None:
    there = sources.literals()
    assert sorted(text for text in catalogue() if text not in there) == []


def test_the_same_places_in_both() -> None:
    """Or, where one language says March and the other 3月, places for which the callers give both."""
    given = sources.facts_given()
    different = []
    for text, chinese in catalogue().items():
        places = set(PLACE.findall(text)), set(PLACE.findall(chinese))
        if places[0] != places[1] and not places[0] | places[1] <= given.get(text, set()):
            different.append(text)
    assert different == []


def test_no_error_is_glued_together() -> None:
    """A reason or remedy that is an f-string could never be found in the catalogue."""
    assert sources.formatted_texts() == []


def test_every_file_is_clean() -> None:
    for path in sorted(words.FOLDER.glob("*.po")):
        seen: set[str] = set()
        with path.open("rb") as file:
            for message in read_po(file, abort_invalid=True):
                if not message.id:
                    continue
                assert message.string, f"{path.name}: {message.id!r} has no Chinese"
                assert not message.fuzzy, f"{path.name}: {message.id!r} is unsure"
                assert message.id not in seen, f"{path.name}: {message.id!r} stands there twice"
                seen.add(str(message.id))


def test_chinese_is_written_as_chinese_is() -> None:
    """Full-width punctuation between Chinese characters, and the second person as one speaks to customers."""
    spoken = [zh for zh in catalogue().values() if "://" not in zh]
    wrong = [zh for zh in spoken if re.search(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]|你", zh)]
    assert wrong == []


def test_two_areas_may_not_say_different_things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, chinese in (("a", "一"), ("b", "二")):
        (tmp_path / f"{name}.po").write_text(f'msgid "one"\nmsgstr "{chinese}"\n', encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"b\.po says '二' for 'one'"):
        catalogue.__wrapped__()


@pytest.mark.parametrize(
    ("tag", "found"),
    [(None, "zh"), ("", "zh"), ("zh_CN", "zh"), ("zh-Hans", "zh"), ("de", "zh"), ("en", "en"), ("en_GB", "en"), ("EN-us", "en")],
)
def test_languages(tag: str | None, found: str) -> None:
    assert language(tag) == found


def test_facts_fill_places_once() -> None:
    assert t("There is no {what} named {name}.", "en", what="park", name="{what}") == "There is no park named {what}."
    assert t("Nobody has translated {this}.", "zh", this="it") == "Nobody has translated it."


def test_an_error_in_both_languages() -> None:
    error = NotFound(what="park", name="北园")
    assert say(error, "zh")["message"] == "没有找到园区“北园”。"
    assert say(error, "en")["message"] == "There is no park named 北园."
    assert say(error, "zh") | {"message": "", "remedy": ""} == {
        "code": "not_found", "message": "", "remedy": "", "facts": {"what": "park", "name": "北园"},
    }  # fmt: skip


def test_reason_and_remedy_are_translated_with_their_own_places() -> None:
    error = InvalidInput(field="days", reason="a token lives 1 to {most} days", remedy="Choose a shorter time.", most=1100)
    assert say(error, "zh")["message"] == "天数：有效期应为 1 至 1100 天"
    assert say(error, "zh")["remedy"] == "请选择更短的有效期。"
    assert say(error, "en")["message"] == str(error) == "days: a token lives 1 to 1100 days"


def test_what_people_typed_is_not_taken_for_a_place() -> None:
    error = AlreadyExists(what="tenant", name="{remedy} {what}")
    assert "Choose" not in say(error, "en")["message"]


def test_a_known_word_inside_a_fact_is_translated_too() -> None:
    error = InvalidInput(field="unit", reason="{unit} is no unit of {flow}", remedy="", unit="t", flow="a flow that is not named")
    assert "未写明的能源品种" in say(error, "zh")["message"]
