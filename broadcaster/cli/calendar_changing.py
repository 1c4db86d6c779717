"""`calendar on`, `off`, `skip`, `approve`, `export`: what a person decides about the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.bootstrap import look_again, office, try_out
from broadcaster.calendar_words import AGREEING_REFUSALS, LEAVING_OUT_REFUSALS
from broadcaster.cli.calendar import ItemName, item_of, long_day, tell_when_off
from broadcaster.cli.doors import database_open, ring
from broadcaster.cli.output import AWAY, BAD_INPUT, Json, emit, fail, say, warn
from broadcaster.cli.reporting import local
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.calendar.agreeing import AgreeingRefused, agree_to
from broadcaster.services.calendar.feed import feed_of
from broadcaster.services.calendar.items import calendar
from broadcaster.services.calendar.leaving_out import LeavingOutRefused, leave_out, put_back
from broadcaster.services.drafts_ready import NotReady
from broadcaster.services.outlets import local_day
from broadcaster.services.settling import Unwritable, settle

Day = Annotated[
    str,
    typer.Argument(metavar=_("ДЕНЬ"), help=_("День по правилу, например 2026-11-05.")),
]


def switch_on(*, as_json: Json = False) -> None:
    """Let the calendar's items go out by themselves."""
    _switch(on=True, as_json=as_json)


def switch_off(*, as_json: Json = False) -> None:
    """Let nothing go out by itself any more; announcements that repeat themselves go on."""
    _switch(on=False, as_json=as_json)


def _switch(*, on: bool, as_json: bool) -> None:
    database_open()
    try:
        changed = settle(
            {"calendar.enabled": on}, by=COMMAND_LINE, now=datetime.now(UTC), check=try_out
        )
    except Unwritable as refused:
        fail("unwritable", [str(refused)], exit_code=AWAY)
    look_again()
    if as_json:
        emit({"enabled": on, "changed": bool(changed)})
    elif on:
        say(_("Календарь включён. Что впереди: broadcaster calendar next"), "bold")
        _count_problems()
    else:
        say(_("Календарь выключен. Его черновики, которые ещё ждали, не уйдут."), "bold")


def _count_problems() -> None:
    seen = calendar(office(), today=local_day(office(), datetime.now(UTC)))
    if count := len(seen.problems):
        words = _("Ошибок в календаре: {count}. Подробно: broadcaster calendar check")
        warn(words.format(count=count))


def skip(
    name: ItemName,
    day: Day,
    *,
    undo: Annotated[bool, typer.Option("--undo", help=_("Вернуть снятую дату."))] = False,
    as_json: Json = False,
) -> None:
    """Let nothing go out for one date of an item."""
    database_open()
    when, now = _day(day), datetime.now(UTC)
    seen = calendar(office(), today=local_day(office(), now))
    with _refusals():
        if undo:
            put_back(name, when, by=COMMAND_LINE, now=now)
        else:
            leave_out(office(), item_of(seen, name), when, by=COMMAND_LINE, now=now)
    if as_json:
        emit({"item": name, "day": when, "skipped": not undo})
    elif undo:
        say(_("Снова в календаре: {name}, {day}.").format(name=name, day=long_day(when)))
    else:
        words = _(
            "Не уйдёт: {name}, {day}. Вернуть: broadcaster calendar skip {name} {when} --undo"
        )
        say(words.format(name=name, day=long_day(when), when=when))


def approve(name: ItemName, day: Day, *, as_json: Json = False) -> None:
    """Let the draft of one date leave at its time."""
    database_open()
    when = _day(day)
    with _refusals():
        row = agree_to(office(), name, when, by=COMMAND_LINE, now=datetime.now(UTC))
    ring()
    if as_json:
        told = {"item": name, "day": when, "announcement": row.announcement_id}
        emit(told | {"send_at": row.send_at.isoformat()})
        return
    at = local(row.send_at, office().school.time_zone)
    say(_("Одобрено. «{title}» уйдёт {at}.").format(title=row.title, at=at), "bold")
    tell_when_off()


def export(
    file: Annotated[
        Path, typer.Argument(metavar=_("ФАЙЛ"), help=_("Куда записать: файл iCalendar."))
    ] = Path("calendar.ics"),
    *,
    as_json: Json = False,
) -> None:
    """Write the calendar for other programs of calendars."""
    database_open()
    base = f"{office().school.public_url.rstrip('/')}/calendar/"
    written = feed_of(office(), None, base=base, now=datetime.now(UTC))
    try:
        file.write_bytes(written)
    except OSError as error:
        words = _("{file}: не удалось записать: {why}").format(file=file, why=system_words(error))
        fail("unwritable", [words], exit_code=BAD_INPUT)
    events = written.count(b"BEGIN:VEVENT")
    if as_json:
        emit({"file": file, "entries": events})
        return
    say(_("Записано: {file}, дат: {count}.").format(file=file, count=events))
    tell_when_off()


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        words = _("«{value}» — не день; пишите так: 2026-11-05.").format(value=written)
        fail("bad_day", [words], exit_code=BAD_INPUT)


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell in words why nothing was changed."""
    try:
        yield
    except AgreeingRefused as refused:
        fail(refused.why, [AGREEING_REFUSALS[refused.why]], exit_code=BAD_INPUT)
    except LeavingOutRefused as refused:
        fail(refused.why, [LEAVING_OUT_REFUSALS[refused.why]], exit_code=BAD_INPUT)
    except NotReady as refused:
        fail("not_ready", [lack.words for lack in refused.lacks], exit_code=BAD_INPUT)
