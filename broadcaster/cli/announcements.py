"""`send`, `preview`, `report`, `pause`, `resume`, `cancel`: what an author does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from broadcaster.bootstrap import office, showroom
from broadcaster.cli.doors import database_open, needs_groups
from broadcaster.cli.following import follow
from broadcaster.cli.forecasting import forecast_as_json, show_forecast
from broadcaster.cli.output import BAD_INPUT, NEEDS_PERSON, Json, emit, fail, say
from broadcaster.cli.previewing import preview_as_json, show_preview, write_preview
from broadcaster.cli.reporting import report_as_json, show_latest, show_report
from broadcaster.domain.policy import Importance
from broadcaster.i18n import _, counted
from broadcaster.services import control
from broadcaster.services.announcing import forget_draft, save_draft
from broadcaster.services.drafting import (
    Draft,
    DraftRefused,
    moment_of,
    no_such_channel,
    read_draft,
    when_expected,
)
from broadcaster.services.follow import NoSuchAnnouncement, latest, report
from broadcaster.services.outlets import Office
from broadcaster.services.release import forecast, release, render_all

File = Annotated[Path, typer.Argument(help=_("Объявление: Markdown с заголовком YAML."))]
Id = Annotated[UUID, typer.Argument(help=_("Номер объявления из «broadcaster report»."))]
Channels = Annotated[
    list[str] | None, typer.Option("--channel", help=_("Только этот канал; можно повторять."))
]


def send(
    file: File,
    to: Annotated[
        list[str] | None, typer.Option("--to", help=_("Группа; можно повторять."))
    ] = None,
    importance: Annotated[
        Importance | None, typer.Option(help=_("Вместо указанной в файле."))
    ] = None,
    channel: Channels = None,
    at: Annotated[
        str | None, typer.Option("--at", help=_("Когда отправить: «2026-12-01 18:30»."))
    ] = None,
    *,
    wait: Annotated[bool, typer.Option(help=_("Дождаться отправки и показать отчёт."))] = False,
    dry_run: Annotated[
        bool, typer.Option(help=_("Только показать, что будет отправлено."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Отправить объявление семьям.

    Примеры:

      broadcaster send examples/important.md --dry-run

      broadcaster send examples/important.md --to «1А» --wait
    """
    draft = _chosen(
        _read(office(), file, as_json=as_json), to, importance, channel, at, as_json=as_json
    )
    database_open(as_json=as_json)
    now = datetime.now(UTC)
    with needs_groups(file, as_json=as_json):
        announcement = save_draft(office(), draft, now=now)
    if dry_run or draft.at is None:
        seen = forecast(office(), announcement, now=draft.at or now)
        if not as_json:
            show_forecast(seen, office().school.time_zone)
    if dry_run:
        render_all(office(), announcement)
        forget_draft(announcement)
        if as_json:
            emit(forecast_as_json(seen))
        return
    if draft.at is not None:
        _tell_scheduled(announcement, draft.at, as_json=as_json)
        return
    release(office(), announcement, now=now)
    _ring()
    if not wait:
        _tell_released(announcement, as_json=as_json)
        return
    follow(announcement, quiet=as_json)
    show(announcement, as_json=as_json)


