"""The command's table of contents; groups of commands have their own."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from typing import Annotated

import typer

from broadcaster.cli.ending import told
from broadcaster.cli.frame import add, group_of
from broadcaster.cli.groups import GROUPS
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


app = group_of(
    _("Одно объявление — каждой семье, с квитанцией на каждую копию."),
    "broadcaster demo",
    "broadcaster send examples/important.md --dry-run",
    epilog=EXIT_CODES,
    callback=_main,
    add_completion=True,
)

add(
    app,
    "demo",
    "demo:demo",
    _(
        "Показать всё на деле: школа, объявление, четыре канала.\n\n"
        "Ничего не нужно настраивать, ничего не уходит за пределы этого компьютера."
    ),
    "demo",
    "demo --keep",
)
add(
    app,
    "serve",
    "serving:serve",
    _(
        "Запустить всё: страницы, обработчик, расписание.\n\n"
        "Настраивать заранее ничего не нужно. Останавливает Ctrl-C; что отправляется, доходит"
        " до конца."
    ),
    "serve",
    "serve --port 8080",
)
add(
    app,
    "start-link",
    "starting:start_link",
    _("Выдать новую ссылку для первого запуска.\n\nРаботает, пока нет ни одного администратора."),
    "start-link",
    "start-link --url https://news.school.example",
)
add(
    app,
    "sandbox",
    "sandbox:sandbox",
    _("Запустить песочницу: Telegram, ВКонтакте и почту.\n\nОстанавливает Ctrl-C."),
    "sandbox",
    "sandbox --faults examples/sandbox.yaml",
)
add(
    app,
    "send",
    "sending:send",
    _(
        "Отправить объявление семьям.\n\n"
        "Сначала показывает, сколько копий и почему столько. Если хоть что-то в файле неверно,"
        " не уходит ничего."
    ),
    "send examples/important.md --dry-run",
    "send examples/routine.md --to 1А --wait",
    'send examples/urgent.md --at "2026-12-01 18:30"',
)
add(
    app,
    "plan",
    "planning:plan",
    _(
        "Показать, когда уйдёт последняя копия и что её держит.\n\n"
        "Без файла — всё, что сейчас ждёт отправки. С --families — прикидка для целого города:"
        " пределы, ключи, процессы, база данных. Ничего не отправляет."
    ),
    "plan examples/important.md",
    'plan examples/urgent.md --at "2026-12-01 18:30"',
    "plan --families 1000000 --schools 1000",
)
add(
    app,
    "preview",
    "announcements:preview",
    _("Показать объявление на каждом канале, не отправляя."),
    "preview examples/important.md",
    "preview examples/important.md --channel email --html page.html",
)
add(
    app,
    "report",
    "announcements:show",
    _(
        "Показать отчёт: кого оповестили, кого нет и почему.\n\n"
        "Номер можно сократить до первых знаков; без номера — список последних объявлений."
    ),
    "report",
    "report 0c8f5d0e --copies",
    "report 0c8f5d0e --copy 17",
    "report 0c8f5d0e --xlsx report.xlsx",
)
add(
    app,
    "resend",
    "by_hand:resend",
    _(
        "Отправить ещё раз то, что не отправилось.\n\n"
        "Отправленное не повторяется, закрытые адреса остаются закрытыми, тихие часы соблюдаются."
    ),
    "resend 0c8f5d0e",
    "resend 0c8f5d0e --channel email --reason tries_spent",
)
add(
    app,
    "decide",
    "by_hand:decide",
    _(
        "Решить, дошли ли копии, ответ о которых потерялся.\n\n"
        "arrived — дошло, lost — не дошло, again — отправить ещё раз: кто-то может получить дважды."
    ),
    "decide 0c8f5d0e arrived --channel email",
    "decide 0c8f5d0e again --copy 17",
)
add(
    app,
    "told",
    "by_hand:told",
    _(
        "Отметить, что родителю сообщили лично или по телефону.\n\n"
        "Отметка войдёт в акт об информировании, но доставкой не считается."
    ),
    'told 0c8f5d0e "Анна Иванова" --note "по телефону"',
    "told 0c8f5d0e 17 --undo",
)
add(
    app,
    "pause",
    "stopping:pause",
    _("Придержать всё, что ещё не отправлено."),
    "pause 0c8f5d0e",
)
add(app, "resume", "stopping:resume", _("Продолжить остановленную отправку."), "resume 0c8f5d0e")
add(
    app,
    "cancel",
    "stopping:cancel",
    _("Отменить навсегда всё, что ещё не отправлено."),
    "cancel 0c8f5d0e",
)
add(
    app,
    "open",
    "stopping:open_channel",
    _(
        "Снова открыть остановленный канал.\n\n"
        "Программа останавливает канал, когда платформа не принимает ключ или ждёт человека."
    ),
    "open telegram",
)
add(
    app,
    "init",
    "system:init",
    _("Подготовить настройки и базу данных.\n\nПовторный запуск ничего не портит."),
    "init",
)
add(
    app,
    "check",
    "system:check",
    _(
        "Проверить, всё ли на месте и работает.\n\n"
        "Настройки, база данных, очередь, обработчик, шаблоны, ключи всех каналов."
    ),
    "check",
    "check --json",
)
add(
    app,
    "health",
    "health:health",
    _(
        "Показать, как работают каналы и что требует внимания.\n\n"
        "Смотрит только в базу данных и ни о чём не спрашивает платформы: годится для"
        " наблюдения раз в минуту. Код выхода 1 — нужен человек."
    ),
    "health",
    "health --json",
)
add(
    app,
    "backup",
    "backup:backup",
    _(
        "Сделать резервную копию всего: базы данных, файлов, настроек.\n\n"
        "Можно во время отправки. Ключи каналов не берёт, пока не попросят."
    ),
    "backup",
    "backup /mnt/backups --keep 14",
)
add(
    app,
    "restore",
    "backup:restore",
    _(
        "Восстановить всё из резервной копии.\n\n"
        "Сначала проверяет копию; что есть сейчас, откладывает. Ничего не уходит дважды: что могло"
        " уйти после копии, остановлено, пока не решит человек; тогда код выхода 1."
    ),
    "restore broadcaster-2026-11-21T1200.tar.gz",
)
add(
    app,
    "manage",
    "system:manage",
    _("Выполнить команду Django: migrate, shell и другие."),
    "manage migrate",
    "manage help",
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
    },
)

for name, group in GROUPS.items():
    app.add_command(group, name)


def run(words: Sequence[str]) -> int:
    """Run the command line and return its exit code; faults are told, never thrown."""
    try:
        return app.main(list(words), "broadcaster", standalone_mode=False) or 0
    except typer.Abort:
        return INTERRUPTED
    except Exception as fault:  # noqa: BLE001 - the edge: everything ends here, in words
        return end(told(fault), as_json="--json" in words)
