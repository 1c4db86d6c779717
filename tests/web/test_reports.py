"""Following a sending and its report: what is shown, to whom, and who may do what."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import AddressState, End, Hold, Skip, Why
from broadcaster.domain.states import State
from broadcaster.store.models import (
    Address,
    Announcement,
    AuditEntry,
    Delivery,
    Guardian,
    Receipt,
    ToldInPerson,
)
from broadcaster.store.queries.heartbeats import SWEEP, beat
from tests import school
from tests.web.staff import administrator, auditor, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=NOW, importance=Importance.IMPORTANT)


@pytest.fixture
def client() -> Client:
    return teacher("1А")


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


# Who may see and do what.

PAGES = ["", "progress", "people", "copies", "act", "people.csv", "copies.csv", "report.xlsx"]
CONTROLS = ["pause", "resume", "cancel", "resend", "decide", "told/1"]


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("who", [teacher, auditor, administrator])
def test_whoever_may_see_reports_sees_it(news: UUID, place: str, who: Any) -> None:
    copy(news)
    with closing(who().get(f"/announcements/{news}/{place}")) as answer:
        assert answer.status_code in {200, 286}


@pytest.mark.parametrize("place", [*PAGES, "copies/1"])
def test_another_teacher_sees_nothing(news: UUID, place: str) -> None:
    assert teacher("2Б").get(f"/announcements/{news}/{place}").status_code == 404


@pytest.mark.parametrize("place", [*PAGES, "copies/1"])
def test_a_stranger_is_asked_to_sign_in(news: UUID, place: str) -> None:
    answer = Client().get(f"/announcements/{news}/{place}")
    assert (answer.status_code, answer["Location"][:14]) == (302, "/account/login")


@pytest.mark.parametrize("place", CONTROLS)
def test_an_auditor_changes_nothing(news: UUID, place: str) -> None:
    copy(news, State.QUEUED)
    assert auditor().post(f"/announcements/{news}/{place}").status_code == 403
    assert school.states(news) == [State.QUEUED]


@pytest.mark.parametrize("place", CONTROLS)
def test_another_teacher_changes_nothing(news: UUID, place: str) -> None:
    copy(news, State.QUEUED)
    assert teacher("2Б").post(f"/announcements/{news}/{place}").status_code == 404
    assert school.states(news) == [State.QUEUED]


@pytest.mark.parametrize("place", [one for one in CONTROLS if one != "cancel"])
def test_nothing_is_changed_by_looking(client: Client, news: UUID, place: str) -> None:
    assert client.get(f"/announcements/{news}/{place}").status_code == 405


@pytest.mark.parametrize("place", CONTROLS)
def test_nothing_is_changed_from_another_site(news: UUID, place: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = teacher("1А").cookies
    assert strict.post(f"/announcements/{news}/{place}").status_code == 403


def test_an_auditor_is_shown_no_buttons(news: UUID) -> None:
    copy(news, State.QUEUED)
    copy(news, State.FAILED, "telegram")
    copy(news, State.UNCONFIRMED)
    shown = page(auditor(), news)
    assert "/pause" not in shown
    assert "/resend" not in shown
    assert "/decide" not in shown
    assert "/told/" not in shown


# The page.


def test_a_draft_is_shown_where_it_is_written(client: Client) -> None:
    news = school.announcement("1А")
    answer = client.get(f"/announcements/{news}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/announcements/{news}/edit")


def test_what_is_scheduled_tells_when_it_leaves(client: Client) -> None:
    news = school.announcement("1А", release_at=NOW)
    assert "Уйдёт само: 20\N{NO-BREAK SPACE}ноября 2026, 12:00." in page(client, news)


@pytest.mark.parametrize("place", ["people", "copies", "act", "people.csv", "report.xlsx"])
def test_what_has_not_left_has_no_report(client: Client, place: str) -> None:
    news = school.announcement("1А", release_at=NOW)
    assert client.get(f"/announcements/{news}/{place}").status_code == 404


def test_the_page_counts_families_and_people(client: Client, news: UUID) -> None:
    copy(news)
    copy(news, State.FAILED, "telegram", reason="blocked")
    shown = page(client, news)
    assert "<strong>1</strong> из 2" in shown
    assert "родитель заблокировал бота" in shown


def test_names_are_never_markup(client: Client, news: UUID) -> None:
    copy(news, State.FAILED, name="<script>alert(1)</script>")
    for place in ("", "people?who=everybody", "copies", "act"):
        assert "<script>alert" not in page(client, news, place)


def test_the_page_needs_the_same_number_of_queries_however_long_it_is(
    client: Client, news: UUID
) -> None:
    def queries(place: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page(client, news, place)
        return len(seen)

    places = ("", "people?who=everybody", "copies", "act")
    states = (State.SENT, State.FAILED, State.QUEUED, State.UNCONFIRMED)
    for state in states:
        copy(news, state)
    few = [queries(place) for place in places]
    for state in states * 3:
        copy(news, state)
    assert [queries(place) for place in places] == few
    assert max(few) <= 25


# Progress.


def test_progress_asks_again_while_something_waits(client: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    beat(SWEEP, now=timezone.now())
    answer = client.get(f"/announcements/{news}/progress")
    assert answer.status_code == 200
    assert 'hx-trigger="every 2s"' in answer.content.decode()


def test_progress_asks_seldom_while_everything_rests(client: Client, news: UUID) -> None:
    copy(news, State.HELD, reason=Hold.QUIET_HOURS)
    beat(SWEEP, now=timezone.now())
    assert 'hx-trigger="every 15s"' in page(client, news, "progress")


def test_progress_stops_by_itself_at_the_end(client: Client, news: UUID) -> None:
    copy(news)
    answer = client.get(f"/announcements/{news}/progress")
    assert answer.status_code == 286
    assert "hx-trigger" not in answer.content.decode()


def test_a_finished_page_asks_nothing(client: Client, news: UUID) -> None:
    copy(news)
    assert "hx-trigger" not in page(client, news)


def test_progress_is_said_aloud_only_when_it_moves_on(client: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    assert "hx-swap-oob" in page(client, news, "progress?said=5")
    assert "hx-swap-oob" not in page(client, news, "progress?said=0")


def test_progress_can_be_reached_only_fresh(client: Client, news: UUID) -> None:
    assert "no-store" in client.get(f"/announcements/{news}/progress")["Cache-Control"]


def test_it_is_told_when_the_worker_sleeps(client: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    assert "программа-отправитель не работает" in page(client, news)
    beat(SWEEP, now=timezone.now())
    assert "программа-отправитель не работает" not in page(client, news)


def test_it_is_told_that_quiet_hours_hold(client: Client, news: UUID) -> None:
    due = timezone.now() + timedelta(hours=1)
    copy(news, State.HELD, reason=Hold.QUIET_HOURS, due_at=due)
    assert "тихие часы; уйдёт" in page(client, news)


# Lists.


def test_people_are_searched_and_sorted(client: Client, news: UUID) -> None:
    copy(news, State.FAILED, name="Алёна")
    copy(news, State.FAILED, name="Борис")
    shown = page(client, news, "people?who=everybody&q=алена")
    assert "Алёна" in shown
    assert "Борис" not in shown
    shown = page(client, news, "people?who=everybody&order=-name")
    assert shown.index("Борис") < shown.index("Алёна")


@pytest.mark.parametrize(
    "query",
    ["who=nobody", "order=%00", "q=%00", "page=x", "page=-1", "page=999999", "q=" + "a" * 5000],
)
@pytest.mark.parametrize("place", ["people", "copies"])
def test_a_broken_question_is_answered_all_the_same(
    client: Client, news: UUID, place: str, query: str
) -> None:
    copy(news)
    page(client, news, f"{place}?{query}")


def test_people_come_page_by_page(client: Client, news: UUID) -> None:
    for number in range(30):
        copy(news, State.FAILED, name=f"Родитель {number:02}")
    first = page(client, news, "people?who=to_call")
    second = page(client, news, "people?who=to_call&page=2")
    assert "Родитель 24" in first
    assert "Родитель 25" not in first
    assert "Родитель 25" in second
    assert "who=to_call" in second


def test_copies_are_filtered(client: Client, news: UUID) -> None:
    copy(news, name="Анна")
    copy(news, State.FAILED, "telegram", name="Борис")
    shown = page(client, news, "copies?state=failed&channel=telegram")
    assert "Борис" in shown
    assert "Анна" not in shown


def test_a_copy_tells_every_try_and_what_the_platform_calls_it(client: Client, news: UUID) -> None:
    row = copy(news, parts=[[0, {"message_id": 77}]])
    for attempt, outcome in ((1, "deferred"), (2, "accepted")):
        Receipt.objects.create(
            delivery=row, attempt=attempt, at=NOW, outcome=outcome, detail="Retry <later>"
        )
    shown = page(client, news, f"copies/{row.pk}")
    assert "message_id 77" in shown
    assert "Retry &lt;later&gt;" in shown


@pytest.mark.parametrize("number", ["1", "9" * 19, "9" * 40])
def test_a_copy_that_is_not_there_is_not_found(client: Client, news: UUID, number: str) -> None:
    assert client.get(f"/announcements/{news}/copies/{number}").status_code == 404


# Controls.


def act(client: Client, news: UUID, control: str, **fields: Any) -> str:
    """Press a button and read the page that one is led to."""
    answer = client.post(f"/announcements/{news}/{control}", fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def audited() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_pause_and_resume(client: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    assert "Остановлено: 1\N{NO-BREAK SPACE}копия." in act(client, news, "pause")
    assert school.states(news) == [State.HELD]
    act(client, news, "resume")
    assert school.states(news) == [State.QUEUED]
    assert audited() == ["paused", "resumed"]


def test_pausing_what_has_ended_says_that_it_is_too_late(client: Client, news: UUID) -> None:
    copy(news)
    assert "Ждущих копий нет" in act(client, news, "pause")
    assert Announcement.objects.get().paused_at is None
    assert audited() == []


def test_cancelling_asks_first(client: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    shown = page(client, news, "cancel")
    assert "Отменить отправку?" in shown
    assert school.states(news) == [State.QUEUED]
    act(client, news, "cancel")
    assert (school.states(news), audited()) == ([State.CANCELLED], ["cancelled"])


def test_what_failed_is_sent_again_by_channel_and_reason(client: Client, news: UUID) -> None:
    copy(news, State.FAILED, reason="tries_spent")
    copy(news, State.FAILED, reason="content")
    shown = act(client, news, "resend", channel="site", reason="content")
    assert "Снова в очереди: 1\N{NO-BREAK SPACE}копия." in shown
    assert [state in {"queued", "held"} for state in school.states(news)] == [False, True]
    assert audited() == ["resent"]


def test_a_second_press_of_a_page_that_is_still_open_sends_nothing_twice(
    client: Client, news: UUID
) -> None:
    row = copy(news, State.FAILED, reason="tries_spent")
    seen_at = timezone.now()
    act(client, news, "resend", seen_at=seen_at.isoformat())
    Delivery.objects.update(state=State.FAILED)
    Receipt.objects.create(delivery=row, attempt=1, at=timezone.now(), outcome="rejected")
    shown = act(client, news, "resend", seen_at=seen_at.isoformat())
    assert "Отправлять снова нечего" in shown
    assert audited() == ["resent"]


def test_what_is_out_of_date_is_refused_with_words(client: Client, news: UUID) -> None:
    copy(news, State.FAILED)
    Announcement.objects.update(expires_at=NOW)
    assert "Срок объявления прошёл" in act(client, news, "resend")
    assert school.states(news) == [State.FAILED]


def test_one_copy_is_sent_again(client: Client, news: UUID) -> None:
    copy(news, State.FAILED)
    row = copy(news, State.FAILED)
    shown = act(client, news, "resend", copy=row.pk)
    assert f"Копия №\N{NO-BREAK SPACE}{row.pk}" in shown
    assert school.states(news)[0] == State.FAILED


@pytest.mark.parametrize(("decision", "state"), [("arrived", State.SENT), ("lost", State.FAILED)])
def test_unconfirmed_copies_are_decided(
    client: Client, news: UUID, decision: str, state: State
) -> None:
    copy(news, State.UNCONFIRMED, reason=End.LEASE_LOST)
    copy(news, State.UNCONFIRMED, "telegram")
    act(client, news, "decide", decision=decision, channel="site")
    assert school.states(news) == [state, State.UNCONFIRMED]
    assert audited() == ["copy_decided"]


def test_an_unconfirmed_copy_is_sent_again(client: Client, news: UUID) -> None:
    row = copy(news, State.UNCONFIRMED)
    act(client, news, "decide", decision="again", copy=row.pk)
    assert school.states(news)[0] in {"queued", "held"}


@pytest.mark.parametrize(
    "fields",
    [{}, {"decision": "arrived"}, {"decision": "maybe", "channel": "site"},
     {"decision": "lost", "copy": "9" * 30}, {"decision": "lost", "copy": "x"}],
)  # fmt: skip
def test_a_decision_about_nothing_is_refused(
    client: Client, news: UUID, fields: dict[str, str]
) -> None:
    copy(news, State.UNCONFIRMED)
    assert client.post(f"/announcements/{news}/decide", fields).status_code == 404
    assert school.states(news) == [State.UNCONFIRMED]


@pytest.fixture
def boris(news: UUID) -> Guardian:
    row = copy(news, State.FAILED, name="Борис")
    assert row.guardian is not None
    return row.guardian


def test_somebody_was_told_in_person(client: Client, news: UUID, boris: Guardian) -> None:
    shown = act(client, news, f"told/{boris.pk}", told="yes", note="звонок", back="who=unreached")
    assert "сообщили лично" in shown
    assert "звонок" in shown
    act(client, news, f"told/{boris.pk}", told="no")
    assert not ToldInPerson.objects.exists()
    assert audited() == ["told_in_person", "told_taken_back"]


def test_a_mark_leads_back_to_the_same_list(client: Client, news: UUID, boris: Guardian) -> None:
    answer = client.post(
        f"/announcements/{news}/told/{boris.pk}",
        {"told": "yes", "back": "who=unreached&page=2&next=https://evil.example"},
    )
    place = f"/announcements/{news}/people?who=unreached&page=2#person-{boris.pk}"
    assert answer["Location"] == place


def test_a_mark_changes_only_its_cell(client: Client, news: UUID, boris: Guardian) -> None:
    answer = client.post(
        f"/announcements/{news}/told/{boris.pk}", {"told": "yes"}, headers={"HX-Request": "true"}
    )
    shown = answer.content.decode()
    assert "<html" not in shown
    assert f'id="tell-{boris.pk}"' in shown


def test_who_was_told_is_not_shown_as_reached(client: Client, news: UUID, boris: Guardian) -> None:
    act(client, news, f"told/{boris.pk}", told="yes")
    shown = page(client, news, "people?who=everybody")
    assert "не отправлено" in shown
    assert page(client, news, "people?who=reached").count("Борис") == 0


@pytest.mark.parametrize("number", [10**6, 10**30])
def test_nobody_else_is_marked(client: Client, news: UUID, number: int) -> None:
    answer = client.post(f"/announcements/{news}/told/{number}", {"told": "yes"})
    assert answer.status_code == 404


# Files and the act.


def test_files_are_downloaded_and_that_is_written_down(client: Client, news: UUID) -> None:
    copy(news, name="=Анна")
    answer = client.get(f"/announcements/{news}/people.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]
    assert text.startswith("\ufeffРодитель;")
    assert "'=Анна" in text
    assert answer["Content-Disposition"].endswith('-people.csv"')
    book = client.get(f"/announcements/{news}/report.xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[arg-type]
    assert audited() == ["report_exported", "report_exported"]


def test_the_act_tells_how_each_family_was_informed_and_who_was_not(
    client: Client, news: UUID, boris: Guardian
) -> None:
    copy(news, name="Анна", channel="telegram")
    closed = copy(news, State.SKIPPED, name="Вера", reason=Skip.ADDRESS_CLOSED)
    Address.objects.filter(pk=closed.address_id).update(
        state=AddressState.CLOSED, state_reason="not_found", state_since=NOW
    )
    act(client, news, f"told/{boris.pk}", told="yes")
    shown = page(client, news, "act")
    assert "Telegram, 20.11.2026, 12:00" in shown
    assert "лично, " in shown
    assert "адрес не существует 20\N{NO-BREAK SPACE}ноября" in shown
    assert "Завтра идём в музей." in shown
    assert "расшифровка подписи" in shown


def test_an_act_is_narrowed_to_a_group(client: Client) -> None:
    news = school.announcement("1А", "2Б", released_at=NOW)
    for name, of in (("Анна", "1А"), ("Борис", "2Б")):
        school.copy(
            school.address(school.guardian(name, [of]), "site"), news, state=State.SENT, sent_at=NOW
        )
    boss = administrator()
    shown = page(boss, news, f"act?group={school.group('2Б').pk}")
    assert "Борис" in shown
    assert "Анна" not in shown
    assert boss.get(f"/announcements/{news}/act?group=999").status_code == 404
    assert boss.get(f"/announcements/{news}/act?group={'9' * 30}").status_code == 404


def test_what_spoke_to_each_family_is_not_filled_in_the_act(client: Client) -> None:
    news = school.announcement("1А", body="Здравствуйте, {{ имя }}!", released_at=NOW)
    assert "Здравствуйте, (имя родителя)!" in page(client, news, "act")
