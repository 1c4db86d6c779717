"""The calendar's part of the demo: a test clock goes to a memo's day, and on to the next year's.

What the calendar decides, it decides by the test clock: each of its moments is an argument. What
it sends is real and leaves at once: the worker, which sends the copies, has the clock on the wall.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import yaml
from babel.dates import format_datetime

from broadcaster.bootstrap import office
from broadcaster.cli.calendar import why_moved
from broadcaster.cli.doors import ring
from broadcaster.cli.following import follow
from broadcaster.cli.output import say
from broadcaster.cli.reporting import report_as_json, show_head
from broadcaster.config import read_yaml
from broadcaster.domain.days_off import FARTHEST
from broadcaster.domain.occasions import Item, occasions
from broadcaster.domain.occasions import Occasion as Planned
from broadcaster.domain.permissions import Approval, Role
from broadcaster.i18n import LANGUAGE, _, counted
from broadcaster.services import approvals, staff
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.figures import Figures, last_times
from broadcaster.services.calendar.items import SHIPPED, calendar, own_calendar
from broadcaster.services.calendar.planning import tick
from broadcaster.services.follow import report
from broadcaster.store.models import ApprovalRequest, Occasion, Staff

ITEM = "thin-ice-autumn"
"""The memo of config/seasonal.yaml that is shown at work."""
DEPUTY_HEAD = "Ольга Викторовна Лебедева"
LOGIN = "zavuch@school.example"
PATIENCE = 20.0
"""Seconds that the sending may take."""
MORNING = timedelta(hours=18)
"""From the hour at which drafts are made to the next morning, when they are read."""
AHEAD = timedelta(days=3 * 366)

HEAD = "# Сделано командой broadcaster demo: из всех памяток уходит одна, с указанного дня.\n"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Played:
    """What the calendar has done: the memo's date, who agreed to it, and the year after.

    `last` is what the next year's draft tells of this one.
    """

    occasion: Occasion
    agreed_by: Staff
    took: float
    next_year: Occasion
    last: Figures

    @property
    def announcement(self) -> UUID:
        """The memo as it was sent."""
        return _announcement(self.occasion)


def write_calendar(now: datetime) -> None:
    """Let one memo go out, and not before the test clock has come to it.

    The worker's clock on the wall looks at this calendar too, and is to find nothing to do there.
    """
    shipped = read_yaml(SHIPPED)
    begins = now.date() + timedelta(days=shipped[ITEM]["lead_days"] + 2 * FARTHEST)
    chosen: dict[str, Any] = {name: {"enabled": False} for name in shipped if name != ITEM}
    chosen[ITEM] = {"begins": begins}
    own_calendar().write_text(HEAD + yaml.safe_dump(chosen), encoding="utf-8")


def play_calendar(*, quiet: bool) -> Played:
    """Draft a memo before its day, agree to it, send it, and draft the next year's."""
    tell: Say = _silence if quiet else say
    item, now = _item(), datetime.now(UTC)
    this_year, next_year = _dates(item, now)
    drafted = _drafted(item, this_year, tell)
    agreed_by = _agreed(drafted, this_year, tell)
    took = _sent(drafted, this_year, tell, quiet=quiet)
    if not quiet:
        show_head(report(_announcement(drafted)), office().school.time_zone)
    again = _drafted(item, next_year, tell)
    (last,) = last_times(ITEM, before=next_year.day)
    return Played(drafted, agreed_by, took, again, last)


def played_as_json(played: Played) -> dict[str, Any]:
    """What the calendar has done, for machines."""
    one, after = played.occasion, played.next_year
    return {
        "item": one.item,
        "title": one.title,
        "day": one.day,
        "drafted_at": one.made_at.isoformat(),
        "send_at": one.send_at.isoformat(),
        "approved_by": played.agreed_by.name,
        "seconds": round(played.took, 2),
        "report": report_as_json(report(played.announcement)),
        "next_year": {
            "day": after.day,
            "drafted_at": after.made_at.isoformat(),
            "send_at": after.send_at.isoformat(),
            "last_people": played.last.people.total,
            "last_reached": played.last.reached,
        },
    }


