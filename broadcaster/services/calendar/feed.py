"""The calendar for other programs of calendars: iCalendar (RFC 5545), under a secret address."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

import icalendar
from django.db import transaction

from broadcaster.calendar_words import FATES
from broadcaster.i18n import _
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.calendar.showing import Fate, Shown, between
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import CalendarFeed, Staff

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
"""The days around today that a feed tells of."""
STATUS = {Fate.SKIPPED: "CANCELLED", Fate.SENT: "CONFIRMED", Fate.READY: "CONFIRMED"}
PRODUCT = "-//Broadcaster//school calendar//RU"


def make_feed(user: int, *, by: Actor, now: datetime) -> str:
    """A new secret for somebody's feed, which nobody can read again; an older one is closed."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        feed, _made = CalendarFeed.objects.update_or_create(
            user_id=user, defaults={"digest": _digest(secret), "made_at": now}
        )
        record(by, Action.TOKEN_MADE, now=now, kind="calendar_feed", subject=feed.pk)
    return secret


def revoke_feed(user: int, *, by: Actor, now: datetime) -> bool:
    """Close somebody's feed; False when there is none."""
    with transaction.atomic():
        feed = CalendarFeed.objects.select_for_update().filter(user=user).first()
        if feed is None:
            return False
        record(by, Action.TOKEN_REVOKED, now=now, kind="calendar_feed", subject=feed.pk)
        feed.delete()
    return True


def has_feed(user: int) -> bool:
    """Whether this person has a feed."""
    return CalendarFeed.objects.filter(user=user).exists()


def reader_of(secret: str) -> Staff | None:
    """Whose feed this is; None when there is no such one, or the account is closed."""
    of_feed = Staff.objects.filter(user__calendar_feed__digest=_digest(secret))
    return of_feed.filter(user__is_active=True).select_related("user").first()


def feed_of(office: Office, by: Staff | None, *, base: str, now: datetime) -> bytes:
    """What this person may see of the calendar, as a file; `base` is the calendar's web address.

    None sees everything, as the command line does.
    """
    today = local_day(office, now)
    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _("{school}: календарь").format(school=office.school.name))
    made.add("x-wr-timezone", office.school.time_zone.key)
    for one in between(office, today - BACK, today + AHEAD, by=by, now=now):
        made.add_component(_event(office, one, base=base, now=now))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(office: Office, one: Shown, *, base: str, now: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", _uid(one))
    event.add("dtstamp", now)
    event.add("dtstart", one.at.astimezone(office.school.time_zone))
    event.add("summary", f"{one.title} — {FATES[one.fate]}")
    event.add("status", STATUS.get(one.fate, "TENTATIVE"))
    event.add("transp", "TRANSPARENT")
    if one.item and one.kind == "memo":
        event.add("url", f"{base}items/{quote(one.item, safe='')}/")
    return event


def _uid(one: Shown) -> str:
    """The same for ever: neither a moved date nor a draft makes another event of it."""
    name = f"{one.item} {one.day}" if one.day else str(one.announcement)
    return f"{sha256(name.encode()).hexdigest()[:32]}@calendar.broadcaster"


def _digest(secret: str) -> str:
    """What is kept: the secret is random, so it needs no salt and no slow hash."""
    return sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
