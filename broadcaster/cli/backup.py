"""`backup` and `restore`: the whole installation in one file, and back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from babel.numbers import format_decimal
from django.conf import settings
from rich.text import Text

from broadcaster.bootstrap import open_office
from broadcaster.cli.doors import database_open
from broadcaster.cli.output import (
    AWAY,
    BAD_INPUT,
    INTERRUPTED,
    NEEDS_PERSON,
    Json,
    can_ask,
    emit,
    err,
    fail,
    say,
    short,
    table,
    warn,
)
from broadcaster.cli.reporting import copies_counted, local
from broadcaster.config import ConfigMistake, load
from broadcaster.config_values import is_folder
from broadcaster.i18n import LANGUAGE, _, counted
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.backup import (
    BackupTrouble,
    NoPrograms,
    Refused,
    Running,
    Unwritable,
)
from broadcaster.services.backup.archive import Progress
from broadcaster.services.backup.making import Made, back_up
from broadcaster.services.backup.restoring import (
    Opened,
    Restored,
    is_empty,
    opened,
    refuse_running,
)
from broadcaster.services.backup.restoring import restore as put_back
from broadcaster.services.outlets import Office

WORD = _("восстановить")
"""What a person types to replace a database that is not empty."""

CODES = {
    Unwritable: ("unwritable", AWAY),
    NoPrograms: ("no_programs", AWAY),
    Refused: ("archive_refused", BAD_INPUT),
    Running: ("still_running", BAD_INPUT),
}

Target = Annotated[
    Path | None,
    typer.Argument(
        metavar=_("ФАЙЛ|ПАПКА"),
        show_default=False,
        help=_("Файл с именем на .tar.gz или папка; без него — папка backups рядом с данными."),
    ),
]
Secrets = Annotated[
    bool,
    typer.Option("--with-secrets", help=_("Взять и ключи каналов, введённые на страницах.")),
]
Keep = Annotated[
    int | None,
    typer.Option(
        "--keep",
        min=1,
        metavar=_("ЧИСЛО"),
        show_default=False,
        help=_("Оставить в этой папке столько копий, старые удалить."),
    ),
]
Archive = Annotated[
    Path, typer.Argument(metavar=_("ФАЙЛ"), show_default=False, help=_("Резервная копия."))
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=_("Не спрашивать."))]


def backup(
    target: Target = None,
    *,
    with_secrets: Secrets = False,
    keep: Keep = None,
    as_json: Json = False,
) -> None:
    """Make a copy of everything, while others write and send."""
    database_open()
    with _told(), _progress() as progress:
        made = back_up(
            target,
            with_secrets=with_secrets,
            keep=keep,
            by=COMMAND_LINE,
            now=datetime.now(_zone()),
            progress=progress,
        )
    if as_json:
        emit(_made_as_json(made))
    else:
        _tell_made(made)
    if made.manifest.missing:
        raise typer.Exit(NEEDS_PERSON)


def restore(archive: Archive, *, yes: Yes = False, as_json: Json = False) -> None:
    """Put a copy in the place of what is there; afterwards nothing goes on by itself."""
    with _told():
        refuse_running(datetime.now(UTC))
        with _progress() as progress, opened(archive, progress) as found:
            if not yes and not is_empty():
                _be_sure(found, asking=can_ask() and not as_json)
            done = put_back(
                found,
                office_of=_office_to_be,
                by=COMMAND_LINE,
                now=datetime.now(UTC),
                progress=progress,
            )
    if as_json:
        emit(_restored_as_json(done))
    else:
        _tell_restored(done)
    if done.needs_person:
        raise typer.Exit(NEEDS_PERSON)


def _office_to_be(file: Path) -> Office:
    """The office of a copy's settings while its templates are still beside them, unpacked.

    Templates that are nowhere are no reason to be without one: `check` and `serve` will tell.
    """
    config = load(file)
    folders = (file.parents[1] / "templates", config.templates)
    there = next((one for one in folders if one and is_folder(one)), None)
    return open_office(replace(config, templates=there))


@contextmanager
def _told() -> Iterator[None]:
    """End the command with the words of what went wrong."""
    try:
        yield
    except BackupTrouble as trouble:
        code, exit_code = CODES[type(trouble)]
        fail(code, [str(trouble)], exit_code=exit_code)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show on a terminal what is being done and how far it is."""
    with err.status("") as status:

        def show(what: str, done: int, total: int) -> None:
            share = f" {100 * done // total} %" if total > 1 else ""
            status.update(Text(f"{what}…{share}"))

        yield show


def _be_sure(found: Opened, *, asking: bool) -> None:
    """Return when a person has typed the word; ends the command otherwise."""
    when = local(found.manifest.made_at, _zone())
    words = _("База данных не пуста. Всё в ней заменит копия от {when}.").format(when=when)
    if not asking:
        hint = _(
            "Что есть сейчас, будет отложено в папку before-restore. Согласны — добавьте --yes."
        )
        fail("not_confirmed", [words, hint], exit_code=BAD_INPUT)
    question = _("{words} Наберите «{word}»: ").format(words=words, word=WORD)
    sys.stdout.write(question)
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() != WORD:
        fail("declined", [_("Ничего не изменено.")], exit_code=INTERRUPTED)


