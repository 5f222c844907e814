"""A browser for tests without a screen: keeps cookies, sends forms with the token of the page, reads what is shown."""

from __future__ import annotations

import html
import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests import people


class Browser:
    """One visitor of the server, from a network of their own."""

    def __init__(self, server: Flask, *, base: str = "http://localhost") -> None:
        self.base = base
        self.client = server.test_client()
        self.address = people.new_network().replace("0/24", "7")
        self.token = ""

    def _keep_token(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and (found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text)):
            self.token = found[1]
        return answer

    def get(self, path: str, **more: Any) -> TestResponse:
        """The answer to GET as a person's browser asks it."""
        headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"} | more.pop("headers", {})
        answer = self.client.get(path, headers=headers, **self._from_here, **more)
        return self._keep_token(answer)

    def post(self, path: str, data: dict[str, Any] | None = None, *, token: bool = True, **more: Any) -> TestResponse:
        """The answer to a form, sent with the token of the last page."""
        headers = {"Accept": "text/html,*/*;q=0.8", "Referer": self.base + path} | more.pop("headers", {})
        form = {**(data or {}), **({"csrf_token": self.token} if token else {})}
        answer = self.client.post(path, data=form, headers=headers, **self._from_here, **more)
        return self._keep_token(answer)

    def ask(self, path: str, body: Any, *, token: bool = True) -> TestResponse:
        """The answer to a Dash callback, sent as its script does."""
        headers = {"Accept": "application/json"}
        if token and (cookie := self.client.get_cookie("lingyuan_csrf", domain="localhost")):
            headers["X-CSRFToken"] = cookie.value
        return self.client.post(path, json=body, headers=headers, **self._from_here)

    @property
    def _from_here(self) -> dict[str, Any]:
        """Name of the server, network of the visitor; files are read to their end, so that they are closed."""
        return {"base_url": self.base, "environ_base": {"REMOTE_ADDR": self.address}, "buffered": True}

    @property
    def secret(self) -> str | None:
        """The session cookie."""
        cookie = self.client.get_cookie("lingyuan", domain="localhost")
        return cookie.value if cookie else None

    def sign_in(self, address: str, password: str = people.PASSWORD) -> TestResponse:
        """Signs in with address and password."""
        self.get("/sign-in?by=email")
        return self.post("/sign-in", {"by": "email", "email": address, "password": password})


def shown(answer: TestResponse) -> str:
    """The page's text, without its random parts."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", answer.text, flags=re.S)
    text = re.sub(r'(value|nonce)="[^"]{20,}"', "", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
