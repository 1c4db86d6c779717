"""The command's table of contents."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.main import get_command

from broadcaster.cli import announcements, demo, people, sandbox, sending, serving, stopping, system
from broadcaster.cli.ending import told
from broadcaster.cli.frame import Command, Group, helped
from broadcaster.cli.output import INTERRUPTED, end
from broadcaster.config_values import ROOT
from broadcaster.i18n import _

EXIT_CODES = "\b\n" + _(
    """Коды выхода:
  0    сделано
  1    сделано, но нужен человек: кого-то не оповестили, что-то не в порядке
  2    ошибка в команде
  3    ошибка в файле, номере или настройках; ничего не изменено
  4    недоступна часть системы: база данных, Redis, порт
  70   ошибка в самой программе
  130  прервано: Ctrl-C или отказ на вопрос"""
)


def _version(asked: bool) -> None:  # noqa: FBT001 - Typer's own signature
    if asked:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        sys.stdout.write(f"broadcaster {project['version']}\n")
        raise typer.Exit


def _main(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=_("Показать версию.")),
    ] = False,
) -> None:
    """Come before every command."""


def _group(words: str, *examples: str, epilog: str = "") -> typer.Typer:
    return typer.Typer(
        cls=Group,
        help=helped(words, *examples),
        epilog=epilog,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def _add(
    group: typer.Typer,
    name: str,
    command: Callable[..., Any],
    words: str,
    *examples: str,
    **settings: Any,
) -> None:
    """Put a command into a group; what it says about itself is its help page."""
    page = helped(words, *(f"broadcaster {example}" for example in examples))
    group.command(name, cls=Command, help=page, **settings)(command)


app = _group(
    _("Одно объявление — каждой семье, с квитанцией на каждую копию."),
    "broadcaster demo",
    "broadcaster send examples/important.md --dry-run",
    epilog=EXIT_CODES,
)
app.callback()(_main)

_add(
    app,
    "demo",
    demo.demo,
    _(
        "Показать всё на деле: школа, объявление, четыре канала.\n\n"
        "Ничего не нужно настраивать, ничего не уходит за пределы этого компьютера."
    ),
    "demo",
    "demo --keep",
)
_add(
    app,
    "serve",
    serving.serve,
    _(
        "Запустить всё: страницы, обработчик, расписание.\n\n"
        "Настраивать заранее ничего не нужно. Останавливает Ctrl-C; что отправляется, доходит"
        " до конца."
    ),
    "serve",
    "serve --port 8080",
)
_add(
    app,
    "sandbox",
    sandbox.sandbox,
    _("Запустить песочницу: Telegram, ВКонтакте и почту.\n\nОстанавливает Ctrl-C."),
    "sandbox",
    "sandbox --faults examples/sandbox.yaml",
)
_add(
    app,
    "send",
    sending.send,
    _(
        "Отправить объявление семьям.\n\n"
        "Сначала показывает, сколько копий и почему столько. Если хоть что-то в файле неверно,"
        " не уходит ничего."
    ),
    "send examples/important.md --dry-run",
    "send examples/routine.md --to 1А --wait",
    'send examples/urgent.md --at "2026-12-01 18:30"',
)
_add(
    app,
    "preview",
    announcements.preview,
    _("Показать объявление на каждом канале, не отправляя."),
    "preview examples/important.md",
    "preview examples/important.md --channel email --html page.html",
)
_add(
    app,
    "report",
    announcements.show,
    _(
        "Показать отчёт: кого оповестили, кого нет и почему.\n\n"
        "Номер можно сократить до первых знаков; без номера — список последних объявлений."
    ),
    "report",
    "report 0c8f5d0e --copies",
    "report 0c8f5d0e --copy 17",
)
_add(
    app,
    "pause",
    stopping.pause,
    _("Придержать всё, что ещё не отправлено."),
    "pause 0c8f5d0e",
)
_add(app, "resume", stopping.resume, _("Продолжить остановленную отправку."), "resume 0c8f5d0e")
_add(
    app,
    "cancel",
    stopping.cancel,
    _("Отменить навсегда всё, что ещё не отправлено."),
    "cancel 0c8f5d0e",
)
_add(
    app,
    "open",
    stopping.open_channel,
    _(
        "Снова открыть остановленный канал.\n\n"
        "Программа останавливает канал, когда платформа не принимает ключ или ждёт человека."
    ),
    "open telegram",
)
_add(
    app,
    "init",
    system.init,
    _("Подготовить настройки и базу данных.\n\nПовторный запуск ничего не портит."),
    "init",
)
_add(
    app,
    "check",
    system.check,
    _(
        "Проверить, всё ли на месте и работает.\n\n"
        "Настройки, база данных, очередь, обработчик, шаблоны, ключи всех каналов."
    ),
    "check",
    "check --json",
)
_add(
    app,
    "manage",
    system.manage,
    _("Выполнить команду Django: migrate, shell и другие."),
    "manage migrate",
    "manage help",
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
    },
)

roll = _group(_("Список семей и площадок школы."), "broadcaster people import people.csv")
_add(
    roll,
    "import",
    people.import_people,
    _(
        "Загрузить учеников, родителей и их адреса.\n\n"
        "Повторная загрузка ничего не удваивает. Если есть ошибки, не загружается ничего."
    ),
    "people import examples/people.csv --dry-run",
    "people import people.csv --good-rows",
)
_add(
    roll,
    "destinations",
    people.import_destinations,
    _("Загрузить площадки: стены, каналы, чаты, разделы сайта."),
    "people destinations examples/destinations.csv",
)
app.add_typer(roll, name="people")

SITE = "site export ./public --url https://school.example/news/"
site = _group(_("Страницы и ленты для сайта школы."), f"broadcaster {SITE}")
_add(site, "export", system.export_site, _("Записать сайт объявлений как набор файлов."), SITE)
app.add_typer(site, name="site")


def run(words: Sequence[str]) -> int:
    """Run the command line and return its exit code; faults are told, never thrown."""
    try:
        return get_command(app).main(list(words), "broadcaster", standalone_mode=False) or 0
    except typer.Abort:
        return INTERRUPTED
    except Exception as fault:  # noqa: BLE001 - the edge: everything ends here, in words
        return end(told(fault), as_json="--json" in words)
