"""`send`: an announcement leaves, now or at its time; until the last check nothing has happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from broadcaster.bootstrap import office
from broadcaster.cli.announcements import known_channels, read, show_one
from broadcaster.cli.consent import agree, repeat_words
from broadcaster.cli.doors import (
    bells,
    database_open,
    groups_there_are,
    needs_groups,
    ring_for_release,
    warn_when_nobody_works,
)
from broadcaster.cli.following import follow
from broadcaster.cli.forecasting import forecast_as_json, nobody_gets_it, show_forecast
from broadcaster.cli.foretelling import foretold_as_json, show_foretold
from broadcaster.cli.options import Channels, File, one_of
from broadcaster.cli.output import BAD_COMMAND, BAD_INPUT, Json, emit, fail, say, short, warn
from broadcaster.cli.repeating import tell_series
from broadcaster.cli.reporting import local
from broadcaster.domain.policy import Importance
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.services.announcing import forget_draft, save_draft
from broadcaster.services.audit import COMMAND_LINE, Action, record
from broadcaster.services.calendar.series_ahead import ahead, faults
from broadcaster.services.calendar.series_keeping import start_by_command
from broadcaster.services.drafting import Draft, repeating, sending_time, when_expected
from broadcaster.services.foretelling import Foretold, foretell
from broadcaster.services.release import Forecast, forecast, release, render_all
from broadcaster.services.repeats import twin_of
from broadcaster.services.timing import timing_problems
from broadcaster.store.queries.roll import all_group_names

Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--to", metavar=_("ГРУППА"), help=_("Группа; можно повторять. Вместо to в файле.")
    ),
]
Weight = Annotated[
    Importance | None,
    typer.Option(
        parser=one_of(Importance),
        metavar="routine|important|urgent",
        help=_("Обычное, важное или срочное. Вместо importance в файле."),
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar=_("ВРЕМЯ"),
        help=_("Когда отправить: «2026-12-01 18:30». Вместо at в файле."),
    ),
]
Wait = Annotated[bool, typer.Option("--wait", help=_("Дождаться отправки и показать отчёт."))]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=_("Только показать, что будет отправлено."))
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=_("Не переспрашивать перед срочным."))]
Again = Annotated[
    bool, typer.Option("--again", help=_("Отправить, даже если такое же ушло за последние сутки."))
]


def send(
    file: File,
    to: Groups = None,
    importance: Weight = None,
    channel: Channels = None,
    at: At = None,
    *,
    wait: Wait = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    again: Again = False,
    as_json: Json = False,
) -> None:
    """Check everything, show the forecast, ask where it is due, then release or schedule."""
    draft = chosen(read(office(), file), to, importance, channel, at)
    if wait and (draft.at or draft.repeats):
        words = _("--wait ждёт отправки, а она назначена на потом. Уберите --wait или at.")
        fail("wait_and_at", [words], exit_code=BAD_COMMAND)
    database_open()
    now = datetime.now(UTC)
    refuse_at_once(file, draft, now)
    with tried(file, draft, now) as announcement:
        render_all(office(), announcement)
        dates = ahead(office(), draft.repeats, now=now) if draft.repeats else []
        leaves = dates[0].send_at if dates else draft.at or now
        seen = forecast(office(), announcement, now=leaves)
        if not as_json:
            show_forecast(seen, office().school.time_zone)
        if nobody := nobody_gets_it(seen):
            fail("nobody", nobody, exit_code=BAD_INPUT)
        told = foretell(office(), announcement, seen, now=now) if dry_run else None
        if told and not as_json:
            show_foretold(told, office().school.time_zone)
        if not dry_run:
            agree(announcement, draft, seen, now=now, asking=not (yes or as_json), again=again)
        if not dry_run:
            bells()
            _leave(announcement, draft, now)
    if told:
        _end_rehearsal(announcement, seen, told, now, as_json=as_json)
    elif draft.repeats:
        tell_series(announcement, draft.repeats, dates, seen, as_json=as_json)
    elif draft.at:
        _tell_scheduled(announcement, draft.at, seen, as_json=as_json)
    else:
        ring_for_release()
        _tell_released(announcement, seen, wait=wait, as_json=as_json)


def _leave(announcement: UUID, draft: Draft, now: datetime) -> None:
    """Release it, or leave it to its time, or to its dates; that is written down."""

    def note(action: Action, **facts: str) -> None:
        record(COMMAND_LINE, action, now=now, kind="announcement", subject=announcement, **facts)

    if draft.repeats:
        start_by_command(office(), announcement, now=now)
    elif draft.at:
        note(Action.SCHEDULED, at=draft.at.isoformat())
    else:
        release(office(), announcement, now=now, also=lambda: note(Action.RELEASED))


def chosen(
    draft: Draft,
    to: list[str] | None,
    importance: Importance | None,
    channel: list[str] | None,
    at: str | None,
) -> Draft:
    """The draft with what the command line says laid over the file."""
    first = _moment(at) if at else draft.at
    repeats = draft.repeats
    if repeats and first:
        repeats, first = repeating(repeats.rule, first, office().school.time_zone), None
    return replace(
        draft,
        groups=tuple(to) if to else draft.groups,
        importance=importance or draft.importance,
        channels=tuple(known_channels(office(), channel or [])) or draft.channels,
        at=first,
        repeats=repeats,
    )


def _moment(value: str) -> datetime:
    try:
        return sending_time(value, office().school.time_zone)
    except ValueError:
        fail("bad_time", [f"--at: {when_expected(value)}"], exit_code=BAD_INPUT)


def refuse_at_once(file: Path, draft: Draft, now: datetime) -> None:
    """End the command when the draft names no group or its time is over."""
    if not draft.groups:
        words = _("{file}: to: не сказано, кому. Впишите группы в файл или добавьте --to. {groups}")
        groups = groups_there_are(all_group_names())
        problem = words.format(file=file, groups=groups)
        fail("no_groups", [problem], exit_code=BAD_INPUT)
    problems = timing_problems(draft, now=now, zone=office().school.time_zone)
    if told := [f"{file}: {problem}" for problem in problems]:
        fail("bad_time", told, exit_code=BAD_INPUT)
    wrong = faults(office(), draft.repeats, now=now) if draft.repeats else ()
    if told := [f"{file}: repeat: {fault}" for fault in wrong]:
        fail("bad_rule", told, exit_code=BAD_INPUT)


@contextmanager
def tried(file: Path, draft: Draft, now: datetime) -> Iterator[UUID]:
    """A stored draft that is forgotten again when the block fails in whatever way."""
    with needs_groups(file):
        announcement = save_draft(office(), draft, now=now)
    try:
        yield announcement
    except BodyMistake as mistake:
        forget_draft(announcement)
        line = mistake.line and mistake.line + draft.lines_above
        words = f"{file}: {BodyMistake(mistake.message, line)}"
        fail("rendering_mistake", [words], exit_code=BAD_INPUT)
    except BaseException:
        forget_draft(announcement)
        raise


def _end_rehearsal(
    announcement: UUID, seen: Forecast, told: Foretold, now: datetime, *, as_json: bool
) -> None:
    twin = twin_of(announcement, now=now)
    forget_draft(announcement)
    if as_json:
        also = {"repeats": twin and twin.announcement, "plan": foretold_as_json(told)}
        emit(forecast_as_json(seen) | also)
        return
    if twin:
        warn(repeat_words(twin))
    say(_("Это была проба: ничего не отправлено."), "bold")


def _tell_scheduled(announcement: UUID, at: datetime, seen: Forecast, *, as_json: bool) -> None:
    if as_json:
        told = {"announcement": announcement, "release_at": at.isoformat()}
        emit(told | {"forecast": forecast_as_json(seen)})
        return
    when = local(at, office().school.time_zone)
    say(_("Объявление {id} будет отправлено {when}.").format(id=short(announcement), when=when))
    say(_("Отменить: broadcaster cancel {id}").format(id=short(announcement)))
    warn_when_nobody_works()


def _tell_released(announcement: UUID, seen: Forecast, *, wait: bool, as_json: bool) -> None:
    if wait:
        if not as_json:
            warn_when_nobody_works()
        follow(announcement, quiet=as_json)
        show_one(announcement, as_json=as_json)
        return
    if as_json:
        emit({"announcement": announcement, "forecast": forecast_as_json(seen)})
        return
    say(_("Объявление {id} передано на отправку.").format(id=short(announcement)), "bold")
    say(_("Отчёт: broadcaster report {id}").format(id=short(announcement)))
    warn_when_nobody_works()
