"""The buttons beside a sending: stopped, cancelled, sent again, decided, told in person."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from broadcaster.domain.reasons import End
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement, Delivery, Guardian, Receipt, ToldInPerson
from tests import school
from tests.auditing import audited
from tests.web.report_pages import NOW, act, copy, failed, page

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def boris(news: UUID) -> Guardian:
    return failed(news, "Борис")


# Stopping


def test_pause_and_resume(teacher_: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    assert "Остановлено: 1\N{NO-BREAK SPACE}копия." in act(teacher_, news, "pause")
    assert school.states(news) == [State.HELD]
    act(teacher_, news, "resume")
    assert school.states(news) == [State.QUEUED]
    assert audited() == ["paused", "resumed"]


def test_pausing_what_has_ended_says_that_it_is_too_late(teacher_: Client, news: UUID) -> None:
    copy(news)
    assert "Ждущих копий нет" in act(teacher_, news, "pause")
    assert Announcement.objects.get().paused_at is None
    assert audited() == []


def test_cancelling_asks_first(teacher_: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    shown = page(teacher_, news, "cancel")
    assert "Отменить отправку?" in shown
    assert school.states(news) == [State.QUEUED]
    act(teacher_, news, "cancel")
    assert (school.states(news), audited()) == ([State.CANCELLED], ["cancelled"])


# Sending again


def test_what_failed_is_sent_again_by_channel_and_reason(teacher_: Client, news: UUID) -> None:
    copy(news, State.FAILED, reason="tries_spent")
    copy(news, State.FAILED, reason="content")
    shown = act(teacher_, news, "resend", channel="site", reason="content")
    assert "Снова в очереди: 1\N{NO-BREAK SPACE}копия." in shown
    assert [state in {"queued", "held"} for state in school.states(news)] == [False, True]
    assert audited() == ["resent"]


def test_a_second_press_of_a_page_that_is_still_open_sends_nothing_twice(
    teacher_: Client, news: UUID
) -> None:
    row = copy(news, State.FAILED, reason="tries_spent")
    seen_at = timezone.now()
    act(teacher_, news, "resend", seen_at=seen_at.isoformat())
    Delivery.objects.update(state=State.FAILED)
    Receipt.objects.create(delivery=row, attempt=1, at=timezone.now(), outcome="rejected")
    shown = act(teacher_, news, "resend", seen_at=seen_at.isoformat())
    assert "Отправлять снова нечего" in shown
    assert audited() == ["resent"]


def test_what_is_out_of_date_is_refused_with_words(teacher_: Client, news: UUID) -> None:
    copy(news, State.FAILED)
    Announcement.objects.update(expires_at=NOW)
    assert "Срок объявления прошёл" in act(teacher_, news, "resend")
    assert school.states(news) == [State.FAILED]


def test_one_copy_is_sent_again(teacher_: Client, news: UUID) -> None:
    copy(news, State.FAILED)
    row = copy(news, State.FAILED)
    shown = act(teacher_, news, "resend", copy=row.pk)
    assert f"Копия №\N{NO-BREAK SPACE}{row.pk}" in shown
    assert school.states(news)[0] == State.FAILED


# Deciding


@pytest.mark.parametrize(("decision", "state"), [("arrived", State.SENT), ("lost", State.FAILED)])
def test_unconfirmed_copies_are_decided(
    teacher_: Client, news: UUID, decision: str, state: State
) -> None:
    copy(news, State.UNCONFIRMED, reason=End.LEASE_LOST)
    copy(news, State.UNCONFIRMED, "telegram")
    act(teacher_, news, "decide", decision=decision, channel="site")
    assert school.states(news) == [state, State.UNCONFIRMED]
    assert audited() == ["copy_decided"]


def test_an_unconfirmed_copy_is_sent_again(teacher_: Client, news: UUID) -> None:
    row = copy(news, State.UNCONFIRMED)
    act(teacher_, news, "decide", decision="again", copy=row.pk)
    assert school.states(news)[0] in {"queued", "held"}


@pytest.mark.parametrize(
    "fields",
    [{}, {"decision": "arrived"}, {"decision": "maybe", "channel": "site"},
     {"decision": "lost", "copy": "9" * 30}, {"decision": "lost", "copy": "x"}],
)  # fmt: skip
def test_a_decision_about_nothing_is_refused(
    teacher_: Client, news: UUID, fields: dict[str, str]
) -> None:
    copy(news, State.UNCONFIRMED)
    assert teacher_.post(f"/announcements/{news}/decide", fields).status_code == 404
    assert school.states(news) == [State.UNCONFIRMED]


# Telling in person


def test_somebody_was_told_in_person(teacher_: Client, news: UUID, boris: Guardian) -> None:
    shown = act(teacher_, news, f"told/{boris.pk}", told="yes", note="звонок", back="who=unreached")
    assert "сообщили лично" in shown
    assert "звонок" in shown
    act(teacher_, news, f"told/{boris.pk}", told="no")
    assert not ToldInPerson.objects.exists()
    assert audited() == ["told_in_person", "told_taken_back"]


def test_a_mark_leads_back_to_the_same_list(teacher_: Client, news: UUID, boris: Guardian) -> None:
    answer = teacher_.post(
        f"/announcements/{news}/told/{boris.pk}",
        {"told": "yes", "back": "who=unreached&page=2&next=https://evil.example"},
    )
    place = f"/announcements/{news}/people?who=unreached&page=2#person-{boris.pk}"
    assert answer["Location"] == place


def test_a_mark_changes_only_its_cell(teacher_: Client, news: UUID, boris: Guardian) -> None:
    answer = teacher_.post(
        f"/announcements/{news}/told/{boris.pk}", {"told": "yes"}, headers={"HX-Request": "true"}
    )
    shown = answer.content.decode()
    assert "<html" not in shown
    assert f'id="tell-{boris.pk}"' in shown


def test_who_was_told_is_not_shown_as_reached(
    teacher_: Client, news: UUID, boris: Guardian
) -> None:
    act(teacher_, news, f"told/{boris.pk}", told="yes")
    shown = page(teacher_, news, "people?who=everybody")
    assert "не отправлено" in shown
    assert page(teacher_, news, "people?who=reached").count("Борис") == 0


@pytest.mark.parametrize("number", [10**6, 10**30])
def test_nobody_else_is_marked(teacher_: Client, news: UUID, number: int) -> None:
    answer = teacher_.post(f"/announcements/{news}/told/{number}", {"told": "yes"})
    assert answer.status_code == 404
