"""`calendar check` and `calendar run`: is it in order, and what would it do at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from broadcaster.bootstrap import office
from broadcaster.calendar_words import BECAME, SKIPPED
from broadcaster.cli.calendar import tell_when_off
from broadcaster.cli.doors import database_open, ring, warn_when_nobody_works
from broadcaster.cli.output import (
    AWAY,
    BAD_INPUT,
    INTERRUPTED,
    NEEDS_PERSON,
    Json,
    ask,
    can_ask,
    emit,
    fail,
    say,
    table,
    warn,
)
from broadcaster.cli.reporting import local
from broadcaster.i18n import _
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.calendar.beats import Became, Busy, Change, beat_at, foresee
from broadcaster.services.calendar.problems import Problem, problems_of
from broadcaster.services.drafting import moment_of

FAR = timedelta(hours=1)
"""A moment that is farther from now is not run by a slip of the hand."""

At = Annotated[
    str,
    typer.Option(
        "--date",
        metavar=_("ВРЕМЯ"),
        show_default=False,
        help=_("Как если бы было столько времени, например 2026-11-05T16:00; без него — сейчас."),
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Только показать, что будет."))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=_("Не переспрашивать."))]


def check(*, as_json: Json = False) -> None:
    """Tell everything that is wrong; the command ends with NEEDS_PERSON when anything is."""
    database_open()
    found = problems_of(office(), now=datetime.now(UTC))
    if as_json:
        enabled = office().calendar.enabled
        emit({"ok": not found, "enabled": enabled, "problems": [_as_json(one) for one in found]})
    else:
        tell_when_off()
        for one in found:
            warn(str(one), "red")
        if not found:
            say(_("Всё в порядке: календарь, памятки, выходные дни."))
    if found:
        raise typer.Exit(NEEDS_PERSON)


def run(at: At = "", *, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False) -> None:
    """Do what the calendar would do at a moment, or only tell."""
    database_open()
    now = datetime.now(UTC)
    moment = _moment(at) if at else now
    if not as_json:
        tell_when_off()
    if not dry_run and abs(moment - now) > FAR and not yes:
        _be_sure(moment, asking=can_ask() and not as_json)
    changes = _done(moment, now, dry_run=dry_run)
    if not dry_run:
        ring()
    if as_json:
        told = {"moment": moment.isoformat(), "dry_run": dry_run}
        emit(told | {"changes": [_change_as_json(one) for one in changes]})
        return
    _tell(changes, moment, dry_run=dry_run)
    if dry_run:
        say(_("Это была проба: ничего не изменено и не отправлено."), "bold")
    elif any(one.became is Became.SENT for one in changes):
        warn_when_nobody_works()


def _done(moment: datetime, now: datetime, *, dry_run: bool) -> list[Change]:
    try:
        if dry_run:
            return foresee(office(), moment, now=now)
        return beat_at(office(), moment, by=COMMAND_LINE, now=now)
    except Busy:
        words = _("Календарём сейчас занят обработчик; ничего не сделано. Повторите команду.")
        fail("calendar_busy", [words], exit_code=AWAY)


def _moment(written: str) -> datetime:
    try:
        return moment_of(written, office().school.time_zone).astimezone(UTC)
    except (ValueError, OverflowError):
        words = _("--date: «{value}» — не дата и время; пишите так: 2026-11-05T16:00.")
        fail("bad_time", [words.format(value=written)], exit_code=BAD_INPUT)


def _be_sure(moment: datetime, *, asking: bool) -> None:
    """Return when a person has said yes; ends the command otherwise."""
    when = local(moment, office().school.time_zone)
    words = _(
        "Календарь решит, будто сейчас {when}. Что пора отправлять, уйдёт семьям по-настоящему и"
        " сразу; прошедшие без отправки даты будут пропущены навсегда."
    ).format(when=when)
    if not asking:
        hint = _("Посмотреть заранее: --dry-run. Сделать: --yes.")
        fail("not_confirmed", [words, hint], exit_code=BAD_INPUT)
    if not ask(_("{words} Сделать?").format(words=words)):
        fail("declined", [_("Ничего не сделано.")], exit_code=INTERRUPTED)


def _tell(changes: Sequence[Change], moment: datetime, *, dry_run: bool) -> None:
    zone = office().school.time_zone
    if not changes:
        say(_("{when}: делать нечего.").format(when=local(moment, zone)))
        return
    rows = [
        [BECAME[one.became], one.title, local(one.send_at, zone), _why(one), one.item]
        for one in changes
    ]
    done = _("что будет") if dry_run else _("что сделано")
    head = [done, _("что"), _("когда уходит"), _("почему"), _("имя")]
    table(head, rows, title=local(moment, zone))


def _why(one: Change) -> str:
    return SKIPPED[one.why] if one.why else one.problem


def _change_as_json(one: Change) -> dict[str, Any]:
    return {
        "became": one.became,
        "item": one.item,
        "day": one.day,
        "title": one.title,
        "send_at": one.send_at.isoformat(),
        "announcement": one.announcement,
        "why": one.why,
        "problem": one.problem,
    }


def _as_json(one: Problem) -> dict[str, Any]:
    return {"part": one.part, "file": one.file, "item": one.item, "key": one.key, "text": one.text}
