"""One catalogue of words for server pages, Dash, reports and the command line.

The English text in the code is its own key; the Chinese comes from the `.po` files in `park/locale/zh`, one per area,
merged at first use. Texts carry places, `{name}`, filled with facts.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from babel.messages.pofile import read_po

from tenants.errors import LingyuanError, fill

if TYPE_CHECKING:  # words are told also on machines where no numpy is
    from tenants.ingest.series import Reject

Lang = Literal["zh", "en"]
LANGUAGES: dict[Lang, str] = {"zh": "中文", "en": "English"}  # each named in itself, for the switch
HTML_LANG: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
FOLDER = Path(__file__).parent / "locale" / "zh"


def language(wanted: str | None) -> Lang:
    """The language we have for a tag such as `zh_CN`, `en-GB` or None. Chinese unless English is asked for."""
    return "en" if (wanted or "").lower().startswith("en") else "zh"


@functools.cache
def catalogue() -> dict[str, str]:
    """English text to Chinese, of all areas.

    Raises:
        ValueError: two areas say different things for one text.
    """
    merged: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.po")):
        with path.open("rb") as file:
            messages = read_po(file, locale="zh", charset="utf-8", abort_invalid=True)
        for message in messages:
            english, chinese = message.id, message.string
            if not english or not chinese or not isinstance(english, str) or not isinstance(chinese, str):
                continue
            if merged.setdefault(english, chinese) != chinese:
                raise ValueError(f"{path.name} says {chinese!r} for {english!r}; another area says {merged[english]!r}")
    return merged


def t(msgid: str, lang: str | None = None, **facts: Any) -> str:
    """The text in the language, facts filled in. A text without Chinese stays English rather than failing a page."""
    template = catalogue().get(msgid, msgid) if language(lang) == "zh" else msgid
    return fill(template, facts) if facts else template


def known(msgid: str) -> bool:
    """Whether the catalogue has a Chinese text for this."""
    return msgid in catalogue()


def tell(template: str, facts: Mapping[str, Any], lang: str | None = None) -> str:
    """The sentence in the language; a fact that is itself a known word is translated too."""
    return t(template, lang, **{name: _fact(value, facts, lang) for name, value in facts.items()})


def say(error: LingyuanError, lang: str | None = None) -> dict[str, Any]:
    """The error as every door shows it: `code`, `message`, `remedy`, `facts`.

    `reason` and `remedy` among the facts are texts themselves and are translated too; so are facts that are known words.
    """
    facts = {name: _fact(value, error.facts, lang) for name, value in error.facts.items()}
    return {
        "code": error.code,
        "message": t(error.template, lang, **facts),
        "remedy": t(error.remedy, lang, **facts),
        "facts": {name: _plain(value) for name, value in error.facts.items()},
    }


def reject(reason: str, remedy: str, facts: dict[str, Any], lang: str | None = None) -> tuple[str, str]:
    """Reason and remedy of a row that was not taken, in the language."""
    return tell(reason, facts, lang), tell(remedy, facts, lang)


def placed(rejects: Iterable[Reject], lang: str | None = None) -> list[dict[str, Any]]:
    """Refused places as machines read them: row, place, reason and remedy."""
    words = [(one, reject(one.reason, one.remedy, one.facts, lang)) for one in rejects]
    return [
        {"row": one.row, **({"where": one.facts["where"]} if "where" in one.facts else {}), "reason": why, "remedy": remedy}
        for one, (why, remedy) in words
    ]


def _fact(value: Any, facts: Mapping[str, Any], lang: str | None) -> Any:
    """A fact as shown: a known word in the language, with its own places filled; anything else as it is."""
    if hasattr(value, "in_words"):  # sentences with facts of their own
        return value.in_words(lambda template, inner: tell(template, inner, lang))
    if not isinstance(value, str):
        return value
    told = {name: t(inner, lang) if isinstance(inner, str) else inner for name, inner in facts.items() if inner is not value}
    return fill(t(value, lang), told)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float, list, dict)) else str(value)
