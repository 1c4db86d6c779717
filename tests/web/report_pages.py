"""The pages of a sending as a test opens them and presses their buttons."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.test import Client

from broadcaster.domain.reasons import Why
from broadcaster.domain.states import State
from broadcaster.store.models import Delivery, Guardian
from tests import school

NOW = school.NOON


def copy(
    news: UUID, state: State = State.SENT, channel: str = "site", name: str = "", **also: Any
) -> Delivery:
    if state == State.SENT:
        also = {"sent_at": NOW} | also
    fields = {"state": state, "why": Why.EVERY_CHANNEL} | also
    return school.copy(school.address(school.guardian(name), channel), news, **fields)


def page(client: Client, news: UUID, place: str = "") -> str:
    answer = client.get(f"/announcements/{news}/{place}")
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def failed(news: UUID, name: str) -> Guardian:
    """A parent whose copy failed."""
    row = copy(news, State.FAILED, name=name)
    assert row.guardian is not None
    return row.guardian


def act(client: Client, news: UUID, control: str, **fields: Any) -> str:
    """Press a button and read the page that one is led to."""
    answer = client.post(f"/announcements/{news}/{control}", fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()