def _item() -> Item:
    return calendar(office(), today=datetime.now(UTC).date()).items[ITEM]


def _dates(item: Item, now: datetime) -> tuple[Planned, Planned]:
    """The first two dates to come."""
    zone, days = office().school.time_zone, school_days(office().calendar.week).days
    found = occasions(item.rhythm, now.date(), (now + AHEAD).date(), zone=zone, days=days)
    return found[0], found[1]


def _drafted(item: Item, date_: Planned, tell: Say) -> Occasion:
    """The test clock goes to the hour at which the draft of a date is made."""
    clock = date_.send_at - item.rhythm.lead
    tick(office(), clock, at_once=True, leaving=datetime.now(UTC))
    made = Occasion.objects.get(item=ITEM, day=date_.day)
    days = item.rhythm.lead.days
    noun = counted(_("день"), _("дня"), _("дней"), days)
    words = _("{clock}, за {days} {noun} до срока: черновик памятки готов, ждёт одобрения. {last}")
    before = next(iter(last_times(ITEM, before=date_.day)), None)
    tell(words.format(clock=_clock(clock), days=days, noun=noun, last=_last(before)))
    return made


def _last(before: Figures | None) -> str:
    if before is None:
        return _("В прошлом году она не отправлялась.")
    words = _("В прошлом году она дошла до {reached} из {people} родителей.")
    return words.format(reached=before.reached, people=before.people.total)


def _agreed(drafted: Occasion, date_: Planned, tell: Say) -> Staff:
    """The test clock goes to the next morning, and the deputy head agrees."""
    clock = drafted.made_at + MORNING
    boss = _deputy_head()
    request = ApprovalRequest.objects.get(announcement=drafted.announcement_id, decided_at=None)
    approvals.approve(office(), boss, request.pk, now=clock)
    words = _("{clock}: одобрено ({name}). Уйдёт {when}{why}.")
    why = f" ({moved})" if (moved := _moved(date_)) else ""
    tell(words.format(clock=_clock(clock), name=boss.name, when=_clock(date_.send_at), why=why))
    return boss


def _deputy_head() -> Staff:
    """Somebody of the school who may agree; there is one from now on."""
    found = Staff.objects.filter(role=Role.APPROVER, user__is_active=True).first()
    access = staff.Access(Role.APPROVER, Approval.NEVER)
    return found or staff.invite(DEPUTY_HEAD, LOGIN, access, by=COMMAND_LINE, now=datetime.now(UTC))


def _moved(date_: Planned) -> str:
    """Why it does not leave on the rule's own day; empty when it does."""
    zone, days = office().school.time_zone, school_days(office().calendar.week).days
    local_day: date = date_.send_at.astimezone(zone).date()
    return why_moved(date_.day, days) if local_day != date_.day else ""


def _sent(drafted: Occasion, date_: Planned, tell: Say, *, quiet: bool) -> float:
    """The test clock goes to its hour; returns how many seconds the worker took to send it."""
    began = time.monotonic()
    tick(office(), date_.send_at, at_once=True, leaving=datetime.now(UTC))
    tell(_("{clock}: пора, памятка уходит по всем каналам.").format(clock=_clock(date_.send_at)))
    ring()
    follow(_announcement(drafted), quiet=quiet, deadline=PATIENCE)
    return time.monotonic() - began


def _announcement(drafted: Occasion) -> UUID:
    assert drafted.announcement_id is not None
    return drafted.announcement_id


def _clock(moment: datetime) -> str:
    """What the test clock shows at the school: «3 ноября 2027, 16:00»."""
    local = moment.astimezone(office().school.time_zone)
    return format_datetime(local, "d MMMM y, HH:mm", locale=LANGUAGE)


def _silence(_words: str) -> None:
    """Say nothing: a machine listens."""