def _zone() -> ZoneInfo:
    """The school's time zone; a copy can be made and restored when its settings are broken too."""
    try:
        return load().school.time_zone
    except ConfigMistake:
        return ZoneInfo("UTC")


def _tell_made(made: Made) -> None:
    size = format_decimal(made.size / 1_000_000, "0.0", locale=LANGUAGE)
    say(_("Копия готова: {file}, {size} МБ").format(file=made.file, size=size), "bold")
    say(_("В ней личные сведения семей. Храните её вдали от этого компьютера и от чужих глаз."))
    if made.manifest.secrets:
        say(_("В ней и ключи каналов: кто её получит, сможет писать от имени школы."), "yellow")
    else:
        say(_("Ключей каналов в ней нет; взять и их: --with-secrets"))
    if made.key_elsewhere:
        say(_("SECRET_KEY задан в окружении, в копии его нет: сохраните его сами."), "yellow")
    for folder in made.left_out:
        words = _("В копию не вошло: {folder} — папка вне {home}. Сохраните её сами.")
        warn(words.format(folder=folder, home=settings.HOME))
    for one in made.removed:
        say(_("Удалена старая: {file}").format(file=one))
    if made.manifest.missing:
        noun = counted(_("вложения"), _("вложений"), _("вложений"), len(made.manifest.missing))
        words = _("На диске нет {count} {noun}, о которых знает база данных; в копии их тоже нет.")
        warn(words.format(count=len(made.manifest.missing), noun=noun))


def _tell_restored(done: Restored) -> None:
    zone = _zone()
    when = local(done.manifest.made_at, zone)
    say(_("Восстановлено из копии от {when}.").format(when=when), "bold")
    if done.aside.exists():
        say(_("Что было до этого, лежит здесь: {folder}").format(folder=done.aside))
    if done.settings_problem:
        warn(_("Настройки пока не годятся: {why}").format(why=done.settings_problem), "red")
    if done.manifest.missing:
        words = _("Вложений, которых не было уже в копии: {count}")
        warn(words.format(count=len(done.manifest.missing)))
    _tell_stopped(done, zone)
    words = _(
        "Что сделано после копии, программа не помнит: отписки и согласия семей, отозванные ключи"
        " программ, закрытые учётные записи. Проверьте их и запустите службу или broadcaster serve"
    )
    say(words)


def _tell_stopped(done: Restored, zone: ZoneInfo) -> None:
    held = done.held
    if held.announcements:
        title = _("Остановлено: могло уйти после копии. Проверьте на площадках и решите каждое")
        columns = [_("номер"), _("объявление"), _("назначено"), _("неизвестно о копиях")]
        rows = [
            [
                short(one.announcement),
                one.title,
                local(one.scheduled_for, zone),
                copies_counted(one.unknown) if one.unknown else "—",
            ]
            for one in held.announcements
        ]
        table(columns, rows, title=title)
        say(_("Продолжить: broadcaster resume НОМЕР. Отменить: broadcaster cancel НОМЕР."))
    for one in held.series:
        say(_("Больше не повторяется, пока не запустите снова: «{title}»").format(title=one))
    for date in done.missed:
        words = _("По календарю с тех пор должно было уйти {when}: «{title}»; само уже не уйдёт.")
        say(words.format(when=local(date.send_at, zone), title=date.title))
    if held.asked:
        words = _("Ждали согласования: {count}. После копии могли уйти: не согласуйте дважды.")
        say(words.format(count=held.asked))


def _made_as_json(made: Made) -> dict[str, object]:
    return {
        "file": made.file,
        "size": made.size,
        "made_at": made.manifest.made_at.isoformat(),
        "secrets": made.manifest.secrets,
        "rows": made.manifest.rows,
        "missing": made.manifest.missing,
        "left_out": list(map(str, made.left_out)),
        "removed": list(map(str, made.removed)),
    }


def _restored_as_json(done: Restored) -> dict[str, object]:
    return {
        "made_at": done.manifest.made_at.isoformat(),
        "aside": done.aside if done.aside.exists() else None,
        "announcements": [
            {
                "announcement": one.announcement,
                "title": one.title,
                "scheduled_for": one.scheduled_for and one.scheduled_for.isoformat(),
                "unknown": one.unknown,
            }
            for one in done.held.announcements
        ],
        "series": done.held.series,
        "waiting_for_consent": done.held.asked,
        "missed": [
            {"item": one.item, "day": one.day, "send_at": one.send_at.isoformat()}
            for one in done.missed
        ],
        "settings_problem": done.settings_problem,
        "missing": done.manifest.missing,
    }
