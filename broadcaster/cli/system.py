"""`init`, `check`, `serve`, `sandbox`, `manage`: what the school's IT person does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command, execute_from_command_line

from broadcaster.bootstrap import office, publish_elsewhere
from broadcaster.cli.output import AWAY, BAD_INPUT, NEEDS_PERSON, Json, emit, fail, say
from broadcaster.cli.processes import ChildEnded, children, start_web, start_worker
from broadcaster.config import own_file
from broadcaster.i18n import _, counted
from broadcaster.services.checkup import look_over
from broadcaster.services.control import reopen

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
    """Подготовить настройки и базу данных. Повторный запуск ничего не портит.

    Пример: broadcaster init
    """
    file = own_file()
    fresh = not file.exists()
    if fresh:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(STARTER, encoding="utf-8")
    prepare()
    if as_json:
        emit({"config": file, "created": fresh, "home": settings.HOME})
        return
    say(_("Настройки: {file}").format(file=file))
    say(_("Данные: {home}").format(home=settings.HOME))
    say(_("Дальше: впишите каналы и выполните broadcaster check"))


def prepare() -> None:
    """Make the home and bring the database up to date."""
    settings.HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def check(*, as_json: Json = False) -> None:
    """Проверить настройки, базу данных, очередь, обработчик, шаблоны и ключи всех каналов.

    Пример: broadcaster check --json
    """
    findings = []
    for finding in look_over(office()):
        findings.append(finding)
        if not as_json:
            say(
                f"{'✓' if finding.ok else '✗'} {finding.part}: {finding.words}",
                "" if finding.ok else "red",
            )
    if as_json:
        emit([asdict(finding) for finding in findings])
    if not all(finding.ok for finding in findings):
        raise typer.Exit(NEEDS_PERSON)


def serve(
    host: Annotated[str, typer.Option(help=_("Адрес, на котором слушать."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("Порт веб-страниц."))] = 8000,
) -> None:
    """Запустить всё: веб-страницы, обработчик и расписание. Ctrl-C останавливает.

    Пример: broadcaster serve --port 8080
    """
    office()
    prepare()
    with children(settings.HOME / "logs") as group:
        start_worker(group)
        start_web(group, f"{host}:{port}")
        say(_("Работает: http://{host}:{port}/site/").format(host=host, port=port), "bold")
        say(_("Журналы: {folder}. Остановить: Ctrl-C.").format(folder=settings.HOME / "logs"))
        _stay(group.check)


def _stay(check_children: Callable[[], None]) -> None:
    try:
        while True:
            time.sleep(1)
            check_children()
    except KeyboardInterrupt:
        say(_("Останавливаюсь…"))
    except ChildEnded as ended:
        fail("part_ended", [str(ended)], exit_code=AWAY)


def open_channel(name: Annotated[str, typer.Argument(help=_("Имя канала."))]) -> None:
    """Снова открыть канал, который программа остановила из-за ключа или капчи.

    Пример: broadcaster open telegram
    """
    reopen(name)
    say(_("Канал «{name}» снова открыт.").format(name=name))


def export_site(
    folder: Annotated[Path, typer.Argument(help=_("Куда записать страницы и ленты."))],
    url: Annotated[str, typer.Option(help=_("Адрес, по которому они будут открываться."))],
) -> None:
    """Записать страницы объявлений и ленты для сайта, который состоит из одних файлов.

    Пример: broadcaster site export ./public --url https://school.example/news/
    """
    try:
        count = publish_elsewhere(folder, url)
    except (FileExistsError, ValueError, LookupError) as error:
        fail("export_refused", [str(error)], exit_code=BAD_INPUT)
    noun = counted(_("объявление"), _("объявления"), _("объявлений"), count)
    say(_("Записано: {count} {noun} в {folder}").format(count=count, noun=noun, folder=folder))


def manage(context: typer.Context) -> None:
    """Команды Django: migrate, shell и другие. Пример: broadcaster manage migrate."""
    execute_from_command_line(["broadcaster manage", *context.args])
