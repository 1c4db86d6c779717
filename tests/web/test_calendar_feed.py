"""The calendar in people's telephones: a secret address, and what stands behind it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from django.test import Client

from broadcaster.domain.permissions import Role
from broadcaster.services.audit import Action
from broadcaster.store.models import Announcement, AuditEntry, CalendarFeed, Staff
from tests import school
from tests.web.calendar_pages import NEXT, NOW, ON, days_from_now, occasion, own, page, shipped
from tests.web.desk import Write
from tests.web.staff import browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

MAKE, DROP, FILE = "/calendar/subscribe/", "/calendar/unsubscribe/", "/calendar/calendar.ics"
ADDRESS = re.compile(r'value="(http://testserver(/calendar/feed/[\w-]{43}\.ics))"')


@pytest.fixture(autouse=True)
def few_items(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_settings: Write) -> None:
    own_settings(ON)
    shipped(monkeypatch, tmp_path)
    soon = days_from_now(10)
    own(
        f"icicles: {{begins: {NOW.date()}, rule: 'FREQ=DAILY;UNTIL={soon:%Y%m%d}'}}\n"
        "gas: {enabled: false}\n"
    )


@pytest.fixture
def maria() -> Staff:
    """A teacher of 1А."""
    return member(Role.TEACHER, "1А")


@pytest.fixture
def client(maria: Staff) -> Client:
    """Her browser."""
    return browser(maria)


def made(client: Client) -> str:
    """A new secret address, without the host."""
    found = ADDRESS.search(page(client.post(MAKE)))
    assert found
    return found[2]


def read(answer: Any) -> list[Any]:
    """The events of a calendar, in their order."""
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def events(path: str) -> list[Any]:
    return read(Client().get(path))


def test_the_address_opens_the_calendar_without_signing_in(client: Client) -> None:
    answer = Client().get(made(client))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(read(answer)) >= 10


def test_it_is_a_whole_calendar(client: Client) -> None:
    told = icalendar.Calendar.from_ical(Client().get(made(client)).content)
    assert told["version"] == "2.0"
    assert told["prodid"]
    assert told.walk("VTIMEZONE")


def test_an_event_is_on_the_schools_clock(client: Client) -> None:
    start = events(made(client))[0]["dtstart"].dt
    assert (start.hour, start.tzinfo.key) == (16, "Europe/Moscow")


def test_an_event_says_what_it_is_and_what_becomes_of_it(client: Client) -> None:
    first = events(made(client))[0]
    assert first["summary"].endswith(" — запланировано")
    assert first["url"] == "http://testserver/calendar/items/icicles/"
    assert first["status"] == "TENTATIVE"


def test_what_was_left_out_is_cancelled(client: Client) -> None:
    occasion("icicles", days_from_now(3), skipped="by_hand")
    told = {one["dtstart"].dt.date(): one["status"] for one in events(made(client))}
    assert told[days_from_now(3)] == "CANCELLED"


def test_a_draft_does_not_make_another_event_of_a_date(client: Client) -> None:
    path = made(client)
    before = {one["uid"] for one in events(path)}
    occasion("icicles", days_from_now(5))
    assert {one["uid"] for one in events(path)} == before


def test_every_event_has_a_uid_of_its_own(client: Client) -> None:
    told = [str(one["uid"]) for one in events(made(client))]
    assert len(set(told)) == len(told)


def test_a_title_cannot_write_lines_of_its_own(client: Client) -> None:
    row = occasion("icicles", days_from_now(5))
    row.title = "Лёд\r\nSTATUS:CONFIRMED, a;b"
    row.save()
    (one,) = (one for one in events(made(client)) if "Лёд" in one["summary"])
    assert one["status"] == "TENTATIVE"


def test_a_teacher_does_not_get_what_others_have_given_a_time(client: Client) -> None:
    for group, title in (("1А", "Наше"), ("2Б", "Чужое")):
        key = school.announcement(group, release_at=NOW + timedelta(days=3))
        Announcement.objects.get(pk=key).revisions.update(title=title)
    told = " ".join(one["summary"] for one in events(made(client)))
    assert "Наше" in told
    assert "Чужое" not in told


def test_what_is_far_away_is_left_out(client: Client) -> None:
    occasion("icicles", days_from_now(-120), released_at=NOW)
    occasion("icicles", date(NEXT + 2, 3, 1))
    days = [one["dtstart"].dt.date() for one in events(made(client))]
    assert min(days) >= days_from_now(-1)
    assert max(days) <= days_from_now(401)


# The secret


def test_only_a_digest_is_kept(client: Client) -> None:
    secret = made(client).rpartition("/")[2].removesuffix(".ics")
    assert secret not in str(CalendarFeed.objects.values().get())


def test_the_address_is_shown_once(client: Client) -> None:
    made(client)
    told = page(client.get(MAKE))
    assert not ADDRESS.search(told)
    assert "Отозвать" in told


def test_a_new_address_closes_the_old_one(client: Client) -> None:
    old, new = made(client), made(client)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_a_revoked_address_opens_nothing(client: Client) -> None:
    path = made(client)
    client.post(DROP)
    assert Client().get(path).status_code == 404


def test_an_account_that_is_closed_opens_nothing(client: Client, maria: Staff) -> None:
    path = made(client)
    maria.user.is_active = False
    maria.user.save()
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "%ff", "..", "привет"])
def test_a_made_up_address_opens_nothing(token: str) -> None:
    assert Client().get(f"/calendar/feed/{token}.ics").status_code == 404


def test_the_log_says_that_it_was_made_and_revoked(client: Client) -> None:
    made(client)
    client.post(DROP)
    client.post(DROP)
    told = AuditEntry.objects.filter(subject_kind="calendar_feed").order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        Action.TOKEN_MADE,
        Action.TOKEN_REVOKED,
    ]


def test_who_asks_too_often_is_turned_away(client: Client) -> None:
    path = made(client)
    anybody = Client()
    answers = {anybody.get("/calendar/feed/x.ics").status_code for _turn in range(241)}
    assert answers == {404, 429}
    assert anybody.get(path).status_code == 429


# The file


def test_who_has_signed_in_may_take_the_file(client: Client) -> None:
    answer = client.get(FILE)
    assert read(answer)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_stranger_may_not(client: Client) -> None:
    assert Client().get(FILE).headers["Location"].startswith("/account/login")
