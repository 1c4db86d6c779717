"""`init`, `check`, `site export`, `manage`: what the school's IT person does."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command, execute_from_command_line

from broadcaster.bootstrap import office, publish_elsewhere
from broadcaster.cli.doors import database_open, refuse_newer_database
from broadcaster.cli.output import (
    AWAY,
    BAD_INPUT,
    NEEDS_PERSON,
    Json,
    emit,
    fail,
    say,
    working,
)
from broadcaster.config import own_file
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _, counted
from broadcaster.services.checkup import Finding, look_over

STARTER = """\
# Настройки вашей школы. Все ключи с пояснениями — в config/default.yaml.
# Сюда пишите только то, что отличается.
# Ключей и паролей здесь нет: их берут из окружения (env:ИМЯ) или из файла (file:ПУТЬ).
school:
  name: Школа № 1
  time_zone: Europe/Moscow
  # public_url: https://news.school.example/

# channels:
#   telegram:
#     enabled: true          # ключ бота — в переменной окружения TELEGRAM_TOKEN
#   email:
#     enabled: true
#     host: smtp.school.example
#     sender: school@school.example
"""


def init(*, as_json: Json = False) -> None:
    """Start the school's own file where there is none, and bring the database up to date."""
    file = own_file()
    fresh = not file.exists()
    make_home()
    if fresh:
        _start_file(file)
    with working(_("Готовлю базу данных…")):
        prepare()
    if as_json:
        emit({"config": file, "created": fresh, "home": settings.HOME})
        return
    say(_("Настройки: {file}").format(file=file))
    say(_("Данные: {home}").format(home=settings.HOME))
    say(_("Дальше: впишите каналы и выполните broadcaster check"))


def _start_file(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(STARTER, encoding="utf-8")
    except OSError as error:
        words = _("{file}: не удалось создать: {why}").format(file=file, why=system_words(error))
        fail("unwritable", [words], exit_code=AWAY)


def make_home() -> None:
    """Make the home, closed to other accounts of the machine; one that is there stays as it is."""
    settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)


def prepare() -> None:
    """Make the home and bring the database up to date; ends the command when it is newer."""
    make_home()
    refuse_newer_database()
    call_command("migrate", verbosity=0, interactive=False)


def check(*, as_json: Json = False) -> None:
    """Look at every part; the command ends with NEEDS_PERSON when one is not in order."""
    findings = []
    for finding in look_over(office()):
        findings.append(finding)
        if not as_json:
            _show_finding(finding)
    in_order = all(finding.ok for finding in findings)
    if as_json:
        emit({"ok": in_order, "findings": [asdict(finding) for finding in findings]})
    if not in_order:
        raise typer.Exit(NEEDS_PERSON)


def _show_finding(finding: Finding) -> None:
    mark, style = ("✓", "") if finding.ok else ("✗", "red")
    say(f"{mark} {finding.part}: {finding.words}", style)
    if finding.hint:
        say(f"  → {finding.hint}")


def export_site(
    folder: Annotated[
        Path,
        typer.Argument(metavar=_("ПАПКА"), help=_("Куда записать страницы и ленты.")),
    ],
    url: Annotated[
        str,
        typer.Option(
            "--url", metavar=_("АДРЕС"), help=_("Адрес, по которому они будут открываться.")
        ),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Write the pages and feeds for a site that is made of files only."""
    if not url.startswith(("http://", "https://")):
        words = _("--url: ожидается полный адрес, например https://school.example/news/")
        fail("bad_url", [words], exit_code=BAD_INPUT)
    database_open()
    try:
        with working(_("Записываю страницы…")):
            count = publish_elsewhere(folder, url)
    except OSError as error:
        fail("export_refused", [_unwritten(folder, error)], exit_code=BAD_INPUT)
    except (ValueError, LookupError) as error:
        fail("export_refused", [str(error)], exit_code=BAD_INPUT)
    if as_json:
        emit({"folder": folder, "announcements": count})
        return
    noun = counted(_("объявление"), _("объявления"), _("объявлений"), count)
    say(_("Записано: {count} {noun} в {folder}").format(count=count, noun=noun, folder=folder))


def _unwritten(folder: Path, error: OSError) -> str:
    if isinstance(error, FileExistsError) and error.errno is None:
        words = _(
            "{folder}: папка не пуста, и лежат в ней не прежние страницы программы."
            " Назовите пустую или новую."
        )
        return words.format(folder=folder)
    return _("{file}: не удалось записать: {why}").format(file=folder, why=system_words(error))


def manage(context: typer.Context) -> None:
    """Hand the rest of the command line to Django."""
    execute_from_command_line(["broadcaster manage", *context.args])
