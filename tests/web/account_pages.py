"""Coming in as a test does it, and what was written down about it."""

from __future__ import annotations

from typing import Any

from django.test import Client

from broadcaster.store.models import AuditEntry

PASSWORD = "верблюд лодка облако"


def come(client: Client, login: str, password: str = PASSWORD, **more: str) -> Any:
    """Fill in the form for signing in."""
    return client.post("/account/login", {"username": login, "password": password} | more)


def inside(client: Client) -> bool:
    """Whether the first page lets this browser in."""
    return client.get("/account/").status_code == 200


def last() -> AuditEntry:
    """What was written down last."""
    return AuditEntry.objects.latest("pk")
