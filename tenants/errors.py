"""Every error a person may meet: a stable code, facts, a message and a remedy.

A class's docstring is its message, `remedy` is what to do; both are templates over `facts`, in English, and
translated at the edge (`park.words`). HTTP, screens and the command line all show these same words.
"""

from __future__ import annotations

import functools
import re
from typing import Any, ClassVar


class LingyuanError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 400
    remedy: ClassVar[str] = ""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        return functools.partial(type(self), **self.facts), ()  # to travel between processes

    @property
    def code(self) -> str:
        """Stable machine-readable name, for example `unknown_meter`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def template(self) -> str:
        """The untranslated message, with its places."""
        return " ".join((type(self).__doc__ or "").split())

    @property
    def message(self) -> str:
        """The message in English, facts filled in; a fact may be a text with places of its own."""
        facts = {name: fill(value, self.facts) if isinstance(value, str) else value for name, value in self.facts.items()}
        return fill(self.template, facts)


def fill(template: str, facts: dict[str, Any]) -> str:
    """The template with each `{name}` replaced by its fact; unknown places stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda m: str(facts.get(m[1], m[0])), template)


class NotAllowed(LingyuanError):
    """You may not do this."""

    status = 403
    remedy = "Sign in with an account that has the right to it, or ask whoever manages it."


class NotFound(LingyuanError):
    """There is no {what} named {name}."""

    status = 404
    remedy = "Check the name. The list command or page shows what there is."


class InvalidInput(LingyuanError):
    """{field}: {reason}"""

    status = 422
    remedy = "{remedy}"


class AlreadyExists(LingyuanError):
    """There is already a {what} named {name}."""

    status = 409
    remedy = "Choose another name, or use the one that exists."


class Unavailable(LingyuanError):
    """The database cannot be reached just now."""

    status = 503
    remedy = "Nothing was lost. Try again in a few seconds."
