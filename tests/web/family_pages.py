"""Pages about families as a test opens them and posts to them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from broadcaster.services.people.family import fingerprint
from broadcaster.store.models import Guardian


def shown(client: Client, url: str, **query: Any) -> str:
    response = client.get(url, query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def page(person: Guardian) -> str:
    return f"/people/{person.pk}/"


def post(client: Client, url: str, **values: Any) -> Any:
    return client.post(url, values)


def with_seen(person: Guardian, **values: Any) -> dict[str, Any]:
    return values | {"seen": fingerprint(person.pk)}