def preview(
    file: File,
    channel: Channels = None,
    html: Annotated[
        Path | None, typer.Option("--html", help=_("Записать страницу с образцами в файл."))
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Показать, как объявление будет выглядеть на каждом канале. Ничего не отправляет.

    Примеры:

      broadcaster preview examples/important.md

      broadcaster preview examples/important.md --channel email --html preview.html
    """
    place = showroom()
    draft = _read(place, file, as_json=as_json)
    names = _known_channels(place, channel or [], as_json=as_json) or list(place.outlets)
    if as_json:
        emit(preview_as_json(place, draft, names))
    elif html:
        write_preview(place, draft, names, html)
        say(_("Образцы записаны в {file}").format(file=html))
    else:
        show_preview(place, draft, names)


def show(
    announcement: Annotated[
        UUID | None, typer.Argument(help=_("Номер объявления; без него — список последних."))
    ] = None,
    *,
    copies: Annotated[bool, typer.Option(help=_("Перечислить каждую копию."))] = False,
    as_json: Json = False,
) -> None:
    """Показать отчёт: кому, по какому каналу и кого не оповестили.

    Примеры:

      broadcaster report

      broadcaster report 0c8f5d0e-6f6e-4f0e-9a4e-2f6c3f3a1b11 --copies
    """
    database_open(as_json=as_json)
    if announcement is None:
        show_latest(latest(20), office().school.time_zone, as_json=as_json)
        return
    try:
        seen = report(announcement, with_copies=copies)
    except NoSuchAnnouncement:
        fail("no_such_announcement", [_no_such(announcement)], exit_code=BAD_INPUT, as_json=as_json)
    if as_json:
        emit(report_as_json(seen))
    else:
        show_report(seen, office().school.time_zone)
    if not seen.complete:
        raise typer.Exit(NEEDS_PERSON)


def pause(announcement: Id, *, as_json: Json = False) -> None:
    """Придержать всё, что ещё не отправлено. Пример: broadcaster pause ID."""
    database_open(as_json=as_json)
    _tell_changed("paused", control.pause(announcement, now=datetime.now(UTC)), as_json=as_json)


def resume(announcement: Id, *, as_json: Json = False) -> None:
    """Продолжить остановленную отправку. Пример: broadcaster resume ID."""
    database_open(as_json=as_json)
    changed = control.resume(announcement)
    _ring()
    _tell_changed("resumed", changed, as_json=as_json)


def cancel(announcement: Id, *, as_json: Json = False) -> None:
    """Отменить всё, что ещё не отправлено, навсегда. Пример: broadcaster cancel ID."""
    database_open(as_json=as_json)
    _tell_changed("cancelled", control.cancel(announcement, now=datetime.now(UTC)), as_json=as_json)


def _read(place: Office, file: Path, *, as_json: bool) -> Draft:
    try:
        return read_draft(place, file)
    except DraftRefused as refused:
        fail("draft_refused", str(refused).splitlines(), exit_code=BAD_INPUT, as_json=as_json)


def _chosen(
    draft: Draft,
    to: list[str] | None,
    importance: Importance | None,
    channel: list[str] | None,
    at: str | None,
    *,
    as_json: bool,
) -> Draft:
    """The draft with what the command line says laid over the file."""
    return replace(
        draft,
        groups=tuple(to) if to else draft.groups,
        importance=importance or draft.importance,
        channels=tuple(_known_channels(office(), channel or [], as_json=as_json)) or draft.channels,
        at=_moment(at, as_json=as_json) if at else draft.at,
    )


def _known_channels(place: Office, names: list[str], *, as_json: bool) -> list[str]:
    missing = [no_such_channel(name, place) for name in names if name not in place.outlets]
    if missing:
        fail("no_such_channel", missing, exit_code=BAD_INPUT, as_json=as_json)
    return names


def _moment(value: str, *, as_json: bool) -> datetime:
    try:
        return moment_of(value, office().school.time_zone)
    except ValueError:
        fail("bad_time", [when_expected(value)], exit_code=BAD_INPUT, as_json=as_json)


def _ring() -> None:
    """Wake a worker; when the broker is away the next sweep finds the work."""
    from broadcaster.cli.doors import ring  # noqa: PLC0415 - Celery is slow to import

    ring()


def _tell_scheduled(announcement: UUID, at: datetime, *, as_json: bool) -> None:
    if as_json:
        emit({"announcement": announcement, "release_at": at.isoformat()})
        return
    when = at.astimezone(office().school.time_zone).strftime("%d.%m.%Y %H:%M")
    say(_("Объявление {id} будет отправлено {when}.").format(id=announcement, when=when))


def _tell_released(announcement: UUID, *, as_json: bool) -> None:
    if as_json:
        emit({"announcement": announcement})
        return
    say(_("Объявление {id} передано на отправку.").format(id=announcement), "bold")
    say(_("Отчёт: broadcaster report {id}").format(id=announcement))


def _tell_changed(what: str, changed: int, *, as_json: bool) -> None:
    if as_json:
        emit({what: changed})
        return
    noun = counted(_("копия"), _("копии"), _("копий"), changed)
    say(_("Изменено: {count} {noun}.").format(count=changed, noun=noun))


def _no_such(announcement: UUID) -> str:
    return _("Объявления {id} нет. Список: broadcaster report").format(id=announcement)
