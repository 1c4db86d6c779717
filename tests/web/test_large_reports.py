"""The report of an announcement that is too large to be counted for every look."""

from __future__ import annotations

from collections.abc import Callable
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
from tests.web.report_pages import act, copy, page

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LATER = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two copies are many; whoever is sent to count them does so at once."""
    keep(KeptCounts(lambda work: work()), monkeypatch)


def keep(counts: KeptCounts, monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.fixture
def errands(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """Who is sent to count waits here."""
    waiting: list[Callable[[], None]] = []
    keep(KeptCounts(waiting.append), monkeypatch)
    return waiting


def test_whoever_looks_first_is_told_that_it_is_being_counted_and_then_shown_the_report(
    teacher_: Client, news: UUID, errands: list[Callable[[], None]]
) -> None:
    copy(news)
    copy(news)
    for _ in range(2):
        said = page(teacher_, news)
        assert "Считаем копии" in said
        assert "Кого оповестили" not in said
        assert f'hx-get="/announcements/{news}/"' in said
        assert 'hx-select="#report"' in said
    assert (
        teacher_.get(f"/announcements/{news}/", headers={"HX-Request": "true"}).status_code == 204
    )
    (errand,) = errands
    errand()
    said = page(teacher_, news)
    assert "Считаем копии" not in said
    assert "отправлено 2, обработано 2 из 2" in said
    assert '<div id="report">' in said


@pytest.mark.usefixtures("errands")
def test_a_sending_can_be_stopped_before_its_copies_are_counted(
    teacher_: Client, news: UUID
) -> None:
    copy(news, State.QUEUED)
    copy(news, State.QUEUED)
    assert f'action="/announcements/{news}/pause"' in page(teacher_, news)
    said = act(teacher_, news, "pause")
    assert "Остановлено: 2\N{NO-BREAK SPACE}копии" in said
    assert f'action="/announcements/{news}/resume"' in said


@pytest.mark.usefixtures("errands")
def test_what_is_over_cannot_be_stopped_before_its_copies_are_counted_either(
    teacher_: Client, news: UUID
) -> None:
    copy(news)
    copy(news)
    assert f'action="/announcements/{news}/pause"' not in page(teacher_, news)


def test_when_counting_has_failed_whoever_looks_next_meets_the_failure(
    teacher_: Client,
    news: UUID,
    errands: list[Callable[[], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy(news)
    copy(news)
    page(teacher_, news)
    with monkeypatch.context() as broken:
        broken.setattr(overview.reports, "states", lambda _: 1 // 0)
        errands.pop()()
        with pytest.raises(ZeroDivisionError):
            page(teacher_, news)
    assert "Считаем копии" in page(teacher_, news)
