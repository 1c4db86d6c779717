"""Is there still time: an announcement must leave later than now and before it is out of date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from broadcaster.i18n import _
from broadcaster.services.drafting import Draft
from broadcaster.services.front_matter import Problem


def timing_problems(draft: Draft, *, now: datetime, zone: ZoneInfo) -> Iterator[Problem]:
    """What is wrong with the times of a draft that is to be released or scheduled at `now`."""
    if draft.at is not None and draft.at <= now:
        yield Problem(
            "at",
            _("{when} уже прошло.").format(when=_local(draft.at, zone)),
            _("Укажите время позже или уберите at, чтобы отправить сейчас."),
        )
    if draft.expires is None:
        return
    if draft.expires <= now:
        yield Problem(
            "expires",
            _("срок {when} уже прошёл.").format(when=_local(draft.expires, zone)),
            _("Укажите время позже или уберите expires."),
        )
    elif draft.at is not None and draft.expires <= draft.at:
        yield Problem(
            "expires",
            _("срок {when} наступит раньше отправки ({at}).").format(
                when=_local(draft.expires, zone), at=_local(draft.at, zone)
            ),
            _("Поменяйте одно из двух."),
        )


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%d.%m.%Y %H:%M")
