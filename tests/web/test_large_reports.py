"""The report of an announcement that is too large to be counted for every look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadcaster.domain.states import State
from broadcaster.services import overview
from broadcaster.services.kept_counts import KeptCounts
from broadcaster.web.views import reports
from tests.web.report_pages import copy, page

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LATER = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two copies are many, and nobody counts them again meanwhile."""
    counts = KeptCounts(lambda _work: None)
    monkeypatch.setattr(overview, "LARGE", 2)
    monkeypatch.setattr(overview, "COUNTS", counts)
    monkeypatch.setattr("broadcaster.web.access.COUNTS", counts)


class LateClock(datetime):
    """A clock of the page that goes five minutes fast."""

    @classmethod
    def now(cls, tz: Any = None) -> LateClock:
        return super().now(tz) + LATER


def queries(client: Client, news: UUID) -> int:
    with CaptureQueriesContext(connection) as asked:
        page(client, news)
    return len(asked)


def test_it_is_counted_once_for_several_looks(teacher_: Client, news: UUID) -> None:
    copy(news)
    copy(news)
    first = queries(teacher_, news)
    assert queries(teacher_, news) < first


def test_old_figures_are_shown_with_their_time(
    teacher_: Client, news: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(news)
    copy(news)
    assert "Посчитано" not in page(teacher_, news)
    monkeypatch.setattr(reports, "datetime", LateClock)
    assert "Посчитано" in page(teacher_, news)


def test_whoever_changes_something_sees_what_comes_of_it(teacher_: Client, news: UUID) -> None:
    copy(news)
    copy(news, State.QUEUED)
    assert "из 2" in page(teacher_, news)
    copy(news)
    assert "из 3" not in page(teacher_, news)
    teacher_.post(f"/announcements/{news}/pause")
    assert "из 3" in page(teacher_, news)


def test_a_small_one_is_counted_for_every_look(teacher_: Client, news: UUID) -> None:
    copy(news)
    assert "отправлено 1, обработано 1 из 1" in page(teacher_, news)
