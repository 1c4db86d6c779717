"""The command's table of contents."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.main import get_command

from broadcaster.cli import (
    announcements,
    audit,
    by_hand,
    demo,
    health,
    people,
    persons,
    sandbox,
    sending,
    serving,
    staff,
    starting,
    stopping,
    system,
    tokens,
)
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
    "start-link",
    starting.start_link,
    _("Выдать новую ссылку для первого запуска.\n\nРаботает, пока нет ни одного администратора."),
    "start-link",
    "start-link --url https://news.school.example",
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
    "report 0c8f5d0e --xlsx report.xlsx",
)
_add(
    app,
    "resend",
    by_hand.resend,
    _(
        "Отправить ещё раз то, что не отправилось.\n\n"
        "Отправленное не повторяется, закрытые адреса остаются закрытыми, тихие часы соблюдаются."
    ),
    "resend 0c8f5d0e",
    "resend 0c8f5d0e --channel email --reason tries_spent",
)
_add(
    app,
    "decide",
    by_hand.decide,
    _(
        "Решить, дошли ли копии, ответ о которых потерялся.\n\n"
        "arrived — дошло, lost — не дошло, again — отправить ещё раз: кто-то может получить дважды."
    ),
    "decide 0c8f5d0e arrived --channel email",
    "decide 0c8f5d0e again --copy 17",
)
_add(
    app,
    "told",
    by_hand.told,
    _(
        "Отметить, что родителю сообщили лично или по телефону.\n\n"
        "Отметка войдёт в акт об информировании, но доставкой не считается."
    ),
    'told 0c8f5d0e "Анна Иванова" --note "по телефону"',
    "told 0c8f5d0e 17 --undo",
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
    "health",
    health.health,
    _(
        "Показать, как работают каналы и что требует внимания.\n\n"
        "Смотрит только в базу данных и ни о чём не спрашивает платформы: годится для"
        " наблюдения раз в минуту. Код выхода 1 — нужен человек."
    ),
    "health",
    "health --json",
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
    "people import people.xlsx",
    "people import people.csv --good-rows",
)
_add(
    roll,
    "destinations",
    people.import_destinations,
    _("Загрузить площадки: стены, каналы, чаты, разделы сайта."),
    "people destinations examples/destinations.csv",
)
_add(
    roll,
    "find",
    persons.find,
    _(
        "Найти родителя по имени, ребёнку или адресу.\n\n"
        "Достаточно частей слов; большие и малые буквы, е и ё не различаются."
    ),
    "people find королева",
    "people find иванов маша --json",
)
_add(
    roll,
    "export",
    persons.export,
    _(
        "Выписать всё, что школа хранит о родителе.\n\n"
        "Для ответа на запрос самого человека (152-ФЗ): имя, дети, адреса, согласия, отправки."
    ),
    "people export 17",
    "people export 17 --output person-17.json",
)
_add(
    roll,
    "erase",
    persons.erase,
    _(
        "Стереть родителя навсегда.\n\n"
        "Имя, адреса и согласия исчезнут; отправки останутся в отчётах без имени."
    ),
    "people erase 17",
    "people erase 17 --with-children --confirm 17",
)
_add(
    roll,
    "merge",
    persons.merge,
    _("Сделать из двух записей об одном человеке одну.\n\nОстаётся имя первого."),
    "people merge 17 243",
)
app.add_typer(roll, name="people")

log = _group(_("Журнал: кто, что и когда сделал."), "broadcaster audit verify")
_add(
    log,
    "verify",
    audit.verify,
    _(
        "Проверить, что журнал цел: ничего не изменено, не удалено, не вставлено.\n\n"
        "Отрезанный конец по самому журналу не виден: запишите последний хеш и"
        " проверьте его потом параметром --expect."
    ),
    "audit verify",
    "audit verify --json",
)
_add(
    log,
    "show",
    audit.show,
    _("Показать последние записи журнала."),
    "audit show",
    "audit show --last 50 --action released",
)
app.add_typer(log, name="audit")

team = _group(_("Сотрудники школы."), "broadcaster staff list")
_add(
    team,
    "add",
    staff.add,
    _(
        "Добавить сотрудника и получить ссылку, по которой он задаст пароль.\n\n"
        "Ссылка действует три дня и один раз."
    ),
    'staff add "Мария Ивановна" --login maria@school.example',
    "staff add Мария --login maria@school.example --group 1А",
)
_add(team, "list", staff.show_all, _("Показать всех сотрудников."), "staff list")
_add(
    team,
    "link",
    staff.link,
    _("Выдать ссылку тому, кто не может войти: забыл пароль или ещё не задавал."),
    "staff link maria@school.example",
)
app.add_typer(team, name="staff")

keys = _group(_("Ключи других программ школы."), "broadcaster tokens list")
_add(
    keys,
    "add",
    tokens.add,
    _("Создать ключ для программы и показать его один раз."),
    "tokens add Дневник --scope announcements:write",
    "tokens add Сайт --scope reports:read --until 2027-05-31",
)
_add(keys, "list", tokens.show_all, _("Показать все ключи, без секретов."), "tokens list")
_add(keys, "revoke", tokens.revoke, _("Отозвать ключ навсегда."), "tokens revoke 3")
app.add_typer(keys, name="tokens")

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
