"""Another program of the school: it has a token and speaks JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client

from broadcaster.domain.scopes import Scope
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.tokens import make_token

PREFIX = "/api/v1"

EXCURSION: dict[str, Any] = {
    "title": "Экскурсия",
    "body": "Завтра идём в музей.",
    "groups": ["1А"],
}


@dataclass
class Answer:
    """What the API said."""

    status: int
    headers: Any
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """Of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return str(self.json["code"])

    @property
    def places(self) -> list[str]:
        """Where a problem lies."""
        return [one["where"] for one in self.json["errors"]]


@dataclass
class Diary:
    """The school's diary with a token of these scopes; without any, with all of them."""

    secret: str = ""
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def get(self, path: str, **query: Any) -> Answer:
        return answer_of(self.client.get(PREFIX + path, query, headers=self.headers()))

    def post(self, path: str, body: Any = None, **also: str) -> Answer:
        return self.send("POST", path, body, **also)

    def put(self, path: str, body: Any = None, **also: str) -> Answer:
        return self.send("PUT", path, body, **also)

    def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> Answer:
        raw = b"" if body is None else json.dumps(body).encode()
        return self.raw(method, path, raw, key=key)

    def raw(self, method: str, path: str, raw: bytes, *, key: str = "") -> Answer:
        headers = self.headers() | ({"Idempotency-Key": key} if key else {})
        made = self.client.generic(
            method, PREFIX + path, raw, content_type="application/json", headers=headers
        )
        return answer_of(made)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}


def answer_of(response: HttpResponse) -> Answer:
    return Answer(response.status_code, response.headers, response.content)


def diary(*scopes: Scope, name: str = "Дневник", **also: Any) -> Diary:
    """A program with a token."""
    now = datetime.now(UTC)
    _token, secret = make_token(name, scopes or tuple(Scope), by=COMMAND_LINE, now=now, **also)
    return Diary(secret)
