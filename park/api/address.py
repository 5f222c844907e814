"""One address of the API: who may ask, what they may say, what is answered, and all of it in the description."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Response, g
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema

from park.api import description

Asker = TypeVar("Asker")


@dataclass(frozen=True)
class Address(Generic[Asker]):
    """`who` lets in or raises, before anything of the request is looked at; `answer` gets what it gave, and the query.

    `security` names the key of the door, `failures` the statuses other than 200.
    """

    rule: str
    operation: str
    summary: str
    who: Callable[[], Asker]
    answer: Callable[[Asker, dict[str, Any]], Response]
    security: str
    schema: dict[str, Any]
    told: str
    failures: tuple[int, ...]
    query: type[Schema] | None = None
    method: str = "GET"
    body: dict[str, Any] | None = None
    headers: tuple[dict[str, Any], ...] = ()

    def add_to(self, made: Blueprint) -> None:
        """Registers the address."""

        def view(query: dict[str, Any] | None = None) -> Response:
            return self.answer(g.asker, query or {})

        view.__name__ = self.operation
        inner = made.response(200)(view)
        if self.query is not None:
            inner = made.arguments(self.query, location="query", unknown=RAISE)(inner)

        @functools.wraps(inner)
        def guarded(*given: Any, **named: Any) -> Any:
            g.asker = self.who()
            return inner(*given, **named)

        responses = description.responses(self.told, self.schema, *self.failures)
        doc: dict[str, Any] = {"operationId": self.operation, "summary": self.summary, "security": [{self.security: []}]}
        body = {} if self.body is None else {"requestBody": self.body}
        if self.headers:
            doc["parameters"] = list(self.headers)
        made.route(self.rule, methods=[self.method])(made.doc(**doc, **body, responses=responses)(guarded))
