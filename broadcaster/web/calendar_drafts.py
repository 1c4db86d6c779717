"""A draft that the calendar has made, for who is asked about it: its date, and the last time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from broadcaster.bootstrap import office
from broadcaster.calendar_words import rule_words
from broadcaster.domain.memos import Memo
from broadcaster.services.calendar.figures import Figures, last_times
from broadcaster.services.calendar.items import calendar
from broadcaster.services.calendar.series import PREFIX
from broadcaster.services.outlets import local_day
from broadcaster.store.models import Occasion
from broadcaster.web.calendar_lines import item_url


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDate:
    """The date of a draft, its item and what the item brought the last time.

    `rule` is empty when the item is no longer in the calendar, `moved` the day from which a day off
    has moved the date.
    """

    title: str
    url: str
    rule: str
    send_at: datetime
    moved: date | None
    memo: Memo | None
    overdue: bool
    last: Figures | None


def draft_date(announcement: UUID, *, now: datetime) -> DraftDate | None:
    """The date for which the calendar has made this draft; None when somebody wrote it."""
    row = Occasion.objects.filter(announcement=announcement).first()
    if row is None:
        return None
    today = local_day(office(), now)
    seen = calendar(office(), today=today)
    item = seen.items.get(row.item) or seen.offered.get(row.item)
    memo = seen.memos.get(item.memo) if item else None
    last = last_times(row.item, before=row.day)
    on = row.send_at.astimezone(office().school.time_zone).date()
    return DraftDate(
        title=row.title,
        url="" if row.item.startswith(PREFIX) else item_url(row.item),
        rule=rule_words(item.rhythm.rule, item.rhythm.at) if item else "",
        send_at=row.send_at,
        moved=row.day if row.day != on else None,
        memo=memo,
        overdue=memo is not None and memo.past_review(today),
        last=last[0] if last else None,
    )
